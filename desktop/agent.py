"""One session in the agent's thread: what the window asks for, done between awaits. No Qt.

Everything here runs on the event loop of `AgentThread`; what takes long is awaited in a thread or a
process. What happens is told through one callable, from which the window reads when it wants.
"""

import asyncio
import contextlib
import logging
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

from agent_core import approvals
from agent_core.choosing import choose
from agent_core.events import Progress, Record, StretchStarted
from agent_core.models.choice import ModelChoice
from agent_core.models.protocol import Model
from agent_core.port import crates
from agent_core.session import Session
from agent_core.task import Budget, Task
from runners.cutoff import in_thread
from runners.problems import JourneymanError, UserProblem

State = Literal["idle", "running", "paused", "stopping"]
Kind = Literal[
    "opened",
    "recorded",
    "progressed",
    "delta",
    "state_changed",
    "problem",
    "acted",
    "found_out",
]

ASK_AGAIN_S: Final = 0.1
UNREADABLE: Final = (JourneymanError, OSError, sqlite3.Error)
"""What opening a session may raise: it is in use, gone, or damaged."""

_log = logging.getLogger(__name__)


class News(msgspec.Struct, frozen=True):
    """Something that happened: the signal it becomes, and what that carries."""

    kind: Kind
    what: object


Tell = Callable[[News], None]


class Broken(JourneymanError):  # noqa: N818  (says what happened)
    """A mistake of ours; the log has the details."""

    def __init__(self, error: Exception) -> None:
        super().__init__(
            f"Something broke: {type(error).__name__}: {error}. Nothing acknowledged is lost."
        )


class Agent:
    """Holds at most one session, and runs it at most once at a time."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._session: Session | None = None
        self._writes = False
        self._told = 0
        self._run: asyncio.Task[None] | None = None
        self._aside: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._state: State = "idle"

    async def open(self, session: str) -> None:
        """Look at a session; nothing is written to it."""
        async with self._turn():
            await self._show(session)

    async def start(
        self, origin: Path, task: Task, choice: ModelChoice, python: Path | None
    ) -> None:
        """Assign a task and work on it to its end."""
        async with self._turn():
            model = await in_thread(_model, choice, origin)
            if task.port:
                await crates.ready(lambda: False)
            session = await in_thread(Session.create, origin, task, choice=choice, python=python)
            await self._release()
            self._tell(News("opened", session.folder.name))
            self._take(session, write=True)
            await self._begin(session, model, choice, None)

    async def go_on(self, choice: ModelChoice, budget: Budget | None, *, session: str = "") -> None:
        """Work on with the session that is open, or with another that is shown first."""
        async with self._turn():
            if session:
                await self._show(session)
            writable = await self._writable()
            model = await in_thread(_model, choice, writable.origin)
            await self._begin(writable, model, choice, budget)

    async def follow_up(self, text: str, choice: ModelChoice) -> None:
        """Say something more to a session that has stopped, and work on."""
        async with self._turn():
            session = await self._writable()
            model = await in_thread(_model, choice, session.origin)
            session.steer(text)
            await self._begin(session, model, choice, None)

    async def try_survivor(self, number: int) -> None:
        """Have another survivor of the search proven, which takes the built-in model."""
        async with self._turn():
            session, choice = await self._writable(), ModelChoice()
            model = await in_thread(_model, choice, session.origin)
            await in_thread(choose, session, number)
            await self._begin(session, model, choice, None)

    async def steer(self, text: str) -> None:
        """Say something to the running session."""
        with self._problems():
            if self._session is None or self._run is None:
                raise UserProblem("The agent is not running", hint="Send it as a follow-up.")
            self._session.steer(text)

    async def act(self, work: Callable[[Session], object], *, stop: bool = False) -> None:
        """Do something to the stopped session in a thread; what it returns is told."""
        if stop:
            await self.stop()
        async with self._turn():
            session = await self._writable()
            self._tell(News("acted", await in_thread(work, session)))

    async def attend(self, work: Callable[[Session], Awaitable[object]]) -> None:
        """Have something found out beside, such as a verdict, until asked anew or a run begins."""
        async with self._turn():
            session = await self._writable()
            await self._end_aside()
            self._aside = asyncio.create_task(self._beside(session, work))
        if self._aside is not None:
            await asyncio.wait([self._aside])

    async def pause(self) -> None:
        """Hold before the next step."""
        if self._session is not None and self._state == "running":
            self._session.control.pause()
            self._become("paused")

    async def unpause(self) -> None:
        """Let it go on."""
        if self._session is not None and self._state == "paused":
            self._session.control.unpause()
            self._become("running")

    async def stop(self) -> None:
        """Cut off what is under way, and return once it has come to its stop."""
        if self._session is not None and self._run is not None:
            self._become("stopping")
            run, control = self._run, self._session.control
            while not run.done():
                # Again until it takes hold: a run that was only just begun cannot be stopped yet.
                control.stop()
                await asyncio.wait([run], timeout=ASK_AGAIN_S)

    async def close(self) -> None:
        """Stop, and let go of the session, once what is being written to it has been."""
        async with self._one_at_a_time:
            await self.stop()
            await self._release()

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """One request at a time, none while the session runs; problems are told, not raised."""
        async with self._one_at_a_time:
            with self._problems():
                if self._run is not None:
                    raise UserProblem("The agent is at work", hint="Stop it first.")
                yield

    @contextlib.contextmanager
    def _problems(self) -> Iterator[None]:
        try:
            yield
        except (JourneymanError, OSError) as error:
            self._tell(News("problem", error))
        except sqlite3.Error as error:
            self._tell(News("problem", _unusable(error)))
        except Exception as error:  # noqa: BLE001  (the thread lives on, and the user hears of it)
            _log.exception("the agent broke")
            self._tell(News("problem", Broken(error)))

    async def _show(self, name: str) -> None:
        await self._release()
        self._tell(News("opened", name))
        try:
            self._take(await in_thread(Session.open, name, write=False), write=False)
        except UNREADABLE:
            self._tell(News("opened", ""))
            raise

    def _take(self, session: Session, *, write: bool) -> None:
        """Make a session the one that is open, and tell what is new in its log."""
        self._session, self._writes = session, write
        session.log.listeners.append(self._heard)
        for record in session.log.records:
            self._heard(record)

    async def _writable(self) -> Session:
        if self._session is None:
            raise UserProblem("No session is open", hint="Choose one from the list.")
        if self._writes:
            return self._session
        told, name = self._told, self._session.folder.name
        await self._release()
        self._told = told
        return await self._load_again(name)

    async def _load_again(self, name: str) -> Session:
        """Open for writing what was open for reading; if that fails, it stays open for reading.

        One that cannot be read any more either is shown no longer.
        """
        try:
            session = await in_thread(Session.open, name, write=True)
        except UNREADABLE:
            try:
                self._take(await in_thread(Session.open, name, write=False), write=False)
            except UNREADABLE:
                self._told = 0
                self._tell(News("opened", ""))
            raise
        self._take(session, write=True)
        return session

    async def _release(self) -> None:
        await self._end_aside()
        session, self._session = self._session, None
        self._writes, self._told = False, 0
        if session is not None:
            await in_thread(session.close)

    async def _beside(self, session: Session, work: Callable[[Session], Awaitable[object]]) -> None:
        with self._problems():
            self._tell(News("found_out", await work(session)))

    async def _end_aside(self) -> None:
        aside, self._aside = self._aside, None
        if aside is not None:
            aside.cancel()
            await asyncio.wait([aside])

    def _heard(self, record: Record) -> None:
        if record.seq > self._told:
            self._told = record.seq
            self._tell(News("recorded", record))

    def _spoken(self, text: str) -> None:
        self._tell(News("delta", text))

    def _progressed(self, progress: Progress) -> None:
        self._tell(News("progressed", progress))

    async def _begin(
        self, session: Session, model: Model, choice: ModelChoice, budget: Budget | None
    ) -> None:
        await self._end_aside()
        session.control.unpause()
        self._become("running")
        work = self._work(session, model, choice, budget)
        self._run = asyncio.get_running_loop().create_task(work)

    async def _work(
        self, session: Session, model: Model, choice: ModelChoice, budget: Budget | None
    ) -> None:
        with self._problems():
            try:
                await session.run(
                    model,
                    choice=choice,
                    budget=budget,
                    on_progress=self._progressed,
                    on_delta=self._spoken,
                )
            except UserProblem:
                await self._forget_unbegun(session)
                raise
        self._run = None
        self._become("idle")

    async def _forget_unbegun(self, session: Session) -> None:
        """A task that found nothing to start from leaves nothing behind."""
        history = session.history
        if history.baseline is None and len(history.all(StretchStarted)) == 1:
            self._session = None
            await in_thread(session.discard)
            self._tell(News("opened", ""))

    def _become(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self._tell(News("state_changed", state))


def _unusable(error: sqlite3.Error) -> UserProblem:
    """SQLite's word on a session's log, for the user."""
    return UserProblem(
        "The session's log cannot be read any more",
        why=str(error),
        hint="Nothing was changed. Open another session, or start a new one.",
    )


def _model(choice: ModelChoice, origin: Path) -> Model:
    """The model, if it can be asked and may have this project's tests run. Raises UserProblem."""
    if choice.speaks:
        approvals.check(origin, allowed=False)
    return choice.model(os.environ)
