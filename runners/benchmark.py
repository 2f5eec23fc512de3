"""Is B faster than A? Rounds in pairs, in an order that is turned round, and what they prove.

A machine that grows slower or faster meanwhile meets both sides of a pair, and each side as often
first as second. A pair counts only if both its rounds do. The smallest ratio decides: a median
moves between sessions by more than any one session shows.
"""

from collections.abc import Sequence
from typing import Generic, Literal, TypeVar

import msgspec

ROUNDS, SESSIONS = 9, 2
"""Pairs that must count in each session, and sessions, before a ratio proves anything."""
VOID_IN_A_ROW = 3
"""Void pairs after which a session gives up."""

Side = Literal["A", "B"]
State = Literal["holds", "fails", "unknown"]


class Round(msgspec.Struct, frozen=True):
    """What one side's round cost a unit of work: CPU seconds. `void` says why it does not count."""

    cost: float = 0.0
    void: str = ""


Measured = TypeVar("Measured", bound=Round)


class Pair(msgspec.Struct, Generic[Measured], frozen=True):
    """Two rounds, one right after the other."""

    a: Measured
    b: Measured

    @property
    def void(self) -> str:
        """Why the pair does not count, "" if it does."""
        said = (
            f"{side}: {each.void}" for side, each in (("A", self.a), ("B", self.b)) if each.void
        )
        return "; ".join(said)

    @property
    def ratio(self) -> float:
        """How many times what B costs A costs; 0 if the pair does not count."""
        return 0.0 if self.void or not self.b.cost else self.a.cost / self.b.cost


class Ratio(msgspec.Struct, frozen=True):
    """Paired ratios of A to B: their median and range, and how many there are."""

    median: float
    lowest: float
    highest: float
    pairs: int

    def sentence(self) -> str:
        """The ratio in one line."""
        return f"{self.median:.3g} [{self.lowest:.3g} to {self.highest:.3g}] of {self.pairs} pairs"

    def plainly(self) -> str:
        """The ratio as a part of a sentence."""
        return f"{self.median:.3g} times [{self.lowest:.3g} to {self.highest:.3g}]"


class Faster(msgspec.Struct, frozen=True):
    """Whether the check *faster by a factor* holds, and why."""

    state: State
    reason: str

    def sentence(self) -> str:
        """The answer in one line."""
        return f"{self.state}: {self.reason}"


def order(number: int) -> tuple[Side, Side]:
    """Who goes first in the pair of this number: ABBA."""
    return ("A", "B") if number % 2 == 0 else ("B", "A")


def goes_on(pairs: Sequence[Pair[Measured]], rounds: int) -> bool:
    """Whether a session needs another pair, and whether one more try is worth it."""
    good = sum(not pair.void for pair in pairs)
    last = pairs[-VOID_IN_A_ROW:]
    hopeless = len(last) == VOID_IN_A_ROW and all(pair.void for pair in last)
    return good < rounds and len(pairs) < 2 * rounds + VOID_IN_A_ROW and not hopeless


def ratio(sessions: Sequence[Sequence[Pair[Measured]]]) -> Ratio | None:
    """The ratio over all sessions; None if no pair counts."""
    from statistics import median  # noqa: PLC0415  (a log that is read loads this module)

    found = [pair.ratio for pairs in sessions for pair in pairs if not pair.void]
    return Ratio(median(found), min(found), max(found), len(found)) if found else None


def judge(
    sessions: Sequence[Sequence[Pair[Measured]]],
    factor: float,
    *,
    spoiled: str = "",
    needed: int = SESSIONS,
) -> Faster:
    """Whether B costs at most 1/`factor` of what A costs, by the smallest ratio.

    Too few pairs can refute, and never prove. `spoiled` is what takes the ground from any ratio.
    """
    found = ratio(sessions)
    if spoiled or found is None:
        void = next((pair.void for pairs in sessions for pair in pairs), "nothing was measured")
        return Faster("unknown", spoiled or f"no pair of rounds counts ({void})")
    bound = f"the smallest of {found.pairs} paired ratios is {found.lowest:.3g}"
    if found.lowest < factor:
        return Faster("fails", f"{bound}, below {factor:g}")
    good = [sum(not pair.void for pair in pairs) for pairs in sessions]
    if len(good) < needed or min(good) < ROUNDS:
        asked = f"{needed} times {ROUNDS}" if needed > 1 else f"{ROUNDS}"
        return Faster("unknown", f"{bound}, but fewer than {asked} pairs count")
    return Faster("holds", f"{bound}, at least {factor:g}")
