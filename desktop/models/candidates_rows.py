"""What the built-in solver has tried and suspects, folded from a session's events. No Qt."""

from collections.abc import Callable

import msgspec

from agent_core.choosing import Found, Place, offered
from agent_core.events import ToolFinished
from agent_core.history import History
from agent_core.results import CandidatesTried, FaultLocated, Suspect, Tried
from runners.patches import Patch, PatchStatus

Blob = Callable[[str], bytes]
Outcome = tuple[str, str, str]
"""In words, with an icon and a colour."""

OUTCOMES: dict[PatchStatus, Outcome] = {
    "survivor": ("survives", "circle-check", "good"),
    "partial": ("mends a part", "circle-dot", "warning"),
    "failed": ("no test turned green", "circle-x", "text3"),
    "exhausted": ("takes too long", "timer", "text3"),
    "crashed": ("crashes", "triangle-alert", "text3"),
    "inapplicable": ("cannot be applied", "minus", "text3"),
    "duplicate": ("same as another", "copy", "text3"),
}
"""What becomes of candidates, in the order in which they are shown."""

CURRENT: Outcome = ("is the change", "file-diff", "accent")
BREAKS = "breaks a test that passed"
MOVED_ON = "the code has moved on since"

_MANY: dict[PatchStatus, str] = {
    "survivor": "survive",
    "partial": "mend a part",
    "failed": "turned no test green",
    "exhausted": "too slow",
    "crashed": "crash",
    "inapplicable": "cannot be applied",
    "duplicate": "doubles",
}

_ORDER = {status: place for place, status in enumerate(OUTCOMES)}


class CandidateRow(msgspec.Struct, frozen=True):
    """One candidate; `seconds` is None where not kept, `note` what speaks against it.

    number: of a survivor that the user may choose from, else 0. place: where that stands now.
    """

    file: str
    line: int
    change: str
    status: PatchStatus
    seconds: float | None = None
    note: str = ""
    patch: str = ""
    number: int = 0
    place: Place | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return CURRENT if self.place == "applied" else OUTCOMES[self.status]

    @property
    def open(self) -> bool:
        """Whether it can be tried in place of the change."""
        return self.place in {"fits", "behind"}


def candidates(history: History, blob: Blob) -> tuple[CandidateRow, ...]:
    """Every candidate that was tried: survivors first, by number, else in the order of trying."""
    found = {(each.call, each.survivor.patch.id): each for each in offered(history)}
    rows: list[CandidateRow] = []
    for event in history.all(ToolFinished):
        data = event.data
        if isinstance(data, CandidatesTried):
            made = _whole(data, blob) if data.outcomes else _kept(data)
            rows += [_offered(row, found.get((event.call_id, row.patch))) for row in made]
    rows.sort(key=lambda row: (_ORDER[row.status], not row.number, row.number))
    return tuple(rows)


def told(row: CandidateRow) -> str:
    """All there is to say of a candidate: where, what became of it, and the whole change."""
    outcome = f"{row.outcome[0]}: {row.note}" if row.note else row.outcome[0]
    return f"{row.file}:{row.line} · {outcome}\n{row.change}"


def counts(history: History) -> str:
    """How many were tried, and what became of them."""
    total: dict[str, int] = {}
    for data in history.results(CandidatesTried):
        for status, count in data.counts.items():
            total[status] = total.get(status, 0) + count
    parts = [
        f"{total[s]:,} {_MANY[s] if total[s] > 1 else OUTCOMES[s][0]}"
        for s in OUTCOMES
        if total.get(s)
    ]
    return " · ".join([f"{sum(total.values()):,} tried", *parts]) if total else ""


def suspects(history: History) -> tuple[Suspect, ...]:
    """Where the fault is suspected, most likely first, as it was last located."""
    located = history.results(FaultLocated)
    return located[-1].suspects if located else ()


def _whole(data: CandidatesTried, blob: Blob) -> list[CandidateRow]:
    survivors = {survivor.patch.id: survivor for survivor in data.survivors}
    rows = []
    for each in msgspec.json.decode(blob(data.outcomes), type=tuple[Tried, ...]):
        note = ""
        if each.status == "partial":
            note = f"{each.fixed} of the red tests pass"
        elif each.status == "survivor" and each.patch:
            survivor = survivors.get(each.patch)
            note = "; ".join(survivor.reasons) if survivor else BREAKS
        rows.append(
            CandidateRow(
                each.file,
                each.line,
                each.summary,
                each.status,
                each.duration_s,
                note,
                patch=each.patch,
            )
        )
    return rows


def _kept(data: CandidatesTried) -> list[CandidateRow]:
    """What the event itself holds: those that mended something."""
    rows = [_row(s.patch, "survivor", "; ".join(s.reasons)) for s in data.survivors]
    rows += [
        _row(patch, "partial", f"{len(fixed)} of the red tests pass")
        for patch, fixed in data.partial
    ]
    return rows


def _row(patch: Patch, status: PatchStatus, note: str) -> CandidateRow:
    return CandidateRow(
        patch.edits[0].file, patch.line, patch.summary, status, note=note, patch=patch.id
    )


def _offered(row: CandidateRow, found: Found | None) -> CandidateRow:
    """The row of a candidate that can be chosen, or of one that could be."""
    if found is None:
        return row
    note = "; ".join(filter(None, [row.note, MOVED_ON if found.place == "out_of_reach" else ""]))
    return msgspec.structs.replace(row, note=note, number=found.number, place=found.place)
