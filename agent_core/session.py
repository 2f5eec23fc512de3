"""One session: its task, its log, and the stretches it runs in."""

import asyncio
import itertools
import shutil
import time
from pathlib import Path

from agent_core import places
from agent_core.control import Control
from agent_core.events import (
    FORMAT,
    SessionStarted,
    SessionStopped,
    Steered,
    StretchStarted,
    ToolFinished,
    WorkspaceReady,
)
from agent_core.history import History
from agent_core.judging import nothing_to_prove
from agent_core.loop import Stopped
from agent_core.models.choice import ModelChoice
from agent_core.models.protocol import Model
from agent_core.premises import Premises
from agent_core.results import EditApplied, FinishAsked, TestsRan, ToolFailure
from agent_core.room import out_of_room
from agent_core.store import EventLog, SessionStore, StoreFull
from agent_core.stretch import OnDelta, OnProgress, Stretch
from agent_core.task import Budget, Task
from agent_core.verdict import Verdict
from editors.opening import project_root
from editors.unified import unified
from runners.case_ids import in_words
from runners.problems import JourneymanError, UserProblem


class Session:
    """A conversation about a task. Open it to look, run it to go on; close it in any case."""

    def __init__(self, store: SessionStore) -> None:
        self.store = store
        self.log = EventLog(store)
        self.control = Control()
        self.folder = store.folder

    @classmethod
    def create(
        cls, origin: Path, task: Task, *, choice: ModelChoice, python: Path | None
    ) -> "Session":
        """Assign a task. Nothing is started, and the user's folder is only looked at.

        Raises:
            UserProblem: the folder cannot be worked on.
        """
        root = project_root(origin)
        if places.home().resolve().is_relative_to(root):
            raise UserProblem(
                f"Journeyman's data folder {places.home()} lies inside the project",
                why="nothing is written into a project before it is accepted",
                hint="Set JOURNEYMAN_HOME to a folder outside.",
            )
        name = places.new_session_id()
        session = cls(SessionStore.open(places.session_folder(name), write=True))
        started = SessionStarted(
            format=FORMAT,
            session=name,
            origin=str(root),
            task=task,
            choice=choice,
            python=str(python) if python else None,
        )
        try:
            session.log.append(started, durable=True)
        except UnicodeEncodeError as error:
            session.discard()
            raise UserProblem(
                f"{error.object!a} cannot be written down, because it is not UTF-8",
                hint="Rename it, or reach it over a link with another name.",
            ) from error
        return session

    @classmethod
    def open(cls, session: str, *, write: bool) -> "Session":
        """Open an existing session, to look at it or to go on.

        Raises:
            UserProblem: there is none of that name, or it is in use.
        """
        folder = places.session_folder(session)
        if not places.SESSION_ID.fullmatch(session) or not folder.is_dir():
            raise UserProblem(
                f"There is no session {session}", hint=f"`{places.command()} sessions` lists them."
            )
        store = SessionStore.open(folder, write=write)
        try:
            return cls(store)
        except JourneymanError:
            store.close()
            raise

    def close(self) -> None:
        """Release the log."""
        self.store.close()

    def discard(self) -> None:
        """Forget a session that never began to work."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def history(self) -> History:
        """What has happened so far."""
        return History(self.log.events)

    @property
    def origin(self) -> Path:
        """The user's folder."""
        return Path(self.history.started.origin)

    @property
    def premises(self) -> Premises:
        """The folders the session works in."""
        return Premises(self.folder, self.origin)

    def steer(self, text: str) -> None:
        """Add the user's words to the log; the model reads them before its next turn."""
        self.log.append(Steered(text=text), durable=True)

    async def run(
        self,
        model: Model,
        *,
        choice: ModelChoice | None = None,
        budget: Budget | None = None,
        on_progress: OnProgress = lambda _: None,
        on_delta: OnDelta | None = None,
    ) -> SessionStopped:
        """Run one stretch to its end and say how it ended.

        `choice` is how the model was named, the session's own unless it changes. `on_delta` gets
        what the model says as it says it; without one it is shown as progress.

        Raises:
            UserProblem: there is nothing to start from; the log then holds no stop.
            StoreFull: the disk with our data is full; the log then holds no stop either.
        """
        try:
            return await self._run(
                model,
                choice or self.history.choice,
                budget or self.history.task.budget,
                on_progress,
                on_delta,
            )
        except (JourneymanError, OSError) as error:
            if out_of_room(error):
                raise StoreFull(self.folder) from error
            raise

    async def _run(
        self,
        model: Model,
        choice: ModelChoice,
        budget: Budget,
        on_progress: OnProgress,
        on_delta: OnDelta | None,
    ) -> SessionStopped:
        await asyncio.to_thread(self.recover)
        number = 1 + len(self.history.all(StretchStarted))
        self.log.append(StretchStarted(number=number, budget_minutes=budget.minutes, choice=choice))
        self.control.attach(asyncio.current_task())
        stretch = Stretch(
            self.log,
            self.premises,
            self.control,
            model,
            budget=budget,
            on_progress=on_progress,
            on_delta=on_delta,
        )
        try:
            stopped = await stretch.run()
        finally:
            self.control.attach(None)
            await stretch.close()
        return await asyncio.to_thread(self._stop, stopped, stretch.began)

    def recover(self) -> None:
        """Close a stretch that the program did not live to close; its open call is taken back."""
        history = self.history
        if not history.running:
            return
        call = history.open_call
        ready = history.last(WorkspaceReady)
        if call is not None and call.snapshot and ready is not None:
            self.premises.workspace(ready).restore(call.snapshot)
        what = f" in {call.call.tool}" if call else ""
        self._stop(Stopped("user_stopped", f"the program ended from outside{what}"), None)

    def _stop(self, stopped: Stopped, began: float | None) -> SessionStopped:
        history = self.history
        event = SessionStopped(
            reason=stopped.reason,
            detail=stopped.detail,
            verdict=self._verdict(history),
            snapshot=history.snapshot,
            patch=self._patch(history),
            tried=history.tried,
            wall_s=round(time.monotonic() - began, 2) if began is not None else 0.0,
        )
        self._certify(event.verdict)
        self.log.append(event, durable=True)
        return event

    def _certify(self, verdict: Verdict) -> None:
        """Write the page on a port that was judged."""
        if verdict.proofs.all:
            from agent_core.port.certified import certificate  # noqa: PLC0415  (for ports alone)

            text = certificate(self.history, verdict, self.store.blob)
            places.certificate(self.folder.name).write_text(text, encoding="utf-8")

    @staticmethod
    def _verdict(history: History) -> Verdict:
        """What is known of the tree as it stands; the gate's word only if it judged this tree."""
        asked = history.results(FinishAsked)
        if asked and asked[-1].verdict.snapshot == history.snapshot:
            return asked[-1].verdict
        baseline = history.baseline
        if baseline is None:
            return Verdict(state="unknown", snapshot="", reason="the tests were not run yet")
        if history.snapshot != baseline.snapshot:
            return Verdict(
                state="unknown",
                snapshot=history.snapshot,
                reason=_not_judged(history),
            )
        red = bool(baseline.target)
        return Verdict(
            state="failing" if red else "no_regression",
            snapshot=history.snapshot,
            reason=f"{in_words(baseline.target)} still failing, nothing was changed"
            if red
            else nothing_to_prove(baseline),
            passed=baseline.run.green,
            total=baseline.run.told,
            checks=baseline.run.checks_green + baseline.run.checks_red,
            still_failing=baseline.target,
            still_red=baseline.still_red,
            wavering=baseline.wavering,
            order_dependent=baseline.order_dependent,
        )

    def _patch(self, history: History) -> str:
        baseline = history.baseline
        if baseline is None or history.snapshot == baseline.snapshot:
            return ""
        return "".join(
            unified(diff)
            for diff in self.premises.shadow().diff(baseline.snapshot, history.snapshot)
        )


def _not_judged(history: History) -> str:
    """Why the tree as it stands has no verdict, and what its tests showed when they last ran."""
    calls = history.all(ToolFinished)
    cut = bool(calls) and calls[-1].tool == "finish" and isinstance(calls[-1].data, ToolFailure)
    why = (
        "the gate was cut off before it had judged this tree" if cut else "this tree was not judged"
    )
    results = (call.data for call in reversed(calls))
    here = itertools.takewhile(lambda data: not isinstance(data, EditApplied), results)
    ran = next((data for data in here if isinstance(data, TestsRan)), None)
    return f"{why}; the tests last run on it: {ran.run.sentence()}" if ran else why
