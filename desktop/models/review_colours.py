"""What the letters of a hunk's lines are, for colouring: each side is parsed by itself, as it is.

A hunk is a fragment, so a text that began above it may be taken for something else.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import msgspec

from desktop.models.review_lines import ShownLine
from editors.grammars import Grammar, grammar_of
from editors.highlights import Span, parse_shown, spans
from editors.line_highlights import highlights_for

LARGEST: Final = 60_000
"""Letters of one side up to which a hunk is coloured (some 8 ms)."""
WIDEST: Final = 400
"""Letters of a line up to which it is."""


class Run(msgspec.Struct, frozen=True, array_like=True):
    """Letters [start:end] of a line and what they are, "" for nothing known."""

    start: int
    end: int
    capture: str


def coloured(path: str, lines: Sequence[ShownLine]) -> tuple[tuple[Run, ...], ...]:
    """The runs of every line, in order; () for a line without colours."""
    found: list[tuple[Run, ...]] = [()] * len(lines)
    for gone in ("+", "-"):
        side = [index for index, line in enumerate(lines) if line.op != gone]
        for index, runs in zip(side, _side(path, [lines[i].text for i in side]), strict=True):
            found[index] = runs
    return tuple(found)


def _side(path: str, texts: Sequence[str]) -> list[tuple[Run, ...]]:
    if sum(map(len, texts)) > LARGEST or any(len(text) > WIDEST for text in texts):
        return [()] * len(texts)
    if grammar := grammar_of(path):
        return _parsed(grammar, texts)
    if by_line := highlights_for(path):
        return [_runs(_cells(by_line.spans(text), len(text), 1)) for text in texts]
    return [()] * len(texts)


def _parsed(grammar: Grammar, texts: Sequence[str]) -> list[tuple[Run, ...]]:
    text = "\n".join(texts)
    # Positions are halves of byte offsets, so each letter must be two bytes wide.
    text = "".join(letter if letter <= "\uffff" else "\ufffd" for letter in text)
    cells = _cells(spans(grammar, parse_shown(grammar, text), 0, 2 * len(text)), len(text), 2)
    found = []
    at = 0
    for line in texts:
        found.append(_runs(cells[at : at + len(line)]))
        at += len(line) + 1
    return found


def _cells(found: Iterable[Span], length: int, width: int) -> list[str]:
    """What each letter is; later spans lie on top of earlier ones."""
    cells = [""] * length
    for span in found:
        first, last = span.start // width, min(span.end // width, length)
        cells[first:last] = [span.capture] * (last - first)
    return cells


def _runs(cells: Sequence[str]) -> tuple[Run, ...]:
    runs = []
    at = 0
    for capture, letters in groupby(cells):
        end = at + sum(1 for _ in letters)
        runs.append(Run(at, end, capture))
        at = end
    return tuple(runs)
