"""From what a run wrote and how its process ended to a test report.

Result and health are two things: a red suite is *ran*. Whatever does not add up (exit code,
counts, results file) makes the run *broken*, for a green exit code alone proves nothing.
"""

from collections.abc import Sequence

from runners.frameworks import pytest
from runners.frameworks.events import Results
from runners.frameworks.hang import frames_of, innermost
from runners.process import ProcessOutcome
from runners.reports import RED, Failure, Health, TestCase, TestReport

TAIL_CHARACTERS = 8000
SHOWN_IDS = 3
TAMPERED = (
    "something that the tests ran changed the file with their results, so what became of the tests "
    "is not known: look for code that writes to files that are not its own"
)


def report_of(
    outcome: ProcessOutcome,
    results: Results,
    *,
    root: str,
    tests: Sequence[str] | None,
    deadline_s: float,
    hang: str = "",
) -> TestReport:
    """The report of one run; `tests` are those that were asked for, None for all.

    `hang` is what the interpreter wrote about its threads shortly before the deadline.
    """
    output = _output(outcome)
    health: Health
    if results.tampered:
        health, problem = "broken", TAMPERED
    elif outcome.ended_by == "itself" or results.exit_code is not None:
        health, problem = _judged(outcome, results, output=output, root=root)
    else:
        health, problem = _stopped(
            outcome, deadline_s=deadline_s, place=_place(results, hang=hang, root=root)
        )
    cases = _cases(results, tests or (), problem, root=root, hang=hang)
    if health == "ran" and all(case.status == "not_run" for case in cases):
        health = "no_tests"
    if health == "no_tests":
        problem = _none_selected(tests or ())
    return TestReport(
        health=health,
        cases=cases,
        problem=problem,
        wall_s=outcome.wall_s,
        exit_code=outcome.exit_code,
        modules=results.modules,
        output_tail=output[-TAIL_CHARACTERS:],
    )


def _cases(
    results: Results, tests: Sequence[str], problem: str, *, root: str, hang: str
) -> tuple[TestCase, ...]:
    """One case for each test that ran, was running, was collected or asked for."""
    cases = dict(results.cases)
    if results.running is not None:
        cases[results.running] = _unfinished(results.running, problem, root=root, hang=hang)
    loaded = {test.partition("::")[0] for test in results.collected}
    for test in (*results.collected, *tests):
        # A bare file was asked for because it could not be collected before.
        cases.setdefault(test, TestCase(test, "passed" if test in loaded else "not_run"))
    return tuple(cases.values())


def _output(outcome: ProcessOutcome) -> str:
    both = (outcome.stdout, outcome.stderr)
    return "\n".join(text for part in both if (text := part.decode("utf-8", "replace").strip()))


def _unfinished(test: str, problem: str, *, root: str, hang: str) -> TestCase:
    frames = frames_of(hang, root=root, file=test.partition("::")[0])
    inner = next((frame for frame in reversed(frames) if frame.file), None)
    failure = Failure(
        phase="call",
        exception="NotFinished",
        message=problem,
        file=inner.file if inner else "",
        line=inner.line if inner else 0,
        frames=frames,
    )
    return TestCase(test, "error", failure=failure)


def _judged(
    outcome: ProcessOutcome, results: Results, *, output: str, root: str
) -> tuple[Health, str]:
    """Health, and one sentence where it is not *ran*."""
    if results.exit_code is None:
        return _died(outcome, results, output=output, root=root)
    if results.interrupted is not None:
        return "broken", _interrupted(results)
    if results.internal_error is not None:
        early = not results.collected
        return "broken", _first(results, pytest.internal_error(results.internal_error, early=early))
    if results.exit_code == pytest.USAGE_ERROR:
        return "broken", f"no test ran: {pytest.why_nothing_ran(output, root)}"
    return _counted(outcome, results)


def _stopped(outcome: ProcessOutcome, *, deadline_s: float, place: str) -> tuple[Health, str]:
    if outcome.ended_by == "deadline":
        return "timed_out", f"the run was stopped at its deadline of {deadline_s:g} s, {place}"
    return "crashed", f"{outcome.sentence()}, {place}"


def _place(results: Results, *, hang: str, root: str) -> str:
    if results.running is not None:
        return f"in {results.running}"
    where = "outside every test" if results.collected else "while the tests were collected"
    frame = innermost(hang, root=root)
    return where if frame is None else f"{where}, at {frame.file}:{frame.line}"


def _died(
    outcome: ProcessOutcome, results: Results, *, output: str, root: str
) -> tuple[Health, str]:
    if results.running is not None:
        return "crashed", f"{outcome.sentence()}, in {results.running}"
    if outcome.signal is not None:
        return "crashed", _first(results, f"{outcome.sentence()}, outside every test")
    code = f"the interpreter exited with code {outcome.exit_code} before the tests were over"
    cause = pytest.why_nothing_ran(output, root) if outcome.exit_code else ""
    return "broken", _first(results, f"{code}: {cause or 'something called exit or os._exit'}")


def _interrupted(results: Results) -> str:
    stop = results.interrupted
    assert stop is not None  # noqa: S101  (the caller asked)
    text = f"{stop.exception}: {stop.message}" if stop.message else stop.exception
    where = f" in {results.running}" if results.running else ""
    return _first(results, f"the run was interrupted{where} ({text})")


def _first(results: Results, sentence: str) -> str:
    """Say first that no test ran, where none did."""
    return sentence if results.cases or results.running else f"no test ran: {sentence}"


def _counted(outcome: ProcessOutcome, results: Results) -> tuple[Health, str]:
    """Whether the exit code of framework and process and the cases written agree."""
    code = results.exit_code
    if code == pytest.NO_TESTS:
        return "no_tests", ""
    red = [case.id for case in results.cases.values() if case.status in RED]
    missing = [test for test in results.collected if test not in results.cases]
    contradictions = (
        (
            outcome.ended_by == "itself" and outcome.exit_code != code,
            f"the tests ended with code {code} but the process with {outcome.exit_code}",
        ),
        (code == 0 and red, f"the exit code says green, but {_named(red)} failed"),
        (
            code == 1 and not red,
            "the exit code says red, but no test failed: a plugin or a hook decided so",
        ),
        (
            code not in {0, 1},
            f"the tests ended with code {code}, which says neither green nor red",
        ),
        (missing, f"{_named(missing)} did not run although collected"),
    )
    for found, sentence in contradictions:
        if found:
            return "broken", sentence
    return "ran", ""


def _named(tests: Sequence[str]) -> str:
    rest = len(tests) - SHOWN_IDS
    shown = ", ".join(tests[:SHOWN_IDS])
    return f"{shown} and {rest} more" if rest > 0 else shown


def _none_selected(tests: Sequence[str]) -> str:
    if not tests:
        return "no test ran: none was collected"
    return (
        f"no test ran: none of the {len(tests)} named tests was collected ({_named(tests)}); "
        "compare the ids with those of a whole run"
    )
