"""One stretch of running: prepare the private copy, measure the baseline, loop until a reason."""

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from agent_core.bench import Bench
from agent_core.control import Control
from agent_core.events import BaselineMeasured, Progress, WorkspaceReady
from agent_core.gate import Gate
from agent_core.history import History
from agent_core.loop import Loop, Stopped
from agent_core.models.protocol import Model, ModelFailed
from agent_core.premises import Premises
from agent_core.search import Search
from agent_core.store import EventLog
from agent_core.task import Budget
from agent_core.tools.dispatch import Dispatch
from agent_core.tools.registry import all_tools
from agent_core.tools.tool import ToolContext
from editors.project import open_project
from editors.workspace import Workspace
from runners import toolchains
from runners.reports import TestCase
from runners.suite import Suite, detect_suite

OnProgress = Callable[[Progress], None]

SHOWN = 5
"""Things left out of the copy that are named before the rest is counted."""


class Stretch:
    """What one stretch holds while it runs: the clock, and children that must end with it."""

    def __init__(
        self,
        log: EventLog,
        premises: Premises,
        control: Control,
        model: Model,
        *,
        budget: Budget,
        on_progress: OnProgress,
    ) -> None:
        self.log = log
        self.premises = premises
        self.control = control
        self.model = model
        self.budget = budget
        self.on_progress = on_progress
        self.began = time.monotonic()
        self.deadline = self.began + 60 * budget.minutes
        self.search = Search(premises.scratch)

    @property
    def history(self) -> History:
        """Everything that has happened so far."""
        return History(self.log.events)

    async def run(self) -> Stopped:
        """Prepare where needed, then loop; every way to end becomes a reason."""
        try:
            async with asyncio.timeout(self.deadline - time.monotonic()):
                return await self._work()
        except TimeoutError:
            return Stopped("budget_spent", f"the {self.budget.minutes:g} minutes are spent")
        except ModelFailed as error:
            return Stopped("model_failed", str(error))
        except asyncio.CancelledError:
            if not self.control.stop_asked:
                raise
            return Stopped("user_stopped", "stopped by the user")

    async def close(self) -> None:
        """End every child and drop what is only of use while running."""
        await self.search.close()
        with contextlib.suppress(FileNotFoundError):
            await asyncio.to_thread(shutil.rmtree, self.premises.scratch)

    async def _work(self) -> Stopped:
        await asyncio.to_thread(self.premises.scratch.mkdir, parents=True, exist_ok=True)
        ready = self.history.last(WorkspaceReady)
        if ready is None:
            workspace, suite = await self._prepare()
        else:
            workspace, suite = await asyncio.to_thread(self.premises.workspace, ready), ready.suite
            await asyncio.to_thread(workspace.restore, self.history.snapshot)
        bench = Bench(workspace, suite, scratch=self.premises.scratch, store=self.log.store)
        gate = Gate(bench, spare=self.premises.spare_folder)
        if self.history.baseline is None:
            await self._measure(gate)
        return await self._loop(workspace, bench, gate).run()

    async def _prepare(self) -> tuple[Workspace, Suite]:
        """Find out how the user's tests run, and copy the folder."""
        started, origin = self.history.started, self.premises.origin
        named = Path(started.python) if started.python else None
        toolchain = await asyncio.to_thread(
            toolchains.detect, origin, named=named, environ=os.environ
        )
        self._say("making a private copy")
        workspace = await asyncio.to_thread(self.premises.create_workspace)
        suite = await asyncio.to_thread(
            detect_suite,
            workspace.root,
            origin,
            toolchain,
            test_command=started.task.check.command,
        )
        project = await asyncio.to_thread(open_project, origin)
        self.log.append(
            WorkspaceReady(
                snapshot=workspace.base,
                suite=suite,
                project=project,
                notes=_notes(workspace),
            )
        )
        return workspace, suite

    async def _measure(self, gate: Gate) -> None:
        done = 0

        def on_case(case: TestCase) -> None:
            nonlocal done
            done += 1
            self._say(case.id, done)

        check = self.history.task.check
        baseline = await gate.baseline(
            check, budget_s=60 * self.budget.minutes, deadline=self.deadline, on_case=on_case
        )
        self.log.append(BaselineMeasured(baseline=baseline))

    def _loop(self, workspace: Workspace, bench: Bench, gate: Gate) -> Loop:
        def context(call_id: str, history: History) -> ToolContext:
            def progress(text: str, done: int, total: int) -> None:
                self.on_progress(Progress(call_id=call_id, text=text, done=done, total=total))

            return ToolContext(
                workspace=workspace,
                bench=bench,
                gate=gate,
                search=self.search,
                history=history,
                store=self.log.store,
                deadline=self.deadline,
                progress=progress,
            )

        return Loop(
            model=self.model,
            dispatch=Dispatch(all_tools(), log=self.log, context=context),
            log=self.log,
            budget=self.budget,
            deadline=self.deadline,
            control=self.control,
            on_delta=self._say,
        )

    def _say(self, text: str, done: int = 0) -> None:
        self.on_progress(Progress(call_id="", text=text, done=done))


def _notes(workspace: Workspace) -> tuple[str, ...]:
    """What the user should know of the copy: all that is not in it."""
    notes = [f"not copied: {left.path} ({left.reason})" for left in workspace.left_out[:SHOWN]]
    if len(workspace.left_out) > SHOWN:
        notes.append(f"not copied: {len(workspace.left_out) - SHOWN} more")
    # A name that is not UTF-8 cannot be written down as it is.
    return tuple(note.encode(errors="backslashreplace").decode() for note in notes)
