"""One walk through the running original: what was asked, what came back, what can be used next."""

import re
from collections.abc import Hashable, Iterator, Sequence
from typing import Protocol
from urllib.parse import quote, unquote, urlsplit

import msgspec

from agent_core.port import pages
from agent_core.port.drafts import Draft
from agent_core.port.encoding import Borrowed
from agent_core.port.outcomes import FLASHES, Outcome, Sorter, document
from agent_core.port.pools import Json
from agent_core.port.routes import Route
from runners.http_replay.exchange import Ref, Request, Response
from runners.http_replay.markup import given_in

_TAME = re.compile(r"[\w.@:-]{1,512}", re.ASCII)
"""Only such text can stand in a path, a form and JSON alike without being quoted."""
_MOST_LEAVES = 60
_READ_OF_A_TEXT = 500
_WORDS = re.compile(r"[A-Za-z]+")
_WORDS_BEFORE = 3
_SMALL_WORDS = frozenset({"is", "was", "are", "your", "the", "a", "with", "number", "no"})
_BODIES = ("json", "form", "login")
LONGEST_RECIPE = 10
PAUSE_S = 1.05
Choice = tuple[Hashable, ...]
READS = frozenset({"GET", "HEAD", "OPTIONS"})


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


class Seen(msgspec.Struct, frozen=True):
    """A form on a page, where it leads, and which answer held it."""

    route: Route
    form: pages.Form
    exchange: int


class Walk:
    """A sequence while it is made.

    `said` is what was accepted last under each name, `records` the bodies that each operation has
    accepted, `reached` the sort of the last answer, `inside` whether a session was entered,
    `left` whether the last request ended it, `chosen` the choices that went into each request,
    `turned_away` the requests to which a door was shown, as far as it is known.
    """

    def __init__(self, live: Live, sorter: Sorter) -> None:
        live.begin()
        self.requests: list[Request] = []
        self.responses: list[Response] = []
        self.finds: dict[str, list[Find]] = {}
        self.forms: list[Seen] = []
        self.said: dict[str, Json] = {}
        self.records: dict[str, list[dict[str, Json]]] = {}
        self.reached = Outcome(0)
        self.inside = self.left = False
        self.chosen: dict[int, list[Choice]] = {}
        self.turned_away: set[int] = set()
        self._pause_s = 0.0
        self._own: frozenset[str] = frozenset()
        self._drafts: dict[int, Draft] = {}
        self._outcomes: list[Outcome] = []
        self._live = live
        self._sorter = sorter
        self._session: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.requests)

    @property
    def ended(self) -> bool:
        """Whether the last request had no answer: a replay goes no further either."""
        return bool(self.responses and self.responses[-1].problem)

    def pause(self) -> None:
        """Let the clock go on to another second before the next request."""
        self._pause_s = PAUSE_S

    def send(self, request: Request, fields: Sequence[str] = ()) -> Response:
        """Ask, and look through a good answer for what can be used later."""
        request = msgspec.structs.replace(request, after_s=self._pause_s)
        self._pause_s = 0.0
        response = self._live.send(request, self.responses)
        self.requests.append(request)
        self.responses.append(response)
        html = "html" in response.first("content-type")
        page = pages.read(response.body) if html else None
        before, self._session = self._session, self._sorter.session(response, self._session)
        self.reached = self._sorter.outcome(response, page, fields, (before, self._session))
        self._outcomes.append(self.reached)
        if self.reached.enters and request.method not in READS:
            self._own = frozenset(self.reached.gained) - {FLASHES}
        within, self.inside = self.inside, bool(self._own & self._session)
        self.left = within and not self.inside
        if 0 < response.status < 400:
            for find in self._found(request, response, page):
                self.finds.setdefault(find.trail, []).append(find)
        return response

    def try_out(self, draft: Draft) -> Response:
        """Send a draft; what it said under each name may be said again if it was accepted."""
        self._drafts[len(self)] = draft
        response = self.send(draft.request(), tuple(draft.parts.get("form", ())))
        if self.reached.accepted:
            bodies = (draft.parts[part] for part in _BODIES if part in draft.parts)
            said = {
                name: each
                for body in bodies
                if isinstance(body, dict)
                for name, each in body.items()
                if each != "" and not isinstance(each, Borrowed)
            }
            self.said |= said
            if said:
                self.records.setdefault(f"{draft.method} {draft.route.name}", []).append(said)
        return response

    def repeat(self, drafts: Sequence[Draft]) -> None:
        """Do what an earlier walk began with."""
        start = {number: len(self) + number for number in range(len(drafts))}
        for draft in drafts:
            if not self.ended:
                self.try_out(draft.renumbered(start))

    def form_for(self, route: Route, method: str) -> list[Seen]:
        """The forms seen that lead to an operation."""
        return [s for s in self.forms if s.route is route and s.form.method == method]

    def new_forms(self) -> list[Seen]:
        """The forms that the last answer held."""
        return [seen for seen in self.forms if seen.exchange == len(self) - 1]

    def _found(
        self, request: Request, response: Response, page: pages.Page | None
    ) -> Iterator[Find]:
        exchange = len(self.responses) - 1
        source = f"{request.method} {request.route}"
        location = urlsplit(response.first("location")).path
        last = location.rstrip("/").rpartition("/")[2]
        if _TAME.fullmatch(last):
            yield Find(f"{source} location", "", unquote(last), Ref(exchange, ("location",)))
        kind = response.first("content-type")
        if "json" in kind:
            leaves = _leaves(document(response.body), ())
            for (path, value), _ in zip(leaves, range(_MOST_LEAVES), strict=False):
                way = "/".join("*" if isinstance(name, int) else name for name in path)
                name = next((str(n) for n in reversed(path) if isinstance(n, str)), "")
                yield Find(f"{source} {way}", name, value, Ref(exchange, path))
            return
        if page is not None:
            yield from self._linked(request, page)
        if not response.body.startswith(b"<"):
            yield from _worded(source, exchange, response.body)

    def _linked(self, request: Request, page: pages.Page) -> Iterator[Find]:
        exchange = len(self.responses) - 1
        for link in page.links:
            if found := self._sorter.route("GET", link):
                route, arguments = found
                for name, value in arguments.items():
                    ref = _reference(exchange, page, link, value)
                    yield Find(f"link {route.name} {name}", name, value, ref)
        here = urlsplit(request.target).path
        for form in page.forms:
            action = urlsplit(form.action).path or here
            if found := self._sorter.route(form.method, action):
                self.forms.append(Seen(found[0], form, exchange))
                for name, value in found[1].items():
                    yield Find(f"form {found[0].name} {name}", name, value, None)

    def recipe(self, wanted: Draft) -> tuple[tuple[Draft, ...], Draft] | None:
        """The drafts that a later one builds on, and it itself counted from their beginning.

        None where it builds on the answer to a request that no draft made. What failed changed
        nothing, and what only read matters where its answer is referred to or changed the session.
        """
        numbers = self._needed(wanted, strict=False)
        if len(numbers) > LONGEST_RECIPE:
            numbers = self._needed(wanted, strict=True)
        if not self._drafts.keys() >= set(numbers):
            return None
        order = {number: place for place, number in enumerate(numbers)}
        return tuple(self._drafts[n].renumbered(order) for n in order), wanted.renumbered(order)

    def _needed(self, wanted: Draft, *, strict: bool) -> list[int]:
        """The places of these requests; where it is strict, only of those that were accepted."""
        needed = {each.ref.exchange for _, each in wanted.borrowed()}
        for number in reversed(range(len(self))):
            if number not in self._drafts:
                continue
            if number in needed or self._matters(number, strict=strict):
                borrowed = self._drafts[number].borrowed()
                needed |= {number, *(value.ref.exchange for _, value in borrowed)}
        return sorted(needed)

    def _matters(self, number: int, *, strict: bool) -> bool:
        if number in self.turned_away:
            return False
        outcome, response = self._outcomes[number], self.responses[number]
        if self.requests[number].method in READS:
            return outcome.accepted and bool(response.first("set-cookie"))
        return outcome.accepted if strict else response.good


def _worded(source: str, exchange: int, body: bytes) -> Iterator[Find]:
    """Numbers and other names of things early in a text, each under the words before it."""
    text = body[:_READ_OF_A_TEXT].decode("utf-8", "replace")
    for place, found in enumerate(given_in(text)):
        before = _WORDS.findall(text[: found.start()])[-_WORDS_BEFORE:]
        name = "".join(word for word in before if word.lower() not in _SMALL_WORDS)
        number = found[0].isdecimal()
        ref = None if number else Ref(exchange, ("word", place))
        yield Find(f"{source} word {place}", name, int(found[0]) if number else found[0], ref)


def _reference(exchange: int, page: pages.Page, link: str, value: str) -> Ref | None:
    """How a later request refers to an argument in a link; a number is told as it is."""
    before, between, after = urlsplit(link).path.partition(f"/{quote(value)}")
    if value.isdecimal() or not between or not _TAME.fullmatch(value):
        return None
    alike = (each for each in page.links if urlsplit(each).path.startswith(f"{before}/"))
    first = next((each for each in alike if urlsplit(each).path.endswith(after)), "")
    return Ref(exchange, ("link", f"{before}/", after)) if first == link else None


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
