"""Where a model answers, and what it wants to be shown for it."""

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from runners.problems import UserProblem

LOOPBACK = re.compile(r"localhost|127(\.\d+){3}|::1")
VERSION = re.compile(r"v\d+\w*")
CHAT = "/chat/completions"
HIDDEN = "[key]"
SHORTEST_SECRET = 16
"""Characters; what is shorter may be a word such as `none`, for servers that want no key."""


class Endpoint:
    """Addresses and headers. The key is in `headers` alone, and `scrub` takes it out of any text.

    A base URL without a version in its path gets `/v1`; one that ends in `/chat/completions` is
    taken as it is.
    """

    def __init__(self, base_url: str, *, key: str | None, key_variable: str) -> None:
        """Take it apart.

        Raises:
            UserProblem: the address or the key cannot be used.
        """
        parts = _address(base_url)
        if parts.username is not None:
            raise UserProblem(
                "The model's base URL holds a user name",
                why="it would be written down in logs",
                hint=f"Take it out, and put the key into {key_variable}.",
            )
        path = parts.path.rstrip("/").removesuffix(CHAT)
        if path == parts.path.rstrip("/") and not any(map(VERSION.fullmatch, path.split("/"))):
            path += "/v1"
        self.host = parts.hostname or ""
        self.key_variable = key_variable
        self.chat = urlunsplit(parts._replace(path=path + CHAT, fragment=""))
        self.models = urlunsplit(parts._replace(path=f"{path}/models", fragment=""))
        self.shown = urlunsplit(parts._replace(path=path, query="", fragment=""))
        self._key = _checked(key, key_variable)

    @property
    def has_key(self) -> bool:
        """Whether there is a key to show."""
        return bool(self._key)

    @property
    def loopback(self) -> bool:
        """Whether it is on this machine, where no proxy has any business."""
        return bool(LOOPBACK.fullmatch(self.host))

    @property
    def headers(self) -> dict[str, str]:
        """The headers of every request."""
        sent = {
            "accept": "text/event-stream, application/json",
            "accept-encoding": "identity",  # what is packed comes late
            "content-type": "application/json",
        }
        return sent | ({"authorization": f"Bearer {self._key}"} if self._key else {})

    def scrub(self, text: str) -> str:
        """The text without the key: endpoints repeat it in their complaints."""
        return text.replace(self._key, HIDDEN) if self._key else text

    def scrub_answer(self, text: str) -> str:
        """What the model says without the key, unless that may be a word of the user's code."""
        return self.scrub(text) if len(self._key) >= SHORTEST_SECRET else text


def _address(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url.strip())
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # brackets or a port that are none
        usable = False
    if not usable:
        raise UserProblem(
            "The model's base URL is no web address",
            hint="It looks like https://api.example.com/v1.",
        )
    return parts


def _checked(key: str | None, variable: str) -> str:
    """The key, if it fits into a header; the HTTP library would quote it in its complaint."""
    key = (key or "").strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UserProblem(
            f"{variable} holds characters that no key has",
            hint="Copy the key once more, without quotes and line breaks.",
        )
    return key
