"""The repair policy against a scripted world: what it asks for, given what came of it so far."""

from collections.abc import Iterator, Sequence

import msgspec
import pytest

from agent_core.events import (
    FORMAT,
    BaselineMeasured,
    Event,
    SessionStarted,
    StretchStarted,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
)
from agent_core.history import History
from agent_core.results import (
    CandidatesTried,
    EditApplied,
    FaultLocated,
    FileRead,
    FinishAsked,
    GaveUp,
    PlanUpdated,
    Survivor,
    Suspect,
    TestsRan,
    ToolData,
    ToolFailure,
)
from agent_core.solvers import repair
from agent_core.task import Task
from agent_core.verdict import Baseline, RunSummary, State, Verdict
from runners.patches import Patch, TextEdit
from runners.reports import ReportDelta

RED = ("t.py::a", "t.py::b")
RUN = RunSummary(health="ran", passed=3, failed=2, other=0, wall_s=0.1, blob="")
PLAIN = PlanUpdated(items=())
LOCATED = FaultLocated(
    suspects=(Suspect(file="m.py", line=4, suspicion=1.0, reason="ran in every failing test"),),
    observations="",
    traced=5,
)
READ = FileRead(path="m.py", first=1, last=9, total=9)
EDITED = EditApplied(paths=("m.py",), snapshot="s", diff="")
GREEN = TestsRan(run=RUN, delta=ReportDelta(fixed=RED))


def patch(name: str, score: float = 0.0) -> Patch:
    edit = TextEdit(file="m.py", start=0, end=1, text=name)
    return Patch(id=name, edits=(edit,), family="f", line=4, score=score, summary=f"use {name}")


def tried(
    *survivors: str,
    start: int = 0,
    count: int = 250,
    available: int = 1_000,
    partial: Sequence[tuple[Patch, tuple[str, ...]]] = (),
    cut: bool = False,
    pairs: bool = False,
    counts: dict[str, int] | None = None,
) -> CandidatesTried:
    return CandidatesTried(
        start=start,
        tried=count,
        available=available,
        survivors=tuple(Survivor(patch=patch(n), explanation=f"use {n}") for n in survivors),
        partial=tuple(partial),
        cut=cut,
        pairs=pairs,
        counts={"failed": count} if counts is None else counts,
    )


def judged(state: State) -> FinishAsked:
    return FinishAsked(verdict=Verdict(state=state, snapshot="s", reason="because"), summary="")


class World:
    """Plays results back to the solver and keeps what it asked for."""

    def __init__(self, target: tuple[str, ...] = RED) -> None:
        baseline = Baseline(snapshot="b", run=RUN, target=target)
        self.events: list[Event] = [
            SessionStarted(format=FORMAT, session="s", origin="/", task=Task(goal="g")),
            StretchStarted(number=1, budget_minutes=5),
            BaselineMeasured(baseline=baseline),
        ]
        self.asked: list[tuple[str, dict[str, object]]] = []

    def play(self, *results: ToolData) -> "World":
        """Let the solver take turns until the results are used up; plans answer themselves."""
        left = iter(results)
        waiting = len(results)
        while waiting:
            waiting -= self._turn(left)
        return self

    def _turn(self, left: Iterator[ToolData]) -> int:
        used = 0
        step = History(self.events).step + 1
        self.events.append(TurnStarted(step=step))
        turn = repair.decide(History(self.events))
        calls = tuple(
            msgspec.structs.replace(call, id=f"s{step}-{n}") for n, call in enumerate(turn.calls, 1)
        )
        self.events.append(TurnEnded(step=step, reasoning="", text="", calls=calls))
        for call in calls:
            plain = call.tool in {"update_plan", "read_file"}
            data = PLAIN if call.tool == "update_plan" else READ if plain else next(left)
            used += not plain
            self.events.append(ToolIntended(step=step, call=call, effect="reads"))
            self.events.append(
                ToolFinished(
                    step=step, call_id=call.id, tool=call.tool, text="", data=data, duration_s=0
                )
            )
            if not plain:
                self.asked.append((call.tool, msgspec.json.decode(call.arguments)))
        return used

    @property
    def tools(self) -> list[str]:
        """The names of what was asked for, plans and reading left out."""
        return [tool for tool, _ in self.asked]


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
        LOCATED, tried(count=1_000), tried(count=40, available=40, pairs=True), GaveUp(tried="")
    )
    assert world.tools == ["locate_fault", "try_candidates", "try_candidates", "give_up"]
    assert world.asked[2][1]["pairs"] is True
    assert "m.py:4" in str(world.asked[3][1]["tried"])
    assert not world.asked[3][1].get("out_of_time", False)


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
        tried(count=1_000),
        tried(count=40, available=90, pairs=True, cut=True),
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
        *(EDITED, halfway, LOCATED, *nothing, GaveUp(tried="")),
    )
    assert "use p" in str(world.asked[-1][1]["tried"])


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
