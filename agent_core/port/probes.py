"""Requests that no client should send: each route is asked how it refuses them."""

from collections.abc import Iterator

import msgspec

from agent_core.port.drafts import TYPES, Draft, Slot
from agent_core.port.routes import Route
from runners.http_replay.exchange import Request

_RAW = "q9zrawzq9"
"""Stands for text that is to be sent as it is."""
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BODIES = (
    b"",
    b"{",
    b'{"a": 1,}',
    b"[]",
    b"[1, 2]",
    b"null",
    b'"text"',
    b"7",
    b"true",
    b"NaN",
    b"{'a': 1}",
    b'{"a": "\xff"}',
    b'{"a": 1} {}',
    b'\xef\xbb\xbf{"a": 1}',
)
_TYPES = (
    "",
    "text/plain",
    "application/json; charset=utf-8",
    "application/vnd.api+json",
    "application/x-www-form-urlencoded",
    "application/JSON",
    "text/html",
)
_ARGUMENTS = {
    "int": (
        "0",
        "-1",
        "+1",
        "007",
        "1.5",
        "abc",
        "99999999999999999999",
        "1e3",
        "%31",
        "%D9%A1",
        "1%20",
    ),
    "float": ("1", "0.0", "-1.5", "1e5", ".5", "1.", "abc", "9" * 30 + ".0", "nan"),
    "uuid": (
        "abc",
        "0" * 32,
        "00000000-0000-0000-0000-000000000000",
        "ABCDEF00-0000-4000-8000-0" * 2,
    ),
    "path": ("a/b/c", "a//b", "..", "a%2Fb", "%C3%BC", "a/"),
}
_TEXTS = (
    "%C3%BC%20x",
    "%3Cb%3E",
    "a%2Fb",
    "%FF",
    "a+b",
    "x" * 300,
    "%E6%BC%A2",
    "%00",
    "0",
    "..",
    "%25",
)
_QUERIES = ("x=1&x=2", "=", "&&", "x", "q=%FF", "q=%E6%BC%A2+%26", "q=a;b=c", "page=", "a[]=1")


def probes(draft: Draft) -> list[Request]:
    """All probes of a route, made from a draft that it answers; those alike stand together."""
    return list(dict.fromkeys(_all(draft)))


def options(draft: Draft) -> Request:
    """The question which methods a route takes."""
    return _but(draft.request(), method="OPTIONS", body=b"", headers=())


def strangers(routes: tuple[Route, ...]) -> Iterator[Request]:
    """Requests to paths that no rule has."""
    for path in ("/", "//", "/no-such-page", "/%C3%BC", "/index.html", "/favicon.ico", "/a/b/c/d/"):
        yield Request("GET", path)
    yield from (Request(method, "/no-such-page") for method in ("POST", "DELETE", "OPTIONS"))
    yield from (Request("GET", f"{_plain(route)}/no-such-page") for route in routes)


def _plain(route: Route) -> str:
    """The beginning of a rule that has no arguments."""
    return route.name.partition("<")[0].rstrip("/")


def _all(draft: Draft) -> Iterator[Request]:
    request = draft.request()
    known = set(draft.route.rule.methods)
    for method in (*_METHODS, "HEAD", "OPTIONS"):
        if method not in known or method in {"HEAD", "OPTIONS"}:
            body = request.body if method not in {"GET", "HEAD", "OPTIONS", "DELETE"} else b""
            yield _but(request, method=method, body=body, headers=request.headers if body else ())
    yield from _paths(draft, request)
    yield from _queries(request)
    if draft.method in {"POST", "PUT", "PATCH"} or draft.body != "none":
        yield from _bodies(request)


def _paths(draft: Draft, request: Request) -> Iterator[Request]:
    path, mark, query = request.target.partition("?")
    rest = mark + query
    toggled = path.rstrip("/") if path.endswith("/") and path != "/" else f"{path}/"
    for other in (toggled, f"{path}//", path.replace("/", "//", 1), path.upper(), f"{path}%20"):
        yield _but(request, target=other + rest)
    for name, converter in draft.route.rule.converters.items():
        for text in _ARGUMENTS.get(converter, _TEXTS):
            raw = draft.put(Slot("argument", (name,)), _RAW).request()
            yield _but(raw, target=raw.target.replace(_RAW, text))


def _queries(request: Request) -> Iterator[Request]:
    joint = "&" if "?" in request.target else "?"
    for query in _QUERIES:
        yield _but(request, target=f"{request.target}{joint}{query}")
    path, mark, query = request.target.partition("?")
    if mark:
        yield _but(request, target=f"{path}?{query}&{query}")
        yield _but(request, target=path)
        yield _but(request, target=f"{path}?{query.upper()}")


def _bodies(request: Request) -> Iterator[Request]:
    others = tuple(pair for pair in request.headers if pair[0] != "Content-Type")
    for body in _BODIES:
        if request.refs and not body.isascii():
            continue  # what stands for a reference is text, so all else has to be
        headers = (*others, ("Content-Type", TYPES["json"]))
        yield _but(request, body=body, headers=headers)
    for kind in _TYPES:
        yield _but(request, headers=(*others, ("Content-Type", kind)) if kind else others)
    yield _but(request, body=b"", headers=others)
    yield _but(request, body=b"a=1&a=2&b", headers=(*others, ("Content-Type", TYPES["form"])))


def _but(request: Request, **changes: object) -> Request:
    return msgspec.structs.replace(request, **changes)
