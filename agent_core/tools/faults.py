"""Where does the fault lie: tracing failing and passing tests and ranking statements."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent_core.integrity import is_source
from agent_core.judging import hangs
from agent_core.repair.localise import rank_places
from agent_core.results import FaultLocated, Suspect, ToolOutcome
from agent_core.tools.tool import Arguments, Tool, ToolContext, refused
from editors.paths import Folder
from editors.textfile import read, split_lines
from runners.case_ids import only_tests
from runners.coverage import observe
from runners.cutoff import in_thread
from runners.reports import GREEN, TestReport

FAILING = 20
"""Failing tests traced: one of each distinct failure first."""
PASSING = 60
"""Passing tests traced: those in the files of the failing ones first, quick ones first."""
SHOWN = 10
TRACED_TIMES = 50.0
SHORTEST_S, LONGEST_S = 1.0, 20.0
SHARE = 0.3
"""Part of the time left that tracing may take."""


class LocateFault(Arguments, frozen=True):
    """Failing tests to explain; none: all that were red at the start."""

    tests: tuple[str, ...] = ()


async def _locate_fault(context: ToolContext, asked: LocateFault) -> ToolOutcome:
    baseline = context.history.measured
    before = context.bench.report(baseline.run)
    before = before.only(only_tests(case.id for case in before.cases))
    failing = representative(before, only_tests(asked.tests or baseline.target))
    if not failing:
        return refused("No test of this task is red, so there is nothing to trace.")
    passing = neighbours(before, failing, apart=baseline.set_apart)
    context.progress(f"tracing {len(failing)} failing and {len(passing)} passing tests", 0, 0)
    left = context.left(context.search_deadline)
    async with context.tree_kept():
        observed = await observe(
            context.suite,
            tests=(*failing, *passing),
            deadline_s=max(1.0, SHARE * left),
            per_test_s=per_test_s(before, (*failing, *passing)),
            values=True,
            scratch=context.bench.scratch,
        )
    # Code need not come from a file: what a compiled module carries within has a name like one.
    files = await in_thread(context.workspace.store.files, context.history.snapshot)
    places = rank_places(
        before.only({*failing, *passing}),
        observed,
        lambda path: path in files and is_source(path),
    )
    suspects = tuple(
        Suspect(file=p.file, line=p.line, suspicion=p.suspicion, reason=p.reason) for p in places
    )
    blob = context.store.put_blob(msgspec.json.encode(observed))
    return ToolOutcome(
        text=await in_thread(_told, context.root, suspects[:SHOWN]),
        data=FaultLocated(suspects=suspects, observations=blob, traced=len(observed.traces)),
    )


def per_test_s(report: TestReport, tests: tuple[str, ...]) -> float:
    """Seconds for one traced test: plenty for the slowest that ends, little for one that hangs."""
    cut = set(hangs(report))
    ended = [case.duration_s for t in tests if t not in cut and (case := report.case(t))]
    return min(LONGEST_S, SHORTEST_S + TRACED_TIMES * max(ended, default=0.0))


def representative(report: TestReport, tests: tuple[str, ...]) -> tuple[str, ...]:
    """At most FAILING tests: one of each distinct failure first, then the others, quick first."""
    seen: set[tuple[str, str, int]] = set()
    firsts: list[tuple[float, str]] = []
    rest: list[tuple[float, str]] = []
    for test in tests:
        case = report.case(test)
        failure = case.failure if case else None
        key = (failure.exception, failure.file, failure.line) if failure else ("", "", 0)
        duration = case.duration_s if case else 0.0
        (rest if key in seen else firsts).append((duration, test))
        seen.add(key)
    return tuple(test for _, test in [*firsts, *sorted(rest)][:FAILING])


def neighbours(
    report: TestReport, failing: tuple[str, ...], *, apart: frozenset[str]
) -> tuple[str, ...]:
    """At most PASSING green tests, those that share a file with a failing one first."""
    files = {test.split("::", 1)[0] for test in failing}
    green = [case for case in report.cases if case.status in GREEN and case.id not in apart]
    order = {case.id: number for number, case in enumerate(green)}
    green.sort(
        key=lambda c: (c.id.split("::", 1)[0] not in files, round(c.duration_s, 2), order[c.id])
    )
    return tuple(case.id for case in green[:PASSING])


def _told(root: Path, suspects: Sequence[Suspect]) -> str:
    """Each suspect with its line as it stands, and under it why."""
    if not suspects:
        return "The failing tests run no statement of the project's own sources."
    with Folder(root) as folder:
        lines = {file: split_lines(read(folder, file).text) for file in {s.file for s in suspects}}
    return "\n".join(
        f"{s.suspicion:.2f} {s.file}:{s.line} {lines[s.file][s.line - 1].strip()}\n     {s.reason}"
        for s in suspects
    )


TOOLS = (
    Tool(
        "locate_fault",
        LocateFault,
        _locate_fault,
        effect="runs",
        description="Rank the statements that failing tests run and passing tests do not.",
    ),
)
