"""The plan, and the two ways to end: `finish` asks the gate, `give_up` says what was tried."""

from agent_core.results import FaultLocated, FinishAsked, GaveUp, PlanItem, PlanUpdated, ToolOutcome
from agent_core.tools.tool import Arguments, Tool, ToolContext


class UpdatePlan(Arguments, frozen=True):
    """The whole plan, each item with its state."""

    items: tuple[PlanItem, ...]


class Finish(Arguments, frozen=True):
    """What was wrong and why the change mends it, for the person who reviews it."""

    summary: str


class GiveUp(Arguments, frozen=True):
    """What was tried and what it showed; `out_of_time` when there was more to try."""

    tried: str
    out_of_time: bool = False


_MARKS = {"open": "[ ]", "doing": "[>]", "done": "[x]", "dropped": "[-]"}


async def _update_plan(context: ToolContext, asked: UpdatePlan) -> ToolOutcome:  # noqa: ARG001
    text = "\n".join(f"{_MARKS[item.state]} {item.text}" for item in asked.items)
    return ToolOutcome(text=text or "The plan is empty.", data=PlanUpdated(items=asked.items))


async def _finish(context: ToolContext, asked: Finish) -> ToolOutcome:
    text, data = await ask_gate(context, asked.summary)
    return ToolOutcome(text=text, data=data)


async def ask_gate(context: ToolContext, summary: str) -> tuple[str, FinishAsked]:
    """The gate's verdict on the tree as it stands."""
    baseline = context.history.measured
    verdict = await context.gate.evaluate(
        baseline,
        deadline=context.deadline,
        on_case=context.counted(baseline.run.told, lambda _: "all tests, on this tree"),
        say=context.say,
    )
    text = verdict.sentence()
    if verdict.state not in {"fixed", "no_regression"}:
        text = f"Not finished. {text}"
    return text, FinishAsked(verdict=verdict, summary=summary)


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
