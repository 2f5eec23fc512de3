"""One stretch of running: prepare the private copy, measure the baseline, loop until a reason."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable

from agent_core.bench import Bench
from agent_core.clock import Clock
from agent_core.control import Control
from agent_core.events import BaselineMeasured, Progress, WorkspaceReady
from agent_core.gate import Gate
from agent_core.history import History
from agent_core.loop import Loop, Stopped
from agent_core.models.protocol import Model, ModelFailed
from agent_core.premises import Premises
from agent_core.preparing import brief, prepare
from agent_core.search import Search
from agent_core.store import EventLog
from agent_core.task import Budget
from agent_core.tools.dispatch import Dispatch
from agent_core.tools.registry import all_tools
from agent_core.tools.tool import ToolContext
from editors.workspace import Workspace
from runners.cutoff import in_thread
from runners.reports import TestCase

OnProgress = Callable[[Progress], None]
OnDelta = Callable[[str], None]


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
        on_delta: OnDelta | None = None,
    ) -> None:
        self.log = log
        self.premises = premises
        self.control = control
        self.model = model
        self.budget = budget
        self.on_progress = on_progress
        self.on_delta = on_delta or self._say
        self.began = time.monotonic()
        self.clock = Clock(budget.minutes)
        self.search = Search(premises.scratch)

    @property
    def history(self) -> History:
        """Everything that has happened so far."""
        return History(self.log.events)

    async def run(self) -> Stopped:
        """Prepare where needed, then loop; every way to end becomes a reason."""
        try:
            async with self.clock.limit:
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
            await in_thread(shutil.rmtree, self.premises.scratch)

    async def _work(self) -> Stopped:
        await in_thread(self.premises.scratch.mkdir, parents=True, exist_ok=True)
        ready = self.history.last(WorkspaceReady)
        if ready is None:
            ready, workspace = await prepare(self.history.started, self.premises, say=self._say)
            self.log.append(ready)
        else:
            workspace = await in_thread(self.premises.workspace, ready)
            await in_thread(workspace.restore, self.history.snapshot)
        bench = Bench(
            workspace,
            ready.suite,
            check=self.history.task.check,
            python=self.history.python,
            scratch=self.premises.scratch,
            store=self.log.store,
        )
        gate = Gate(bench, spare=self.premises.spare_folder)
        if self.history.baseline is None:
            await self._measure(bench, gate)
        return await self._loop(workspace, bench, gate).run()

    async def _measure(self, bench: Bench, gate: Gate) -> None:
        done = 0

        def on_case(case: TestCase) -> None:
            nonlocal done
            done += 1
            self._say(case.id, done)

        check = self.history.task.check
        baseline = await gate.baseline(
            check,
            budget_s=60 * self.budget.minutes,
            deadline=self.clock.deadline,
            on_case=on_case,
            say=self._say,
        )
        told = await in_thread(brief, bench, baseline)
        self.log.append(BaselineMeasured(baseline=baseline, briefing=told))

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
                deadline=self.clock.deadline,
                progress=progress,
            )

        tools = all_tools(suite=bench.suite is not None, port=self.history.task.port)
        return Loop(
            model=self.model,
            dispatch=Dispatch(tools, log=self.log, context=context),
            log=self.log,
            budget=self.budget,
            clock=self.clock,
            control=self.control,
            on_delta=self.on_delta,
        )

    def _say(self, text: str, done: int = 0) -> None:
        self.on_progress(Progress(call_id="", text=text, done=done))
