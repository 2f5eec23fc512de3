"""What a run of a test suite says, typed: the report, its cases, and the difference of two."""

from collections.abc import Collection
from typing import Literal

import msgspec

from runners.case_ids import in_words, is_test

Status = Literal["passed", "failed", "error", "skipped", "xfailed", "xpassed", "not_run"]
"""One word a test: *error* is a failure outside the test body (collection, set-up, tear-down)."""

Health = Literal["ran", "no_tests", "broken", "timed_out", "crashed"]
"""Whether the tool worked, told apart from what it found: a red suite is *ran*."""

RED: frozenset[Status] = frozenset({"failed", "error"})
GREEN: frozenset[Status] = frozenset({"passed", "xfailed"})


class Frame(msgspec.Struct, frozen=True):
    """One entry of a traceback; `file` is relative to the workspace, "" for code outside it."""

    file: str
    line: int
    function: str


class Failure(msgspec.Struct, frozen=True):
    """Why a test is red. `exception` is the type's name; frames run outermost first."""

    phase: Literal["collect", "setup", "call", "teardown"]
    exception: str
    message: str
    file: str = ""
    line: int = 0
    excerpt: str = ""
    frames: tuple[Frame, ...] = ()


class TestCase(msgspec.Struct, frozen=True):
    """One test, its phases folded into one status; `id` is relative to the workspace."""

    __test__ = False

    id: str
    status: Status
    duration_s: float = 0.0
    failure: Failure | None = None


class LoadedModule(msgspec.Struct, frozen=True):
    """A module the run imported whose top-level name exists in the workspace."""

    name: str
    file: str
    inside: bool


class TestReport(msgspec.Struct, frozen=True):
    """The whole of one run. `problem` is one sentence when health is not *ran*."""

    __test__ = False

    health: Health
    cases: tuple[TestCase, ...] = ()
    problem: str = ""
    wall_s: float = 0.0
    exit_code: int | None = None
    modules: tuple[LoadedModule, ...] = ()
    output_tail: str = ""

    def with_status(self, statuses: frozenset[Status]) -> tuple[str, ...]:
        """Ids of the tests in one of these states, in the order they ran."""
        return tuple(case.id for case in self.cases if case.status in statuses)

    @property
    def red(self) -> tuple[str, ...]:
        """Ids of failed and errored tests."""
        return self.with_status(RED)

    @property
    def green(self) -> tuple[str, ...]:
        """Ids of passed and expectedly failed tests."""
        return self.with_status(GREEN)

    def case(self, test_id: str) -> TestCase | None:
        """The case with this id, if the run knows it."""
        return next((case for case in self.cases if case.id == test_id), None)

    def only(self, tests: Collection[str]) -> "TestReport":
        """The same run, as if these tests had been all of it."""
        return msgspec.structs.replace(
            self, cases=tuple(case for case in self.cases if case.id in tests)
        )

    def sentence(self) -> str:
        """The run in one line, for a person."""
        if self.health != "ran":
            return self.problem or self.health.replace("_", " ")
        return f"{self.tally.sentence()} in {self.wall_s:.1f} s"

    @property
    def tally(self) -> "Tally":
        """How many tests and checks are green and red."""
        red, green = self.red, self.green
        failed, passed = sum(map(is_test, red)), sum(map(is_test, green))
        return Tally(
            passed=passed,
            failed=failed,
            other=len(self.cases) - len(green) - len(red),
            checks_green=len(green) - passed,
            checks_red=len(red) - failed,
        )


class Tally(msgspec.Struct, frozen=True):
    """The counts of a run: tests, and apart from them the checks that are no tests."""

    passed: int
    failed: int
    other: int
    checks_green: int = 0
    checks_red: int = 0

    def sentence(self) -> str:
        """The counts; tests are left out where there are only checks."""
        parts = [
            f"{number} {'check' if number == 1 else 'checks'} {colour}"
            for number, colour in ((self.checks_green, "green"), (self.checks_red, "red"))
            if number
        ]
        if self.passed or self.failed or self.other or not parts:
            rest = [f"{self.other} skipped or not run"] if self.other else []
            parts = [f"{self.passed} passed", f"{self.failed} failed", *rest, *parts]
        return ", ".join(parts)


class ReportDelta(msgspec.Struct, frozen=True):
    """How one run differs from an earlier one, by test id."""

    fixed: tuple[str, ...] = ()
    still_failing: tuple[str, ...] = ()
    newly_broken: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The difference in one line; what is no test is counted apart."""
        counts = [
            (self.fixed, "fixed"),
            (self.still_failing, "still failing"),
            (self.newly_broken, "newly broken"),
            (self.vanished, "vanished"),
        ]
        return ", ".join(f"{_number(ids)} {word}" for ids, word in counts if ids) or "no difference"


def _number(cases: Collection[str]) -> str:
    return str(len(cases)) if all(map(is_test, cases)) else in_words(cases)


def difference(before: TestReport, after: TestReport) -> ReportDelta:
    """Compare two runs; a test that was green and is no longer reported counts as vanished."""
    was_red, was_green = set(before.red), set(before.green)
    now = {case.id: case.status for case in after.cases}
    return ReportDelta(
        fixed=tuple(t for t in before.red if now.get(t) in GREEN),
        still_failing=tuple(t for t in before.red if now.get(t) in RED),
        newly_broken=tuple(t for t in after.red if t not in was_red),
        vanished=tuple(t for t in before.green if t not in now and t in was_green),
    )
