"""Which tests are traced, for how long, and where the fault of a real project is found."""

from pathlib import Path

import pytest

from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import FaultLocated
from agent_core.tools.faults import (
    FAILING,
    LONGEST_S,
    PASSING,
    SHORTEST_S,
    neighbours,
    per_test_s,
    representative,
)
from runners.reports import Failure, Status, TestCase, TestReport
from tests.agent_core.projects import FAULTY, run_once, shop


def case(test: str, status: Status, duration_s: float = 0.0, raised: str = "") -> TestCase:
    failure = None
    if raised:
        failure = Failure(phase="call", exception=raised, message="", file="m.py", line=1)
    return TestCase(id=test, status=status, duration_s=duration_s, failure=failure)


def report(*cases: TestCase) -> TestReport:
    return TestReport(health="ran", cases=cases)


def test_each_distinct_failure_is_traced_first_then_the_quick_ones() -> None:
    cases = (
        case("t.py::a", "failed", 3.0, "KeyError"),
        case("t.py::b", "failed", 2.0, "KeyError"),
        case("t.py::c", "failed", 9.0, "TypeError"),
        case("t.py::d", "failed", 1.0, "KeyError"),
    )
    tests = tuple(c.id for c in cases)
    assert representative(report(*cases), tests) == ("t.py::a", "t.py::c", "t.py::d", "t.py::b")


def test_no_more_failing_tests_are_traced_than_is_worth_it() -> None:
    cases = [case(f"t.py::{n}", "failed", n, "KeyError") for n in range(2 * FAILING)]
    cases.append(case("t.py::other", "failed", 99.0, "TypeError"))
    chosen = representative(report(*cases), tuple(c.id for c in cases))
    assert len(chosen) == FAILING
    assert {"t.py::0", "t.py::other", "t.py::1"} <= set(chosen)
    assert f"t.py::{FAILING}" not in chosen


def test_a_test_the_report_does_not_know_is_traced_all_the_same() -> None:
    assert representative(report(), ("t.py::new",)) == ("t.py::new",)


def test_passing_tests_beside_failing_ones_come_first_quick_ones_before_slow_ones() -> None:
    cases = (
        case("far.py::quick", "passed", 0.0),
        case("near.py::slow", "passed", 2.0),
        case("near.py::quick", "passed", 0.1),
        case("near.py::expected", "xfailed", 0.1),
        case("near.py::apart", "passed", 0.0),
        case("near.py::red", "failed", 0.0, "KeyError"),
        case("near.py::skipped", "skipped"),
    )
    found = neighbours(report(*cases), ("near.py::red",), apart=frozenset({"near.py::apart"}))
    assert found == ("near.py::quick", "near.py::expected", "near.py::slow", "far.py::quick")


def test_no_more_passing_tests_are_traced_than_is_worth_it() -> None:
    cases = [case(f"t.py::{n}", "passed", n) for n in reversed(range(2 * PASSING))]
    found = neighbours(report(*cases), (), apart=frozenset())
    assert found == tuple(f"t.py::{n}" for n in range(PASSING))


@pytest.mark.parametrize(
    ("cases", "seconds"),
    [
        ((), SHORTEST_S),
        ((case("t.py::a", "failed", 0.1, "KeyError"),), SHORTEST_S + 5.0),
        ((case("t.py::a", "failed", 60.0, "KeyError"),), LONGEST_S),
        ((case("t.py::a", "failed", 60.0, "TooSlow"),), SHORTEST_S),
        ((case("t.py::a", "failed", 60.0, "NotFinished"), case("t.py::b", "passed", 0.1)), 6.0),
    ],
)
def test_a_traced_test_gets_plenty_of_time_unless_it_hangs(
    cases: tuple[TestCase, ...], seconds: float
) -> None:
    tests = tuple(c.id for c in cases)
    assert per_test_s(report(*cases), tests) == pytest.approx(seconds)


async def test_the_wrong_line_of_a_project_is_suspected_and_tests_never_are(
    tmp_path: Path,
) -> None:
    model = ScriptedModel([Turn(calls=(call("locate_fault"),))])
    _, session = await run_once(shop(tmp_path / "shop"), model)
    (located,) = session.history.results(FaultLocated)
    wrong = 1 + FAULTY.splitlines().index("    return round(result * (1 - rate), 2)")
    # The loop's body runs in the failing test alone; the wrong line also for an empty order.
    assert located.suspects[0].line == wrong - 1
    assert wrong in {suspect.line for suspect in located.suspects}
    assert {s.file for s in located.suspects} == {"shop/prices.py"}
    assert located.traced == 3
    assert f"shop/prices.py:{wrong}" in session.history.done()[-1].finished.text
    session.close()


async def test_a_fault_outside_of_the_sources_has_no_suspects(tmp_path: Path) -> None:
    alone = "def test_alone():\n    assert 1 == 2\n"
    origin = shop(tmp_path / "shop", **{"tests/test_prices.py": alone})
    model = ScriptedModel([Turn(calls=(call("locate_fault"),))])
    _, session = await run_once(origin, model)
    (located,) = session.history.results(FaultLocated)
    assert located.suspects == ()
    assert "no statement of the project's own" in session.history.done()[-1].finished.text
    session.close()
