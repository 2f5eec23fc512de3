"""Every event of a session. Frozen and versioned; the only thing that crosses to a view.

Each class says what it *follows* and what it is *followed by*; tests hold recorded sessions to it.
"""

from typing import Literal

import msgspec

from agent_core.results import ToolData
from agent_core.task import Task
from agent_core.verdict import Baseline, Verdict
from editors.accept import AcceptResult
from editors.project import Project
from runners.suite import Suite

FORMAT = 1
"""Raised when an event changes so that older programs cannot read it."""

StopReason = Literal[
    "verdict_holds", "nothing_found", "budget_spent", "stuck", "user_stopped", "model_failed"
]

Effect = Literal["reads", "runs", "writes"]


class ToolCall(msgspec.Struct, frozen=True):
    """One call a model asked for; `arguments` is JSON text, `id` is given by the loop."""

    tool: str
    arguments: str
    id: str = ""


class Usage(msgspec.Struct, frozen=True):
    """What a turn cost."""

    prompt_tokens: int = 0
    completion_tokens: int = 0


class SessionStarted(msgspec.Struct, frozen=True, tag=True):
    """The task as assigned. Follows: nothing. Followed by: StretchStarted."""

    format: int
    session: str
    origin: str
    task: Task
    model: str
    python: str | None = None


class StretchStarted(msgspec.Struct, frozen=True, tag=True):
    """A stretch of running begins. Follows: SessionStarted, SessionStopped, HunksAccepted, Steered.

    Followed by: WorkspaceReady (the first time), else TurnStarted or SessionStopped.
    """

    number: int
    budget_minutes: float


class WorkspaceReady(msgspec.Struct, frozen=True, tag=True):
    """The private copy stands. Follows: StretchStarted. Followed by: BaselineMeasured."""

    snapshot: str
    suite: Suite
    project: Project
    notes: tuple[str, ...] = ()
    isolation: Literal["none"] = "none"


class BaselineMeasured(msgspec.Struct, frozen=True, tag=True):
    """What was red before. Follows: WorkspaceReady. Followed by: TurnStarted, SessionStopped."""

    baseline: Baseline


class TurnStarted(msgspec.Struct, frozen=True, tag=True):
    """The model is asked. Follows: anything but an open call. Followed by: TurnEnded."""

    step: int


class TurnEnded(msgspec.Struct, frozen=True, tag=True):
    """The model has answered. Follows: TurnStarted. Followed by: ToolIntended, SessionStopped."""

    step: int
    reasoning: str
    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage = Usage()


class ToolIntended(msgspec.Struct, frozen=True, tag=True):
    """A call is about to run; `snapshot` is the tree before a call that writes.

    Follows: TurnEnded or ToolFinished. Followed by: ToolFinished, after a kill SessionStopped.
    """

    step: int
    call: ToolCall
    effect: Effect
    snapshot: str = ""


class ToolFinished(msgspec.Struct, frozen=True, tag=True):
    """A call has ended. Follows: its ToolIntended. Followed by: ToolIntended, TurnStarted, …"""

    step: int
    call_id: str
    tool: str
    text: str
    data: ToolData
    duration_s: float


class Steered(msgspec.Struct, frozen=True, tag=True):
    """The user's words to the model. Follows: anything. Followed by: anything."""

    text: str


class Paused(msgspec.Struct, frozen=True, tag=True):
    """The user paused. Follows: ToolFinished, TurnEnded. Followed by: Unpaused, SessionStopped."""


class Unpaused(msgspec.Struct, frozen=True, tag=True):
    """The user let it go on. Follows: Paused. Followed by: TurnStarted."""


class SessionStopped(msgspec.Struct, frozen=True, tag=True):
    """A stretch of running has ended. Follows: anything but an open call, except on recovery.

    `patch` is a unified diff from the baseline to `snapshot`; `tried` counts candidate patches.
    """

    reason: StopReason
    detail: str
    verdict: Verdict
    snapshot: str
    patch: str
    tried: int = 0
    wall_s: float = 0.0


class AcceptIntended(msgspec.Struct, frozen=True, tag=True):
    """The user accepts these hunks. Follows: SessionStopped. Followed by: HunksAccepted."""

    snapshot: str
    hunks: tuple[str, ...]


class HunksAccepted(msgspec.Struct, frozen=True, tag=True):
    """Hunks were written to the user's folder. Follows: AcceptIntended.

    Followed by: StretchStarted, AcceptIntended, or nothing.
    """

    result: AcceptResult


Event = (
    SessionStarted
    | StretchStarted
    | WorkspaceReady
    | BaselineMeasured
    | TurnStarted
    | TurnEnded
    | ToolIntended
    | ToolFinished
    | Steered
    | Paused
    | Unpaused
    | SessionStopped
    | AcceptIntended
    | HunksAccepted
)


class Record(msgspec.Struct, frozen=True):
    """An event at its place in the log; `at` is seconds since the epoch, `seq` counts from 1."""

    seq: int
    at: float
    event: Event


class Progress(msgspec.Struct, frozen=True):
    """A sign of life of a running call: shown, never stored."""

    call_id: str
    text: str
    done: int = 0
    total: int = 0
