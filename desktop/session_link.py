"""Ties one folder's views to the agent: what happens is shown, what is asked for is passed on."""

import contextlib
import os
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from agent_core import overview, places
from agent_core.events import (
    Event,
    Progress,
    Record,
    TurnEnded,
    TurnStarted,
    Usage,
    WorkspaceReady,
)
from agent_core.facts import detect_facts
from agent_core.history import History
from desktop.agent_bridge import AgentBridge
from desktop.background import Background
from desktop.models.task_draft import TaskDraft
from desktop.settings import Keeper
from desktop.views.composer import Composer, State
from desktop.views.status_bar import StatusBar
from desktop.views.timeline import Timeline
from runners.problems import UserProblem

DRAFT_MS: Final = 800
"""So long after the last letter a draft is saved."""

_STATES: Final[dict[str, State]] = {
    "running": "running",
    "paused": "paused",
    "stopping": "stopping",
}


class Spent(msgspec.Struct, frozen=True):
    """What the turns of a session have cost; `money` in US dollars, None where it is not known."""

    tokens: int = 0
    money: float | None = 0.0

    def plus(self, usage: Usage) -> "Spent":
        """With another turn."""
        unknown = self.money is None or usage.cost is None
        return Spent(
            self.tokens + usage.prompt_tokens + usage.completion_tokens,
            None if unknown else (self.money or 0.0) + (usage.cost or 0.0),
        )


class SessionLink(QObject):
    """Follows the session that is shown; owns the bridge to the agent."""

    history_changed = Signal(object, object)
    """The History as it is now, and the records that are new in it."""
    session_changed = Signal(str)
    """Another session is shown, "" for none."""
    agent_state_changed = Signal(str)
    """What can be asked of the agent from now on."""
    settled = Signal()
    """Something ended: a run, an accept. What is listed of sessions may have changed."""

    def __init__(
        self,
        folder: Path,
        *,
        python: Path | None,
        keeper: Keeper,
        background: Background,
        timeline: Timeline,
        composer: Composer,
        status: StatusBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.bridge = AgentBridge(self)
        self.read_only = False
        self._folder, self._python = folder, python
        self._keeper, self._background = keeper, background
        self._timeline, self._composer, self._status = timeline, composer, status
        self._events: list[Event] = []
        self._spent = Spent()
        self._session = ""
        self._shown: State | None = None
        self._said = ""
        self._drafts = QTimer(self)
        self._drafts.setSingleShot(True)
        self._drafts.setInterval(DRAFT_MS)
        self._drafts.timeout.connect(self.keep_draft)
        self._listen()
        composer.set_origin(folder)
        composer.set_choice(keeper.current.model)
        composer.set_draft(keeper.current.drafts.get(self._draft_key(), ""))
        self.detect("", "")
        self._show_state()

    @property
    def history(self) -> History:
        """The events of the session that is shown."""
        return History(self._events)

    @property
    def session(self) -> str:
        """The session that is shown, "" for none."""
        return self._session

    @property
    def certificate(self) -> Path | None:
        """The page on the port that this session judged, if there is one."""
        page = places.certificate(self._session)
        return page if self._session and page.exists() else None

    def standing(self) -> tuple[overview.State, str] | None:
        """How the session shown stands, and the same in words; None while nothing is known."""
        match self.bridge.state:
            case "running" | "stopping" as state:
                return "running", state
            case "paused":
                return "interrupted", "paused"
            case _ if self._events:
                return overview.standing(self.history, written=self.read_only)
            case _:
                return None

    @property
    def agent_state(self) -> State:
        """What can be asked of the agent now."""
        if self.read_only:
            return "read_only"
        if self.bridge.state == "idle":
            if not self._session:
                return "idle"
            state, _ = overview.standing(self.history, written=False)
            return "done" if state in {"ready", "accepted"} else "stopped"
        return _STATES[self.bridge.state]

    def set_read_only(self, *, on: bool) -> None:
        """Let nothing be asked of the agent, as another Journeyman has the folder."""
        self.read_only = on
        self._show_state()

    def show_none(self) -> None:
        """Make room for a new session."""
        if self.bridge.state == "idle":
            self._opened("")

    def detect(self, python: str, test_command: str) -> None:
        """Find out beside the window how the project's tests run."""
        folder, named = self._folder, Path(python) if python else self._python
        self._background.submit(
            lambda: detect_facts(folder, python=named, test_command=test_command or None),
            self._composer.set_facts,
        )

    def resume(self, session: str = "") -> None:
        """Go on with the session that is shown, or show another and go on with that."""
        other = "" if session == self._session else session
        self.bridge.go_on(self._composer.choice(), self._composer.budget(), session=other)

    def pause_or_go_on(self) -> None:
        """Hold before the next step, or let it go on."""
        (self.bridge.unpause if self.bridge.state == "paused" else self.bridge.pause)()

    def keep_draft(self) -> None:
        """Save what stands in the composer."""
        self._drafts.stop()
        self._keeper.keep_draft(self._draft_key(), self._composer.draft())

    def close(self) -> None:
        """Save the draft, stop the run and its children; the session is kept."""
        self.keep_draft()
        self.bridge.close()

    def _listen(self) -> None:
        bridge, composer = self.bridge, self._composer
        bridge.opened.connect(self._opened)
        bridge.recorded.connect(self._recorded)
        bridge.progressed.connect(self._progressed)
        bridge.delta.connect(self._timeline.delta)
        bridge.delta.connect(self._status.sign_of_life)
        bridge.state_changed.connect(self._state_changed)
        bridge.accepted.connect(self.settled)
        bridge.problem.connect(self._failed)
        composer.start_asked.connect(self._start)
        composer.steer_asked.connect(bridge.steer)
        composer.follow_up_asked.connect(self._follow_up)
        composer.pause_asked.connect(bridge.pause)
        composer.unpause_asked.connect(bridge.unpause)
        composer.stop_asked.connect(bridge.stop)
        composer.resume_asked.connect(self.resume)
        composer.detect_asked.connect(self.detect)
        composer.draft_changed.connect(self._drafts.start)

    def _start(self, draft: TaskDraft) -> None:
        self._said = draft.goal
        with contextlib.suppress(UserProblem):  # which the agent tells; then it is not remembered
            draft.choice.check(os.environ)
            self._keeper.change(model=draft.choice)
        python = Path(draft.python) if draft.python else self._python
        self.bridge.start(self._folder, draft.task(), draft.choice, python)

    def _follow_up(self, text: str) -> None:
        self._said = text
        self.bridge.follow_up(text, self._composer.choice())

    def _failed(self) -> None:
        """Give the user's words back where nothing came of them."""
        if self._said and not self._composer.draft():
            self._composer.set_draft(self._said)
        self._said = ""

    def _opened(self, session: str) -> None:
        self.keep_draft()
        self._session = session
        self._events = []
        self._spent = Spent()
        self._timeline.set_records(())
        self._composer.set_draft(self._keeper.current.drafts.get(self._draft_key(), ""))
        self._show_state()
        self.session_changed.emit(session)
        self.history_changed.emit(self.history, ())

    def _recorded(self, records: tuple[Record, ...]) -> None:
        self._events.extend(record.event for record in records)
        self._timeline.append(records)
        for record in records:
            if isinstance(record.event, TurnStarted):
                self._said = ""
            if isinstance(record.event, TurnEnded):
                self._spent = self._spent.plus(record.event.usage)
        self._show_state()
        self.history_changed.emit(self.history, records)

    def _progressed(self, progress: Progress) -> None:
        self._timeline.set_progress(progress)
        of = f" {progress.done:,} of {progress.total:,}" if progress.total else ""
        self._status.set_doing(f"{progress.text}{of}", running=True)

    def _state_changed(self, state: str) -> None:
        self._timeline.set_running(state != "idle")
        if state == "idle":
            self._timeline.set_progress(None)
            self.settled.emit()
        self._show_state()

    def _show_state(self) -> None:
        """Bring composer and status bar up to date."""
        state = self.agent_state
        if state != self._shown:
            self._shown = state
            self._composer.set_state(state)
            self.agent_state_changed.emit(state)
        history = self.history
        self._composer.set_exhausted(on=history.exhausted)
        self._show_doing(history)
        shown = bool(self._session and self._events)
        self._status.set_model((history.choice if shown else self._composer.choice()).shown)
        ready = history.last(WorkspaceReady)
        self._status.set_isolation(ready.isolation if ready else "none")
        self._status.set_cost(tokens=self._spent.tokens, money=self._spent.money)

    def _show_doing(self, history: History) -> None:
        say = self._status.set_doing
        match self.bridge.state:
            case "running":
                step = f"Working · step {history.step}" if history.step else "Getting ready"
                say(step, running=True)
            case "paused":
                say("Paused before the next step", running=False, state="interrupted")
            case "stopping":
                say("Stopping; what is under way is taken back", running=True)
            case _ if self._events:
                state, words = overview.standing(history, written=self.read_only)
                say(words, running=False, state=state)
            case _:
                say("", running=False)

    def _draft_key(self) -> str:
        return self._session or str(self._folder)
