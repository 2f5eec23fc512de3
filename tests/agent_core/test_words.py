"""The line of each decision, and counts in words."""

import pytest

from agent_core import words
from agent_core.counting import counted
from agent_core.events import (
    AcceptIntended,
    BaselineMeasured,
    DecisionsUndone,
    Event,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    SessionStopped,
    StopReason,
    ToolFinished,
)
from agent_core.results import EditApplied, FinishAsked, ToolData
from agent_core.task import Check
from agent_core.verdict import Baseline, RunSummary, Verdict
from editors.accepted import AcceptResult, NotAccepted
from editors.held import Held

CLASH = NotAccepted("shop.py", ("b",), "the place was changed")
GREEN = Verdict(state="fixed", snapshot="s", reason="1 red test is green")


def test_one_is_one_and_the_rest_are_many() -> None:
    assert [counted(n, "hunk") for n in (0, 1, 2, 12_000)] == [
        "0 hunks", "1 hunk", "2 hunks", "12,000 hunks"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (AcceptIntended("s", ("a",)), "accepting 1 hunk"),
        (
            HunksAccepted(AcceptResult(accepted=("a", "b"), written=("shop.py",))),
            "accepted 2 hunks in shop.py",
        ),
        (
            HunksAccepted(AcceptResult(("a",), (CLASH,), written=("shop.py",))),
            "accepted 1 hunk in shop.py, 1 hunk in conflict",
        ),
        (HunksAccepted(AcceptResult(conflicts=(CLASH,))), "nothing written: 1 hunk in conflict"),
        (HunksRejected(("a", "b")), "rejected 2 hunks"),
        (HunksRejected(("a:1-2", "a:5")), "rejected 1 hunk"),
        (DecisionsUndone(("a",)), "undecided again: 1 hunk"),
        (
            DecisionsUndone(("a",), AcceptResult(written=("shop.py",))),
            "undecided again: 1 hunk, taken out of shop.py",
        ),
        (
            HunksJudged((Held("s", ("a",)),), GREEN),
            "with 1 hunk accepted: fixed: 1 red test is green",
        ),
    ],
)
def test_every_decision_says_what_it_decided(event: Event, line: str) -> None:
    assert words.line(event) == line


TWO = ("t.py::a", "t.py::b")
COMMAND = "$ python3 -m pytest -q"
REFUSED = Verdict(state="failing", snapshot="s", reason="still failing: t.py::b\nmore of it")


def test_checks_are_counted_apart_from_tests() -> None:
    run = RunSummary("ran", 2, 2, 0, 0.3, "", checks_red=1)
    told = words.line(BaselineMeasured(Baseline("s", run, (COMMAND,), still_red=TWO)))
    assert told.splitlines()[:2] == [
        "at the start: 2 passed, 2 failed, 1 check red in 0.3 s",
        f"2 red tests are not part of this task by themselves: {COMMAND} decides",
    ]
    only = RunSummary("ran", 0, 0, 0, 0.1, "", checks_green=2)
    assert only.sentence() == "2 checks green in 0.1 s"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (EditApplied(("a.py",), "s", "-1\n+2\n", taken_back=True), "taken back: a.py +1 -1"),
        (FinishAsked(REFUSED, ""), "refused: still failing: t.py::b"),
        (
            EditApplied(("a.py",), "s", "+2\n", then=(FinishAsked(REFUSED, ""),)),
            "a.py +1 -0; refused: still failing: t.py::b",
        ),
    ],
)
def test_the_timeline_says_what_was_refused_and_what_was_taken_back(
    data: ToolData, line: str
) -> None:
    assert words.line(ToolFinished(1, "s1-1", "tool", "", data, 0.0)) == f"tool: {line}"


def stopped(verdict: Verdict, patch: str = "", reason: StopReason = "nothing_found") -> str:
    event = SessionStopped(reason, "Kept: more.", verdict, "s", patch)
    return words.line(event).partition("\n")[0]


def test_a_part_that_is_mended_is_no_contradiction() -> None:
    part = Verdict("failing", "s", "still failing", fixed=TWO[:1], still_failing=TWO[1:])
    assert stopped(part, "diff") == "a part is mended: 1 of 2 red tests is green. Kept: more."
    late = stopped(part, "diff", "budget_spent")
    assert late == "budget spent: 1 of 2 red tests is green. Kept: more."
    breaks = Verdict("failing", "s", "", fixed=TWO, newly_broken=("t.py::c",))
    assert stopped(breaks, "diff") == "nothing found: Kept: more."


def test_a_project_without_a_red_test_leaves_nothing_to_do() -> None:
    green = Verdict("no_regression", "s", "", passed=4, total=4, checks=1)
    assert stopped(green) == "all 3 tests and 1 check are green: nothing to do"
    assert stopped(green, "diff") == "nothing found: Kept: more."
    skipped = Verdict("no_regression", "s", "", passed=3, total=4)
    assert stopped(skipped) == "nothing is red, 3 of 4 are green: nothing to do"
    single = Verdict("no_regression", "s", "", passed=1, total=1)
    assert stopped(single) == "the only test is green: nothing to do"


def test_one_named_test_passes_and_two_pass() -> None:
    assert Check(tests=("a",)).sentence().startswith("1 named test passes and")
    assert Check(tests=("a", "b")).sentence().startswith("2 named tests pass and")
