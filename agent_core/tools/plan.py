"""The plan, and the two ways to end: `finish` asks the gate, `give_up` says what was tried."""

import msgspec

from agent_core.results import FaultLocated, FinishAsked, GaveUp, PlanItem, PlanUpdated, ToolOutcome
from agent_core.tools.tool import Tool, ToolContext


class UpdatePlan(msgspec.Struct, frozen=True):
    """The whole plan, each item with its state."""

    items: tuple[PlanItem, ...]


class Finish(msgspec.Struct, frozen=True):
    """What was wrong and why the change mends it, for the person who reviews it."""

    summary: str


class GiveUp(msgspec.Struct, frozen=True):
    """What was tried and what it showed; `out_of_time` when there was more to try."""

    tried: str
    out_of_time: bool = False


_MARKS = {"open": "[ ]", "doing": "[>]", "done": "[x]", "dropped": "[-]"}


async def _update_plan(context: ToolContext, asked: UpdatePlan) -> ToolOutcome:  # noqa: ARG001
    text = "\n".join(f"{_MARKS[item.state]} {item.text}" for item in asked.items)
    return ToolOutcome(text=text or "The plan is empty.", data=PlanUpdated(items=asked.items))


async def _finish(context: ToolContext, asked: Finish) -> ToolOutcome:
    baseline = context.history.baseline
    if baseline is None:
        raise LookupError("a session measures its baseline before its first step")
    done = 0

    def on_case(_: object) -> None:
        nonlocal done
        done += 1
        context.progress(
            "all tests, on this tree", done, len(baseline.run.red) + baseline.run.passed
        )

    verdict = await context.gate.evaluate(baseline, deadline=context.deadline, on_case=on_case)
    text = verdict.sentence()
    if verdict.state not in {"fixed", "no_regression"}:
        text = f"Not finished. {text}"
    return ToolOutcome(text=text, data=FinishAsked(verdict=verdict, summary=asked.summary))


async def _give_up(context: ToolContext, asked: GiveUp) -> ToolOutcome:
    located = context.history.results(FaultLocated)
    suspects = located[-1].suspects[:5] if located else ()
    data = GaveUp(tried=asked.tried, out_of_time=asked.out_of_time, suspects=suspects)
    return ToolOutcome(text=asked.tried, data=data)


TOOLS = (
    Tool(
        "update_plan",
        UpdatePlan,
        _update_plan,
        effect="reads",
        description="Replace the plan the user sees. Short lines, one of them being done.",
    ),
    Tool(
        "finish",
        Finish,
        _finish,
        effect="runs",
        description="Ask the gate: it runs every test on the tree as it stands, twice. Refused "
        "until they hold; the answer says what does not.",
    ),
    Tool(
        "give_up",
        GiveUp,
        _give_up,
        effect="reads",
        description="End without a fix and say what was tried.",
    ),
)
