"""Sort the answers of the original: what is alike is one outcome, however often it comes."""

import json
import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

import msgspec

from agent_core.port.pages import Page
from agent_core.port.pools import Json
from agent_core.port.routes import Route, matching
from runners.http_replay.cookies import session_data, set_by
from runners.http_replay.exchange import Response

FLASHES = "_flashes"
"""Where Flask keeps messages for the next page: they come and go with every request."""
_NUMBER = re.compile(r"\d+")
_OPAQUE = frozenset({"data"})
"""What a session holds that cannot be read."""


class Outcome(msgspec.Struct, frozen=True):
    """A sort of answer, numbers and texts of the client left aside.

    `location` is the rule that it leads to; `shape` the keys of a document, or the elements, linked
    rules and known sentences of a page. `gained` and `lost` are keys of the session; `again` says
    that the page shows the very form that was sent.
    """

    status: int
    location: str = ""
    shape: tuple[str, ...] = ()
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    again: bool = False

    @property
    def accepted(self) -> bool:
        """Whether what was sent was taken, as far as that shows."""
        return 0 < self.status < 400 and not self.again

    @property
    def enters(self) -> bool:
        """Whether the session holds more from now on, as after a login."""
        return self.accepted and any(key != FLASHES for key in self.gained)


class Sorter:
    """Sorts by an application's rules, the sentences in its sources, and its session cookie."""

    def __init__(
        self, routes: tuple[Route, ...], sentences: Collection[str], session_cookie: str
    ) -> None:
        self._routes = routes
        self._sentences = sentences
        self._cookie = session_cookie
        self._known: dict[tuple[str, str], tuple[Route, dict[str, str]] | None] = {}

    def route(self, method: str, link: str) -> tuple[Route, dict[str, str]] | None:
        """The route that a link leads to, and the arguments in it."""
        key = (method, urlsplit(link).path)
        if key not in self._known:
            self._known[key] = matching(self._routes, *key)
        return self._known[key]

    def session(self, response: Response, held: frozenset[str]) -> frozenset[str]:
        """The keys of the session after an answer, that were `held` before."""
        for cookie in set_by(response):
            if cookie.name == self._cookie:
                if not cookie.value:
                    return frozenset()
                data = session_data(cookie.value)
                return frozenset(map(str, data)) if isinstance(data, dict) else _OPAQUE
        return held

    def outcome(
        self,
        response: Response,
        page: Page | None,
        fields: Collection[str],
        session: tuple[frozenset[str], frozenset[str]],
    ) -> Outcome:
        """The sort of an answer to a form of these fields; the session's keys before and after."""
        before, after = session
        return Outcome(
            status=response.status,
            location=self._named(response.first("location")),
            shape=tuple(self._shape(response, page)),
            gained=tuple(sorted(after - before)),
            lost=tuple(sorted(before - after)),
            again=bool(page and fields and any(set(fields) <= set(f.fields) for f in page.forms)),
        )

    def _named(self, link: str) -> str:
        if not link:
            return ""
        found = self.route("GET", link)
        return found[0].name if found else _NUMBER.sub("#", urlsplit(link).path)

    def _shape(self, response: Response, page: Page | None) -> Iterator[str]:
        if page is not None:
            yield from page.outline
            yield from sorted({found[0].name for link in page.links if (found := self._get(link))})
            text = response.body.decode("utf-8", "replace")
            yield from (each for each in self._sentences if each in text)
        elif "json" in response.first("content-type"):
            if response.status >= 400:
                yield _NUMBER.sub("#", response.body[:60].decode("utf-8", "replace"))
            elif isinstance(data := document(response.body), dict):
                yield from sorted(map(str, data))

    def _get(self, link: str) -> tuple[Route, dict[str, str]] | None:
        return self.route("GET", link)


def document(body: bytes) -> Json:
    """A JSON document, None if it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None
