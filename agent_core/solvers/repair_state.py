"""Where a repair stands, folded from the calls it has made."""

from collections.abc import Iterable

from agent_core.history import Done
from agent_core.repair.explain import explain
from agent_core.results import (
    CandidatesTried,
    EditApplied,
    FaultLocated,
    Survivor,
    TestsRan,
    ToolFailure,
)
from runners.patches import Patch

UNSHOWN = frozenset({"inapplicable", "duplicate"})
"""What becomes of patches that say nothing about the failing tests."""


class Applied:
    """A patch that is in the tree now: one believed whole, or one known to mend a part."""

    def __init__(self, patch: Patch, explanation: str, *, whole: bool) -> None:
        self.patch = patch
        self.explanation = explanation
        self.whole = whole
        self.tests: TestsRan | None = None


class RepairState:
    """A repair's position. `red` are the tests still to turn green.

    kept: explanations of partial fixes that stay. notes: what hindered the search.
    hindrance: why no fault could be located at all. shown: whether any patch could be tried.
    halves: whether any patch mended a part on this tree, so that there may be pairs to try.
    queue: survivors not yet refused, best first. part_refused: whether what mends a part was taken
    back since candidates were tried last.
    """

    def __init__(self, red: tuple[str, ...]) -> None:
        self.red = red
        self.kept: list[str] = []
        self.notes: list[str] = []
        self.hindrance = ""
        self._search_anew()

    def _search_anew(self) -> None:
        self.located: FaultLocated | None = None
        self.queue: list[Survivor] = []
        self.partial: dict[str, tuple[Patch, tuple[str, ...]]] = {}
        self.shown = False
        self.start = 0
        self.sweeps = 0
        self.exhausted = False
        self.halves = False
        self.pair_start = 0
        self.paired = False
        self.applied: Applied | None = None
        self.part_refused = False

    @classmethod
    def of(cls, red: tuple[str, ...], done: Iterable[Done]) -> "RepairState":
        """Fold a session's finished calls."""
        state = cls(red)
        for call in done:
            state._after(call)
        return state

    def _after(self, call: Done) -> None:
        data = call.finished.data
        if isinstance(data, FaultLocated):
            self.located = data
        elif isinstance(data, CandidatesTried):
            self._tried(data)
        elif isinstance(data, EditApplied):
            self._edited()
        elif isinstance(data, TestsRan):
            self._ran(data)
        elif isinstance(data, ToolFailure):
            self._failed(call.finished.tool, data, call.finished.text)

    def _tried(self, data: CandidatesTried) -> None:
        self.sweeps += 1
        self.part_refused = False
        if data.note and not data.cut and data.note not in self.notes:
            self.notes.append(data.note)
        self.shown = self.shown or bool(data.counts.keys() - UNSHOWN)
        self.queue += data.survivors
        self.halves = self.halves or bool(data.partial)
        self.partial |= {patch.id: (patch, fixed) for patch, fixed in data.partial}
        if data.pairs:
            self.pair_start = data.start + data.tried
            self.paired = not data.cut
        else:
            self.start = data.start + data.tried
            self.exhausted = not data.cut and self.start >= data.available

    def _edited(self) -> None:
        if self.applied is None:
            self.applied = self._next_patch()
            return
        # With a patch in the tree the edit was the one that took it back.
        self.part_refused = self.part_refused or not self.applied.whole
        self.applied = None

    def _failed(self, tool: str, failure: ToolFailure, why: str) -> None:
        """Asking again changes nothing where a patch was refused, or tracing does not work here."""
        if tool == "edit_file" and failure.kind == "refused" and self.applied is None:
            self._next_patch()
        if tool == "locate_fault" and failure.kind == "failed":
            self.hindrance = why

    def _next_patch(self) -> Applied | None:
        if self.queue:
            best = self.queue.pop(0)
            return Applied(best.patch, best.explanation, whole=True)
        if (part := self.best_part()) is not None:
            self.partial.pop(part[0].id)
            return Applied(part[0], explain(part[0]), whole=False)
        return None

    def _ran(self, data: TestsRan) -> None:
        if self.applied is None:
            return
        self.applied.tests = data
        if not self.applied.whole and data.delta.fixed and not data.delta.newly_broken:
            still = set(data.delta.still_failing)
            red = tuple(test for test in self.red if test in still)
            if not red:
                # More than screening saw: to be proved like any patch that mends everything.
                self.applied = Applied(self.applied.patch, self.applied.explanation, whole=True)
                return
            self.kept.append(self.applied.explanation)
            self.red = red
            self._search_anew()

    def best_part(self) -> tuple[Patch, tuple[str, ...]] | None:
        """The partial patch that mends most tests; the likelier one on a tie."""
        parts = sorted(self.partial.values(), key=lambda p: (-len(p[1]), -p[0].score, p[0].id))
        return parts[0] if parts else None
