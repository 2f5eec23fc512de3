"""Survivors of a search, and having another one proven than the one the search took."""

from typing import Literal

import msgspec

from agent_core import places
from agent_core.events import (
    SessionStopped,
    StretchStarted,
    SurvivorChosen,
    ToolCall,
    ToolFinished,
    ToolIntended,
    WorkspaceReady,
)
from agent_core.history import History
from agent_core.results import CandidatesTried, EditApplied, FinishAsked, Survivor
from agent_core.session import Session
from agent_core.tools.edit import EditFile
from runners.patches import TextEdit
from runners.problems import UserProblem

Place = Literal["applied", "fits", "behind", "out_of_reach"]


class Found(msgspec.Struct, frozen=True):
    """A survivor; `number` counts from 1 in the order of finding, `call` is the search's id.

    tree: the snapshot it was tried on. place: it is the change as it stands; it fits the workspace
    as it is; it fits once the last edit is taken back; the code has moved on further than that.
    """

    number: int
    survivor: Survivor
    call: str
    tree: str
    place: Place

    @property
    def open(self) -> bool:
        """Whether it can be tried."""
        return self.place in {"fits", "behind"}


def survivors(history: History) -> tuple[Found, ...]:
    """Every survivor with where it stands now."""
    tree = before = ""
    patch: tuple[TextEdit, ...] = ()
    calls: dict[str, ToolCall] = {}
    found: list[tuple[Survivor, str, str]] = []
    for event in history.events:
        match event:
            case WorkspaceReady(snapshot=snapshot):
                tree = before = snapshot
            case ToolIntended(call=call):
                calls[call.id] = call
            case ToolFinished(data=EditApplied(snapshot=snapshot), call_id=call_id):
                tree, before, patch = snapshot, tree, _patch(calls[call_id])
            case ToolFinished(data=CandidatesTried(survivors=survivors), call_id=call_id):
                found += [(survivor, call_id, tree) for survivor in survivors]
            case _:
                pass
    return tuple(
        Found(number, survivor, call_id, on, _place(survivor, on, tree, before, patch))
        for number, (survivor, call_id, on) in enumerate(found, 1)
    )


def offered(history: History) -> tuple[Found, ...]:
    """The survivors a user may choose from: none where a language model decides."""
    spoken = any(stretch.choice.speaks for stretch in history.all(StretchStarted))
    return () if spoken else survivors(history)


def rivals(history: History) -> int:
    """How many survivors turn the same tests green as the proved change, and could be tried.

    Those that were applied and not proved do not count; none do where nothing is proved.
    """
    stopped = history.last(SessionStopped)
    if stopped is None or not stopped.verdict.holds or stopped.snapshot != history.snapshot:
        return 0
    found = offered(history)
    refused = _refused(history)
    return sum(each.open and each.survivor.patch.edits not in refused for each in found)


def _refused(history: History) -> frozenset[tuple[TextEdit, ...]]:
    """Candidates that were applied and never proved."""
    applied: set[tuple[TextEdit, ...]] = set()
    proved: set[tuple[TextEdit, ...]] = set()
    patch: tuple[TextEdit, ...] = ()
    for done in history.done():
        data = done.finished.data
        if isinstance(data, EditApplied):
            patch = _patch(done.intended.call)
            applied.add(patch)
        elif isinstance(data, FinishAsked) and data.verdict.holds:
            proved.add(patch)
    return frozenset(applied - proved)


def choose(session: Session, number: int) -> SurvivorChosen:
    """Have the next stretch prove this survivor, whatever it comes to.

    Raises:
        UserProblem: there is none of this number, or it cannot be tried now.
    """
    session.recover()
    name, found = session.folder.name, offered(session.history)
    chosen = next((each for each in found if each.number == number), None)
    if chosen is None:
        there = f"1 to {len(found)}" if found else "none"
        raise UserProblem(
            f"Session {name} has no survivor {number}",
            why=f"of those the built-in model has found there are {there}",
            hint=f"`{places.command()} show {name}` lists them.",
        )
    if chosen.place == "applied":
        raise UserProblem(
            f"Survivor {number} is the change as it stands", hint="Choose another one."
        )
    if not chosen.open:
        raise UserProblem(
            f"Survivor {number} cannot be tried any more",
            why="the code has moved on since it was found",
            hint="Choose one that was found later.",
        )
    event = SurvivorChosen(number=number, survivor=chosen.survivor, call_id=chosen.call)
    session.log.append(event, durable=True)
    return event


def _patch(call: ToolCall) -> tuple[TextEdit, ...]:
    """The candidate an edit applied, () where it was another kind of edit."""
    if call.tool != "edit_file":
        return ()
    return msgspec.json.decode(call.arguments, type=EditFile).patch


def _place(
    survivor: Survivor, on: str, tree: str, before: str, patch: tuple[TextEdit, ...]
) -> Place:
    if on == before and survivor.patch.edits == patch:
        return "applied"
    if on == tree:
        return "fits"
    return "behind" if on == before else "out_of_reach"
