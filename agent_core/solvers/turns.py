"""Turns of a solver, built from the arguments that tools take."""

from collections.abc import Sequence

import msgspec

from agent_core.events import ToolCall
from agent_core.models.protocol import Turn
from agent_core.results import PlanItem
from agent_core.tools.plan import UpdatePlan

Asked = tuple[str, msgspec.Struct]
"""A tool's name and its arguments."""


def turn(reasoning: str, *calls: Asked) -> Turn:
    """A turn that says why it makes these calls."""
    return Turn(
        reasoning=reasoning,
        calls=tuple(
            ToolCall(tool=tool, arguments=msgspec.json.encode(arguments).decode())
            for tool, arguments in calls
        ),
    )


def plan(phases: Sequence[str], doing: int) -> Asked:
    """The plan, with everything before the phase at index `doing` done."""
    items = tuple(
        PlanItem(text=text, state="done" if n < doing else "doing" if n == doing else "open")
        for n, text in enumerate(phases)
    )
    return "update_plan", UpdatePlan(items=items)
