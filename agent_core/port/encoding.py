"""Values as they go over the wire: queries, forms, JSON, headers, and stand-ins for references."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

import msgspec

from agent_core.port.pools import Json
from runners.http_replay.exchange import Ref, mark

BOUNDARY = "----------------corpus"
_STAND_IN = re.compile(r"q9zref(\d+)zq9")
_QUOTED_STAND_IN = re.compile(r'"q9zref(\d+)zq9"')
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
Plain = Callable[[Json], Json]
"""Turns a borrowed value into its stand-in and leaves others alone."""


class Borrowed(msgspec.Struct, frozen=True):
    """A value of an earlier answer, how it read when it was taken, and what to write before it."""

    ref: Ref
    value: str | int
    before: str = ""


class Upload(msgspec.Struct, frozen=True):
    """A file in a form."""

    name: str
    text: str


class References:
    """Numbers the references of one request; their stand-ins pass through every quoting."""

    def __init__(self) -> None:
        self.refs: list[Ref] = []
        self._numbers: set[int] = set()

    def plain(self, value: Json) -> Json:
        """A stand-in for a borrowed value, any other value as it is."""
        if not isinstance(value, Borrowed):
            return value
        if isinstance(value.value, int):
            self._numbers.add(len(self.refs))
        self.refs.append(value.ref)
        return f"{value.before}q9zref{len(self.refs) - 1}zq9"

    def marked(self, text: str) -> str:
        """Text with the marks of `exchange` where stand-ins were."""
        return _STAND_IN.sub(lambda found: mark(int(found[1])), text)

    def marked_json(self, text: str) -> str:
        """The same for JSON, where a number stands without quotes."""

        def bare(found: re.Match[str]) -> str:
            return mark(int(found[1])) if int(found[1]) in self._numbers else found[0]

        return self.marked(_QUOTED_STAND_IN.sub(bare, text))


def urlencoded(fields: Mapping[str, Json], plain: Plain) -> str:
    """A query or a form; a list repeats its key."""
    return "&".join(
        f"{quote_plus(str(name))}={quote_plus(text_of(plain(each)))}"
        for name, value in fields.items()
        for each in (value if isinstance(value, list) else [value])
    )


def json_text(value: Json, plain: Plain) -> str:
    """A JSON body."""

    def mapped(part: Json) -> Json:
        if isinstance(part, dict):
            return {key: mapped(each) for key, each in part.items()}
        return [mapped(each) for each in part] if isinstance(part, list) else plain(part)

    return json.dumps(mapped(value), ensure_ascii=False)


def multipart(fields: Mapping[str, Json], files: Mapping[str, Json], plain: Plain) -> str:
    """A form with files."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text_of(plain(value))}'
        for name, value in fields.items()
    ]
    for name, value in files.items():
        upload = value if isinstance(value, Upload) else Upload("", text_of(plain(value)))
        parts.append(
            f'Content-Disposition: form-data; name="{name}"; filename="{upload.name}"\r\n'
            f"Content-Type: text/plain\r\n\r\n{upload.text}"
        )
    return "".join(f"--{BOUNDARY}\r\n{part}\r\n" for part in parts) + f"--{BOUNDARY}--\r\n"


def text_of(value: Json) -> str:
    """A value where there is only text."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def header_text(value: Json) -> str:
    """A value that a header can hold."""
    return _UNPRINTABLE.sub(" ", text_of(value)).strip()


def cookie_text(value: Json) -> str:
    """A value that a cookie can hold."""
    return quote(text_of(value), safe="")


def basic(login: Mapping[str, Json]) -> str:
    """An Authorization header; it is encoded, so it can hold no references."""
    given = [login.get(name, "") for name in ("username", "password")]
    pair = ":".join(text_of(v.value if isinstance(v, Borrowed) else v) for v in given)
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
