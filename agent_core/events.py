"""Every event of a session. Frozen and versioned; the only thing that crosses to a view.

Each class says what it *follows* and what it is *followed by*; tests hold recorded sessions to it.
"""

from typing import Literal

import msgspec

from agent_core.models.choice import ModelChoice
from agent_core.results import Survivor, ToolData
from agent_core.task import Task
from agent_core.verdict import Baseline, Verdict
from editors.accepted import AcceptResult
from editors.held import Held
from editors.project import Project
from runners.suite import Suite

FORMAT = 1
"""Raised when an event changes so that older programs cannot read it."""

StopReason = Literal[
    "verdict_holds", "nothing_found", "budget_spent", "stuck", "user_stopped", "model_failed"
]

Effect = Literal["reads", "runs", "writes"]

Cut = Literal["", "length", "no_end", "filtered"]
"""Why an answer is not whole: its token limit, a stream that broke off, the provider's filter."""


class ToolCall(msgspec.Struct, frozen=True):
    """One call a model asked for; `arguments` is JSON text, `id` is given by the loop."""

    tool: str
    arguments: str
    id: str = ""


class Usage(msgspec.Struct, frozen=True):
    """What a turn cost, requests that failed and were sent again included.

    `cached_tokens` are those of the prompt that the provider had kept; `cost` is in US dollars,
    None where the prices are not known; `requests` are all that were sent, `answered` those
    that an answer came to, whole or not; `estimated` where an endpoint counted no tokens itself.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = 0.0
    requests: int = 0
    answered: int = 0
    estimated: bool = False


class SessionStarted(msgspec.Struct, frozen=True, tag=True):
    """The task as assigned. Follows: nothing. Followed by: StretchStarted."""

    format: int
    session: str
    origin: str
    task: Task
    choice: ModelChoice = ModelChoice()
    python: str | None = None


class StretchStarted(msgspec.Struct, frozen=True, tag=True):
    """A stretch of running begins.

    Follows: SessionStarted, SessionStopped, HunksAccepted, Steered, SurvivorChosen.
    Followed by: WorkspaceReady (the first time), else TurnStarted or SessionStopped.
    """

    number: int
    budget_minutes: float
    choice: ModelChoice = ModelChoice()


class WorkspaceReady(msgspec.Struct, frozen=True, tag=True):
    """The private copy stands. Follows: StretchStarted. Followed by: BaselineMeasured.

    `suite` is None where only commands check the task. `ignored` is what git ignores in the copy;
    None in sessions that did not record it.
    """

    snapshot: str
    suite: Suite | None
    project: Project
    notes: tuple[str, ...] = ()
    isolation: Literal["none"] = "none"
    ignored: tuple[str, ...] | None = None


class BaselineMeasured(msgspec.Struct, frozen=True, tag=True):
    """What was red before. Follows: WorkspaceReady. Followed by: TurnStarted, SessionStopped.

    `briefing` is what a language model is told of it.
    """

    baseline: Baseline
    briefing: str = ""


class TurnStarted(msgspec.Struct, frozen=True, tag=True):
    """The model is asked. Follows: anything but an open call. Followed by: TurnEnded."""

    step: int


class TurnEnded(msgspec.Struct, frozen=True, tag=True):
    """The model has answered. Follows: TurnStarted. Followed by: ToolIntended, SessionStopped.

    `cut`, `reasoning_field` and `reasoning_raw` are as in the model's `Turn`.
    """

    step: int
    reasoning: str
    text: str
    calls: tuple[ToolCall, ...]
    usage: Usage = Usage()
    cut: Cut = ""
    reasoning_field: str = ""
    reasoning_raw: str = ""


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


class ConversationCut(msgspec.Struct, frozen=True, tag=True):
    """Results up to this step are left out of later requests, which had grown too long.

    Follows: anything but an open call. Followed by: TurnStarted.
    """

    step: int


class Steered(msgspec.Struct, frozen=True, tag=True):
    """The user's words to the model. Follows: anything. Followed by: anything."""

    text: str


class SurvivorChosen(msgspec.Struct, frozen=True, tag=True):
    """The user wants this survivor proven in place of the change; the call with the id found it.

    Follows: what follows SessionStopped, and that. Followed by: StretchStarted, or the same.
    """

    number: int
    survivor: Survivor
    call_id: str


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

    Followed by: StretchStarted, AcceptIntended, HunksTakenBack, or nothing.
    """

    result: AcceptResult


class HunksTakenBack(msgspec.Struct, frozen=True, tag=True):
    """What the newest accept that still stood had written was taken back; see `History.accepts`.

    Follows: HunksAccepted, HunksTakenBack, SessionStopped. Followed by: StretchStarted,
    AcceptIntended, HunksTakenBack, or nothing.
    """

    result: AcceptResult

    @property
    def whole(self) -> bool:
        """Whether nothing of it is left, so that the next one takes back the accept before."""
        return not (self.result.conflicts or self.result.skipped)


class HunksRejected(msgspec.Struct, frozen=True, tag=True):
    """The user wants none of these hunks; nothing is written.

    Follows: anything. Followed by: anything.
    """

    hunks: tuple[str, ...]


class DecisionsUndone(msgspec.Struct, frozen=True, tag=True):
    """These hunks wait for a decision again; of accepted ones `result` says what was written.

    Follows: anything. Followed by: anything.
    """

    hunks: tuple[str, ...]
    result: AcceptResult = AcceptResult()


class HunksJudged(msgspec.Struct, frozen=True, tag=True):
    """The gate's word on the baseline with exactly these hunks.

    Follows: anything. Followed by: anything.
    """

    held: tuple[Held, ...]
    verdict: Verdict


Event = (
    SessionStarted
    | StretchStarted
    | WorkspaceReady
    | BaselineMeasured
    | TurnStarted
    | TurnEnded
    | ToolIntended
    | ToolFinished
    | ConversationCut
    | Steered
    | SurvivorChosen
    | Paused
    | Unpaused
    | SessionStopped
    | AcceptIntended
    | HunksAccepted
    | HunksTakenBack
    | HunksRejected
    | DecisionsUndone
    | HunksJudged
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
