"""The one way a call is run: intent, then the tool, then the result, for every tool."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from agent_core import brakes
from agent_core.events import ToolCall, ToolFinished, ToolIntended
from agent_core.history import History
from agent_core.models.protocol import ToolSpec
from agent_core.results import ToolFailure, ToolOutcome
from agent_core.room import out_of_room
from agent_core.store import EventLog
from agent_core.tools.schema import schema_of
from agent_core.tools.tool import Tool, ToolContext, refused
from runners.cutoff import in_thread
from runners.problems import JourneymanError

MakeContext = Callable[[str, History], ToolContext]


class Dispatch:
    """Runs calls by name against a set of tools and logs both ends of each.

    `specs` are the tools as a model sees them.
    """

    def __init__(
        self,
        tools: Sequence[Tool[Any]],
        *,
        log: EventLog,
        context: MakeContext,
    ) -> None:
        self._tools = {tool.name: tool for tool in tools}
        self._log = log
        self._context = context
        self.specs = tuple(
            ToolSpec(
                name=tool.name,
                description=tool.description,
                schema=schema_of(tool.parameters),
            )
            for tool in tools
        )

    async def run(self, step: int, call: ToolCall) -> ToolFinished:
        """Run one call to its end. A call that is cancelled leaves the tree as it was before."""
        tool = self._tools.get(call.tool)
        effect = tool.effect if tool else "reads"
        history = History(self._log.events)
        context = self._context(call.id, history)
        # The tree is what the log says: whatever else was written into it has been taken back.
        before = history.snapshot if effect == "writes" else ""
        self._log.append(
            ToolIntended(step=step, call=call, effect=effect, snapshot=before),
            durable=effect == "writes",
        )
        began = time.monotonic()
        try:
            outcome = await self._answer(tool, context, call)
        except asyncio.CancelledError:
            if before:
                await in_thread(context.workspace.restore, before)
            self._finished(step, call, interrupted(), began)
            raise
        except (JourneymanError, OSError) as error:
            if out_of_room(error):
                raise  # nothing more can be written down: the session pauses here
            outcome = ToolOutcome(
                text=f"{call.tool} failed: {error}", data=ToolFailure(kind="failed")
            )
        return self._finished(step, call, outcome, began)

    def _finished(
        self, step: int, call: ToolCall, outcome: ToolOutcome, began: float
    ) -> ToolFinished:
        event = ToolFinished(
            step=step,
            call_id=call.id,
            tool=call.tool,
            text=outcome.text,
            data=outcome.data,
            duration_s=round(time.monotonic() - began, 4),
        )
        self._log.append(event)
        return event

    async def _answer(
        self, tool: Tool[Any] | None, context: ToolContext, call: ToolCall
    ) -> ToolOutcome:
        """The tool's own answer, unless the same call was answered often enough already."""
        if tool is None:
            return self._unknown(call)
        before = brakes.repeated(context.history, call)
        if before >= brakes.REFUSED_AFTER:
            return refused(
                f"Not run: {call.tool} was called with these arguments {before} times and nothing "
                "has changed since. Its answer stands above: try something else, or give up."
            )
        outcome = await tool(context, call.arguments)
        if before >= brakes.TOLD_AFTER:
            note = f"[The same call as {before} times before; nothing has changed since.]"
            return msgspec.structs.replace(outcome, text=f"{outcome.text}\n{note}")
        return outcome

    def _unknown(self, call: ToolCall) -> ToolOutcome:
        known = ", ".join(self._tools)
        return ToolOutcome(
            text=f"Nothing was done: there is no tool {call.tool}. There are {known}.",
            data=ToolFailure(kind="not_found"),
        )


def interrupted() -> ToolOutcome:
    """What a call that was cut off comes to."""
    return ToolOutcome(
        text="The call was cut off before it ended; what it had begun was taken back.",
        data=ToolFailure(kind="interrupted"),
    )
