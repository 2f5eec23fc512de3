import msgspec
import pytest

from agent_core.judging import apart_by_order, check_runnable, judge, stranger, wanted
from agent_core.task import Check
from agent_core.verdict import Baseline, RunSummary, Verdict
from runners.problems import UserProblem
from runners.reports import (
    Failure,
    Frame,
    LoadedModule,
    ReportDelta,
    Status,
    TestCase,
    TestReport,
)


def report(modules: tuple[LoadedModule, ...] = (), **cases: Status) -> TestReport:
    return TestReport(
        health="ran",
        cases=tuple(TestCase(id=f"tests/t.py::{name}", status=s) for name, s in cases.items()),
        modules=modules,
    )


def ids(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/t.py::{name}" for name in names)


def baseline(
    *target: str, still_red: tuple[str, ...] = (), wavering: tuple[str, ...] = ()
) -> Baseline:
    run = RunSummary(health="ran", passed=1, failed=1, other=0, wall_s=0.1, blob="")
    return Baseline(
        snapshot="a", run=run, target=ids(*target), still_red=still_red, wavering=wavering
    )


BEFORE = report(good="passed", bad="failed", skipped="skipped")


def verdict(
    *runs: TestReport, base: Baseline | None = None, changed: tuple[str, ...] = ("src/m.py",)
) -> Verdict:
    return judge(
        snapshot="b",
        baseline=base or baseline("bad"),
        before=BEFORE,
        runs=runs,
        changed=changed,
    )


GREEN = report(good="passed", bad="passed", skipped="skipped")


def test_red_before_and_green_twice_is_fixed() -> None:
    seen = verdict(GREEN, GREEN)
    assert (seen.state, seen.fixed, seen.passed, seen.total) == ("fixed", ids("bad"), 2, 3)


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([report(good="passed", bad="failed", skipped="skipped")], "still failing"),
        ([GREEN, report(good="passed", bad="failed", skipped="skipped")], "still failing"),
        ([report(good="failed", bad="passed", skipped="skipped")], "newly broken"),
        ([GREEN, report(good="error", bad="passed", skipped="skipped")], "newly broken"),
        ([report(bad="passed", skipped="skipped")], "no longer run"),
        ([report(good="passed", bad="skipped", skipped="skipped")], "still failing"),
        ([report(good="passed", bad="xfailed", skipped="skipped")], "still failing"),
        ([report(good="skipped", bad="passed", skipped="skipped")], "no longer run"),
        ([report(good="xfailed", bad="passed", skipped="skipped")], "no longer run"),
        ([TestReport(health="timed_out", problem="hangs in x")], "hangs in x"),
    ],
)
def test_whatever_is_not_green_everywhere_is_failing(runs: list[TestReport], reason: str) -> None:
    seen = verdict(*runs)
    assert seen.state == "failing"
    assert reason in seen.reason


def test_an_expected_failure_is_green_where_an_unexpected_success_was_red() -> None:
    failure = Failure(phase="call", exception="Failed", message="[XPASS(strict)] known fault")
    before = TestReport(health="ran", cases=(TestCase("tests/t.py::bad", "failed", 0.1, failure),))
    after = report(bad="xfailed")
    base = baseline("bad")
    seen = judge(snapshot="b", baseline=base, before=before, runs=[after], changed=("src/m.py",))
    assert seen.state == "fixed"


def test_nothing_red_before_proves_nothing() -> None:
    assert verdict(GREEN, GREEN, base=baseline()).state == "no_regression"


def test_green_without_a_change_is_unknown() -> None:
    assert verdict(GREEN, GREEN, changed=()).state == "unknown"


def test_a_run_that_is_no_result_leaves_the_verdict_unknown() -> None:
    broken = TestReport(health="broken", cases=GREEN.cases, problem="its results were changed")
    for runs in ([broken], [GREEN, broken]):
        seen = verdict(*runs)
        assert seen.state == "unknown"
        assert "its results were changed" in seen.reason


def test_a_change_of_what_judges_is_never_fixed() -> None:
    seen = judge(
        snapshot="b",
        baseline=baseline("bad"),
        before=BEFORE,
        runs=[GREEN, GREEN],
        changed=("src/m.py", "tests/t.py"),
        tampering=("tests/t.py",),
    )
    assert seen.state == "unknown"
    assert "tests/t.py" in seen.reason


@pytest.mark.parametrize(
    ("changed", "state", "said"),
    [
        (("check.py", "src/m.py"), "fixed", 1),
        (("check.py",), "unknown", 1),
        (("src/m.py",), "fixed", 0),
    ],
)
def test_a_change_of_the_program_a_check_runs_is_told(
    changed: tuple[str, ...], state: str, said: int
) -> None:
    command = "$ python check.py"
    red, green = (
        TestReport(health="ran", cases=(TestCase(command, status),))
        for status in ("failed", "passed")
    )
    base = msgspec.structs.replace(baseline(), target=(command,))
    seen = judge(snapshot="b", baseline=base, before=red, runs=[green, green], changed=changed)
    assert seen.state == state
    assert seen.reason.count("the change touches check.py, which the check runs") == said


def test_what_is_set_apart_counts_neither_way() -> None:
    shaky = report(good="passed", bad="passed", skipped="skipped", shaky="failed")
    seen = verdict(shaky, GREEN, base=baseline("bad", wavering=ids("shaky")))
    assert seen.state == "fixed"
    assert seen.wavering == ids("shaky")


def test_red_that_was_not_asked_for_is_counted_and_no_obstacle() -> None:
    before = report(good="passed", bad="failed", other="failed")
    after = report(good="passed", bad="passed", other="failed")
    base = baseline("bad", still_red=ids("other"))
    seen = judge(
        snapshot="b", baseline=base, before=before, runs=[after, after], changed=("src/m.py",)
    )
    assert (seen.state, seen.still_red) == ("fixed", ids("other"))


def test_code_loaded_from_elsewhere_makes_the_verdict_unknown() -> None:
    foreign = LoadedModule(name="pkg.m", file="/site/pkg/m.py", inside=False)
    run = report(modules=(foreign,), good="passed", bad="passed", skipped="skipped")
    seen = verdict(run, run, changed=("src/pkg/m.py",))
    assert seen.state == "unknown"
    assert "/site/pkg/m.py" in seen.reason


def test_a_stranger_beside_the_workspace_is_no_stranger() -> None:
    inside = LoadedModule(name="pkg.m", file="/w/src/pkg/m.py", inside=True)
    docs = LoadedModule(name="docs", file="/site/docs/__init__.py", inside=False)
    assert stranger([report(modules=(inside, docs))], ["src/pkg/m.py"]) is None


def test_tests_are_asked_for_by_id_file_class_or_parameters() -> None:
    red = ("a.py::T::x[1]", "a.py::T::y", "b.py::z")
    assert wanted(red, Check(tests=()), red) == red
    assert wanted(red, Check(tests=("a.py",)), red) == red[:2]
    assert wanted(red, Check(tests=("a.py::T::x",)), red) == red[:1]
    assert wanted(red, Check(tests=("b.py::z",)), red) == red[2:]
    with pytest.raises(UserProblem, match=r"No test is named c\.py"):
        wanted(red, Check(tests=("c.py",)), red)


def test_a_suite_none_of_which_can_be_collected_is_refused() -> None:
    failure = Failure(phase="collect", exception="ModuleNotFoundError", message="No module 'x'")
    broken = TestReport(
        health="ran", cases=(TestCase(id="tests/t.py", status="error", failure=failure),)
    )
    with pytest.raises(UserProblem, match="cannot be collected"):
        check_runnable(broken)


def test_an_error_in_the_project_while_collecting_can_be_worked_on() -> None:
    frames = (
        Frame(file="tests/t.py", line=1, function="<module>"),
        Frame("src/m.py", 3, "<module>"),
    )
    failure = Failure(phase="collect", exception="KeyError", message="'x'", frames=frames)
    check_runnable(
        TestReport(
            health="ran", cases=(TestCase(id="tests/t.py", status="error", failure=failure),)
        )
    )


def test_no_tests_is_refused_with_its_cause() -> None:
    with pytest.raises(UserProblem, match="nothing matches"):
        check_runnable(TestReport(health="no_tests", problem="nothing matches test_*.py"))


def test_order_sets_apart_what_changes_colour() -> None:
    forward = report(a="passed", b="failed", c="passed")
    reverse = report(a="failed", b="passed", c="passed")
    assert apart_by_order(forward, reverse) == ids("a", "b")


def test_a_file_that_collects_again_is_green_when_all_its_tests_are() -> None:
    before = TestReport(health="ran", cases=(TestCase(id="t.py", status="error"),))
    base = msgspec.structs.replace(baseline(), target=("t.py",))

    def after(*statuses: Status) -> Verdict:
        cases = tuple(TestCase(id=f"t.py::{n}", status=s) for n, s in enumerate(statuses))
        run = TestReport(health="ran", cases=cases)
        return judge(snapshot="b", baseline=base, before=before, runs=[run, run], changed=("m.py",))

    assert after("passed", "passed", "skipped").state == "fixed"
    assert after("passed", "failed").state == "failing"
    assert after("skipped").state == "failing"


def test_cases_that_are_named_anew_in_every_process_have_not_vanished() -> None:
    def run(*numbers: int, bad: Status = "passed") -> TestReport:
        cases = [TestCase(id=test, status="passed") for test in ids(*(f"p[{n}]" for n in numbers))]
        return msgspec.structs.replace(report(bad=bad), cases=(*cases, *report(bad=bad).cases))

    def judged(*runs: TestReport) -> Verdict:
        before = run(1, 2, 3, bad="failed")
        return judge(
            snapshot="b", baseline=baseline("bad"), before=before, runs=runs, changed=("src/m.py",)
        )

    assert judged(run(4, 2, 5), run(6, 7, 8)).state == "fixed"
    fewer = judged(run(4, 5), run(6, 7, 8))
    assert (fewer.state, fewer.vanished) == ("failing", ids("p[3]"))


@pytest.mark.parametrize(
    ("command", "said", "refused"),
    [
        ("pytset -q", "/bin/bash: line 1: pytset: command not found", True),
        ("pytset -q", "/bin/sh: 1: pytset: not found", True),
        ("./greet.sh", "/bin/bash: line 1: ./greet.sh: No such file or directory", False),
        ("npm test", "sh: 1: tsc: not found", False),
    ],
)
def test_a_check_whose_program_is_nowhere_is_refused(
    command: str, said: str, *, refused: bool
) -> None:
    failure = Failure(phase="call", exception="exit code 127", message=said)
    case = TestCase(id=f"$ {command}", status="failed", failure=failure)
    report = TestReport(health="ran", cases=(case,))
    if not refused:
        check_runnable(report)
        return
    with pytest.raises(UserProblem, match="There is no program pytset"):
        check_runnable(report)


def test_a_difference_counts_checks_apart() -> None:
    assert ReportDelta(fixed=("t.py::a",)).sentence() == "1 fixed"
    both = ReportDelta(fixed=("t.py::a", "$ make"), still_failing=("$ lint",))
    assert both.sentence() == "1 test and 1 check fixed, 1 check still failing"
