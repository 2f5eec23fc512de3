"""Counts and lists in words, the same wherever something is counted or named."""

from collections.abc import Sequence

LISTED = 5
"""Names in a sentence before the rest is counted."""


def counted(number: int, noun: str, many: str = "") -> str:
    """`1 hunk`, `2 hunks`, `12,000 lines`; `many` where the plural is not the noun with an s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {many or f'{noun}s'}"


def listed(names: Sequence[str], *, most: int = LISTED) -> str:
    """`a`, `a, b` and, of more than `most`, `a, b and 3 more`."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")
