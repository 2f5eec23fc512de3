"""The turn that an answer comes to."""

import math
import re
from collections.abc import Callable, Sequence

import msgspec

from agent_core.events import Cut, ToolCall, Usage
from agent_core.models.catalogue import CatalogueEntry
from agent_core.models.openai_chat import reasoning, spoken
from agent_core.models.openai_chat.calls import Slot
from agent_core.models.openai_chat.chunks import plain, visible
from agent_core.models.openai_chat.deltas import Reply
from agent_core.models.protocol import ToolSpec, Turn

NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
LONGEST_NAME = 64
CUTS: dict[str, Cut] = {
    "": "no_end",
    "content_filter": "filtered",
    "length": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "model_length": "length",
}
"""The finish reasons under which an answer is not whole."""
CHARACTERS_PER_TOKEN = 4
"""For endpoints that count no tokens."""
MOST_TOKENS = 10**9
"""Of one request: a higher count is no count."""
Scrub = Callable[[str], str]
"""Takes the key out of a text: an endpoint may say it."""


def turn(reply: Reply, tools: Sequence[ToolSpec], usage: Usage, *, scrub: Scrub) -> Turn:
    """What the model said and asks for, scrubbed; a cut answer asks for nothing."""
    cut = CUTS.get(reply.finish, "")
    thought, text = reply.reasoning.text, reply.text
    if not reply.reasoning.field:
        thought, text = reasoning.split(text)
    offered = [tool.name for tool in tools]
    calls: tuple[ToolCall, ...] = ()
    if not cut:
        calls = tuple(_call(slot, offered) for slot in reply.calls.all())
        if not calls and offered:
            found = spoken.calls_in(text, offered)
            calls, text = found.calls, found.text
    raw = reply.reasoning.raw
    return Turn(
        reasoning=reasoning.shortened(scrub(visible(thought))),
        text=scrub(visible(text)) if text.strip() else "",  # blank content is refused by some
        calls=tuple(
            ToolCall(tool=scrub(call.tool), arguments=scrub(call.arguments)) for call in calls
        ),
        usage=usage,
        cut=cut,
        reasoning_field=reply.reasoning.field,
        reasoning_raw=raw if raw == scrub(raw) else "",  # changed, it would not be taken back
    )


def _call(slot: Slot, offered: Sequence[str]) -> ToolCall:
    """The call, under a name that can be sent back; some models put a namespace before it."""
    bare = slot.name.removeprefix("functions.").partition(":")[0]
    name = bare if bare in offered else NOT_IN_NAMES.sub("_", plain(slot.name))[:LONGEST_NAME]
    return ToolCall(tool=name or "nameless", arguments=slot.arguments)


class Tally:
    """What the requests of one turn have cost together."""

    def __init__(self, entry: CatalogueEntry) -> None:
        self.usage = Usage()
        self._entry = entry

    def request(self) -> None:
        """One more was sent."""
        self.usage = msgspec.structs.replace(self.usage, requests=self.usage.requests + 1)

    def add(self, reply: Reply, *, sent: int) -> None:
        """Count an answer, whole or not, to a request of so many bytes."""
        said, before = reply.usage, self.usage
        counted = _tokens(said.prompt_tokens) if said else 0
        prompt = counted or sent // CHARACTERS_PER_TOKEN
        completion = _tokens(said.completion_tokens) if said else 0
        completion = completion or reply.size // CHARACTERS_PER_TOKEN
        cached = min(_tokens(said.cached), prompt) if said else 0
        cost = said.cost if said else None
        if cost is None or not 0 <= cost < math.inf:
            cost = self._entry.cost(prompt=prompt, cached=cached, completion=completion)
        self.usage = Usage(
            prompt_tokens=before.prompt_tokens + prompt,
            completion_tokens=before.completion_tokens + completion,
            cached_tokens=before.cached_tokens + cached,
            cost=None if cost is None or before.cost is None else before.cost + cost,
            requests=before.requests,
            answered=before.answered + 1,
            estimated=before.estimated or not counted,
        )


def _tokens(said: int | None) -> int:
    """The count, 0 where it is none: budgets rest on it."""
    return said if said and 0 < said <= MOST_TOKENS else 0
