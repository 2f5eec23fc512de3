"""Running the user's checks, and what is told of a run: how it differs from those before."""

from collections.abc import Sequence

from agent_core.folding import folded
from agent_core.judging import names
from agent_core.results import TestsRan, ToolOutcome
from agent_core.tools.tool import Arguments, Tool, ToolContext
from runners.case_ids import is_proof
from runners.reports import TestReport, difference

SHOWN = 8
"""Failures told in full before the rest is counted."""


class RunTests(Arguments, frozen=True):
    """Test ids, as the results spell them; none: all of them."""

    tests: tuple[str, ...] = ()


async def _run_tests(context: ToolContext, asked: RunTests) -> ToolOutcome:
    text, data = await run(context, asked.tests)
    return ToolOutcome(text=text, data=data)


async def run(context: ToolContext, tests: Sequence[str]) -> tuple[str, TestsRan]:
    """Run all checks, or the named ones, on the tree as it stands."""
    baseline = context.history.measured
    total = len(tests) or baseline.run.told
    report = await context.bench.run(
        deadline=context.deadline,
        tests=tests or None,
        test_limit_s=baseline.test_limit_s,
        on_case=context.counted(total, lambda case: case.id),
    )
    before = context.bench.report(baseline.run)
    ran = {case.id for case in report.cases}
    if tests:
        before = before.only(ran)
    else:  # what the gate checks itself is not run here, and has not vanished
        before = before.only({c.id for c in before.cases if not is_proof(c.id) or c.id in ran})
    delta = difference(before, report)
    lines = [report.sentence(), f"against the start: {delta.sentence()}"]
    lines += _since_last_run(context, report)
    if delta.newly_broken:
        lines.append(f"newly broken: {names(delta.newly_broken)}")
    lines += _failures(report)
    return "\n".join(lines), TestsRan(run=context.bench.summary(report), delta=delta)


def _since_last_run(context: ToolContext, report: TestReport) -> list[str]:
    """How the run differs from the one before it, of the tests that both have."""
    runs = context.history.results(TestsRan)
    if not runs:
        return []
    last = context.bench.report(runs[-1].run)
    both = {case.id for case in last.cases} & {case.id for case in report.cases}
    delta = difference(last.only(both), report.only(both))
    return [f"against the run before: {delta.sentence()}"] if both else []


def _failures(report: TestReport) -> list[str]:
    """Each distinct failure once, with the number of tests that show it."""
    folds = folded(report.cases)
    lines = [fold.sentence() for fold in folds[:SHOWN]]
    if len(folds) > SHOWN:
        lines.append(f"and {len(folds) - SHOWN} other failures")
    return lines


TOOLS = (
    Tool(
        "run_tests",
        RunTests,
        _run_tests,
        effect="runs",
        description="Run the project's tests and checks, all or some; the answer is the difference "
        "to the start and to the run before.",
    ),
)
