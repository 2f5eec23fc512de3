"""Where in a text an edit goes: exactly there, or there but for line endings, or but for a
uniform indentation, and otherwise nowhere. Never a guess.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import msgspec

from editors.alignment import Change, changes, matching_blocks
from editors.textfile import commonest_newline, ending, split_lines


class Spot(msgspec.Struct, frozen=True):
    """One place of a text, characters [start, end), and what would stand there afterwards."""

    start: int
    end: int
    text: str


class Places(msgspec.Struct, frozen=True):
    """Where the text to be replaced stands; `lines` are the first and last line of each place.

    how: what had to be overlooked to find it.
    """

    spots: tuple[Spot, ...]
    lines: tuple[tuple[int, int], ...]
    how: str = "exact"


def find_places(text: str, old: str, new: str) -> Places:
    """Every place where `old` stands, by the strictest way that finds any.

    `old` must not be empty. Line feeds of `new` become the line endings of the place; lines it
    shares with the place keep theirs.
    """
    ways: tuple[tuple[str, Callable[[str, str, str], list[Spot]]], ...] = (
        ("exact", _exact),
        ("line endings", _but_for_endings),
        ("indentation", _but_for_indentation),
    )
    for how, way in ways:
        spots = way(text, old, new)
        if spots:
            return Places(tuple(spots), tuple(_line_ranges(text, spots)), how)
    return Places((), (), "nowhere")


def replaced(text: str, spots: Sequence[Spot]) -> str:
    """The text with the spots, which are in order and do not overlap, filled in."""
    pieces = []
    at = 0
    for spot in spots:
        pieces += [text[at : spot.start], spot.text]
        at = spot.end
    return "".join([*pieces, text[at:]])


def _exact(text: str, old: str, new: str) -> list[Spot]:
    spots = []
    for start in _occurrences(text, old):
        end = start + len(old)
        spots.append(Spot(start, end, _with_endings(new, text, start, end)))
    return spots


def _but_for_endings(text: str, old: str, new: str) -> list[Spot]:
    if "\r" not in text and "\r" not in old:
        return []
    lines = split_lines(text)
    plain_starts = [0, *accumulate(len(line) - max(len(ending(line)) - 1, 0) for line in lines)]
    starts = [0, *accumulate(map(len, lines))]
    plain, wanted = _plain(text), _plain(old)

    def original(offset: int) -> int:
        line = bisect_right(plain_starts, offset) - 1
        return starts[line] + offset - plain_starts[line]

    spots = []
    for at in _occurrences(plain, wanted):
        start, end = original(at), original(at + len(wanted))
        spots.append(Spot(start, end, _with_endings(new, text, start, end)))
    return spots


def _but_for_indentation(text: str, old: str, new: str) -> list[Spot]:
    """Whole lines that differ from the sent ones by the same leading blanks on each."""
    lines = split_lines(text)
    starts = [0, *accumulate(map(len, lines))]
    sent = [_bare(line) for line in split_lines(old)]
    if not any(line.strip() for line in sent):
        return []
    whole = [_bare(line) for line in lines]
    spots: list[Spot] = []
    for first in range(len(lines) - len(sent) + 1):
        if spots and starts[first] < spots[-1].end:
            continue
        shift = _indent_shift(sent, whole[first : first + len(sent)])
        if shift is None:
            continue
        moved = _shifted(new, shift)
        if moved is None:
            continue
        start, end = starts[first], starts[first + len(sent)]
        if moved:
            end -= len(ending(lines[first + len(sent) - 1]))
        spots.append(Spot(start, end, _with_endings(_bare(moved), text, start, end)))
    return spots


def _indent_shift(sent: Sequence[str], there: Sequence[str]) -> tuple[str, str] | None:
    """The leading blanks to take from and to put before each sent line, if it is one pair."""
    shift: tuple[str, str] | None = None
    for mine, theirs in zip(sent, there, strict=True):
        if not mine.strip() and not theirs.strip():
            continue
        if mine.lstrip(" \t") != theirs.lstrip(" \t"):
            return None
        pair = _parted(_indent(mine), _indent(theirs))
        if shift not in {None, pair} or pair is None:
            return None
        shift = pair
    return shift


def _parted(mine: str, theirs: str) -> tuple[str, str] | None:
    """What one indentation has before the other, when one ends in the other."""
    if theirs.endswith(mine):
        return "", theirs[: len(theirs) - len(mine)]
    if mine.endswith(theirs):
        return mine[: len(mine) - len(theirs)], ""
    return None


def _shifted(new: str, shift: tuple[str, str]) -> str | None:
    taken, put = shift
    lines = []
    for line in split_lines(new):
        if not line.strip():
            lines.append(line)
        elif line.startswith(taken):
            lines.append(put + line[len(taken) :])
        else:
            return None
    return "".join(lines)


def _with_endings(new: str, text: str, start: int, end: int) -> str:
    """`new` with the line endings of the place; a sender who wrote "\\r" chose them."""
    if "\r" in new or "\r" not in text:
        return new
    there, lines = split_lines(text[start:end]), split_lines(new)
    coming = [_bare(line) for line in lines]
    takes: dict[int, str] = {}
    for old_from, old_to, new_from, new_to in _counterparts(
        [_bare(line) for line in there], coming
    ):
        pairs = zip(range(new_from, new_to), there[old_from:old_to], strict=False)
        takes.update((j, ending(line)) for j, line in pairs if ending(line))
    last = commonest_newline(text[start:end] if any(map(ending, there)) else text)
    for j, line in enumerate(lines):
        if ending(line):
            last = takes.get(j, last)
            coming[j] += last
    return "".join(coming)


def _counterparts(old: list[str], new: list[str]) -> Iterator[Change]:
    """Ranges of lines that are equal, or stand for each other between equal ones."""
    for i, j, n in matching_blocks(old, new):
        yield i, i + n, j, j + n
    yield from changes(old, new)


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + len(wanted))


def _line_ranges(text: str, spots: Sequence[Spot]) -> Iterator[tuple[int, int]]:
    starts = [0, *accumulate(map(len, split_lines(text)))]
    for spot in spots:
        last = max(spot.start, spot.end - 1)
        yield bisect_right(starts, spot.start), bisect_right(starts, last)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _bare(line: str) -> str:
    return line[: len(line) - len(ending(line))]


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
