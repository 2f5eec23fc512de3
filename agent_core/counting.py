"""Counts in words, the same wherever something is counted."""


def counted(number: int, noun: str) -> str:
    """`1 hunk`, `2 hunks`, `12,000 lines`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
