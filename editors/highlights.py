"""How a stretch of source is coloured: spans of bytes with the name of what they hold.

Trees come from UTF-16 in little-endian order, the form in which a window keeps text, so that half
of a byte offset is a position in it. A big text is read piece by piece: between two pieces other
threads have their turn.
"""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec
from tree_sitter import Parser, Point, Query, QueryCursor, Tree

from editors.grammars import GRAMMARS, Grammar, language_of

_PIECE: Final = 8192
"""Bytes handed over at once: a thread that waits gets its turn within a few milliseconds."""


class Span(msgspec.Struct, frozen=True, array_like=True):
    """Bytes [start:end] of the source and what they are: "keyword", "variable.parameter"."""

    start: int
    end: int
    capture: str


class Parsed(msgspec.Struct, frozen=True):
    """A text and its tree over the text's UTF-16 bytes."""

    text: str
    tree: Tree


def parse_shown(
    grammar: Grammar,
    text: str,
    before: Parsed | None = None,
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> Parsed:
    """Parse text as a window keeps it; of what was parsed before, only what changed.

    `stopped` is asked now and then; once it says yes, the rest of the text is left out.
    """
    source = text.encode("utf-16-le", "surrogatepass")

    def read(at: int, _point: object) -> bytes:
        return b"" if stopped() else source[at : at + _PIECE]

    parser = Parser(language_of(grammar))
    if before is None:
        return Parsed(text, parser.parse(read, encoding="utf16le"))
    return Parsed(text, parser.parse(read, _edited(before, text), encoding="utf16le"))


def spans(grammar: Grammar, parsed: Parsed, start: int, end: int) -> tuple[Span, ...]:
    """The spans that touch bytes [start:end], in the order in which they are painted."""
    cursor = QueryCursor(_query(grammar.language))
    cursor.set_byte_range(start, end)
    found = [
        (node.start_byte, -node.end_byte, pattern, capture)
        for pattern, captures in cursor.matches(parsed.tree.root_node)
        for capture, nodes in captures.items()
        for node in nodes
    ]
    return tuple(Span(first, -last, capture) for first, last, _, capture in sorted(found))


def _edited(before: Parsed, text: str) -> Tree:
    """A copy of the tree that knows which part of its text was replaced by another."""
    old = before.text
    same = _common(old, text, most=min(len(old), len(text)))
    tail = _common(old[same:][::-1], text[same:][::-1], most=min(len(old), len(text)) - same)
    start, start_point = _place(old, same)
    old_end, old_point = _place(old, len(old) - tail)
    new_end, new_point = _place(text, len(text) - tail)
    tree = before.tree.copy()
    tree.edit(start, old_end, new_end, start_point, old_point, new_point)
    return tree


def _common(one: str, other: str, *, most: int) -> int:
    """How many letters two texts have in common at their start, found by halving."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _place(text: str, at: int) -> tuple[int, Point]:
    """Byte offset, row and column in bytes of a letter, all in UTF-16."""
    line = text.rfind("\n", 0, at) + 1
    return _width(text[:at]), Point(text.count("\n", 0, at), _width(text[line:at]))


def _width(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass"))


@cache
def _query(language: str) -> Query:
    grammar = next(grammar for grammar in GRAMMARS if grammar.language == language)
    folder = files("resources") / "queries"
    names = grammar.queries or (grammar.language,)
    text = "\n".join((folder / f"{name}.scm").read_text(encoding="utf-8") for name in names)
    return Query(language_of(grammar), text)
