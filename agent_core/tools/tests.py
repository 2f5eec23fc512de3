"""Running the user's tests."""

import msgspec

from agent_core.judging import names
from agent_core.results import TestsRan, ToolOutcome
from agent_core.tools.tool import Tool, ToolContext
from runners.reports import ReportDelta, TestCase, TestReport, difference

SHOWN = 8
"""Failures told in full before the rest is counted."""


class RunTests(msgspec.Struct, frozen=True):
    """Test ids to run; none: all of them."""

    tests: tuple[str, ...] = ()


async def _run_tests(context: ToolContext, asked: RunTests) -> ToolOutcome:
    baseline = context.history.baseline
    if baseline is None:
        raise LookupError("a session measures its baseline before its first step")
    total = len(asked.tests) or baseline.run.passed + baseline.run.failed
    done = 0

    def on_case(case: TestCase) -> None:
        nonlocal done
        done += 1
        context.progress(case.id, done, total)

    report = await context.bench.run(
        deadline=context.deadline,
        tests=asked.tests or None,
        test_limit_s=baseline.test_limit_s,
        on_case=on_case,
    )
    before = context.bench.report(baseline.run)
    if asked.tests:
        before = _only(before, {case.id for case in report.cases})
    delta = difference(before, report)
    data = TestsRan(run=context.bench.summary(report), delta=delta)
    return ToolOutcome(text=_told(report, delta), data=data)


def _only(report: TestReport, ids: set[str]) -> TestReport:
    cases = tuple(case for case in report.cases if case.id in ids)
    return msgspec.structs.replace(report, cases=cases)


def _told(report: TestReport, delta: ReportDelta) -> str:
    lines = [report.sentence(), f"against the start: {delta.sentence()}"]
    if delta.newly_broken:
        lines.append(f"newly broken: {names(delta.newly_broken)}")
    lines += _failures(report)
    return "\n".join(lines)


def _failures(report: TestReport) -> list[str]:
    """Each distinct failure once, with the number of tests that show it."""
    groups: dict[tuple[str, str, int], list[TestCase]] = {}
    for case in report.cases:
        if case.failure is not None:
            key = (case.failure.exception, case.failure.file, case.failure.line)
            groups.setdefault(key, []).append(case)
    lines = []
    for (exception, file, line), cases in list(groups.items())[:SHOWN]:
        failure = cases[0].failure
        more = f" and {len(cases) - 1} more like it" if len(cases) > 1 else ""
        message = failure.message if failure else ""
        lines.append(f"{cases[0].id}{more}\n  {file}:{line}: {exception}: {message}")
    if len(groups) > SHOWN:
        lines.append(f"and {len(groups) - SHOWN} other failures")
    return lines


TOOLS = (
    Tool(
        "run_tests",
        RunTests,
        _run_tests,
        effect="runs",
        description="Run the project's tests, all or the named ones; the answer is the difference "
        "to the start.",
    ),
)
