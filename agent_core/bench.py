"""Runs the project's checks in a workspace, tests and commands, and leaves the tree as it was."""

import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import msgspec

from agent_core import places
from agent_core.room import check_room
from agent_core.shim import with_ourselves
from agent_core.store import SessionStore
from agent_core.task import Check
from agent_core.verdict import RunSummary
from editors.edits import Delete, apply_edits
from editors.workspace import Workspace
from runners import toolchains
from runners.case_ids import case_id
from runners.commands import run_check
from runners.cutoff import in_thread
from runners.environment import child_environment
from runners.reports import TestCase, TestReport
from runners.suite import Suite
from runners.suite_runs import command_environment, run_suite
from runners.toolchain import Toolchain

SHOWN_RED = 50
"""Red cases an event carries in full; the blob has them all."""


class Bench:
    """One workspace with what judges it: its suite, and what else the user wants to be checked.

    `python` names the project's interpreter where it is not to be looked for.

    What they write into the tree is taken back after each run, where git ignores it as well, so
    that a snapshot is what a model made, and no run is judged by what an earlier one left behind.
    """

    def __init__(
        self,
        workspace: Workspace,
        suite: Suite | None,
        *,
        check: Check,
        python: Path | None = None,
        scratch: Path,
        store: SessionStore,
    ) -> None:
        self.workspace = workspace
        self.suite = suite
        self.check = check
        self.python = python
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
        """Run tests and commands, or the named ones, by a deadline on the monotonic clock.

        `test_limit_s` seconds are for each single test. The files `without` are not there while the
        suite runs; commands see the whole tree.
        """
        named, commands = None, self.check.commands
        if tests is not None:
            # The user's own commands alone: a model names tests, and must not reach a shell so.
            commands = tuple(each for each in commands if case_id(each) in tests)
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
        env = with_ourselves(env, scratch=self.scratch, target=places.cargo_target())
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
            workspace,
            suite,
            check=self.check,
            python=self.python,
            scratch=self.scratch,
            store=self.store,
        )

    @contextlib.asynccontextmanager
    async def at(self, snapshot: str, folder: Path) -> "AsyncIterator[Bench]":
        """The same checks on a copy of another tree in a folder, which is gone afterwards."""
        try:
            spare = await in_thread(self.workspace.spare, folder)
            await in_thread(spare.restore, snapshot)
            yield self.elsewhere(spare)
        finally:
            await in_thread(shutil.rmtree, folder, ignore_errors=True)

    async def toolchain(self) -> Toolchain:
        """What runs the project, tests or none. Raises UserProblem."""
        if self.suite is not None:
            return self.suite.toolchain
        origin = self.workspace.origin
        return await in_thread(toolchains.detect, origin, named=self.python, environ=os.environ)

    def summary(self, report: TestReport) -> RunSummary:
        """The report as events carry it; the whole goes into a blob."""
        tally = report.tally
        red = [case for case in report.cases if case.status in {"failed", "error"}]
        return RunSummary(
            health=report.health,
            passed=tally.passed,
            failed=tally.failed,
            other=tally.other,
            checks_green=tally.checks_green,
            checks_red=tally.checks_red,
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
