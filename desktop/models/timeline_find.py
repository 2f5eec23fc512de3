"""Looks through everything a timeline can show, a little at a time, so that typing stays smooth."""

import time

import msgspec

from desktop.models.timeline_detail import detail
from desktop.models.timeline_heads import head
from desktop.models.timeline_rows import Row


class Match(msgspec.Struct, frozen=True, order=True):
    """Where a text was found: a row, and which of its unfolded lines (-1: its head)."""

    row: int
    line: int


class Search:
    """One text looked for in rows, from the first on; upper and lower case are the same."""

    def __init__(self, needle: str) -> None:
        self.needle = needle.casefold()
        self.matches: list[Match] = []
        self._next = 0

    def more(self, rows: list[Row], *, within_s: float = 0.008) -> bool:
        """Look further for so long; whether anything is left to look at."""
        until = time.perf_counter() + within_s
        while self._next < len(rows) and time.perf_counter() < until:
            self._look_at(self._next, rows[self._next])
            self._next += 1
        return self._next < len(rows)

    def again(self, row: int) -> None:
        """A row has changed, so it and what follows is looked at anew."""
        if row < self._next:
            self._next = row
            self.matches = [match for match in self.matches if match.row < row]

    def _look_at(self, index: int, row: Row) -> None:
        line = head(row)
        if self.needle in f"{line.title} {line.text}".casefold():
            self.matches.append(Match(index, -1))
        for number, each in enumerate(detail(row)):
            if self.needle in each.text.casefold():
                self.matches.append(Match(index, number))
