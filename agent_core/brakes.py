"""When a session has to stop although nothing is decided: steps, time, and going in circles."""

import time

from agent_core.events import StopReason, ToolFinished, TurnEnded
from agent_core.history import History
from agent_core.results import EditApplied
from agent_core.task import Budget

SAME_TURN = 4
"""The same calls with the same arguments, so many turns on end with no edit made, are a circle."""
SILENT_TURNS = 3
"""Turns in a row that call no tool."""


def check(history: History, budget: Budget, *, deadline: float) -> tuple[StopReason, str] | None:
    """The reason to stop before the next step, with its sentence, if there is one."""
    if time.monotonic() >= deadline:
        return "budget_spent", f"the {budget.minutes:g} minutes are spent"
    if history.steps_this_stretch >= budget.steps:
        return "budget_spent", f"the {budget.steps} steps are spent"
    if _circling(history):
        return "stuck", f"the same calls were made {SAME_TURN} times and changed nothing"
    if _silent(history):
        return "stuck", f"{SILENT_TURNS} turns in a row called no tool"
    return None


def _circling(history: History) -> bool:
    stretch = history.this_stretch
    turns = stretch.all(TurnEnded)[-SAME_TURN:]
    asked = {tuple((call.tool, call.arguments) for call in turn.calls) for turn in turns}
    if len(turns) < SAME_TURN or len(asked) > 1 or () in asked:
        return False
    since = turns[0].step
    return not any(
        isinstance(event.data, EditApplied)
        for event in stretch.all(ToolFinished)
        if event.step >= since
    )


def _silent(history: History) -> bool:
    turns = history.this_stretch.all(TurnEnded)
    return len(turns) >= SILENT_TURNS and not any(turn.calls for turn in turns[-SILENT_TURNS:])
