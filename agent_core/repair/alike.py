"""The same edit at all places that read the same: a fault that was copied along with its line."""

from collections.abc import Iterable

import msgspec

from agent_core.repair.source import Source
from runners.patches import TextEdit

_FEWEST, _MOST = 2, 8
_PENALTY = 1.0


class Candidate(msgspec.Struct, frozen=True):
    """A change with its place in the order, before it becomes a patch."""

    edits: tuple[TextEdit, ...]
    score: float
    family: str
    line: int


def together(candidates: Iterable[Candidate], sources: dict[str, Source]) -> list[Candidate]:
    """For single edits that occur on several equal lines of a file, one candidate with them all."""
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in candidates:
        edit = candidate.edits[0]
        if len(candidate.edits) == 1 and edit.start < edit.end:
            line, column = _line(sources[edit.file], edit)
            size = edit.end - edit.start
            key = (edit.file, candidate.family, line, column, size, edit.text)
            groups.setdefault(key, []).append(candidate)
    return [_join(group) for group in groups.values() if _FEWEST <= len(group) <= _MOST]


def _line(source: Source, edit: TextEdit) -> tuple[bytes, int]:
    """The line of an edit without its indentation, and where on it the edit begins."""
    start = source.data.rfind(b"\n", 0, edit.start) + 1
    end = source.data.find(b"\n", edit.start)
    written = source.data[start : end if end >= 0 else len(source.data)]
    bare = written.lstrip()
    return bare.rstrip(), edit.start - start - (len(written) - len(bare))


def _join(group: list[Candidate]) -> Candidate:
    best = max(group, key=lambda candidate: candidate.score)
    edits = tuple(sorted(edit for candidate in group for edit in candidate.edits))
    return Candidate(edits, best.score - _PENALTY, best.family, best.line)
