"""What tools return: text for a language model, typed data for programs and views."""

from typing import Literal

import msgspec

from agent_core.proofs import Compared, Compiled, Timed
from agent_core.verdict import RunSummary, Verdict
from runners.patches import Patch, PatchStatus
from runners.reports import ReportDelta


class FilesListed(msgspec.Struct, frozen=True, tag=True):
    """Paths relative to the workspace."""

    paths: tuple[str, ...]
    total: int


class FileRead(msgspec.Struct, frozen=True, tag=True):
    """Which lines of a file were shown; `first` counts from 1."""

    path: str
    first: int
    last: int
    total: int


class SearchDone(msgspec.Struct, frozen=True, tag=True):
    """Where a text was found: (path, line number, line)."""

    hits: tuple[tuple[str, int, str], ...]
    more: bool


class TestsRan(msgspec.Struct, frozen=True, tag=True):
    """A run, and how it differs from the baseline."""

    __test__ = False

    run: RunSummary
    delta: ReportDelta


class Suspect(msgspec.Struct, frozen=True):
    """A statement that may be wrong, with the reason in words."""

    file: str
    line: int
    suspicion: float
    reason: str


class FaultLocated(msgspec.Struct, frozen=True, tag=True):
    """Suspects, most likely first; `observations` names the blob with everything traced."""

    suspects: tuple[Suspect, ...]
    observations: str
    traced: int


class Survivor(msgspec.Struct, frozen=True):
    """A patch under which every wanted test passed while screened.

    reasons: what speaks against it.
    """

    patch: Patch
    explanation: str
    reasons: tuple[str, ...] = ()


class Tried(msgspec.Struct, frozen=True):
    """One candidate patch and what screening showed; `fixed` counts failing tests that passed.

    patch: its id, "" in sessions that did not record it.
    """

    file: str
    line: int
    summary: str
    status: PatchStatus
    fixed: int
    duration_s: float
    patch: str = ""


class CandidatesTried(msgspec.Struct, frozen=True, tag=True):
    """What a search over candidate patches found, survivors best first.

    tried: candidates screened by this call, out of `available` from `start` on. cut: the deadline
    came first. partial: patches that fix some of several failing tests, most fixed first.
    outcomes: the blob with every candidate as `Tried`, in the order of trying; "" if none was.
    """

    start: int
    tried: int
    available: int
    survivors: tuple[Survivor, ...]
    partial: tuple[tuple[Patch, tuple[str, ...]], ...] = ()
    counts: dict[str, int] = {}
    wall_s: float = 0.0
    cpu_s: float = 0.0
    cut: bool = False
    pairs: bool = False
    note: str = ""
    outcomes: str = ""


class PlanItem(msgspec.Struct, frozen=True):
    """One line of the plan."""

    text: str
    state: Literal["open", "doing", "done", "dropped"] = "open"


class PlanUpdated(msgspec.Struct, frozen=True, tag=True):
    """The whole plan as it now stands."""

    items: tuple[PlanItem, ...]


class FinishAsked(msgspec.Struct, frozen=True, tag=True):
    """The gate's answer to `finish`."""

    verdict: Verdict
    summary: str


class EditApplied(msgspec.Struct, frozen=True, tag=True):
    """Files an edit changed, the snapshot it led to, and the change as a unified diff.

    `then` is what was run in the same call after it; `notes` are sentences on what was left out;
    `taken_back`: it undid the edit before.
    """

    paths: tuple[str, ...]
    snapshot: str
    diff: str
    then: tuple[TestsRan | FinishAsked, ...] = ()
    notes: tuple[str, ...] = ()
    taken_back: bool = False


class GaveUp(msgspec.Struct, frozen=True, tag=True):
    """What was tried in vain, and where the fault is suspected.

    out_of_time: there was more to try; a later stretch goes on.
    """

    tried: str
    out_of_time: bool = False
    suspects: tuple[Suspect, ...] = ()


class ToolFailure(msgspec.Struct, frozen=True, tag=True):
    """A call that did nothing; the text says what was wrong and what to send instead."""

    kind: Literal["arguments", "refused", "not_found", "failed", "interrupted"]


ToolData = (
    FilesListed
    | FileRead
    | SearchDone
    | TestsRan
    | FaultLocated
    | CandidatesTried
    | EditApplied
    | Compiled
    | Compared
    | Timed
    | PlanUpdated
    | FinishAsked
    | GaveUp
    | ToolFailure
)


class ToolOutcome(msgspec.Struct, frozen=True):
    """One result, twice: `text` for a language model, `data` for everything else."""

    text: str
    data: ToolData


def parts(data: ToolData) -> tuple[ToolData, ...]:
    """A result with what came of the same call after it."""
    return (data, *data.then) if isinstance(data, EditApplied) else (data,)
