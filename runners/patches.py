"""Candidate patches and what became of them when they were tried."""

from typing import Literal

import msgspec


class TextEdit(msgspec.Struct, frozen=True, order=True):
    """Replace the bytes [start, end) of a UTF-8 source file by `text`.

    `file` is relative to the workspace root with forward slashes; offsets count bytes of the
    file as it is on disk.
    """

    file: str
    start: int
    end: int
    text: str


class Patch(msgspec.Struct, frozen=True):
    """One candidate: edits that do not overlap, where it came from, and how likely it is.

    `score` orders candidates (higher first); `id` is the same on every machine and hash seed.
    `at_import`: its place runs while modules are imported, so that only a new start shows it.
    """

    id: str
    edits: tuple[TextEdit, ...]
    family: str
    line: int
    score: float
    summary: str = ""
    at_import: bool = False


PatchStatus = Literal[
    "survivor",  # every failing test of the task passes
    "partial",  # some of several failing tests pass
    "failed",  # no failing test changed for the better
    "exhausted",  # ran out of fuel or time
    "crashed",  # the process died
    "inapplicable",  # does not compile, or its place cannot be reached
    "duplicate",  # compiles to the same bytecode as an earlier one
]


class PatchOutcome(msgspec.Struct, frozen=True):
    """What trying one patch showed; `fixed` are the failing tests that now pass."""

    patch: str
    status: PatchStatus
    fixed: tuple[str, ...] = ()
    way: Literal["warm", "cold"] = "warm"
    duration_s: float = 0.0
