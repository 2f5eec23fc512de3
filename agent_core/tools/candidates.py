"""Trying hundreds of alternative patches against the failing tests."""

import asyncio
import hashlib
import re
import time
from collections.abc import Sequence
from typing import Annotated

import msgspec

from agent_core.history import History
from agent_core.repair.candidates import Candidates
from agent_core.repair.families.registry import NAMES
from agent_core.repair.pairs import combine
from agent_core.results import CandidatesTried, ToolOutcome, Tried
from agent_core.store import SessionStore
from agent_core.tools.changes import Swap
from agent_core.tools.generating import generated
from agent_core.tools.survivors import ENOUGH, judged, screened
from agent_core.tools.tool import Arguments, Tool, ToolContext, refused
from editors.paths import Folder
from editors.refusals import Refused
from editors.textfile import read
from runners.case_ids import only_tests
from runners.cutoff import in_thread
from runners.patches import Patch, PatchOutcome, TextEdit
from runners.problems import Interrupted, UserProblem
from runners.server import ServerDied

PLACE = re.compile(r".+:[1-9]\d*")
HALVES = 60
"""Partial patches kept for a search over pairs."""
SHOWN = 5


class Alternative(Arguments, frozen=True):
    """One patch written out: texts to replace, each where it stands exactly once."""

    edits: tuple[Swap, ...]
    why: str = ""


class TryCandidates(Arguments, frozen=True):
    """Patches written out, or a search over generated ones, against the failing `tests`.

    Without `patches`, candidates are generated at `places` (file:line; none: the suspects of the
    last locate_fault) from `families` (none: all), best first; `limit` of them are tried from
    `start` on. `pairs` tries two places together, from the patches that mended a part.
    """

    tests: tuple[str, ...] = ()
    patches: tuple[Alternative, ...] = ()
    places: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    start: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1)] = 250
    pairs: bool = False


async def _try_candidates(context: ToolContext, asked: TryCandidates) -> ToolOutcome:
    baseline = context.history.baseline
    failing = only_tests(asked.tests or (baseline.target if baseline else ()))
    if objection := _objection(asked, failing):
        return refused(objection)
    try:
        patches, available, note = await _candidates(context, asked, failing)
    except Refused as error:
        return refused(str(error))
    except Interrupted as late:
        return _untried(asked, str(late), cut=True)
    began = time.monotonic()
    async with context.tree_kept():
        try:
            screener = await context.search.screener(
                context.suite,
                snapshot=context.history.snapshot,
                failing=failing,
                deadline_s=context.left(context.search_deadline),
            )
        except (UserProblem, ServerDied) as problem:
            over = not context.left(context.search_deadline)
            return _untried(asked, str(problem), cut=over)
        cpu_before = screener.cpu_s
        outcomes = await screened(context, screener, patches)
        survivors = await judged(context, screener, patches, outcomes, tests=failing)
    alive = sum(outcome.status == "survivor" for outcome in outcomes)
    data = CandidatesTried(
        start=asked.start,
        tried=len(outcomes),
        available=available,
        survivors=survivors,
        partial=_partial(patches, outcomes),
        counts=_counts(outcomes),
        wall_s=round(time.monotonic() - began, 3),
        cpu_s=round(screener.cpu_s - cpu_before, 3),
        cut=len(outcomes) < len(patches) and alive < ENOUGH,
        pairs=asked.pairs,
        note=note,
        outcomes=await in_thread(_kept, context.store, patches, outcomes),
    )
    return ToolOutcome(text=_told(data, len(failing)), data=data)


def _objection(asked: TryCandidates, failing: tuple[str, ...]) -> str:
    """Why a call makes no sense, "" if it does."""
    if not failing:
        return "No test of this task is red, so there is nothing to try against."
    if unplaced := [place for place in asked.places if not PLACE.fullmatch(place)]:
        return f"{unplaced[0]!r} is no place; name one as path/to/file.py:12."
    if unknown := sorted(set(asked.families) - set(NAMES)):
        return f"There is no family {unknown[0]!r}; there are {', '.join(sorted(NAMES))}."
    return ""


async def _candidates(
    context: ToolContext, asked: TryCandidates, failing: tuple[str, ...]
) -> tuple[tuple[Patch, ...], int, str]:
    """The patches to try now, how many there are in all, and what has to be said of them."""
    if asked.patches:
        written = await asyncio.to_thread(_written, context, asked.patches)
        return written, len(written), ""
    context.progress("looking for small changes", 0, 0)
    result = await generated(context, tests=failing, places=asked.places, families=asked.families)
    note = f"not parsed: {', '.join(result.unparsed)}" if result.unparsed else ""
    if asked.pairs:
        pairs = await in_thread(_pairs, context.history, result, asked.start + asked.limit)
        return pairs[asked.start :], len(pairs), note
    return result.some(asked.start, asked.limit), len(result.patches), note


def _pairs(history: History, found: Candidates, limit: int) -> tuple[Patch, ...]:
    halves = [half for data in history.results(CandidatesTried) for half in data.partial]
    return combine(halves, found.every(), limit)


def _written(context: ToolContext, alternatives: Sequence[Alternative]) -> tuple[Patch, ...]:
    with Folder(context.root) as folder:
        return tuple(_as_patch(folder, alternative) for alternative in alternatives)


def _as_patch(folder: Folder, alternative: Alternative) -> Patch:
    """A patch a model wrote out, as byte edits. Raises Refused where a text is not found once."""
    edits = []
    for change in alternative.edits:
        try:
            file = read(folder, change.path)
        except FileNotFoundError as error:
            text = f"Nothing was tried: there is no file {change.path}."
            raise Refused(change.path, text) from error
        old, data = change.old.encode(file.encoding), file.bom + file.text.encode(file.encoding)
        if data.count(old) != 1:
            raise Refused(
                change.path,
                f"Nothing was tried: the text to replace stands {data.count(old)} times in "
                f"{change.path}; it has to stand there once.",
            )
        start = data.index(old)
        edits.append(TextEdit(file=change.path, start=start, end=start + len(old), text=change.new))
    digest = hashlib.blake2b(msgspec.json.encode(edits), digest_size=8).hexdigest()
    return Patch(
        id=digest, edits=tuple(edits), family="written", line=0, score=0.0, summary=alternative.why
    )


def _partial(
    patches: Sequence[Patch], outcomes: Sequence[PatchOutcome]
) -> tuple[tuple[Patch, tuple[str, ...]], ...]:
    by_id = {patch.id: patch for patch in patches}
    found = [(by_id[o.patch], o.fixed) for o in outcomes if o.status == "partial"]
    found.sort(key=lambda pair: (-len(pair[1]), -pair[0].score, pair[0].id))
    return tuple(found[:HALVES])


def _kept(store: SessionStore, patches: Sequence[Patch], outcomes: Sequence[PatchOutcome]) -> str:
    """Every candidate with what became of it, as a blob."""
    by_id = {patch.id: patch for patch in patches}
    tried = [
        Tried(
            file=by_id[outcome.patch].edits[0].file,
            line=by_id[outcome.patch].line,
            summary=by_id[outcome.patch].summary,
            status=outcome.status,
            fixed=len(outcome.fixed),
            duration_s=round(outcome.duration_s, 4),
            patch=outcome.patch,
        )
        for outcome in outcomes
    ]
    return store.put_blob(msgspec.json.encode(tried)) if tried else ""


def _counts(outcomes: Sequence[PatchOutcome]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for outcome in outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
    return dict(sorted(counts.items()))


def _told(data: CandidatesTried, failing: int) -> str:
    lines = [
        f"{data.tried} of {data.available} candidates tried in {data.wall_s:.1f} s: "
        + ", ".join(f"{count} {status}" for status, count in data.counts.items())
    ]
    lines += [f"survives: {s.explanation}" for s in data.survivors[:SHOWN]]
    lines += [
        f"mends {len(fixed)} of {failing}: {patch.summary}" for patch, fixed in data.partial[:SHOWN]
    ]
    if data.cut:
        lines.append("the time for searching came to its end first")
    if data.note:
        lines.append(data.note)
    return "\n".join(lines)


def _untried(asked: TryCandidates, why: str, *, cut: bool) -> ToolOutcome:
    """Nothing was tried: the time was over, or else trying again would not help either."""
    data = CandidatesTried(
        start=asked.start, tried=0, available=0, survivors=(), cut=cut, pairs=asked.pairs, note=why
    )
    return ToolOutcome(text=why, data=data)


TOOLS = (
    Tool(
        "try_candidates",
        TryCandidates,
        _try_candidates,
        effect="runs",
        description="Try many patches against the failing tests without touching a file: your "
        "own, or generated ones at suspected places. Returns those under which all pass.",
    ),
)
