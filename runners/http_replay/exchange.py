"""Requests, answers, and the corpus of sequences that is frozen before anything is judged."""

import hashlib
from typing import Literal

import msgspec

Headers = tuple[tuple[str, str], ...]
Kind = Literal["test", "session", "probe", "paced"]
"""In a paced sequence so much time goes by between two writes that a clock tells them apart."""
MARK = "\N{LEFT WHITE SQUARE BRACKET}"
"""Begins a reference in a target or body; no generated text has it."""


class Ref(msgspec.Struct, frozen=True):
    """A value of an earlier answer of the same sequence, as this server gave it.

    `exchange` counts from 0; `path` leads into the answer's JSON (keys and indices), or is
    ("location",) for the last segment of its Location. In a page, ("link", before, after) is what
    stands between these in the path of a link, ("field", name) the value of a form's field; in a
    text, ("word", n) is the n-th number or token of it.
    """

    exchange: int
    path: tuple[str | int, ...]


class Request(msgspec.Struct, frozen=True):
    """What is sent: the target is path and query as they go over the wire.

    `mark(n)` in target, headers or body stands for the value of `refs[n]`. Cookies come from the
    sequence's jar. `route` is the rule it was made for, "" if none. It is sent `after_s` seconds
    after the answer before.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    refs: tuple[Ref, ...] = ()
    route: str = ""
    after_s: float = 0.0

    def sentence(self) -> str:
        """The request in one line, for a person."""
        kind = {name.lower(): value for name, value in self.headers}.get("content-type", "")
        body = self.body.decode("utf-8", "replace")
        shown = f" {body[:120]}{'…' if len(body) > 120 else ''}" if body else ""
        later = f"{self.after_s:g} s later " if self.after_s else ""
        return f"{later}{self.method} {self.target}{f' ({kind})' if kind else ''}{shown}"


class Response(msgspec.Struct, frozen=True):
    """What came back; `problem` says why there is no answer, and is "" where there is one.

    `at` is when it came, in seconds of the epoch, 0 where nobody looked.
    """

    status: int = 0
    headers: Headers = ()
    body: bytes = b""
    problem: str = ""
    at: float = 0.0

    @property
    def good(self) -> bool:
        """Whether the answer is a success or leads on."""
        return 200 <= self.status < 400

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def first(self, name: str) -> str:
        """A header's first value, "" if it is not there."""
        return next(iter(self.all(name)), "")


class Sequence(msgspec.Struct, frozen=True):
    """Requests of one client, in order, to a server in its first state."""

    name: str
    kind: Kind
    requests: tuple[Request, ...]


class Corpus(msgspec.Struct, frozen=True):
    """All sequences of one seed."""

    seed: int
    sequences: tuple[Sequence, ...]

    @property
    def digest(self) -> str:
        """SHA-256 of the corpus: what is judged is what was frozen."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()

    @property
    def size(self) -> int:
        """How many requests there are."""
        return sum(len(sequence.requests) for sequence in self.sequences)


class Run(msgspec.Struct, frozen=True):
    """One server's answers to a sequence, and what its databases held afterwards.

    `databases` maps the path of each to its tables, and each table to its rows in words.
    """

    responses: tuple[Response, ...]
    databases: dict[str, dict[str, tuple[str, ...]]] = {}


def mark(number: int) -> str:
    """What stands for the value of a request's reference."""
    return f"{MARK}{number}]"
