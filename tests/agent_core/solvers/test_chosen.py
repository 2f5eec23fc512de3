"""What the solver asks for once the user has chosen a survivor, in a scripted world."""

import msgspec
import pytest

from agent_core.choosing import offered, survivors
from agent_core.events import (
    SessionStopped,
    StretchStarted,
    SurvivorChosen,
    ToolCall,
    ToolFinished,
    ToolIntended,
)
from agent_core.history import History
from agent_core.models.choice import ModelChoice
from agent_core.repair.explain import explain
from agent_core.results import EditApplied, FinishAsked, GaveUp, TestsRan, ToolFailure
from agent_core.verdict import Verdict
from runners.reports import ReportDelta
from tests.agent_core.solvers.world import GREEN, LOCATED, RED, RUN, World, judged, patch, tried

WITH_X = EditApplied(paths=("m.py",), snapshot="with x", diff="")
WITH_Y = EditApplied(paths=("m.py",), snapshot="with y", diff="")
BACK = EditApplied(paths=("m.py",), snapshot="", diff="")
RED_AFRESH = TestsRan(run=RUN, delta=ReportDelta(still_failing=RED))
PROVEN = (LOCATED, tried("x", "y"), WITH_X, GREEN, judged("fixed"))


def chosen(world: World, number: int, *, minutes: float = 5) -> World:
    """The world in which the user chooses, and a stretch begins."""
    found = survivors(History(world.events))[number - 1]
    verdict = Verdict(state="fixed", snapshot="s", reason="")
    world.events += [
        SessionStopped("verdict_holds", "", verdict, snapshot="s", patch=""),
        SurvivorChosen(number=number, survivor=found.survivor, call_id=found.call),
        StretchStarted(number=2, budget_minutes=minutes),
    ]
    world.asked.clear()
    return world


def places(world: World) -> list[str]:
    return [found.place for found in survivors(History(world.events))]


def test_the_change_is_taken_back_and_what_was_chosen_is_applied_run_and_proved() -> None:
    world = World().play(*PROVEN)
    assert places(world) == ["applied", "behind"]
    chosen(world, 2).play(BACK, WITH_Y, GREEN, judged("fixed"))
    assert world.tools == ["edit_file", "edit_file", "run_tests", "finish"]
    assert world.asked[0][1]["take_back"] is True
    assert world.asked[1][1]["patch"] == [msgspec.to_builtins(patch("y").edits[0])]
    assert world.asked[2][1]["tests"] == list(RED)
    assert world.asked[3][1]["summary"] == "use y"
    assert places(world) == ["behind", "applied"]


def test_cut_off_after_any_call_it_goes_on_with_what_was_chosen() -> None:
    results = (BACK, WITH_Y, GREEN, judged("fixed"))
    for before in (1, 3):
        world = chosen(World().play(*PROVEN), 2).play(*results[:before])
        world.events.append(StretchStarted(number=3, budget_minutes=5))
        assert world.play(*results[before:]).tools[-1] == "finish"
        assert world.tools.count("edit_file") == 2


@pytest.mark.parametrize("run", [GREEN, RED_AFRESH])
def test_what_does_not_hold_stays_as_the_gate_judged_it_and_nothing_else_is_tried(
    run: TestsRan,
) -> None:
    world = chosen(World().play(*PROVEN), 2)
    world.play(BACK, WITH_Y, run, judged("failing"), GaveUp(tried=""))
    assert world.tools[-2:] == ["finish", "give_up"]
    said = "The survivor you chose does not hold: because. Nothing else was tried"
    assert world.asked[-1][1]["tried"] == f"{said}: choose another one."
    assert world.play(GaveUp(tried="")).tools[-1] == "give_up"
    assert places(world) == ["behind", "applied"]


def test_the_former_one_can_be_chosen_again() -> None:
    world = chosen(World().play(*PROVEN), 2)
    world.play(BACK, WITH_Y, GREEN, judged("failing"), GaveUp(tried=""))
    chosen(world, 1).play(BACK, WITH_X, GREEN, judged("fixed"))
    assert world.asked[-1][1]["summary"] == "use x"
    assert places(world) == ["applied", "behind"]


def test_a_patch_that_the_editor_refuses_is_said() -> None:
    world = chosen(World().play(*PROVEN), 2)
    world.play(BACK, ToolFailure(kind="refused"), RED_AFRESH, GaveUp(tried=""))
    assert world.tools[-1] == "give_up"
    assert places(world) == ["fits", "fits"]
    chosen(world, 1).play(WITH_X, GREEN, judged("fixed"))
    assert world.tools == ["edit_file", "run_tests", "finish"]


def test_an_edit_that_was_cut_off_is_made_again() -> None:
    world = chosen(World().play(*PROVEN), 2)
    interrupted = ToolFailure(kind="interrupted")
    world.play(BACK, interrupted, interrupted, WITH_Y, GREEN, judged("fixed"))
    assert world.tools[-3:] == ["edit_file", "run_tests", "finish"]


def test_a_part_that_was_kept_stays_and_what_came_before_it_is_out_of_reach() -> None:
    part = ((patch("p"), RED[:1]),)
    halfway = TestsRan(run=RUN, delta=ReportDelta(fixed=RED[:1], still_failing=RED[1:]))
    with_part = EditApplied(paths=("m.py",), snapshot="with p", diff="")
    world = World().play(
        LOCATED,
        tried("w", count=1_000, partial=part),
        *(WITH_X, RED_AFRESH, BACK),
        tried(count=0, available=0, pairs=True),
        *(with_part, halfway, LOCATED, tried("x", "y"), WITH_X, GREEN, judged("fixed")),
    )
    assert places(world) == ["out_of_reach", "applied", "behind"]
    chosen(world, 3).play(with_part, WITH_Y, GREEN, judged("fixed"))
    assert world.asked[2][1]["tests"] == list(RED[1:])
    assert world.asked[-1][1]["summary"] == f"{explain(patch('p'))} use y"
    chosen(world, 1).play(GaveUp(tried=""))
    assert "the code has moved on since it was found" in str(world.asked[-1][1]["tried"])


def test_where_a_language_model_decides_nothing_is_offered() -> None:
    world = World().play(*PROVEN)
    assert [found.number for found in offered(History(world.events))] == [1, 2]
    spoken = StretchStarted(number=2, budget_minutes=5, choice=ModelChoice("openai:m"))
    world.events.append(spoken)
    assert offered(History(world.events)) == ()


def test_where_there_is_no_other_one_none_is_named() -> None:
    world = chosen(World().play(LOCATED, tried("x")), 1)
    world.play(WITH_X, GREEN, judged("failing"), GaveUp(tried=""))
    assert str(world.asked[-1][1]["tried"]).endswith("because. Nothing else was tried.")


def test_what_another_tool_has_written_is_no_survivor() -> None:
    world = World().play(LOCATED, tried("x", "y"))
    call = ToolCall("write_all", '{"of": "its own"}', "c1")
    world.events += [
        ToolIntended(step=9, call=call, effect="writes"),
        ToolFinished(9, call.id, call.tool, "", WITH_X, duration_s=0),
    ]
    assert places(world) == ["behind", "behind"]


def test_the_gate_is_asked_of_the_tree_as_it_stands_only_once() -> None:
    world = chosen(World().play(*PROVEN), 2).play(BACK, WITH_Y, GREEN, judged("unknown"))
    asked = History(world.events).results(FinishAsked)
    assert [each.verdict.state for each in asked] == ["fixed", "unknown"]
    assert world.play(GaveUp(tried="")).tools[-1] == "give_up"
