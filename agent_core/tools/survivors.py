"""Screens candidate patches, and holds the survivors against the passing tests."""

import asyncio
from collections.abc import Sequence

from agent_core.repair.explain import explain
from agent_core.repair.rank import Ranked, rank_survivors
from agent_core.results import Survivor
from agent_core.tools.generating import failing_literals
from agent_core.tools.tool import ToolContext
from editors.paths import Folder
from editors.textfile import TextFile, read
from runners.case_ids import only_tests
from runners.patches import Patch, PatchOutcome
from runners.reports import TestReport
from runners.screening import Screener

ENOUGH = 20
"""Survivors after which a search stops: the choice among them is better than the first."""
JUDGED = 5
"""Survivors that pass the passing tests too, after which the others are not held against them."""
UNJUDGED = "not yet run against the passing tests"
SHARE = 0.15
"""Part of the time left after which one survivor that passes the passing tests too is enough."""
PASSING_S = 20.0
"""Time of passing tests, quickest first, that a survivor is tried against before the gate."""
SLOW = 8
RICHER, RICH = 50.0, 10.0
"""Slow patches tried again, and how much more they may spend then: much where they mended a part,
less where nothing is known of them but that they came early in the order."""


async def screened(
    context: ToolContext, screener: Screener, patches: Sequence[Patch]
) -> list[PatchOutcome]:
    """Try patches in order until there are enough survivors or the time for searching is over."""
    outcomes = await screener.screen(
        patches,
        stop_after=ENOUGH,
        deadline_s=context.left(context.search_deadline),
        on_outcome=context.counted(len(patches), lambda _: "candidates"),
    )
    return await _patiently(context, screener, patches, outcomes)


async def _patiently(
    context: ToolContext,
    screener: Screener,
    patches: Sequence[Patch],
    outcomes: list[PatchOutcome],
) -> list[PatchOutcome]:
    """The outcomes, with a second try for slow patches: a right one may well need more fuel.

    The fuel is measured by the failing test, which may have ended early because of the fault.
    """
    by_id = {patch.id: patch for patch in patches}
    for factor, slow in _slow(outcomes):
        if not slow or any(outcome.status == "survivor" for outcome in outcomes):
            continue
        again = await screener.screen(
            [by_id[name] for name in slow],
            deadline_s=context.left(context.search_deadline),
            fuel_factor=factor,
        )
        better = {outcome.patch: outcome for outcome in again}
        outcomes = [better.get(outcome.patch, outcome) for outcome in outcomes]
    return outcomes


def _slow(outcomes: Sequence[PatchOutcome]) -> list[tuple[float, list[str]]]:
    """Patches that ran out of fuel or time, by the factor that they get now."""
    slow = [outcome for outcome in outcomes if outcome.status == "exhausted"]
    return [
        (RICHER, [outcome.patch for outcome in slow if outcome.fixed][:SLOW]),
        (RICH, [outcome.patch for outcome in slow if not outcome.fixed][:SLOW]),
    ]


async def judged(
    context: ToolContext,
    screener: Screener,
    patches: Sequence[Patch],
    outcomes: Sequence[PatchOutcome],
    *,
    tests: tuple[str, ...],
) -> tuple[Survivor, ...]:
    """The survivors that break no passing test, in the order in which to believe them.

    With enough of them, or no time left, the others are kept behind them as they are: the gate
    holds whatever is applied against every test.
    """
    by_id = {patch.id: patch for patch in patches}
    alive = [by_id[outcome.patch] for outcome in outcomes if outcome.status == "survivor"]
    if not alive:
        return ()
    sources = await asyncio.to_thread(_files, context, alive)
    wishes = await asyncio.to_thread(failing_literals, context.root, tests)
    passing = _passing(context, tests)
    ranked = rank_survivors(alive, sources, wishes)
    kept: list[Survivor] = []
    left = context.left(context.search_deadline)
    for place, each in enumerate(ranked):
        now_left = context.left(context.search_deadline)
        if len(kept) == JUDGED or now_left <= (left * (1 - SHARE) if kept else 0.0):
            kept += [_survivor(rest, UNJUDGED) for rest in ranked[place:]]
            break
        if not await screener.broken(each.patch, passing, deadline_s=now_left):
            kept.append(_survivor(each))
    return tuple(kept)


def _survivor(ranked: Ranked, *doubts: str) -> Survivor:
    return Survivor(
        patch=ranked.patch,
        explanation=explain(ranked.patch),
        reasons=(*ranked.reasons, *doubts),
    )


def _files(context: ToolContext, patches: Sequence[Patch]) -> dict[str, TextFile]:
    with Folder(context.root) as folder:
        paths = sorted({edit.file for patch in patches for edit in patch.edits})
        return {path: read(folder, path) for path in paths}


def _passing(context: ToolContext, failing: tuple[str, ...]) -> tuple[str, ...]:
    """Green tests to hold survivors against: the quickest that fit into the time for it.

    The files of the failing tests come first, as what a survivor breaks is mostly near by.
    """
    baseline = context.history.baseline
    if baseline is None:
        return ()
    report: TestReport = context.bench.report(baseline.run)
    green = set(only_tests(report.green)) - baseline.set_apart
    cases = sorted(
        (case for case in report.cases if case.id in green),
        key=lambda case: round(case.duration_s, 2),
    )
    chosen, spent = set(), 0.0
    for case in cases:
        spent += case.duration_s
        if spent > PASSING_S:
            break
        chosen.add(case.id)
    near = {_file_of(test) for test in failing}
    ordered = sorted(report.cases, key=lambda case: _file_of(case.id) not in near)
    return tuple(case.id for case in ordered if case.id in chosen)


def _file_of(test: str) -> str:
    return test.partition("::")[0]
