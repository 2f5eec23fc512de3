"""Runs the project's tests in a workspace and leaves the tree as it was."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from agent_core.room import check_room
from agent_core.store import SessionStore
from agent_core.verdict import RunSummary
from editors.workspace import Workspace
from runners.reports import TestCase, TestReport
from runners.suite import Suite, run_suite

SHOWN_RED = 50
"""Red cases an event carries in full; the blob has them all."""


class Bench:
    """One workspace with the suite that judges it.

    What tests write into the tree is taken back after each run, so that a snapshot is what a
    model made and nothing else.
    """

    def __init__(
        self, workspace: Workspace, suite: Suite, *, scratch: Path, store: SessionStore
    ) -> None:
        self.workspace = workspace
        self.suite = suite
        self.scratch = scratch
        self.store = store

    async def run(
        self,
        *,
        deadline: float,
        tests: Sequence[str] | None = None,
        reverse_files: bool = False,
        test_limit_s: float | None = None,
        on_case: Callable[[TestCase], None] | None = None,
    ) -> TestReport:
        """Run all tests, or the named ones, by a deadline on the monotonic clock.

        `test_limit_s` seconds are for each single test.
        """
        before = await asyncio.to_thread(self.workspace.snapshot)
        try:
            report = await run_suite(
                self.suite,
                tests=tests,
                reverse_files=reverse_files,
                deadline_s=max(0.1, deadline - time.monotonic()),
                scratch=self.scratch,
                test_limit_s=test_limit_s,
                on_case=on_case,
            )
            # Without room tests fail that would not, and results are lost.
            problem = report.problem if report.health in {"broken", "crashed"} else ""
            await asyncio.to_thread(check_room, self.scratch, problem=problem)
        finally:
            await asyncio.to_thread(self.workspace.restore, before)
        return report

    def elsewhere(self, workspace: Workspace) -> "Bench":
        """The same suite on another copy."""
        suite = msgspec.structs.replace(self.suite, root=str(workspace.root))
        return Bench(workspace, suite, scratch=self.scratch, store=self.store)

    def summary(self, report: TestReport) -> RunSummary:
        """The report as events carry it; the whole goes into a blob."""
        passed, failed = len(report.green), len(report.red)
        red = [case for case in report.cases if case.status in {"failed", "error"}]
        return RunSummary(
            health=report.health,
            passed=passed,
            failed=failed,
            other=len(report.cases) - passed - failed,
            wall_s=report.wall_s,
            blob=self.store.put_blob(msgspec.json.encode(report)),
            red=tuple(red[:SHOWN_RED]),
            problem=report.problem,
        )

    def report(self, summary: RunSummary) -> TestReport:
        """The whole report behind a summary."""
        return msgspec.json.decode(self.store.blob(summary.blob), type=TestReport)
