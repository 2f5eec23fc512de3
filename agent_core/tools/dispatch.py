"""The one way a call is run: intent, then the tool, then the result, for every tool."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from agent_core.events import ToolCall, ToolFinished, ToolIntended
from agent_core.history import History
from agent_core.models.protocol import ToolSpec
from agent_core.results import ToolFailure, ToolOutcome
from agent_core.room import out_of_room
from agent_core.store import EventLog
from agent_core.tools.tool import Tool, ToolContext
from runners.problems import JourneymanError

MakeContext = Callable[[str, History], ToolContext]


class Dispatch:
    """Runs calls by name against a set of tools and logs both ends of each."""

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

    def specs(self) -> tuple[ToolSpec, ...]:
        """The tools as a model sees them."""
        return tuple(
            ToolSpec(
                name=tool.name,
                description=tool.description,
                schema=msgspec.json.schema(tool.parameters),
            )
            for tool in self._tools.values()
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
            outcome = await tool(context, call.arguments) if tool else self._unknown(call)
        except asyncio.CancelledError:
            if before:
                await asyncio.to_thread(context.workspace.restore, before)
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
