"""When a session has to stop although nothing is decided: steps, time, and going in circles."""

import time

from agent_core.events import StopReason, TurnEnded
from agent_core.history import History
from agent_core.results import EditApplied
from agent_core.task import Budget

SAME_CALL = 4
"""The same call with the same arguments, this often with no edit between, is a circle."""
SILENT_TURNS = 3
"""Turns in a row that call no tool."""


def check(history: History, budget: Budget, *, deadline: float) -> tuple[StopReason, str] | None:
    """The reason to stop before the next step, with its sentence, if there is one."""
    if time.monotonic() >= deadline:
        return "budget_spent", f"the {budget.minutes:g} minutes are spent"
    if history.steps_this_stretch >= budget.steps:
        return "budget_spent", f"the {budget.steps} steps are spent"
    if _circling(history):
        return "stuck", f"the same call was made {SAME_CALL} times and changed nothing"
    if _silent(history):
        return "stuck", f"{SILENT_TURNS} turns in a row called no tool"
    return None


def _circling(history: History) -> bool:
    latest: list[tuple[str, str]] = []
    for done in reversed(history.done()[-SAME_CALL:]):
        if isinstance(done.finished.data, EditApplied):
            return False
        latest.append((done.intended.call.tool, done.intended.call.arguments))
    return len(latest) == SAME_CALL and len(set(latest)) == 1


def _silent(history: History) -> bool:
    turns = history.this_stretch.all(TurnEnded)
    return len(turns) >= SILENT_TURNS and not any(turn.calls for turn in turns[-SILENT_TURNS:])
