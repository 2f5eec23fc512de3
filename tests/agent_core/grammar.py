"""What may follow what in a session's log."""

from collections.abc import Sequence
from itertools import pairwise

from agent_core.events import (
    AcceptIntended,
    BaselineMeasured,
    ConversationCut,
    DecisionsUndone,
    Event,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    HunksTakenBack,
    Paused,
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

FOLLOWERS: dict[type, set[type]] = {
    SessionStarted: {StretchStarted},
    StretchStarted: {WorkspaceReady, BaselineMeasured, TurnStarted, ToolIntended, SessionStopped},
    WorkspaceReady: {BaselineMeasured, SessionStopped},
    BaselineMeasured: {TurnStarted, SessionStopped, Paused},
    TurnStarted: {TurnEnded, SessionStopped, ConversationCut},
    TurnEnded: {ToolIntended, TurnStarted, SessionStopped, Paused, ConversationCut},
    ToolIntended: {ToolFinished, SessionStopped},
    ToolFinished: {ToolIntended, TurnStarted, SessionStopped, Paused, ConversationCut},
    ConversationCut: {TurnStarted, SessionStopped},
    Paused: {Unpaused, SessionStopped},
    Unpaused: {TurnStarted, SessionStopped},
    SessionStopped: {StretchStarted, SurvivorChosen, AcceptIntended, HunksTakenBack},
    SurvivorChosen: {StretchStarted, SurvivorChosen, AcceptIntended, HunksTakenBack},
    AcceptIntended: {HunksAccepted, AcceptIntended, HunksTakenBack, StretchStarted},
    HunksAccepted: {StretchStarted, SurvivorChosen, AcceptIntended, HunksTakenBack},
    HunksTakenBack: {StretchStarted, SurvivorChosen, AcceptIntended, HunksTakenBack},
}


# What a user says and decides, and what is said of it, may come between any two others.
ANYWHERE = (Steered, HunksRejected, DecisionsUndone, HunksJudged)


def check(events: Sequence[Event]) -> None:
    """Hold a log to the grammar."""
    spoken = [event for event in events if not isinstance(event, ANYWHERE)]
    assert isinstance(spoken[0], SessionStarted)
    for first, second in pairwise(spoken):
        allowed = FOLLOWERS[type(first)]
        assert type(second) in allowed, f"{type(second).__name__} after {type(first).__name__}"
    _check_calls(spoken)


def _check_calls(events: Sequence[Event]) -> None:
    finished: set[str] = set()
    for event in events:
        if isinstance(event, ToolIntended):
            assert event.call.id not in finished, f"{event.call.id} ran after it had ended"
        if isinstance(event, ToolFinished):
            assert event.call_id not in finished, f"{event.call_id} ended twice"
            finished.add(event.call_id)
