"""Which hunks of a change a folder holds already, and what changes when it is to hold others.

Hunks all refer to the base, and what was accepted before lies on the disk: so the next hunk is
merged against the base *with* those, and undoing one is the same step the other way round.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from editors.diff import FileDiff, diff_bytes
from editors.hunks import Hunk, apply_hunks, mode_after, select_lines
from runners.problems import UserProblem

Source = tuple[str, bool]
"""A path, and whether the base has it: one file may move away and another be made in its place."""


class Held(msgspec.Struct, frozen=True):
    """Hunks of the change from the base to `target` that a folder holds.

    `hunks` are references: a hunk's id, or `id:2-4,7` for some of its lines, counted from 0.
    """

    target: str
    hunks: tuple[str, ...]


class FileState(msgspec.Struct, frozen=True):
    """A file in one state; content and mode are None where it is not there."""

    path: str
    content: bytes | None
    mode: int | None


def reference(hunk: Hunk, lines: Collection[int] | None = None) -> str:
    """How a hunk, or these lines of it, is named."""
    changed = {index for index, line in enumerate(hunk.lines) if line.op != " "}
    chosen = sorted(changed if lines is None else changed.intersection(lines))
    return hunk.id if len(chosen) == len(changed) else f"{hunk.id}:{_spans(chosen)}"


def parse_reference(text: str) -> tuple[str, frozenset[int] | None]:
    """A hunk's id and the lines meant; None is all of them. Raises UserProblem."""
    name, colon, spans = text.partition(":")
    if not colon:
        return name, None
    lines: set[int] = set()
    try:
        for span in spans.split(","):
            first, dash, last = span.partition("-")
            lines.update(range(int(first), int(last if dash else first) + 1))
    except ValueError as error:
        raise UserProblem(
            f"{text!r} names no lines of a hunk", hint="Write it like 0123456789ab:2-4,7."
        ) from error
    return name, frozenset(lines)


def named(diffs: Iterable[FileDiff]) -> tuple[str, ...]:
    """References to all hunks of a change."""
    return tuple(hunk.id for diff in diffs for hunk in diff.hunks)


def narrow(diffs: Iterable[FileDiff], references: Collection[str] | None) -> list[FileDiff]:
    """The files of a change with these hunks alone; None keeps all. Raises UserProblem.

    Several references to one hunk mean their lines together.
    """
    diffs = list(diffs)
    if references is None:
        return diffs
    wanted = _wanted(references)
    known = {hunk.id for diff in diffs for hunk in diff.hunks}
    for name in wanted:
        if name not in known:
            raise UserProblem(
                f"there is no hunk {name!r} in this change",
                hint=f"the change has {', '.join(sorted(known)) or 'no hunks'}",
            )
    narrowed = []
    for diff in diffs:
        hunks = tuple(_smaller(hunk, wanted[hunk.id]) for hunk in diff.hunks if hunk.id in wanted)
        if hunks:
            narrowed.append(msgspec.structs.replace(diff, hunks=hunks))
    return narrowed


def with_hunks(held: Sequence[Held], target: str, hunks: Iterable[str]) -> tuple[Held, ...]:
    """What is held once these hunks are too."""
    same = [reference for part in held if part.target == target for reference in part.hunks]
    others = tuple(part for part in held if part.target != target)
    return (*others, Held(target, tuple(dict.fromkeys([*same, *hunks]))))


def without_hunks(held: Sequence[Held], hunks: Collection[str]) -> tuple[Held, ...]:
    """What is held once these references are not any more."""
    left = (
        Held(part.target, tuple(hunk for hunk in part.hunks if hunk not in hunks)) for part in held
    )
    return tuple(part for part in left if part.hunks)


def source_of(diff: FileDiff) -> Source:
    """Which file of the base a change is to."""
    return diff.old_path or diff.path, diff.old_mode is not None


def laid_together(parts: Iterable[Sequence[FileDiff]]) -> dict[Source, FileDiff]:
    """Narrowed changes of one base as one, file by file.

    Where hunks of two parts meet, the later one replaces the earlier.
    """
    files: dict[Source, FileDiff] = {}
    for part in parts:
        for diff in part:
            source = source_of(diff)
            before = files[source].hunks if source in files else ()
            kept = [hunk for hunk in before if not any(_meet(hunk, other) for other in diff.hunks)]
            files[source] = msgspec.structs.replace(diff, hunks=(*kept, *diff.hunks))
    return files


def step(
    base: bytes | None, before: FileDiff | None, after: FileDiff | None
) -> tuple[FileDiff, bytes | None]:
    """The change from holding `before` to holding `after`, and the content it starts from.

    `base` is the file's content in the base; None holds no hunk of it. Not both may be None.
    """
    frame = after or before
    if frame is None:
        raise ValueError("a step leads from something to something")
    old = state(frame, base, before.hunks if before else ())
    new = state(frame, base, after.hunks if after else ())
    change = diff_bytes(new.path, old.content, new.content, old.mode, new.mode, old_path=old.path)
    return change, old.content


def state(frame: FileDiff, base: bytes | None, hunks: Sequence[Hunk]) -> FileState:
    """What a file of the base is with these hunks of a change that `frame` describes."""
    renamed = base is None or any(hunk.kind == "rename" for hunk in hunks)
    return FileState(
        frame.path if renamed else frame.old_path or frame.path,
        apply_hunks(base, [_trimmed(hunk) for hunk in hunks]),
        mode_after(frame.old_mode, hunks),
    )


def _wanted(references: Iterable[str]) -> Mapping[str, frozenset[int] | None]:
    wanted: dict[str, frozenset[int] | None] = {}
    for text in references:
        name, lines = parse_reference(text)
        before = wanted.get(name, frozenset())
        wanted[name] = None if lines is None or before is None else before | lines
    return wanted


def _smaller(hunk: Hunk, lines: frozenset[int] | None) -> Hunk:
    return hunk if lines is None else select_lines(hunk, lines)


def _trimmed(hunk: Hunk) -> Hunk:
    """The hunk without the unchanged lines around it, so that close ones apply together."""
    if hunk.kind != "lines":
        return hunk
    changed = [index for index, line in enumerate(hunk.lines) if line.op != " "]
    first, last = (changed[0], changed[-1] + 1) if changed else (0, 0)
    return msgspec.structs.replace(
        hunk, lines=hunk.lines[first:last], old_start=hunk.old_start + first
    )


def _meet(one: Hunk, other: Hunk) -> bool:
    if {one.kind, other.kind} & {"mode", "rename"}:
        return one.kind == other.kind
    if "whole" in {one.kind, other.kind} or one.fate != "kept" or other.fate != "kept":
        return True
    (first, end), (other_first, other_end) = sorted((_extent(one), _extent(other)))
    return other_first < end or (other_first == end and (first == end or other_first == other_end))


def _extent(hunk: Hunk) -> tuple[int, int]:
    """First and last-plus-one line of the base that a hunk changes."""
    bare = _trimmed(hunk)
    return bare.old_start, bare.old_start + len(bare.old_lines)


def _spans(numbers: Sequence[int]) -> str:
    return ",".join(
        str(first) if first == last else f"{first}-{last}" for first, last in _runs(numbers)
    )


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for index, number in enumerate(numbers):
        if index + 1 == len(numbers) or numbers[index + 1] != number + 1:
            yield numbers[start], number
            start = index + 1
