"""What the gate's own checks make of a report and of a verdict."""

import msgspec
import pytest

from agent_core.proofs import Compared, Compiled, Outcome, Proofs, Shortest, Timed
from agent_core.proving import settled, with_cases
from agent_core.task import Check, Compiles, FasterBy, SameAnswers
from agent_core.verdict import State, Verdict
from runners.diagnostics import Diagnostic
from runners.reports import TestReport

CHECK = Check(compiles=Compiles("rust"), answers=SameAnswers(), faster=FasterBy(2.0))
MEASURED = msgspec.structs.replace(CHECK, faster=FasterBy())
DIFFERENCE = Shortest(("GET /a",), "status: the original 200, the port 404", "200", "404")
HOLDS = Proofs(
    Compiled("holds"),
    Compared("holds", ("the same answers",)),
    Timed("holds", "the smallest of 18 paired ratios is 9, at least 2"),
)
IDS = tuple(proof.id for proof in CHECK.proofs)


def verdict(state: State, *failing: str, fixed: tuple[str, ...] = ()) -> Verdict:
    return Verdict(state, "tree", "as judged", still_failing=failing, fixed=fixed)


def test_each_check_that_decides_is_a_case_and_what_is_only_measured_is_none() -> None:
    report = with_cases(TestReport(health="ran"), CHECK, HOLDS)
    assert [(case.id, case.status) for case in report.cases] == [(id_, "passed") for id_ in IDS]
    measured = with_cases(TestReport(health="ran"), MEASURED, HOLDS)
    assert [case.id for case in measured.cases] == list(IDS[:2])


def test_a_case_that_fails_carries_what_there_is_to_see() -> None:
    proofs = Proofs(
        Compiled("holds"), Compared("fails", ("1 answer differs",), shortest=(DIFFERENCE,))
    )
    case = with_cases(TestReport(health="ran"), CHECK, proofs).case(IDS[1])
    assert case is not None
    assert case.failure is not None
    assert (case.status, case.failure.exception) == ("failed", "fails")
    assert "1. GET /a" in case.failure.message


def test_a_verdict_that_holds_says_what_was_shown() -> None:
    found = settled(verdict("fixed", fixed=IDS), CHECK, HOLDS)
    assert found.reason == (
        "it compiles without a warning; the same answers; "
        "the smallest of 18 paired ratios is 9, at least 2; nothing else broke"
    )
    assert found.proofs == HOLDS


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        ("fails", "failing", "the smallest is 1"),
        ("unknown", "unknown", "no pair counts"),
        ("not_run", "unknown", "speed not measured: no gunicorn"),
    ],
)
def test_the_first_check_that_does_not_hold_decides(
    outcome: Outcome, state: State, reason: str
) -> None:
    timed = Timed(outcome, reason.removeprefix("speed not measured: "))
    proofs = Proofs(Compiled("holds"), HOLDS.compared, timed)
    found = settled(verdict("failing", IDS[2]), CHECK, proofs)
    assert (found.state, found.reason) == (state, reason)


def test_what_is_only_measured_decides_nothing() -> None:
    proofs = Proofs(HOLDS.compiled, HOLDS.compared, Timed("not_run", "no gunicorn"))
    found = settled(verdict("fixed", fixed=IDS[:2]), MEASURED, proofs)
    assert found.state == "fixed"
    assert "speed not measured: no gunicorn" in found.reason


def test_where_something_else_broke_the_verdict_keeps_its_reason() -> None:
    broken = msgspec.structs.replace(verdict("failing", IDS[1]), newly_broken=("t.py::a",))
    proofs = Proofs(Compiled("holds"), Compared("unknown", ("too little",)))
    found = settled(broken, CHECK, proofs)
    assert (found.state, found.reason) == ("failing", "as judged")
    test = settled(verdict("failing", "t.py::a", IDS[1]), CHECK, proofs)
    assert (test.state, test.reason) == ("failing", "as judged")


def test_without_such_checks_nothing_changes() -> None:
    assert settled(verdict("fixed", fixed=("t.py::a",)), Check(), Proofs()).reason == "as judged"


def test_compiler_messages_are_told_with_the_first_place_and_drawn_whole() -> None:
    error = Diagnostic("error", "mismatched types", "E0308", "rust/src/a.rs", 3, "error: drawn\n")
    lines = list(Compiled("fails", (error,)).lines())
    assert lines == [
        "it does not compile: 1 error, first rust/src/a.rs:3: E0308: mismatched types",
        "error: drawn",
    ]
    warning = msgspec.structs.replace(error, level="warning")
    assert Compiled("fails", (warning,)).sentence().startswith("it compiles with 1 warning, first")


def test_the_sentence_of_a_check_names_what_decides() -> None:
    assert CHECK.sentence() == (
        "rust/ compiles without a warning, it gives the same HTTP answers, it is faster by 2 "
        "and nothing else breaks"
    )
    assert "faster" not in MEASURED.sentence()
