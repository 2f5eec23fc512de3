"""Trying hundreds of alternative patches against the failing tests."""

import asyncio
import time
from collections.abc import Sequence

import msgspec

from agent_core.integrity import is_source
from agent_core.repair import combine, explain, rank
from agent_core.repair.generate import GenerateRequest, GenerateResult, generate
from agent_core.repair.localise import Place
from agent_core.results import CandidatesTried, FaultLocated, Survivor, ToolFailure, ToolOutcome
from agent_core.tools.tool import Tool, ToolContext
from editors.edits import Replace, splices
from editors.refusals import Refused
from runners.observations import Observations
from runners.patches import Patch, PatchOutcome
from runners.pool import call
from runners.reports import GREEN, TestReport

ENOUGH = 8
"""Survivors after which a search stops: the choice among them is better than the first."""
JUDGED = 5
"""Survivors tried against the passing tests, best first."""
SHOWN = 5


class Alternative(msgspec.Struct, frozen=True):
    """One patch written out: edits as `edit_file` takes them."""

    edits: tuple[Replace, ...]
    why: str = ""


class TryCandidates(msgspec.Struct, frozen=True):
    """Patches written out, or a search over generated ones.

    Without `patches`, candidates are generated at `places` (file:line; none: the suspects of the
    last locate_fault) from `families` (none: all), best first; `limit` of them are tried from
    `start` on. `pairs` tries two places together, from the patches that mended a part.
    """

    patches: tuple[Alternative, ...] = ()
    places: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    start: int = 0
    limit: int = 250
    pairs: bool = False


async def _try_candidates(context: ToolContext, asked: TryCandidates) -> ToolOutcome:
    began, cpu = time.monotonic(), 0.0
    failing = _still_red(context)
    if not failing:
        return _refused("No test of this task is red, so there is nothing to try against.")
    try:
        patches, available, note = await _candidates(context, asked)
    except Refused as error:
        return _refused(str(error))
    snapshot = await asyncio.to_thread(context.workspace.snapshot)
    screener = await context.screens.get(
        context.bench.suite,
        snapshot=snapshot,
        failing=failing,
        deadline_s=context.left(context.search_deadline),
    )
    done = 0

    def on_outcome(_: PatchOutcome) -> None:
        nonlocal done
        done += 1
        context.progress("candidates", done, len(patches))

    outcomes = await screener.screen(
        patches,
        stop_after=ENOUGH,
        deadline_s=context.left(context.search_deadline),
        on_outcome=on_outcome,
    )
    survivors = await _judged(context, patches, outcomes)
    await asyncio.to_thread(context.workspace.restore, snapshot)
    cut = len(outcomes) < len(patches) and context.left(context.search_deadline) <= 0
    data = CandidatesTried(
        start=asked.start,
        tried=len(outcomes),
        available=available,
        survivors=survivors,
        partial=_partial(patches, outcomes),
        counts=_counts(outcomes),
        wall_s=round(time.monotonic() - began, 3),
        cpu_s=round(cpu, 3),
        cut=cut,
        pairs=asked.pairs,
        note=note,
    )
    return ToolOutcome(text=_told(data, len(failing)), data=data)
