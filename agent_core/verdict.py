"""What the gate says of one snapshot, with the evidence, and what it measured before."""

from typing import Literal

import msgspec

from agent_core.proofs import Proofs
from runners.case_ids import in_words
from runners.reports import Health, Tally, TestCase

State = Literal["fixed", "no_regression", "failing", "unknown"]

STATE_WORDS: dict[State, str] = {
    "fixed": "fixed",
    "no_regression": "no regression, goal unchecked",
    "failing": "failing",
    "unknown": "unknown",
}


class RunSummary(msgspec.Struct, frozen=True):
    """A test report as events carry it: counts, the red cases, and the whole one as a blob.

    The checks that are no tests are counted apart (in older sessions among the tests).
    """

    health: Health
    passed: int
    failed: int
    other: int
    wall_s: float
    blob: str
    red: tuple[TestCase, ...] = ()
    problem: str = ""
    checks_green: int = 0
    checks_red: int = 0

    @property
    def green(self) -> int:
        """Tests and checks that are green."""
        return self.passed + self.checks_green

    @property
    def told(self) -> int:
        """Tests and checks that are green or red."""
        return self.green + self.failed + self.checks_red

    @property
    def tally(self) -> Tally:
        """The counts alone."""
        return Tally(self.passed, self.failed, self.other, self.checks_green, self.checks_red)

    def sentence(self) -> str:
        """The run in one line."""
        if self.health != "ran":
            return self.problem or self.health.replace("_", " ")
        return f"{self.tally.sentence()} in {self.wall_s:.1f} s"


class Baseline(msgspec.Struct, frozen=True):
    """What was so before anything was changed.

    target: red twice, the tests the task is about. still_red: red as well, but not asked for.
    wavering: red once and green once. order_dependent: changes with the order of the files.
    hanging: red because cut off. reversed_run: whether the reversed order was measured at all.
    test_limit_s: what one test may take on a tree that is judged.
    """

    snapshot: str
    run: RunSummary
    target: tuple[str, ...]
    still_red: tuple[str, ...] = ()
    wavering: tuple[str, ...] = ()
    order_dependent: tuple[str, ...] = ()
    hanging: tuple[str, ...] = ()
    test_limit_s: float | None = None
    reversed_run: bool = False

    @property
    def set_apart(self) -> frozenset[str]:
        """Tests whose colour proves nothing."""
        return frozenset(self.wavering) | frozenset(self.order_dependent)


class Verdict(msgspec.Struct, frozen=True):
    """The state of the task's check on exactly one snapshot.

    `own` are tests the model wrote that are red without its change and green with it. `report` is
    the blob of the first run it rests on, "" where there was none. `proofs` are what the gate's own
    checks showed. Of the `total`, `checks` are no tests.
    """

    state: State
    snapshot: str
    reason: str
    passed: int = 0
    total: int = 0
    fixed: tuple[str, ...] = ()
    still_failing: tuple[str, ...] = ()
    still_red: tuple[str, ...] = ()
    newly_broken: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    wavering: tuple[str, ...] = ()
    order_dependent: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    report: str = ""
    proofs: Proofs = Proofs()
    checks: int = 0

    @property
    def holds(self) -> bool:
        """Whether the task may end as done."""
        return self.state == "fixed"

    @property
    def part(self) -> str:
        """How much of the task is mended where it is a part and nothing else broke, else ""."""
        if self.state != "failing" or not self.fixed or self.newly_broken or self.vanished:
            return ""
        red = in_words((*self.fixed, *self.still_failing), kind="red")
        return f"{len(self.fixed)} of {red} {'is' if len(self.fixed) == 1 else 'are'} green"

    def sentence(self) -> str:
        """The verdict in one line, with its counts."""
        words = f"{STATE_WORDS[self.state]}: {self.reason}"
        # While the task's own checks fail, what is red beside them says nothing.
        beside = () if self.state == "failing" else self.still_red
        notes = [
            (beside, "red before and after"),
            (self.wavering, "wavering, set apart"),
            (self.order_dependent, "order-dependent, set apart"),
            (self.own, "new, written with the change: red without it, green with it"),
        ]
        tail = "; ".join(f"{in_words(ids)} {what}" for ids, what in notes if ids)
        return f"{words} ({tail})" if tail else words
