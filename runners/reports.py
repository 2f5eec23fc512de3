"""What a run of a test suite says, typed: the report, its cases, and the difference of two."""

from collections.abc import Collection
from typing import Literal

import msgspec

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
        parts = [f"{len(self.green)} passed"]
        if self.red:
            parts.append(f"{len(self.red)} failed")
        rest = len(self.cases) - len(self.green) - len(self.red)
        if rest:
            parts.append(f"{rest} skipped or not run")
        return f"{', '.join(parts)} in {self.wall_s:.1f} s"


class ReportDelta(msgspec.Struct, frozen=True):
    """How one run differs from an earlier one, by test id."""

    fixed: tuple[str, ...] = ()
    still_failing: tuple[str, ...] = ()
    newly_broken: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The difference in one line."""
        counts = [
            (len(self.fixed), "fixed"),
            (len(self.still_failing), "still failing"),
            (len(self.newly_broken), "newly broken"),
            (len(self.vanished), "vanished"),
        ]
        return ", ".join(f"{n} {word}" for n, word in counts if n) or "no difference"


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
