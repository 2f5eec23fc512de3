"""When a session has to stop although nothing is decided: steps, time, and going in circles."""

import time

from agent_core.events import (
    ConversationCut,
    Steered,
    StopReason,
    StretchStarted,
    ToolCall,
    ToolFinished,
    ToolIntended,
    TurnEnded,
)
from agent_core.history import History
from agent_core.results import EditApplied
from agent_core.task import Budget

TOLD_AFTER, REFUSED_AFTER = 2, 3
"""A call made so often already on the same tree is answered with a hint, then not at all."""
REMEMBERED = 40
"""Calls looked back on for that."""
SAME_TURN = 5
"""The same calls with the same arguments, so many turns on end with no edit made, are a circle."""
SILENT_TURNS = 3
"""Turns in a row that call no tool."""


def check(history: History, budget: Budget, *, deadline: float) -> tuple[StopReason, str] | None:
    """The reason to stop before the next step, with its sentence, if there is one."""
    if time.monotonic() >= deadline:
        return "budget_spent", f"the {budget.minutes:g} minutes are spent"
    stretch = history.this_stretch
    if spent := _spent(stretch, budget):
        return "budget_spent", spent
    if _circling(stretch):
        return "stuck", f"the same calls were made {SAME_TURN} times and changed nothing"
    if _silent(stretch):
        return "stuck", f"{SILENT_TURNS} turns in a row called no tool"
    return None


def _spent(stretch: History, budget: Budget) -> str:
    """What the stretch has used up, "" while there is something left of everything."""
    if stretch.steps >= budget.steps:
        return f"the {budget.steps} steps are spent"
    if budget.tokens is not None and stretch.tokens >= budget.tokens:
        return f"the {budget.tokens} tokens are spent"
    if budget.money is not None and stretch.cost >= budget.money:
        return f"the ${budget.money:g} are spent"
    return ""


def repeated(history: History, call: ToolCall) -> int:
    """How often this very call has ended since the tree, or what the model is shown, changed."""
    times = calls = 0
    for event in reversed(history.events):
        if isinstance(event, ToolIntended):
            asked = event.call
            times += (asked.tool, asked.arguments) == (call.tool, call.arguments)
            calls += 1
            if calls == REMEMBERED:
                break
        elif isinstance(event, ConversationCut | Steered | StretchStarted) or (
            isinstance(event, ToolFinished) and isinstance(event.data, EditApplied)
        ):
            break
    return times


def _circling(stretch: History) -> bool:
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


def _silent(stretch: History) -> bool:
    turns = stretch.all(TurnEnded)
    return len(turns) >= SILENT_TURNS and not any(turn.calls for turn in turns[-SILENT_TURNS:])
