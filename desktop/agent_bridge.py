"""The window's end of the agent: requests go to its thread, what happens comes back as signals."""

import concurrent.futures
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from agent_core import places
from agent_core.models.choice import ModelChoice
from agent_core.session import Session
from agent_core.store import SessionStore
from agent_core.task import Budget, Task
from desktop.agent import Agent, News
from desktop.agent_thread import AgentThread

DRAIN_MS: Final = 30
BATCH: Final = 400
"""Things taken over at once, so that a long session does not hold the window up."""
STOP_S: Final = 5.0
"""How long closing waits for children to end before it goes without them."""

Request = Callable[[Agent], Coroutine[Any, Any, None]]


class AgentBridge(QObject):
    """One session at a time in one thread. While nothing is under way, nothing wakes up here."""

    opened = Signal(str)
    """A session is shown from now on, "" for none; its records follow."""
    recorded = Signal(object)
    """tuple[Record, ...], in order, each once."""
    progressed = Signal(object)
    """The newest Progress."""
    delta = Signal(str)
    state_changed = Signal(str)
    """idle, running, paused or stopping."""
    problem = Signal(object)
    """A UserProblem with its hint, another JourneymanError, or an OSError."""
    accepted = Signal(object)
    """What an accept, a rejection or a taking back came to: the event it wrote."""
    judged = Signal(object)
    """What was to be found out beside."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._news: deque[News] = deque()
        self._thread: AgentThread | None = None
        self._agent: Agent | None = None
        self._closed = False
        self._pending: set[Future[None]] = set()
        self._state = "idle"
        self._session = ""
        self._reader: SessionStore | None = None
        self._drain = QTimer(self)
        self._drain.setInterval(DRAIN_MS)
        self._drain.timeout.connect(self._take_over)

    @property
    def state(self) -> str:
        """idle, running, paused or stopping."""
        return self._state

    @property
    def session(self) -> str:
        """The session that is shown, "" for none."""
        return self._session

    def open(self, session: str) -> None:
        """Look at a session, read-only until it is asked to go on."""
        self._ask(lambda agent: agent.open(session))

    def start(
        self, origin: Path, task: Task, choice: ModelChoice, python: Path | None = None
    ) -> None:
        """Assign a task and work on it."""
        self._ask(lambda agent: agent.start(origin, task, choice, python))

    def go_on(
        self, choice: ModelChoice, budget: Budget | None = None, *, session: str = ""
    ) -> None:
        """Resume the session that is shown, or show another and resume that."""
        self._ask(lambda agent: agent.go_on(choice, budget, session=session))

    def follow_up(self, text: str, choice: ModelChoice) -> None:
        """Say something more to a stopped session, and let it work on."""
        self._ask(lambda agent: agent.follow_up(text, choice))

    def try_survivor(self, number: int) -> None:
        """Have another survivor of a stopped session's search proven in place of its change."""
        self._ask(lambda agent: agent.try_survivor(number))

    def steer(self, text: str) -> None:
        """Say something that the model reads before its next turn."""
        self._ask(lambda agent: agent.steer(text))

    def pause(self) -> None:
        """Hold before the next step."""
        self._ask(lambda agent: agent.pause())

    def unpause(self) -> None:
        """Let it go on."""
        self._ask(lambda agent: agent.unpause())

    def stop(self) -> None:
        """Stop now; what is under way is cut off and taken back."""
        self._ask(lambda agent: agent.stop())

    def act(self, work: Callable[[Session], object], *, stop: bool = False) -> None:
        """Do something to the stopped session in a thread; `accepted` brings what it returns.

        With `stop` a session that runs is stopped first.
        """
        self._ask(lambda agent: agent.act(work, stop=stop))

    def judge(self, work: Callable[[Session], Awaitable[object]]) -> None:
        """Have something found out beside; `judged` brings it, unless asked anew before.

        It is awaited in the agent's thread, and cancelled when a run begins.
        """
        self._ask(lambda agent: agent.attend(work))

    def blob(self, name: str) -> bytes:
        """Bytes that the shown session keeps under a name; KeyError if it has none."""
        if self._reader is None:
            if not self._session:
                raise KeyError(name)
            folder = places.session_folder(self._session)
            self._reader = SessionStore.open(folder, write=False)
        return self._reader.blob(name)

    def close(self) -> bool:
        """Stop the run, end its children, keep the session; whether the thread ended in time."""
        self._closed = True
        self._drain.stop()
        self._forget_reader()
        thread, agent = self._thread, self._agent
        self._thread = self._agent = None
        if thread is None or agent is None:
            return True
        leaving = thread.submit(agent.close)
        concurrent.futures.wait([leaving], timeout=STOP_S)
        ended = thread.close(timeout_s=STOP_S)
        while self._news:
            self._take_over()
        return ended

    def _ask(self, request: Request) -> None:
        """Hand a request to the agent's thread, and look for news until it is done."""
        if self._closed:
            return  # the last news may lead to another question
        if self._thread is None:
            self._thread = AgentThread()
            self._agent = Agent(self._news.append)
        if self._agent is not None:
            agent = self._agent
            self._pending.add(self._thread.submit(lambda: request(agent)))
            self._drain.start()

    def _take_over(self) -> None:
        """Emit what has happened, equal kinds together."""
        # Before the news: what is done now has told everything already.
        self._pending = {each for each in self._pending if not each.done()}
        news = [self._news.popleft() for _ in range(min(len(self._news), BATCH))]
        for kind, group in itertools.groupby(news, key=lambda each: each.kind):
            self._emit(kind, [each.what for each in group])
        if not self._news and not self._pending and self._state == "idle":
            self._drain.stop()

    def _emit(self, kind: str, what: list[Any]) -> None:
        match kind:
            case "recorded":
                self.recorded.emit(tuple(what))
            case "progressed":
                self.progressed.emit(what[-1])
            case "delta":
                self.delta.emit("".join(what))
            case _:
                for each in what:
                    self._emit_one(kind, each)

    def _emit_one(self, kind: str, what: Any) -> None:
        match kind:
            case "opened":
                self._forget_reader()
                self._session = what
                self.opened.emit(what)
            case "state_changed":
                self._state = what
                self.state_changed.emit(what)
            case "acted":
                self.accepted.emit(what)
            case "found_out":
                self.judged.emit(what)
            case _:
                self.problem.emit(what)

    def _forget_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
