"""Projections of a session's events: what is known, derived anew from the log each time."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from agent_core.events import (
    BaselineMeasured,
    Event,
    HunksAccepted,
    HunksTakenBack,
    SessionStarted,
    SessionStopped,
    StretchStarted,
    SurvivorChosen,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
    WorkspaceReady,
)
from agent_core.models.choice import ModelChoice
from agent_core.results import CandidatesTried, EditApplied, ToolData, parts
from agent_core.task import Task
from agent_core.verdict import Baseline

E = TypeVar("E", bound=Event)
D = TypeVar("D", bound=ToolData)


class Done(msgspec.Struct, frozen=True):
    """A call with what came of it."""

    intended: ToolIntended
    finished: ToolFinished


class History:
    """A session's events, with the questions that loop, solvers and views ask of them."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self._kinds: dict[type, list[Event]] | None = None

    def last(self, kind: type[E]) -> E | None:
        """The newest event of a kind."""
        if self._kinds is not None:
            found = self._by_kind(kind)
            return found[-1] if found else None
        return next((e for e in reversed(self.events) if isinstance(e, kind)), None)

    def all(self, kind: type[E]) -> list[E]:
        """Every event of a kind, oldest first."""
        return self._by_kind(kind).copy()

    def _by_kind(self, kind: type[E]) -> list[E]:
        """The events of a kind; all are sorted by kind when that is first asked for."""
        if self._kinds is None:
            self._kinds = {}
            for event in self.events:
                self._kinds.setdefault(type(event), []).append(event)
        return cast("list[E]", self._kinds.get(kind, []))

    def results(self, kind: type[D]) -> list[D]:
        """The data of every finished call of a kind, oldest first."""
        every = (data for e in self.all(ToolFinished) for data in parts(e.data))
        return [data for data in every if isinstance(data, kind)]

    def done(self) -> list[Done]:
        """Every finished call with its arguments, oldest first."""
        intended = {e.call.id: e for e in self.all(ToolIntended)}
        return [
            Done(intended=intended[e.call_id], finished=e)
            for e in self.all(ToolFinished)
            if e.call_id in intended
        ]

    @property
    def started(self) -> SessionStarted:
        """The first event."""
        first = self.events[0]
        if not isinstance(first, SessionStarted):
            raise LookupError("a session begins with SessionStarted")  # noqa: TRY004
        return first

    @property
    def choice(self) -> ModelChoice:
        """The model that decides: the newest stretch's, else the one assigned."""
        stretch = self.last(StretchStarted)
        return stretch.choice if stretch else self.started.choice

    @property
    def task(self) -> Task:
        """What was asked for."""
        return self.started.task

    @property
    def python(self) -> Path | None:
        """The interpreter that the user named."""
        named = self.started.python
        return Path(named) if named else None

    @property
    def baseline(self) -> Baseline | None:
        """What was so before, once measured."""
        measured = self.last(BaselineMeasured)
        return measured.baseline if measured else None

    @property
    def measured(self) -> Baseline:
        """What was so before, for what runs only after it is known."""
        baseline = self.baseline
        if baseline is None:
            raise LookupError("a session measures its baseline before its first step")
        return baseline

    @property
    def accepts(self) -> list[HunksAccepted]:
        """The accepts that wrote something and were not taken back, oldest first."""
        standing: list[HunksAccepted] = []
        for event in self.events:
            if isinstance(event, HunksAccepted) and event.result.undo is not None:
                standing.append(event)
            elif isinstance(event, HunksTakenBack) and event.whole:
                standing.pop()
        return standing

    @property
    def step(self) -> int:
        """The number of the newest step, 0 before the first."""
        turn = self.last(TurnStarted)
        return turn.step if turn else 0

    @property
    def this_stretch(self) -> "History":
        """What has happened since the stretch began."""
        for index in range(len(self.events) - 1, -1, -1):
            if isinstance(self.events[index], StretchStarted):
                return History(self.events[index:])
        return self

    @property
    def steps(self) -> int:
        """Steps taken."""
        return len(self.all(TurnEnded))

    @property
    def tokens(self) -> int:
        """Tokens of all requests and answers."""
        usages = (turn.usage for turn in self.all(TurnEnded))
        return sum(usage.prompt_tokens + usage.completion_tokens for usage in usages)

    @property
    def cost(self) -> float:
        """US dollars of all turns whose price is known."""
        return sum(turn.usage.cost or 0.0 for turn in self.all(TurnEnded))

    @property
    def tried(self) -> int:
        """Candidate patches screened so far."""
        return sum(data.tried for data in self.results(CandidatesTried))

    @property
    def snapshot(self) -> str:
        """The tree the log says the workspace holds."""
        for event in reversed(self.events):
            if isinstance(event, ToolFinished) and isinstance(event.data, EditApplied):
                return event.data.snapshot
            if isinstance(event, WorkspaceReady):
                return event.snapshot
        return ""

    @property
    def open_call(self) -> ToolIntended | None:
        """A call that was begun and never ended: the program died in it."""
        finished = {e.call_id for e in self.all(ToolFinished)}
        last = self.last(ToolIntended)
        return last if last and last.call.id not in finished else None

    @property
    def unanswered(self) -> TurnEnded | None:
        """A turn with calls that have not been begun, if the newest is such and still wanted."""
        asked = TurnStarted, TurnEnded, SurvivorChosen
        turn = next((e for e in reversed(self.events) if isinstance(e, asked)), None)
        if not isinstance(turn, TurnEnded):
            return None
        finished = {e.call_id for e in self.all(ToolFinished)}
        return turn if any(call.id not in finished for call in turn.calls) else None

    @property
    def exhausted(self) -> bool:
        """Whether the built-in model, asked to go on, would find no more than it has."""
        stopped = self.last(SessionStopped)
        ended = stopped is not None and stopped.reason == "nothing_found" and not self.running
        return ended and not self.choice.speaks

    @property
    def running(self) -> bool:
        """Whether the newest stretch has begun and not ended."""
        for event in reversed(self.events):
            if isinstance(event, SessionStopped):
                return False
            if isinstance(event, StretchStarted):
                return True
        return False
