"""A session's records as rows of a timeline: a row is a call, a turn or a note, once begun."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from agent_core.events import (
    BaselineMeasured,
    ConversationCut,
    DecisionsUndone,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    HunksTakenBack,
    Record,
    SessionStarted,
    SessionStopped,
    Steered,
    StretchStarted,
    SurvivorChosen,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
    Unpaused,
    WorkspaceReady,
)

Kind = Literal["task", "step", "call", "phase", "words", "note", "verdict"]


NOTES = (
    ConversationCut,
    DecisionsUndone,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    HunksTakenBack,
    Unpaused,
)
"""Events that are a row by themselves."""


class Row(msgspec.Struct):
    """One line: `began` opened it, `ended` says what came of it; the texts are made when shown."""

    kind: Kind
    began: Record
    ended: Record | None = None

    @property
    def open(self) -> bool:
        """Whether it is still under way."""
        return self.ended is None


class Rows:
    """The rows of one session in order; appending costs the same however many there are."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._calls: dict[str, int] = {}
        self._turn: int | None = None
        self._phase: int | None = None
        self._ready = False

    @property
    def start(self) -> float:
        """When the session began, seconds since the epoch; 0 before that."""
        return self.rows[0].began.at if self.rows else 0.0

    @property
    def live(self) -> int | None:
        """The index of the row that is under way."""
        if self._calls:
            return max(self._calls.values())
        return self._turn if self._turn is not None else self._phase

    def of_step(self, step: int) -> int | None:
        """The index of a step's row."""
        for index, row in enumerate(self.rows):
            event = row.began.event
            if isinstance(event, TurnStarted | TurnEnded) and event.step == step:
                return index
        return None

    def append(self, records: Iterable[Record]) -> frozenset[int]:
        """Take in records and return the indices of older rows that they changed."""
        before, changed = len(self.rows), set[int]()
        for record in records:
            changed.update(self._take(record))
        return frozenset(index for index in changed if index < before)

    def _take(self, record: Record) -> tuple[int, ...]:  # noqa: C901, PLR0911  (one branch a kind of event)
        match record.event:
            case SessionStarted():
                return self._add("task", record)
            case StretchStarted():
                return self._stretch(record)
            case WorkspaceReady():
                self._ready = True
                changed = self._end_phase(record)
                self._phase = len(self.rows)
                return changed + self._add("phase", record, open_=True)
            case BaselineMeasured():
                return self._end_phase(record) or self._add("phase", record)
            case TurnStarted():
                self._turn = len(self.rows)
                return self._add("step", record, open_=True)
            case TurnEnded():
                turn, self._turn = self._turn, None
                return self._end(turn, record) or self._add("step", record)
            case ToolIntended(call=call):
                self._calls[call.id] = len(self.rows)
                return self._add("call", record, open_=True)
            case ToolFinished(call_id=call_id):
                return self._end(self._calls.pop(call_id, None), record) or self._add(
                    "call", record
                )
            case Steered() | SurvivorChosen():
                return self._add("words", record)
            case SessionStopped():
                return self._cut_off(record) + self._add("verdict", record)
            case _ if isinstance(record.event, NOTES):
                return self._add("note", record)
            case _:
                return ()  # what says nothing by itself, such as the intent before an accept

    def _add(self, kind: Kind, record: Record, *, open_: bool = False) -> tuple[int, ...]:
        self.rows.append(Row(kind, record, None if open_ else record))
        return (len(self.rows) - 1,)

    def _end(self, index: int | None, record: Record) -> tuple[int, ...]:
        if index is None:
            return ()
        self.rows[index].ended = record
        return (index,)

    def _end_phase(self, record: Record) -> tuple[int, ...]:
        phase, self._phase = self._phase, None
        return self._end(phase, record)

    def _stretch(self, record: Record) -> tuple[int, ...]:
        """The first stretch begins with making the copy; a later one only says that it began."""
        if not self._ready:
            self._phase = len(self.rows)
        return self._add("phase", record, open_=not self._ready)

    def _cut_off(self, record: Record) -> tuple[int, ...]:
        """Whatever is under way ends with the stretch."""
        under_way = [*self._calls.values(), self._turn, self._phase]
        self._calls.clear()
        self._turn = self._phase = None
        return tuple(i for index in under_way for i in self._end(index, record))
