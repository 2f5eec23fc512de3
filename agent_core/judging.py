"""From test reports to a verdict: pure rules, no processes."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import msgspec

from agent_core.counting import listed
from agent_core.integrity import is_named, is_program, is_test_file
from agent_core.task import Check
from agent_core.verdict import Baseline, State, Verdict
from runners.case_ids import PREFIX, in_words, is_command, is_test
from runners.problems import UserProblem
from runners.reports import GREEN, RED, LoadedModule, Status, TestCase, TestReport

STRICT = "[XPASS(strict)]"
"""How pytest's message begins where a test that was expected to fail, strictly, passed."""
NOT_FOUND = "exit code 127"
"""How a shell ends that does not find what it is to start."""
_UNFOUND = re.compile(r"sh: (?:(?:\w+ )?\d+: )?([^\s/:]+): ")
"""Whom a shell could not find, by name; a path may be that of a program yet to be written."""
NOT_RUN: frozenset[Status] = frozenset({"skipped", "not_run"})
"""A change that has a test skipped has not kept it green."""


def names(tests: Collection[str]) -> str:
    """A few test ids in words."""
    return listed(sorted(tests))


def wanted(red: Sequence[str], check: Check, known: Iterable[str]) -> tuple[str, ...]:
    """The red tests a task is about: all, or what is checked beside them and its ids cover.

    Raises:
        UserProblem: an id asked for names no test.
    """
    asked = (*check.tests, *check.beside)
    if not asked:
        return tuple(red)
    everything = tuple(known)
    for wish in asked:
        if not any(_covers(wish, test) for test in everything):
            raise UserProblem(
                f"No test is named {wish}",
                hint=f"The run knows {names(everything)}.",
            )
    return tuple(test for test in red if any(_covers(wish, test) for wish in asked))


def _covers(wish: str, test: str) -> bool:
    return test == wish or test.startswith((f"{wish}::", f"{wish}[", f"{wish.rstrip('/')}/"))


def check_runnable(report: TestReport) -> None:
    """Refuse a first run from which no task can start.

    Raises:
        UserProblem: no tests, none could be collected, or the test tool itself failed.
    """
    if report.health == "no_tests":
        raise UserProblem(
            "No tests were found",
            why=report.problem,
            hint="Journeyman needs a test suite that shows the fault.",
        )
    if report.health == "broken":
        raise UserProblem("The tests could not be run", why=report.problem)
    _check_programs(report)
    if report.cases and all(_uncollected(report, test.id) for test in report.cases):
        name, first = report.cases[0].id, report.cases[0].failure
        if not any(_in_source(report, case.id) for case in report.cases):
            raise UserProblem(
                "The tests cannot be collected",
                why=f"{name}: {first.exception}: {first.message}" if first else report.problem,
                hint="Mend the environment or the test files, then start again.",
            )


def _check_programs(report: TestReport) -> None:
    """Refuse a check command that names a program which nobody can find: a mistyped one."""
    for case in report.cases:
        if is_command(case.id) and case.failure and case.failure.exception == NOT_FOUND:
            command = case.id.removeprefix(PREFIX)
            missing = _UNFOUND.findall(case.failure.message)
            if name := next((name for name in missing if name in command.split()), ""):
                raise UserProblem(
                    f"There is no program {name}",
                    why=f"the check `{command}` starts it",
                    hint="Mend its name, install it, or name it by its path.",
                )


def _uncollected(report: TestReport, test: str) -> bool:
    case = report.case(test)
    return bool(case and case.failure and case.failure.phase == "collect")


def _in_source(report: TestReport, test: str) -> bool:
    case = report.case(test)
    frames = case.failure.frames if case and case.failure else ()
    return any(frame.file and not is_test_file(frame.file) for frame in frames)


def judge(
    *,
    snapshot: str,
    baseline: Baseline,
    before: TestReport,
    runs: Sequence[TestReport],
    changed: Collection[str],
    tampering: Collection[str] = (),
) -> Verdict:
    """The verdict on a snapshot from the runs made on it, in the order they were made.

    `tampering` are those of the changed files that judge the change. A test counts as green when
    every run says so, and as broken when any does.
    """
    last = runs[-1]
    apart = baseline.set_apart
    total = [case for case in runs[0].cases if case.id not in apart]
    red_now = {test for run in runs for test in run.red} - apart
    was_red = set(before.red)
    passed = set(before.with_status(frozenset({"passed"})))
    seen = {case.id for run in runs for case in run.cases if _ran(case, passed=passed)}
    fixed = tuple(t for t in baseline.target if all(_green(before, run, t) for run in runs))
    failing = tuple(t for t in baseline.target if t not in set(fixed))
    broken = tuple(sorted(t for t in red_now - was_red if _file(t) not in was_red))
    vanished = _vanished(before, seen, runs[0], apart=apart)
    state, reason = _state(
        baseline=baseline,
        last=last,
        changed=changed,
        failing=failing,
        broken=broken,
        vanished=vanished,
    )
    if tampering and state == "fixed":
        state = "unknown"
        reason = touched(tampering)
    if state == "fixed" and (run := _programs(baseline.target, changed)):
        state = "unknown" if run == set(changed) else state
        reason = f"{reason}; the change touches {names(run)}, which the check runs"
    if state in {"fixed", "no_regression"} and (strange := stranger(runs, changed)):
        state = "unknown"
        reason = f"{strange.name} was loaded from {strange.file}, not from the workspace"
    return Verdict(
        state=state,
        snapshot=snapshot,
        reason=reason,
        passed=sum(case.status in GREEN and case.id not in red_now for case in total),
        total=len(total),
        checks=sum(not is_test(case.id) for case in total),
        fixed=fixed,
        still_failing=failing,
        still_red=tuple(t for t in baseline.still_red if t in red_now),
        newly_broken=broken,
        vanished=vanished,
        wavering=baseline.wavering,
        order_dependent=baseline.order_dependent,
    )


def _state(
    *,
    baseline: Baseline,
    last: TestReport,
    changed: Collection[str],
    failing: Collection[str],
    broken: Collection[str],
    vanished: Collection[str],
) -> tuple[State, str]:
    checks: list[tuple[bool, State, str]] = [
        (last.health == "broken", "unknown", f"the run of the tests is no result: {last.problem}"),
        (last.health != "ran", "failing", f"the tests did not run to the end: {last.problem}"),
        (bool(failing), "failing", f"still failing: {names(failing)}"),
        (bool(broken), "failing", f"newly broken: {names(broken)}"),
        (bool(vanished), "failing", f"green before and no longer run: {names(vanished)}"),
        (not baseline.target, "no_regression", nothing_to_prove(baseline)),
        (not changed, "unknown", "tests that were red are green without any change"),
    ]
    for applies, state, reason in checks:
        if applies:
            return state, reason
    are = "is" if len(baseline.target) == 1 else "are"
    red = in_words(baseline.target, kind="red")
    return "fixed", f"{red} {are} green, twice; nothing else broke"


def touched(tampering: Collection[str]) -> str:
    """Why a change to these files, which judge it, proves nothing."""
    return (
        f"the change touches what judges it: {', '.join(tampering)}; tests and their examples "
        "that exist, and the configuration of the runner, have to stay as they are"
    )


def _programs(target: Iterable[str], changed: Iterable[str]) -> set[str]:
    """The changed files that the commands among the target start themselves."""
    commands = [case.removeprefix(PREFIX) for case in target if is_command(case)]
    return {path for path in changed if any(is_program(path, each) for each in commands)}


def nothing_to_prove(baseline: Baseline) -> str:
    """Why a task without a red test of its own can prove nothing."""
    if baseline.still_red:
        return "the tests that are red are no part of this task, so nothing proves a fix"
    if baseline.set_apart:
        return "only tests that waver or depend on order were red, so nothing proves a fix"
    return "no test was red before, so nothing proves a fix"


def _green(before: TestReport, report: TestReport, test: str) -> bool:
    """Whether a test is green; a file that could not be collected is when all its tests are.

    An expected failure counts only for a test that was red since it passed unexpectedly: code
    under test can call `pytest.xfail` as well, and that proves nothing.
    """
    case, old = report.case(test), before.case(test)
    if case is not None:
        unexpected = bool(old and old.failure and old.failure.message.startswith(STRICT))
        return case.status == "passed" or (case.status == "xfailed" and unexpected)
    inside = [case for case in report.cases if case.id.startswith(f"{test}::")]
    return any(c.status == "passed" for c in inside) and all(c.status not in RED for c in inside)


def _vanished(
    before: TestReport, seen: Collection[str], first: TestReport, *, apart: Collection[str]
) -> tuple[str, ...]:
    """Tests that were green before and were not `seen` in any run now.

    A suite may name the cases of a parametrized test anew in every process, as when they come from
    a set: a case that is gone is no loss where the same test has a new one in its place.
    """
    known = {case.id for case in before.cases}
    new = (case.id for case in first.cases if case.id in seen and case.id not in known)
    instead = Counter(map(_function, new))
    gone = []
    for test in sorted(set(before.green).difference(seen, apart)):
        if instead[_function(test)] > 0:
            instead[_function(test)] -= 1
        else:
            gone.append(test)
    return tuple(gone)


def _file(test: str) -> str:
    """The file a test is in; what is no test stands for itself, whatever is in it."""
    return test.partition("::")[0] if is_test(test) else test


def _function(test: str) -> str:
    """The test without its parameters."""
    return test.partition("[")[0]


def _ran(case: TestCase, *, passed: Collection[str]) -> bool:
    """Whether a test ran to its end; one that passed must not end as an expected failure."""
    return case.status not in NOT_RUN and not (case.status == "xfailed" and case.id in passed)


def stranger(runs: Sequence[TestReport], changed: Collection[str]) -> LoadedModule | None:
    """A module that should have come from the workspace and came from elsewhere.

    That is one whose source the change touches, or, when nothing of a package was loaded from the
    workspace, any module of it.
    """
    modules = [module for run in runs for module in run.modules]
    inside = {module.name.partition(".")[0] for module in modules if module.inside}
    loaded_inside = {module.name for module in modules if module.inside}
    for module in modules:
        if module.inside or module.name in loaded_inside:
            continue
        if module.name.partition(".")[0] not in inside and not inside:
            return module
        if any(is_named(path, module.name) for path in changed):
            return module
    return None


def hangs(report: TestReport) -> tuple[str, ...]:
    """Tests that were cut off at their time limit, or were running when the whole run was."""
    cut = {"TooSlow", "NotFinished"}
    return tuple(c.id for c in report.cases if c.failure and c.failure.exception in cut)


def patient(first: TestReport, again: TestReport) -> TestReport:
    """The first run with every test that was cut off as it ended when it was given more time."""
    cut = set(hangs(first))
    later = {case.id: case for case in again.cases if case.id in cut}
    cases = tuple(later.get(case.id, case) for case in first.cases)
    return msgspec.structs.replace(first, cases=cases)


def apart_by_order(forward: TestReport, reverse: TestReport) -> tuple[str, ...]:
    """Tests whose colour depends on the order of the files."""
    turned = {case.id: case.status for case in reverse.cases}
    return tuple(
        case.id
        for case in forward.cases
        if (case.status in GREEN and turned.get(case.id) in RED)
        or (case.status in RED and turned.get(case.id) in GREEN)
    )
