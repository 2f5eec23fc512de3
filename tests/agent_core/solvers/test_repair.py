"""The repair policy against a scripted world: what it asks for, given what came of it so far."""

import msgspec
import pytest

from agent_core.events import StretchStarted
from agent_core.history import History
from agent_core.repair.explain import explain
from agent_core.results import FaultLocated, GaveUp, TestsRan, ToolFailure
from agent_core.solvers import repair
from runners.reports import ReportDelta
from tests.agent_core.solvers.world import (
    EDITED,
    GREEN,
    LOCATED,
    RED,
    RUN,
    World,
    judged,
    patch,
    tried,
)  # fmt: skip


def test_the_straight_way() -> None:
    world = World().play(LOCATED, tried("x", "y"), EDITED, GREEN, judged("fixed"))
    assert world.tools == ["locate_fault", "try_candidates", "edit_file", "run_tests", "finish"]
    assert world.asked[2][1]["patch"] == [msgspec.to_builtins(patch("x").edits[0])]
    assert world.asked[3][1]["tests"] == list(RED)
    assert "use x" in str(world.asked[4][1]["summary"])


def test_nothing_red_asks_the_gate_at_once() -> None:
    assert World(target=()).play(judged("no_regression")).tools == ["finish"]


def test_the_search_widens_from_where_it_ended() -> None:
    world = World().play(LOCATED, tried(), tried(start=250, count=750), GaveUp(tried=""))
    sweeps = [arguments for tool, arguments in world.asked if tool == "try_candidates"]
    first, second = sweeps[:2]
    assert (first.get("start", 0), first.get("limit", 250)) == (0, 250)
    assert (second["start"], second["limit"]) == (250, 1_000)


def test_a_survivor_that_is_red_afresh_is_taken_back_and_the_next_one_tried() -> None:
    red = TestsRan(run=RUN, delta=ReportDelta(still_failing=RED))
    world = World().play(
        LOCATED, tried("x", "y"), EDITED, red, EDITED, EDITED, GREEN, judged("fixed")
    )
    edits = [arguments for tool, arguments in world.asked if tool == "edit_file"]
    assert edits[1].get("take_back") is True
    assert edits[2]["patch"] == [msgspec.to_builtins(patch("y").edits[0])]


def test_a_refusal_of_the_gate_is_taken_back_and_the_search_goes_on() -> None:
    world = World().play(
        LOCATED,
        tried("x"),
        EDITED,
        GREEN,
        judged("failing"),
        EDITED,
        tried("z", start=250, count=750),
        EDITED,
        GREEN,
        judged("fixed"),
    )
    edits = [arguments for tool, arguments in world.asked if tool == "edit_file"]
    assert edits[1].get("take_back") is True
    assert world.tools[-1] == "finish"


def test_pairs_come_after_all_single_edits_and_then_it_gives_up() -> None:
    world = World().play(
        LOCATED,
        tried(count=1_000, partial=((patch("p"), RED[:1]),)),
        tried(count=40, available=40, pairs=True),
        EDITED,
        TestsRan(run=RUN, delta=ReportDelta(fixed=RED[:1], newly_broken=("t.py::c",))),
        EDITED,
        GaveUp(tried=""),
    )
    assert world.tools[:3] == ["locate_fault", "try_candidates", "try_candidates"]
    assert world.asked[2][1]["pairs"] is True
    assert "m.py:4" in str(world.asked[-1][1]["tried"])
    assert "1,000 single edits and 40 pairs at 1 statement" in str(world.asked[-1][1]["tried"])
    assert not world.asked[-1][1].get("out_of_time", False)


def test_without_a_patch_that_mends_a_part_no_pairs_are_tried_or_told() -> None:
    world = World().play(LOCATED, tried(count=1_000), GaveUp(tried=""))
    assert world.tools == ["locate_fault", "try_candidates", "give_up"]
    assert "pair" not in str(world.asked[-1][1]["tried"])


def test_tests_that_run_no_code_of_the_project_are_out_of_reach_and_it_says_what_helps() -> None:
    nothing = FaultLocated(suspects=(), observations="", traced=2)
    world = World().play(nothing, GaveUp(tried=""))
    assert world.tools == ["locate_fault", "give_up"]
    said = str(world.asked[-1][1]["tried"])
    assert "in other processes" in said
    assert "--model" in said


def test_without_a_trace_there_is_no_telling_what_is_out_of_reach() -> None:
    world = World().play(FaultLocated(suspects=(), observations="", traced=0), tried(count=10))
    assert world.tools == ["locate_fault", "try_candidates"]


@pytest.mark.parametrize(
    ("counts", "said"), [({"inapplicable": 1_000}, True), ({"inapplicable": 1, "failed": 9}, False)]
)
def test_candidates_that_no_test_could_see_are_said(counts: dict[str, int], *, said: bool) -> None:
    world = World().play(
        LOCATED,
        tried(count=1_000, counts=counts),
        tried(count=0, available=0, pairs=True, counts={}),
        GaveUp(tried=""),
    )
    text = str(world.asked[-1][1]["tried"])
    assert ("no candidate could be shown" in text) is said
    assert "--model" in text


def test_out_of_time_is_said_and_not_called_nothing_found() -> None:
    world = World().play(LOCATED, tried(count=100, cut=True), GaveUp(tried=""))
    assert world.asked[-1][1]["out_of_time"] is True
    assert "--model" not in str(world.asked[-1][1]["tried"])


def test_a_later_stretch_goes_on_where_the_time_ended() -> None:
    world = World().play(LOCATED, tried(count=100, cut=True), GaveUp(tried="", out_of_time=True))
    world.events.append(StretchStarted(number=2, budget_minutes=5))
    world.play(tried("x", start=100))
    assert world.asked[-1][0] == "try_candidates"
    assert world.asked[-1][1]["start"] == 100


def test_a_part_that_mends_something_is_kept_and_the_rest_searched_anew() -> None:
    part = ((patch("p"), RED[:1]),)
    halfway = TestsRan(run=RUN, delta=ReportDelta(fixed=RED[:1], still_failing=RED[1:]))
    world = World().play(
        LOCATED,
        tried(count=1_000, partial=part),
        tried(count=0, available=0, pairs=True),
        EDITED,
        halfway,
        LOCATED,
        tried("q"),
        EDITED,
        GREEN,
        judged("fixed"),
    )
    assert world.tools[5:7] == ["locate_fault", "try_candidates"]
    assert world.asked[5][1]["tests"] == list(RED[1:])
    summary = str(world.asked[-1][1]["summary"])
    assert "use p" in summary
    assert "use q" in summary


def test_a_part_that_breaks_something_is_taken_back() -> None:
    part = ((patch("p"), RED[:1]),)
    broken = TestsRan(
        run=RUN, delta=ReportDelta(fixed=RED[:1], still_failing=RED[1:], newly_broken=("t.py::c",))
    )
    world = World().play(
        LOCATED,
        tried(count=1_000, partial=part),
        tried(count=0, available=0, pairs=True),
        EDITED,
        broken,
        EDITED,
        GaveUp(tried=""),
    )
    assert world.asked[-2][1].get("take_back") is True
    assert world.tools[-1] == "give_up"


def test_pairs_that_were_cut_off_go_on_in_a_later_stretch() -> None:
    world = World().play(
        LOCATED,
        tried(count=1_000, partial=((patch("p"), RED[:1]),)),
        tried(count=40, available=90, pairs=True, cut=True),
        EDITED,
        TestsRan(run=RUN, delta=ReportDelta(fixed=RED[:1], newly_broken=("t.py::c",))),
        EDITED,
        GaveUp(tried="", out_of_time=True),
    )
    world.events.append(StretchStarted(number=2, budget_minutes=5))
    world.play(tried("x", start=40, pairs=True))
    assert world.asked[-1][1]["pairs"] is True
    assert world.asked[-1][1]["start"] == 40


def test_no_time_to_try_anything_is_not_everything_tried() -> None:
    world = World().play(
        LOCATED, tried(count=0, available=0, cut=True), GaveUp(tried="", out_of_time=True)
    )
    assert world.asked[-1][1]["out_of_time"] is True
    world.events.append(StretchStarted(number=2, budget_minutes=5))
    assert world.play(tried("x")).tools[-1] == "try_candidates"
    assert world.asked[-1][1]["pairs"] is False


def test_a_part_that_mends_everything_after_all_is_proved() -> None:
    part = ((patch("p"), RED[:1]),)
    world = World().play(
        LOCATED,
        tried(count=1_000, partial=part),
        tried(count=0, available=0, pairs=True),
        EDITED,
        GREEN,
        GREEN,
        judged("fixed"),
    )
    assert world.tools[-3:] == ["run_tests", "run_tests", "finish"]
    assert "use p" in str(world.asked[-1][1]["summary"])


def test_a_part_that_is_kept_is_named_when_the_rest_is_not_found() -> None:
    part = ((patch("p"), RED[:1]),)
    halfway = TestsRan(run=RUN, delta=ReportDelta(fixed=RED[:1], still_failing=RED[1:]))
    nothing = (tried(count=1_000), tried(count=0, available=0, pairs=True))
    world = World().play(
        LOCATED,
        tried(count=1_000, partial=part),
        tried(count=0, available=0, pairs=True),
        *(EDITED, halfway, LOCATED, *nothing, judged("failing"), GaveUp(tried="")),
    )
    assert world.asked[-2] == ("finish", {"summary": explain(patch("p"))})
    assert "use p" in str(world.asked[-1][1]["tried"])


def test_out_of_time_the_best_part_is_kept_and_judged_and_a_later_stretch_goes_on() -> None:
    parts = ((patch("p"), RED[:1]), (patch("q", score=-1), RED[1:]))
    halfway = TestsRan(run=RUN, delta=ReportDelta(fixed=RED[:1], still_failing=RED[1:]))
    world = World().play(LOCATED, tried(count=100, partial=parts, cut=True), EDITED, halfway)
    assert world.asked[2][1]["patch"] == [msgspec.to_builtins(patch("p").edits[0])]
    world.play(judged("failing"), GaveUp(tried="", out_of_time=True))
    assert world.tools[2:] == ["edit_file", "run_tests", "finish", "give_up"]
    assert world.asked[-1][1]["out_of_time"] is True
    assert world.asked[-1][1]["tried"] == (
        f"Kept: {explain(patch('p'))} Then the time for searching was spent. Still red: t.py::b."
    )
    world.events.append(StretchStarted(number=2, budget_minutes=5))
    assert world.play(LOCATED).asked[-1] == ("locate_fault", {"tests": list(RED[1:])})


def test_out_of_time_only_one_part_is_tried() -> None:
    parts = ((patch("p"), RED[:1]), (patch("q", score=-1), RED[1:]))
    broken = TestsRan(run=RUN, delta=ReportDelta(fixed=RED[:1], newly_broken=("t.py::c",)))
    world = World().play(
        LOCATED,
        tried(count=100, partial=parts, cut=True),
        *(EDITED, broken, EDITED, GaveUp(tried="", out_of_time=True)),
    )
    assert world.asked[-2][1].get("take_back") is True
    assert world.asked[-1][1]["out_of_time"] is True
    world.events.append(StretchStarted(number=2, budget_minutes=5))
    world.play(tried(start=100, cut=True), EDITED, GREEN)
    patches = [arguments.get("patch") for tool, arguments in world.asked if tool == "edit_file"]
    assert patches[-1] == [msgspec.to_builtins(patch("q").edits[0])]


def test_a_part_whose_run_was_cut_off_is_run_with_all_tests_again() -> None:
    part = ((patch("p"), RED[:1]),)
    world = World().play(LOCATED, tried(count=100, partial=part, cut=True))
    world.play(EDITED, ToolFailure(kind="interrupted"))
    world.events.append(StretchStarted(number=2, budget_minutes=5))
    assert world.play(GREEN).asked[-1] == ("run_tests", {"tests": []})


def test_a_patch_that_the_editor_refuses_makes_way_for_the_next() -> None:
    world = World().play(
        LOCATED,
        tried("x", "y"),
        *(ToolFailure(kind="refused"), TestsRan(run=RUN, delta=ReportDelta())),
        *(EDITED, GREEN, judged("fixed")),
    )
    patches = [arguments["patch"] for tool, arguments in world.asked if tool == "edit_file"]
    assert patches == [[msgspec.to_builtins(patch(name).edits[0])] for name in ("x", "y")]


def test_the_same_log_gives_the_same_turn() -> None:
    world = World().play(LOCATED, tried("x", "y"))
    turns = {msgspec.json.encode(repair.decide(History(world.events)).calls) for _ in range(5)}
    assert len(turns) == 1
