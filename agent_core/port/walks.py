"""One walk through the running original: what was asked, what came back, what can be used next."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Protocol
from urllib.parse import unquote, urlsplit

import msgspec

from agent_core.port import pages
from agent_core.port.drafts import Draft
from agent_core.port.encoding import Borrowed
from agent_core.port.pools import Json
from agent_core.port.routes import Route, matching
from runners.http_replay.exchange import Ref, Request, Response

_TAME = re.compile(r"[\w.@:-]{1,512}", re.ASCII)
"""Only such text can stand in a path, a form and JSON alike without being quoted."""
_MOST_LEAVES = 60
_NUMBER = re.compile(r"\d+")
Outcome = tuple[str | int, ...]


class Live(Protocol):
    """The original, running."""

    def begin(self) -> None:
        """Go back to the first state, with an empty cookie jar."""

    def send(self, request: Request, earlier: Sequence[Response]) -> Response:
        """The answer; the request's references lead into the earlier ones."""
        ...


class Find(msgspec.Struct, frozen=True):
    """A value that an answer held; `trail` names the answer and the way to the value in it."""

    trail: str
    name: str
    value: str | int
    ref: Ref | None

    def use(self, before: str = "") -> str | int | Borrowed:
        """The value for a draft."""
        return Borrowed(self.ref, self.value, before) if self.ref else self.value


class Walk:
    """A sequence while it is made."""

    def __init__(self, live: Live, routes: tuple[Route, ...]) -> None:
        live.begin()
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.finds: dict[str, list[Find]] = {}
        self.forms: list[tuple[Route, str, pages.Form]] = []
        self.said: dict[str, Json] = {}
        self._live = live
        self._routes = routes

    def __len__(self) -> int:
        return len(self.requests)

    @property
    def ended(self) -> bool:
        """Whether the last request had no answer: a replay goes no further either."""
        return bool(self.responses and self.responses[-1].problem)

    def send(self, request: Request) -> Response:
        """Ask, and look through a good answer for what can be used later."""
        response = self._live.send(request, self.responses)
        self.requests.append(request)
        self.responses.append(response)
        if 0 < response.status < 400:
            for find in self._found(request, response):
                self.finds.setdefault(find.trail, []).append(find)
        return response

    def try_out(self, draft: Draft) -> Response:
        """Send a draft; what it said under each name may be said again."""
        response = self.send(draft.request())
        if 0 < response.status < 400:
            for part, value in draft.parts.items():
                if part in {"json", "form", "login"} and isinstance(value, dict):
                    self.said |= {
                        name: each
                        for name, each in value.items()
                        if each != "" and not isinstance(each, Borrowed)
                    }
        return response

    def repeat(self, requests: Sequence[Request], said: dict[str, Json]) -> None:
        """Send what an earlier walk began with, and remember what it said."""
        for request in requests:
            self.send(request)
        self.said |= said

    def _found(self, request: Request, response: Response) -> Iterator[Find]:
        exchange = len(self.responses) - 1
        source = f"{request.method} {request.route}"
        location = urlsplit(response.first("location")).path
        last = location.rstrip("/").rpartition("/")[2]
        if _TAME.fullmatch(last):
            yield Find(f"{source} location", "", unquote(last), Ref(exchange, ("location",)))
        kind = response.first("content-type")
        if "json" in kind:
            leaves = _leaves(_document(response.body), ())
            for (path, value), _ in zip(leaves, range(_MOST_LEAVES), strict=False):
                way = "/".join("*" if isinstance(name, int) else name for name in path)
                name = next((str(n) for n in reversed(path) if isinstance(n, str)), "")
                yield Find(f"{source} {way}", name, value, Ref(exchange, path))
        elif "html" in kind:
            yield from self._linked(request, pages.read(response.body))

    def _linked(self, request: Request, page: pages.Page) -> Iterator[Find]:
        for link in page.links:
            if found := matching(self._routes, "GET", urlsplit(link).path):
                route, arguments = found
                for name, value in arguments.items():
                    yield Find(f"link {route.name} {name}", name, value, None)
        here = urlsplit(request.target).path
        for form in page.forms:
            action = urlsplit(form.action).path or here
            if found := matching(self._routes, form.method, action):
                self.forms.append((found[0], form.method, form))

    def recipe(self, wanted: Draft) -> tuple[tuple[Request, ...], Draft]:
        """The requests that a later one builds on, and it itself counted from their beginning.

        What failed changed nothing, and what only read matters where its answer is referred to or
        set a cookie.
        """
        needed = {each.ref.exchange for _, each in wanted.borrowed()}
        for number in reversed(range(len(self.requests))):
            if number in needed or self._matters(number):
                needed |= {number, *(ref.exchange for ref in self.requests[number].refs)}
        order = {number: place for place, number in enumerate(sorted(needed))}
        kept = tuple(_renumbered(self.requests[number], order) for number in order)
        return kept, wanted.renumbered(order)

    def _matters(self, number: int) -> bool:
        response = self.responses[number]
        reads = self.requests[number].method in {"GET", "HEAD", "OPTIONS"}
        return 0 < response.status < 400 and (not reads or bool(response.first("set-cookie")))


def outcome(response: Response) -> Outcome:
    """The sort of answer, numbers and texts of the client left aside."""
    location = _NUMBER.sub("#", urlsplit(response.first("location")).path)
    kind = response.first("content-type")
    if "json" in kind:
        document = _document(response.body)
        if response.status >= 400:
            said = response.body[:60].decode("utf-8", "replace")
            return (response.status, _NUMBER.sub("#", said))
        keys = sorted(map(str, document)) if isinstance(document, dict) else []
        return (response.status, location, ", ".join(keys))
    outline = pages.read(response.body).outline if "html" in kind else ()
    return (response.status, location, *outline)


def _document(body: bytes) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _leaves(
    value: Json, path: tuple[str | int, ...]
) -> Iterator[tuple[tuple[str | int, ...], str | int]]:
    """Texts and whole numbers in a document; of a list, the first items and the last."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, (*path, name))
    elif isinstance(value, list):
        for number in sorted({*range(min(3, len(value))), len(value) - 1} - {-1}):
            yield from _leaves(value[number], (*path, number))
    elif path and _usable(value):
        yield path, value


def _usable(value: Json) -> bool:
    if isinstance(value, str):
        return bool(_TAME.fullmatch(value))
    return isinstance(value, int) and not isinstance(value, bool)


def _renumbered(request: Request, order: dict[int, int]) -> Request:
    refs = tuple(Ref(order[ref.exchange], ref.path) for ref in request.refs)
    return msgspec.structs.replace(request, refs=refs)
