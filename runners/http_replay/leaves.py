"""An answer taken apart: every piece that a port must give as well, under a path of its own.

What a server adds by itself (Date, Server, Connection, chunks) is no part of an answer.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from runners.http_replay.cookies import SetCookie, session_data, set_by
from runners.http_replay.exchange import Response

Leaves = dict[str, str]
"""From path to value, both as text; values are JSON, so that 1 and "1" are told apart."""

EXACT_HEADERS = ("content-type", "location", "www-authenticate", "content-disposition")
SET_HEADERS = ("allow", "vary")
"""Their values are lists in which order means nothing."""
CORS = "access-control-"
LAYOUT = "body layout"
_DEPTH = 30
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null')
WORD = re.compile(r"[\w.:+@-]+")
_NOW_S = 60
"""A cookie that expires this close to when another does is taken to expire with it."""


def leaves(response: Response) -> Leaves:
    """All pieces of an answer."""
    if response.problem:
        return {"answer": json.dumps(response.problem)}
    found = {"status": str(response.status)}
    for name in EXACT_HEADERS:
        found |= {f"header {name}": json.dumps(value) for value in response.all(name)}
    for name in SET_HEADERS:
        if values := response.all(name):
            found[f"header {name}"] = json.dumps(_as_set(values))
    for name, value in response.headers:
        if name.lower().startswith(CORS):
            found[f"header {name.lower()}"] = json.dumps(_as_set([value]))
    for cookie in set_by(response):
        found.update(_cookie(cookie, response.at))
    found.update(body_leaves(response))
    return found


def _as_set(values: tuple[str, ...] | list[str]) -> list[str]:
    return sorted({part.strip() for value in values for part in value.split(",")})


def _cookie(cookie: SetCookie, at: float) -> Iterator[tuple[str, str]]:
    path = f"cookie {cookie.name}"
    for name, value in cookie.attributes.items():
        if name != "expires":
            yield f"{path} {name}", json.dumps(value)
    if cookie.expires is not None:
        # Counted from when it came: both sides answered at times of their own.
        left = cookie.expires.timestamp() - at
        yield f"{path} expires", json.dumps(round(left / _NOW_S) if left > 0 else "past")
    data = session_data(cookie.value)
    if data is None:
        yield f"{path} value", json.dumps(cookie.value)
    else:
        yield from flatten(data, f"{path} session")


def body_leaves(response: Response) -> Leaves:
    """The pieces of a body: of JSON its values, of text its words, of the rest a hash."""
    kind = response.first("content-type").partition(";")[0].strip().lower()
    try:
        text = response.body.decode()
    except UnicodeDecodeError:
        return {"body": json.dumps(hashlib.sha256(response.body).hexdigest())}
    if kind.endswith("json"):
        try:
            value = json.loads(text)
        except ValueError:
            return {"body": json.dumps(text)}
        return {**dict(flatten(value, "body")), LAYOUT: json.dumps(_SCALAR.sub(_blank, text))}
    words = {f"body word {n}": json.dumps(w) for n, w in enumerate(WORD.findall(text))}
    return {**words, LAYOUT: json.dumps(WORD.sub("·", text))}


def _blank(match: re.Match[str]) -> str:
    """Keys stay, values do not: their leaves say what they are."""
    return match[0] if match[1] else "·"


def flatten(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The scalars in a JSON value, and how long its lists are."""
    if isinstance(value, dict) and depth < _DEPTH:
        yield path, "{}"
        for key, inner in value.items():
            yield from flatten(inner, f"{path}.{key}", depth + 1)
    elif isinstance(value, list) and depth < _DEPTH:
        yield path, f"[{len(value)}]"
        for index, inner in enumerate(value):
            yield from flatten(inner, f"{path}[{index}]", depth + 1)
    else:
        yield path, json.dumps(value)
