"""Where two answers differ, and what of that the original's own runs prove to be noise."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import unquote_plus

import msgspec

from runners.http_replay.exchange import Request, Response, Run
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.leaves import LAYOUT, WORD, Leaves, flatten, leaves

ABSENT = "absent"
PARTING = frozenset({"status", "answer"})
"""Pieces after which both sides are in states of their own."""
_INDEX = re.compile(r"(?<=\[)\d+(?=\])|(?<=word )\d+")
_KINDS = (
    ("a UUID", r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"),
    ("a time", r"\d{4}-\d\d-\d\d[T ]?.*|\w{3}, \d\d \w{3} \d{4}.*|\d\d:\d\d(?::\d\d.*)?"),
    ("a number", r"-?\d+(?:\.\d+)?"),
    ("hexadecimal", r"[0-9a-fA-F]{8,}"),
)


class Difference(msgspec.Struct, frozen=True):
    """One piece in which the port answered otherwise. Values are JSON or `absent`."""

    sequence: str
    exchange: int
    route: str
    path: str
    original: str
    port: str

    def sentence(self) -> str:
        """The difference in one line, for a person."""
        return f"{self.path}: the original {self.original[:200]}, the port {self.port[:200]}"


class Noise(msgspec.Struct, frozen=True):
    """Pieces in which the original differs from itself: by route, paths without their indices."""

    paths: dict[str, frozenset[str]] = {}

    def covers(self, place: str, path: str) -> bool:
        """Whether this piece of an answer says nothing but its kind."""
        return general(path) in self.paths.get(place, frozenset())

    def drowns(self, place: str) -> bool:
        """Whether so much of an answer is noise that nothing is proved by comparing."""
        return bool({"status", LAYOUT, "answer"} & self.paths.get(place, frozenset()))


def general(path: str) -> str:
    """A path without the indices in it."""
    return _INDEX.sub("*", path)


def place_of(request: Request) -> str:
    """What noise is kept by: the rule asked for, and how."""
    return f"{request.method} {request.route or request.target.partition('?')[0]}"


def learn(sequences: Sequence[Requests], runs: Sequence[Sequence[Run]]) -> Noise:
    """What differs between runs of the original; `runs` holds one list for each, all alike long."""
    first, *others = runs
    found: dict[str, set[str]] = {}
    for other in others:
        for sequence, one, two in zip(sequences, first, other, strict=True):
            for place, path in _unlike(sequence, one, two):
                found.setdefault(place, set()).add(general(path))
    return Noise({place: frozenset(paths) for place, paths in found.items()})


def _unlike(sequence: Requests, one: Run, two: Run) -> Iterator[tuple[str, str]]:
    for request, a, b in zip(sequence.requests, one.responses, two.responses, strict=False):
        for path, _, _ in pairs(leaves(a), leaves(b)):
            yield place_of(request), path
    for path, _, _ in pairs(rows(one), rows(two)):
        yield DATABASE, path


DATABASE = "database"
"""The place of what databases hold."""


def rows(run: Run) -> Leaves:
    """What the databases held, in pieces."""
    tables = {
        f"{path} {table}": [json.loads(row) for row in found]
        for path, tables in run.databases.items()
        for table, found in tables.items()
    }
    return dict(flatten(tables, DATABASE))


def differences(sequence: Requests, original: Run, port: Run, noise: Noise) -> list[Difference]:
    """Every piece in which the port's answers differ, first ones first.

    After a difference in an answer's status nothing further is compared: states have parted.
    """
    found = []
    said = _said(sequence) if sequence.kind == "paced" else frozenset()
    together = zip(sequence.requests, original.responses, port.responses, strict=False)
    for number, (request, a, b) in enumerate(together):
        here = list(_compared(leaves(a), leaves(b), place_of(request), noise, said))
        # All else in an answer of another status follows from that.
        parted = [each for each in here if each[0] in PARTING]
        found += [
            Difference(sequence.name, number, request.route, path, one, two)
            for path, one, two in parted[:1] or here
        ]
        if parted:
            return found
    last = len(sequence.requests) - 1
    found += [
        Difference(sequence.name, last, "", path, one, two)
        for path, one, two in _compared(rows(original), rows(port), DATABASE, noise)
    ]
    return found


def unlike_answers(request: Request, a: Response, b: Response, noise: Noise) -> list[str]:
    """The pieces in which two answers to one request differ."""
    return [path for path, _, _ in _compared(leaves(a), leaves(b), place_of(request), noise)]


def _said(sequence: Requests) -> frozenset[str]:
    """The words that the client has sent, as leaves have them: whose order is no noise."""
    texts = (
        unquote_plus(f"{request.target} {request.body.decode('utf-8', 'replace')}")
        for request in sequence.requests
    )
    return frozenset(json.dumps(word) for text in texts for word in WORD.findall(text))


def _compared(
    a: Leaves, b: Leaves, place: str, noise: Noise, said: frozenset[str] = frozenset()
) -> Iterable[tuple[str, str, str]]:
    drowned = noise.covers(place, LAYOUT)
    found = [
        (path, one, two)
        for path, one, two in pairs(a, b)
        if {one, two} <= said
        or (
            not (drowned and path.startswith("body"))
            and not (noise.covers(place, path) and kind(one) == kind(two))
        )
    ]
    body = [path for path, _, _ in found if path.startswith("body") and path != LAYOUT]
    # What is said of a value need not be said again of how the body is laid out.
    return [each for each in found if not (body and each[0] == LAYOUT)]


def pairs(a: Leaves, b: Leaves) -> Iterator[tuple[str, str, str]]:
    """Paths with unlike values, and both values."""
    for path in dict.fromkeys((*a, *b)):
        one, two = a.get(path, ABSENT), b.get(path, ABSENT)
        if one != two:
            yield path, one, two


def kind(value: str) -> str:
    """What sort of value it is: all that is compared of noise."""
    if not value.startswith('"'):
        return value[0] if value[:1] in "[{" else type(_loaded(value)).__name__
    text = str(_loaded(value))
    for name, pattern in _KINDS:
        if re.fullmatch(pattern, text):
            return name
    return "text"


def _loaded(value: str) -> object:
    try:
        return json.loads(value)
    except ValueError:
        return None
