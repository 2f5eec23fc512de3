"""A scripted world for solvers: results are played back to them, what they ask for is kept."""

import asyncio
from collections.abc import Iterator, Sequence

import msgspec

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
from agent_core.models.builtin import BuiltinModel
from agent_core.results import (
    CandidatesTried,
    EditApplied,
    FaultLocated,
    FileRead,
    FinishAsked,
    PlanUpdated,
    Survivor,
    Suspect,
    TestsRan,
    ToolData,
)
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

    def __init__(self, target: tuple[str, ...] = RED, *, port: bool = False) -> None:
        baseline = Baseline(snapshot="b", run=RUN, target=target)
        self.events: list[Event] = [
            SessionStarted(format=FORMAT, session="s", origin="/", task=Task(goal="g", port=port)),
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
        turn = asyncio.run(
            BuiltinModel().next_turn(History(self.events), (), on_delta=lambda _: None)
        )
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
                    step=step, call_id=call.id, tool=call.tool, text="said", data=data, duration_s=0
                )
            )
            if not plain:
                self.asked.append((call.tool, msgspec.json.decode(call.arguments)))
        return used

    @property
    def tools(self) -> list[str]:
        """The names of what was asked for, plans and reading left out."""
        return [tool for tool, _ in self.asked]
