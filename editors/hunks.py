"""The pieces of a change that are accepted or rejected, and what any choice of them makes.

All hunks of one file refer to the same old content, so every subset can be applied at once.
"""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Literal

import msgspec

from editors.alignment import split
from editors.refusals import ChangedMeanwhile

Op = Literal[" ", "-", "+"]
"""A line both sides have, one that goes, one that comes."""

Fate = Literal["kept", "created", "deleted"]
"""What becomes of the file itself."""


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One line of a hunk with its own ending, which the last line of a file may lack."""

    op: Op
    text: bytes


class Hunk(msgspec.Struct, frozen=True):
    """One piece of a change to one file.

    kind: "lines" is a run of changed lines with those around them; "whole" replaces the content
    undivided (binary files, links); "mode" and "rename" leave the content alone. Line numbers
    start at 1; where one side has no line they say where it would be. Modes are git's, given
    where the hunk decides them.
    """

    id: str
    path: str
    kind: Literal["lines", "whole", "mode", "rename"]
    old_start: int = 1
    new_start: int = 1
    lines: tuple[Line, ...] = ()
    fate: Fate = "kept"
    old_mode: int | None = None
    new_mode: int | None = None
    old_path: str | None = None

    @property
    def old_lines(self) -> tuple[bytes, ...]:
        """What the hunk covers before."""
        return tuple(line.text for line in self.lines if line.op != "+")

    @property
    def new_lines(self) -> tuple[bytes, ...]:
        """What the hunk covers after."""
        return tuple(line.text for line in self.lines if line.op != "-")


def identified(hunk: Hunk) -> Hunk:
    """The same hunk with the id that its content and its place in the old file give it."""
    lines = [(line.op, line.text) for line in hunk.lines]
    place = (hunk.path, hunk.old_path, hunk.kind, hunk.fate, hunk.old_start)
    content = repr((place, hunk.old_mode, hunk.new_mode, lines))
    return msgspec.structs.replace(hunk, id=sha256(content.encode()).hexdigest()[:12])


def apply_hunks(old: bytes | None, hunks: Iterable[Hunk]) -> bytes | None:
    """The content after these hunks of one file; None is a file that is not there.

    Raises ChangedMeanwhile where `old` is not the content the hunks were made from.
    """
    chosen = sorted(
        (hunk for hunk in hunks if hunk.kind in {"lines", "whole"}), key=lambda hunk: hunk.old_start
    )
    if not chosen:
        return old
    if (old is None) != (chosen[0].fate == "created"):
        raise _mismatch(chosen[0], "is there" if old is not None else "is gone")
    if chosen[0].kind == "whole":
        if (old or b"") != b"".join(chosen[0].old_lines):
            raise _mismatch(chosen[0], "has another content")
        new = b"".join(chosen[0].new_lines)
    else:
        new = b"".join(_spliced(split(old or b""), chosen))
    if chosen[0].fate != "deleted":
        return new
    if new:
        raise _mismatch(chosen[0], "has more lines")
    return None


def mode_after(old_mode: int | None, hunks: Iterable[Hunk]) -> int | None:
    """The file's mode after these hunks, in git's numbers; None is a file that is not there."""
    mode = old_mode
    for hunk in hunks:
        if hunk.fate == "deleted":
            return None
        if hunk.new_mode is not None:
            mode = hunk.new_mode
    return mode


def reverse(hunks: Sequence[Hunk]) -> tuple[Hunk, ...]:
    """The hunks of one file that undo these, where these and no others were applied."""
    fates: dict[Fate, Fate] = {"kept": "kept", "created": "deleted", "deleted": "created"}
    ops: dict[Op, Op] = {" ": " ", "-": "+", "+": "-"}
    return tuple(
        identified(
            Hunk(
                id="",
                path=hunk.old_path or hunk.path,
                kind=hunk.kind,
                old_start=hunk.new_start,
                new_start=hunk.old_start,
                lines=_removed_first(Line(ops[line.op], line.text) for line in hunk.lines),
                fate=fates[hunk.fate],
                old_mode=hunk.new_mode,
                new_mode=hunk.old_mode,
                old_path=hunk.path if hunk.old_path else None,
            )
        )
        for hunk in renumbered(hunks)
    )


def renumbered(hunks: Sequence[Hunk]) -> list[Hunk]:
    """Hunks of one file in order, with new line numbers as if no others were applied."""
    shift = 0
    placed = []
    for hunk in sorted(hunks, key=lambda hunk: hunk.old_start):
        placed.append(msgspec.structs.replace(hunk, new_start=hunk.old_start + shift))
        shift += len(hunk.new_lines) - len(hunk.old_lines)
    return placed


def select_lines(hunk: Hunk, chosen: Collection[int]) -> Hunk:
    """The smaller hunk that makes only the changes at these indices of `hunk.lines`.

    A line that was to go and is not chosen stays; one that was to come does not. Raises
    ValueError for a hunk that cannot be divided.
    """
    changed = {index for index, line in enumerate(hunk.lines) if line.op != " "}
    if changed <= set(chosen):
        return hunk
    if hunk.kind != "lines":
        raise ValueError("This hunk can only be taken whole.")
    kept = [
        Line(" ", line.text) if index in changed and index not in chosen else line
        for index, line in enumerate(hunk.lines)
        if index in chosen or line.op != "+"
    ]
    fate: Fate = "kept" if hunk.fate == "deleted" else hunk.fate
    return identified(
        msgspec.structs.replace(
            hunk,
            lines=tuple(_with_line_ends(kept)),
            fate=fate,
            old_mode=None if fate == "kept" else hunk.old_mode,
        )
    )


def _with_line_ends(lines: list[Line]) -> list[Line]:
    """Give an old last line without an ending one, where something now follows it."""
    ended = []
    for line, following in pairwise(lines):
        if line.op == " " and not line.text.endswith(b"\n") and following.op == "+":
            newline = b"\r\n" if following.text.endswith(b"\r\n") else b"\n"
            ended += [Line("-", line.text), Line("+", line.text + newline)]
        else:
            ended.append(line)
    return [*ended, *lines[-1:]]


def _removed_first(lines: Iterable[Line]) -> tuple[Line, ...]:
    """In each run of changes, what goes before what comes."""
    ordered: list[Line] = []
    coming: list[Line] = []
    for line in lines:
        if line.op == "+":
            coming.append(line)
        else:
            if line.op == " ":
                ordered += coming
                coming = []
            ordered.append(line)
    return (*ordered, *coming)


def _spliced(old: list[bytes], hunks: list[Hunk]) -> list[bytes]:
    new: list[bytes] = []
    at = 0
    for hunk in hunks:
        start = hunk.old_start - 1
        end = start + len(hunk.old_lines)
        if start < at or tuple(old[start:end]) != hunk.old_lines:
            raise _mismatch(hunk, f"differs at line {hunk.old_start}")
        new += old[at:start]
        new += hunk.new_lines
        at = end
    return new + old[at:]


def _mismatch(hunk: Hunk, how: str) -> ChangedMeanwhile:
    return ChangedMeanwhile(hunk.path, f"{hunk.path} {how}; the change was made for other content.")
