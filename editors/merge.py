"""Three versions of a text into one: what both sides did to a common base, line by line."""

from collections.abc import Iterator, Sequence

import msgspec

from editors.alignment import Change, changes, split


class Conflict(msgspec.Struct, frozen=True):
    """A stretch both sides changed differently: first and last-plus-one line from 0 in each."""

    base: tuple[int, int]
    ours: tuple[int, int]
    theirs: tuple[int, int]


class MergeResult(msgspec.Struct, frozen=True):
    """The merged bytes, or None and where the sides collide."""

    merged: bytes | None
    conflicts: tuple[Conflict, ...] = ()


class _Stretch(msgspec.Struct, frozen=True):
    """A part of the base that one or both sides changed, with its extent on each side."""

    base: tuple[int, int]
    ours: tuple[int, int]
    theirs: tuple[int, int]


def merge(base: bytes, ours: bytes, theirs: bytes, *, theirs_win: bool = False) -> MergeResult:
    """Merge two changes of one text; changes that touch without being equal collide.

    With `theirs_win` nothing collides: there their lines stand in place of ours.
    """
    if ours in {base, theirs}:
        return MergeResult(theirs)
    if theirs == base:
        return MergeResult(ours)
    old, mine, other = split(base), split(ours), split(theirs)
    merged: list[bytes] = []
    conflicts: list[Conflict] = []
    at = 0
    for part in _stretches(changes(old, mine), changes(old, other)):
        merged += old[at : part.base[0]]
        at = part.base[1]
        chosen = _chosen(old, mine, other, part)
        if chosen is None and theirs_win:
            chosen = other[slice(*part.theirs)]
        if chosen is None:
            conflicts.append(Conflict(part.base, part.ours, part.theirs))
        else:
            merged += chosen
    merged += old[at:]
    return MergeResult(None, tuple(conflicts)) if conflicts else MergeResult(b"".join(merged))


def _chosen(
    old: Sequence[bytes], mine: Sequence[bytes], other: Sequence[bytes], part: _Stretch
) -> Sequence[bytes] | None:
    was = old[slice(*part.base)]
    my_lines, other_lines = mine[slice(*part.ours)], other[slice(*part.theirs)]
    if my_lines in (was, other_lines):
        return other_lines
    return my_lines if other_lines == was else None


def _stretches(ours: list[Change], theirs: list[Change]) -> Iterator[_Stretch]:
    """Changes of both sides joined where they overlap or touch, in order."""
    my_shift = other_shift = 0
    mine, other = ours[::-1], theirs[::-1]
    while mine or other:
        start = min(side[-1][0] for side in (mine, other) if side)
        end = min(side[-1][1] for side in (mine, other) if side and side[-1][0] == start)
        my_start, other_start = start + my_shift, start + other_shift
        grew = True
        while grew:
            grew = False
            while mine and mine[-1][0] <= end:
                change = mine.pop()
                end, grew = max(end, change[1]), True
                my_shift = change[3] - change[1]
            while other and other[-1][0] <= end:
                change = other.pop()
                end, grew = max(end, change[1]), True
                other_shift = change[3] - change[1]
        yield _Stretch((start, end), (my_start, end + my_shift), (other_start, end + other_shift))
