"""What the warm server tries and what it tries it on: candidates and failing tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .live import Swap
from .overrides import Overrides, replacements

HANG_FUEL = 2_000_000
"""Ticks after which a failing test of the original counts as one that never ends."""

FUEL_FLOOR = 30_000
FUEL_CEILING = 50_000_000
QUIET_FLOOR_S = 2.0

ABOUT, FEW_TICKS = 10, 3_000
"""Tests are of about the same cost up to this many times the ticks, or with so few of them."""


class FailingTest:
    """What is known of one failing test of the task.

    `ticks` is None where it never ends; `whole` where only the full protocol runs it; `outside`
    where it starts Python in another process; `late` where it runs a module anew.
    """

    def __init__(self, test: str, order: int) -> None:
        self.id = test
        self.order = order
        self.status = "not_run"
        self.place: list[Any] = []
        self.ticks: int | None = None
        self.seconds = 0.0
        self.direct = False
        self.batch = False
        self.whole = False
        self.outside = False
        self.late = False

    def fuel(self, factor: float) -> int:
        """Ticks that a candidate gets for this test."""
        return int(min(FUEL_CEILING, max(FUEL_FLOOR, 20 * (self.ticks or 0)) * factor))

    def quiet_s(self, factor: float) -> float:
        """Seconds after which a candidate that burns no fuel is given up."""
        return (QUIET_FLOOR_S + 20 * (0.0 if self.ticks is None else self.seconds)) * factor

    def cost(self) -> tuple[bool, int, bool, int, int]:
        """Cheapest first; wall time only by powers of ten, so that the order is firm.

        A test that starts Python elsewhere comes last whatever it costs: it sees no patch.
        """
        slow = sum(self.seconds > limit for limit in (0.1, 1.0, 10.0))
        ticks = HANG_FUEL if self.ticks is None else self.ticks
        return (self.outside, slow, self.whole, ticks, self.order)

    def is_as_quick_as(self, cheapest: FailingTest) -> bool:
        """Whether this test ends, and within the same power of ten, if the cheapest one does."""
        same = self.cost()[:3] == cheapest.cost()[:3]
        return same and (self.ticks is None) == (cheapest.ticks is None)

    def is_about_as_cheap_as(self, cheapest: FailingTest) -> bool:
        """Whether this test takes at most some times the ticks."""
        return self.cost()[3] <= max(FEW_TICKS, ABOUT * cheapest.cost()[3])


class Candidate:
    """One patch under trial: its swap and what is known of it so far."""

    def __init__(self, number: int, swap: Swap, root: str, edits: Sequence[Any]) -> None:
        self.number = number
        self.swap = swap
        self._root = root
        self._edits = edits
        self.verdict = "failed"
        self.fixed: list[str] = []
        self.seconds = 0.0
        self.timed_out = False

    def show(self) -> None:
        """In a fork: imports that are still to come read the patched text."""
        Overrides(self._root, replacements(self._root, self._edits)).install()

    def note(self, test: FailingTest, verdict: str, seconds: float) -> None:
        """What one test said."""
        self.seconds += seconds
        if verdict == "passed":
            self.fixed.append(test.id)
        elif self.verdict == "failed" or verdict == "crashed":
            self.verdict = verdict
