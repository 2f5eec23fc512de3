"""A cookie jar for one client of one server, and what a Set-Cookie line says."""

import base64
import binascii
import email.utils
import json
import zlib
from datetime import UTC, datetime
from urllib.parse import urlsplit

import msgspec

from runners.http_replay.exchange import Response


class SetCookie(msgspec.Struct, frozen=True):
    """One Set-Cookie line: attribute names in lower case, flags with the value ""."""

    name: str
    value: str
    attributes: dict[str, str]

    @property
    def expires(self) -> datetime | None:
        """The date it expires on, if it says one that can be read."""
        try:
            return email.utils.parsedate_to_datetime(self.attributes.get("expires", ""))
        except ValueError:
            return None

    def deletes(self, now: datetime) -> bool:
        """Whether it tells the client to forget the cookie."""
        if (age := self.attributes.get("max-age", "")).lstrip("-").isdecimal():
            return int(age) <= 0
        return self.expires is not None and self.expires <= now


def parse(line: str) -> SetCookie:
    """Read one Set-Cookie line as browsers do, which refuse nothing."""
    pair, *rest = (part.strip() for part in line.split(";"))
    name, _, value = pair.partition("=")
    pairs = (part.partition("=") for part in rest if part)
    return SetCookie(name, value, {key.strip().lower(): text.strip() for key, _, text in pairs})


def set_by(response: Response) -> tuple[SetCookie, ...]:
    """The cookies that an answer sets."""
    return tuple(parse(line) for line in response.all("set-cookie"))


class Jar:
    """The cookies one client holds."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], str] = {}

    def take(self, response: Response) -> None:
        """Set and forget what the answer says."""
        now = datetime.now(UTC)
        for cookie in set_by(response):
            key = (cookie.name, cookie.attributes.get("path") or "/")
            self._held.pop(key, None)
            if not cookie.deletes(now):
                self._held[key] = cookie.value

    def header(self, target: str) -> str:
        """The Cookie header for a target, "" where there is nothing to send."""
        path = urlsplit(target).path or "/"
        fitting = [
            (len(folder), f"{name}={value}")
            for (name, folder), value in self._held.items()
            if _covers(folder, path)
        ]
        return "; ".join(text for _, text in sorted(fitting, key=lambda each: -each[0]))

    def copy(self) -> "Jar":
        """Another jar with the same cookies."""
        other = Jar()
        other._held.update(self._held)
        return other


def _covers(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")


def session_data(value: str) -> object:
    """What a signed session cookie of Flask's holds (itsdangerous); None if it is no such thing."""
    payload, *signature = value.lstrip(".").split(".")
    if len(signature) != 2:
        return None
    try:
        raw = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return json.loads(zlib.decompress(raw) if value.startswith(".") else raw)
    except (binascii.Error, ValueError, zlib.error):
        return None
