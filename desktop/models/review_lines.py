"""The lines of a hunk as they are shown: text, numbers, and the words that differ inside a pair."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Final

import msgspec

from editors.alignment import changes, matching_blocks
from editors.hunks import Hunk, Line, Op

LONGEST: Final = 2_000
"""Letters of a line that are shown; a longer line ends in an ellipsis."""
TAB: Final = 4
_COMPARED: Final = 500
"""Letters up to which two lines are compared word by word."""
_ALIKE: Final = 0.35
"""The part of the letters that must be common; lines less alike are simply two lines."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_CONTROL = {code: chr(0x2400 + code) for code in range(32)} | {127: "\u2421"}

Span = tuple[int, int]
"""First and last-plus-one letter of a text."""


class ShownLine(msgspec.Struct, frozen=True):
    """One line to paint. Numbers are None on the side that does not have it; `note` is dim."""

    op: Op
    text: str
    old: int | None = None
    new: int | None = None
    strong: tuple[Span, ...] = ()
    note: str = ""


def shown_lines(hunk: Hunk) -> tuple[ShownLine, ...]:
    """All lines of a hunk, in its order."""
    if hunk.kind != "lines":
        return ()
    texts = readable(line.text for line in hunk.lines)
    strong = _strong(hunk.lines, texts)
    notes = _notes(hunk.lines)
    old, new = hunk.old_start, hunk.new_start
    shown = []
    for index, line in enumerate(hunk.lines):
        shown.append(
            ShownLine(
                line.op,
                texts[index],
                old if line.op != "+" else None,
                new if line.op != "-" else None,
                strong.get(index, ()),
                notes[index],
            )
        )
        old += line.op != "+"
        new += line.op != "-"
    return tuple(shown)


Pair = tuple[int | None, int | None]
"""Indices of the lines that stand beside each other; None where one side has nothing."""


def paired(lines: Sequence[Line]) -> tuple[Pair, ...]:
    """The rows of a hunk shown side by side: what went beside what came in its place."""
    rows: list[Pair] = []
    gone: list[int] = []
    come: list[int] = []
    for index, line in enumerate(lines):
        if line.op == "+":
            come.append(index)
            continue
        if come or line.op == " ":
            rows += zip_longest(gone, come)
            gone, come = [], []
        if line.op == "-":
            gone.append(index)
        else:
            rows.append((index, index))
    return (*rows, *zip_longest(gone, come))


def readable(lines: Iterable[bytes]) -> list[str]:
    """Lines as text without their endings; tabs and what is unseen made visible."""
    found = list(lines)
    try:
        decoded = [line.decode("utf-8") for line in found]
    except UnicodeDecodeError:
        decoded = [line.decode("latin-1") for line in found]
    return [_visible(line.rstrip("\r\n")) for line in decoded]


def _visible(text: str) -> str:
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    if "\t" in cut:
        cut = cut.expandtabs(TAB)
    return cut if cut.isprintable() else cut.translate(_CONTROL)


def _notes(lines: Sequence[Line]) -> list[str]:
    """What a reader could not see: no newline at the end, or an ending unlike the others'."""
    endings = {line.text.endswith(b"\r\n") for line in lines if line.text.endswith(b"\n")}
    notes = []
    for line in lines:
        if not line.text.endswith(b"\n"):
            notes.append("no newline at the end")
        elif len(endings) == 2:
            notes.append("CRLF" if line.text.endswith(b"\r\n") else "LF")
        else:
            notes.append("")
    return notes


def _strong(lines: Sequence[Line], texts: Sequence[str]) -> dict[int, tuple[Span, ...]]:
    """The words that differ, in lines that went and came in each other's place."""
    found: dict[int, tuple[Span, ...]] = {}
    for gone, come in _runs(lines):
        for old, new in zip(gone, come, strict=False):
            found[old], found[new] = differing(texts[old], texts[new])
    return found


def _runs(lines: Sequence[Line]) -> Iterator[tuple[list[int], list[int]]]:
    """Indices of lines that went and of those that came right after them."""
    gone: list[int] = []
    come: list[int] = []
    for index, line in enumerate(lines):
        if line.op == "+":
            come.append(index)
        elif line.op == "-" and not come:
            gone.append(index)
        else:
            yield gone, come
            gone, come = ([index] if line.op == "-" else []), []
    yield gone, come


def differing(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans in which two lines differ by words; none where they have little in common."""
    if max(len(old), len(new)) > _COMPARED:
        return (), ()
    olds, news = _WORD.findall(old), _WORD.findall(new)
    common = sum(
        len(word.strip())
        for start, _, count in matching_blocks(olds, news)
        for word in olds[start : start + count]
    )
    if common < _ALIKE * max(len(old.strip()), len(new.strip()), 1):
        return (), ()
    found = changes(olds, news)
    return (
        _spans(olds, [(first, last) for first, last, _, _ in found]),
        _spans(news, [(first, last) for _, _, first, last in found]),
    )


def _spans(words: Sequence[str], ranges: Iterable[Span]) -> tuple[Span, ...]:
    ends = [0]
    for word in words:
        ends.append(ends[-1] + len(word))
    return tuple((ends[first], ends[last]) for first, last in ranges if first < last)
