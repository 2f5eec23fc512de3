"""Runs the project's checks in a workspace, tests and commands, and leaves the tree as it was."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from agent_core import places
from agent_core.room import check_room
from agent_core.shim import with_ourselves
from agent_core.store import SessionStore
from agent_core.verdict import RunSummary
from editors.edits import Delete, apply_edits
from editors.workspace import Workspace
from runners.commands import case_id, run_check
from runners.cutoff import in_thread
from runners.environment import child_environment
from runners.reports import TestCase, TestReport
from runners.suite import Suite
from runners.suite_runs import command_environment, run_suite

SHOWN_RED = 50
"""Red cases an event carries in full; the blob has them all."""


class Bench:
    """One workspace with what judges it: its suite, the user's check commands, or both.

    What they write into the tree is taken back after each run, where git ignores it as well, so
    that a snapshot is what a model made, and no run is judged by what an earlier one left behind.
    """

    def __init__(
        self,
        workspace: Workspace,
        suite: Suite | None,
        *,
        commands: tuple[str, ...] = (),
        scratch: Path,
        store: SessionStore,
    ) -> None:
        self.workspace = workspace
        self.suite = suite
        self.commands = commands
        self.scratch = scratch
        self.store = store

    async def run(
        self,
        *,
        deadline: float,
        tests: Sequence[str] | None = None,
        reverse_files: bool = False,
        test_limit_s: float | None = None,
        without: Sequence[str] = (),
        on_case: Callable[[TestCase], None] | None = None,
    ) -> TestReport:
        """Run all checks, or the named ones, by a deadline on the monotonic clock.

        `test_limit_s` seconds are for each single test. The files `without` are not there while the
        suite runs; commands see the whole tree.
        """
        named, commands = None, self.commands
        if tests is not None:
            # The user's own commands alone: a model names tests, and must not reach a shell so.
            commands = tuple(each for each in self.commands if case_id(each) in tests)
            named = sorted(set(tests).difference(map(case_id, commands)), key=tests.index)
        before = await in_thread(self.workspace.snapshot)
        try:
            report = TestReport(health="ran")
            if self.suite is not None and (named or named is None):
                await in_thread(_remove, self.workspace.root, without)
                report = await run_suite(
                    self.suite,
                    tests=named,
                    reverse_files=reverse_files,
                    deadline_s=_left(deadline),
                    scratch=self.scratch,
                    test_limit_s=test_limit_s,
                    on_case=on_case,
                )
            if commands:
                if without:
                    await in_thread(self.workspace.restore, before)
                report = await self._with_commands(report, commands, deadline, on_case)
            # Without room tests fail that would not, and results are lost.
            problem = report.problem if report.health in {"broken", "crashed"} else ""
            await in_thread(check_room, self.scratch, problem=problem)
        finally:
            await in_thread(self.workspace.restore, before)
        return report

    async def _with_commands(
        self,
        report: TestReport,
        commands: Sequence[str],
        deadline: float,
        on_case: Callable[[TestCase], None] | None,
    ) -> TestReport:
        """The report with one more case a command. A suite without tests is no fault then."""
        began = time.monotonic()
        env = child_environment()
        if self.suite is not None:
            env = command_environment(self.suite, scratch=self.scratch)
        env = with_ourselves(env, scratch=self.scratch, cache=places.home())
        cases = []
        for command in commands:
            root, left = self.workspace.root, _left(deadline)
            case = await run_check(command, root=root, env=env, deadline_s=left)
            cases.append(case)
            if on_case is not None:
                on_case(case)
        return msgspec.structs.replace(
            report,
            health="ran" if report.health == "no_tests" else report.health,
            cases=(*report.cases, *cases),
            wall_s=report.wall_s + time.monotonic() - began,
        )

    def elsewhere(self, workspace: Workspace) -> "Bench":
        """The same suite on another copy."""
        suite = self.suite and msgspec.structs.replace(self.suite, root=str(workspace.root))
        return Bench(
            workspace, suite, commands=self.commands, scratch=self.scratch, store=self.store
        )

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


def _remove(root: Path, paths: Sequence[str]) -> None:
    if paths:
        apply_edits(root, [Delete(path=path) for path in paths])


def _left(deadline: float) -> float:
    return max(0.1, deadline - time.monotonic())
