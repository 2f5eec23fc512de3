"""Proves the survivor that the user chose: takes the change back, applies it, runs, finishes.

Each turn is a function of the log alone, as in the search. If it does not hold, nothing else is
tried: the verdict stays what the gate said of it.
"""

from itertools import takewhile

from agent_core.choosing import Found, survivors
from agent_core.events import SurvivorChosen
from agent_core.history import History
from agent_core.models.protocol import Turn
from agent_core.results import FinishAsked, TestsRan, ToolFailure
from agent_core.solvers.repair_state import RepairState
from agent_core.solvers.turns import plan, turn
from agent_core.tools.edit import EditFile
from agent_core.tools.plan import Finish, GiveUp
from agent_core.tools.tests import RunTests

PHASES = (
    "Take the change back",
    "Apply the survivor that you chose and run the tests",
    "Prove it: every test, twice",
)


def decide(history: History, choice: SurvivorChosen) -> Turn:
    """The next turn towards the proof of what was chosen."""
    found = survivors(history)
    chosen = next(
        each for each in found if (each.call, each.survivor) == (choice.call_id, choice.survivor)
    )
    since = _since(history)
    if why := _objection(since, chosen):
        others = any(each.open for each in found if each is not chosen)
        give_up = ("give_up", _end(why, others=others))
        return turn("It does not hold; say so, and try nothing else.", give_up)
    if chosen.place == "behind":
        take_back = ("edit_file", EditFile(take_back=True))
        return turn("You chose another survivor. Take the change back.", plan(PHASES, 0), take_back)
    state = _searched(history, chosen)
    if chosen.place == "fits":
        return turn(
            _told(chosen),
            plan(PHASES, 1),
            ("edit_file", EditFile(patch=chosen.survivor.patch.edits)),
            ("run_tests", RunTests(tests=state.red)),
        )
    summary = " ".join([*state.kept, chosen.survivor.explanation])
    return turn(_seen(since), plan(PHASES, 2), ("finish", Finish(summary=summary)))


def _since(history: History) -> History:
    """What has happened since the newest choice."""
    events = history.events
    kept = takewhile(lambda event: not isinstance(event, SurvivorChosen), reversed(events))
    return History(list(kept)[::-1])


def _searched(history: History, chosen: Found) -> RepairState:
    """Where the repair stood when the survivor was found: the tests it is for, the parts kept."""
    before = takewhile(lambda done: done.finished.call_id != chosen.call, history.done())
    return RepairState.of(history.measured.target, before)


def _objection(since: History, chosen: Found) -> str:
    """Why it comes to nothing, "" while it may still hold."""
    for done in since.done():
        data = done.finished.data
        if isinstance(data, FinishAsked) and not data.verdict.holds:
            return data.verdict.reason
        if (
            done.finished.tool == "edit_file"
            and isinstance(data, ToolFailure)
            and data.kind != "interrupted"
        ):
            return done.finished.text
    return "the code has moved on since it was found" if chosen.place == "out_of_reach" else ""


def _end(why: str, *, others: bool) -> GiveUp:
    hint = ": choose another one" if others else ""
    tried = f"The survivor you chose does not hold: {why}. Nothing else was tried{hint}."
    return GiveUp(tried=tried)


def _told(chosen: Found) -> str:
    survivor = chosen.survivor
    doubts = f" Against it: {'; '.join(survivor.reasons)}." if survivor.reasons else ""
    return f"{survivor.explanation}{doubts}"


def _seen(since: History) -> str:
    """What its tests showed, before the gate is asked."""
    runs = since.results(TestsRan)
    red = not runs or bool(runs[-1].delta.still_failing or runs[-1].delta.newly_broken)
    return "The gate has the last word." if red else "The failing tests are green with it."
