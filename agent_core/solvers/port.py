"""Converts a Flask project to Rust: convert, then have the gate compile and compare it.

Each turn is a function of the log alone, so a resumed session goes on where it was.
"""

from agent_core.counting import counted
from agent_core.events import ToolFinished
from agent_core.history import History
from agent_core.models.protocol import Turn
from agent_core.results import EditApplied, FinishAsked, ToolFailure
from agent_core.solvers.turns import plan, turn
from agent_core.tools.plan import Finish, GiveUp
from agent_core.tools.port import ConvertFlask

PHASES = (
    "Convert what the application is made of",
    "Prove it: compile, then send both the same requests",
)
FURTHER = "What was converted stays in the change, for your hand or a language model to go on."


def decide(history: History) -> Turn:
    """The next turn of a conversion."""
    converted = refused = asked = None
    for event in history.events:
        if not isinstance(event, ToolFinished):
            continue
        match event.data:
            case EditApplied():
                converted = event.data
            case FinishAsked():
                asked = event.data
            case ToolFailure() if event.tool == "convert_flask":
                refused = event.text
    if asked is not None:
        return turn(
            "The gate has judged the port, and there is nothing else to convert it by.",
            ("give_up", GiveUp(tried=f"The port does not hold. {asked.verdict.reason}. {FURTHER}")),
        )
    if refused is not None:
        return turn("The conversion was refused.", ("give_up", GiveUp(tried=refused)))
    if converted is None:
        return turn(
            "Import the application, read what it is made of, and write it in Rust.",
            plan(PHASES, 0),
            ("convert_flask", ConvertFlask()),
        )
    left = f" {counted(len(converted.notes), 'construct')} left out." if converted.notes else ""
    return turn(
        "The crate is written. Have the gate compile it and compare the answers.",
        plan(PHASES, 1),
        ("finish", Finish(summary=f"The Flask project as a Rust crate in rust/.{left}")),
    )
