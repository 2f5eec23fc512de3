"""One answer, put together from its pieces as they come."""

from collections.abc import Callable

from agent_core.models.openai_chat.calls import Calls
from agent_core.models.openai_chat.chunks import Chunk, Delta, WireUsage, plain, visible
from agent_core.models.openai_chat.reasoning import Reasoning

MOST = 4_000_000
"""Characters after which an answer counts as endless: a small model may repeat itself for ever."""
NO_REASON = frozenset(
    {"", "null", "abort", "aborted", "cancelled", "error", "insufficient_system_resource"}
)
"""Finish reasons, in lower case, that say the answer has not come to its end."""


class Reply:
    """What one request has brought so far; `show` gets each new piece of text or reasoning."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.calls = Calls()
        self.reasoning = Reasoning()
        self.usage: WireUsage | None = None
        self.finish = ""
        self.size = 0
        self._show = show
        self._text: list[str] = []

    def add(self, chunk: Chunk) -> bool:
        """Take one piece; True once nothing but the count of tokens can follow."""
        self.usage = chunk.usage or self.usage
        for choice in chunk.choices or []:
            if choice.index:
                continue  # another answer than the one that was asked for
            self.usage = choice.usage or self.usage
            for delta in (choice.delta, choice.message):
                if delta is not None:
                    self._take(delta)
            reason = (choice.finish_reason or "").lower()
            if reason not in NO_REASON:
                self.finish = reason
        if self.size > MOST:
            self.finish = self.finish or "length"
        return bool(self.finish)

    @property
    def begun(self) -> bool:
        """Whether anything of the answer has come."""
        return self.size > 0

    @property
    def text(self) -> str:
        """What was said, reasoning left out."""
        return plain("".join(self._text))

    @property
    def empty(self) -> bool:
        """Whether nothing was said and nothing asked for."""
        return not (self.calls or self.text.strip() or self.reasoning.text.strip())

    def _take(self, delta: Delta) -> None:
        if self.size > MOST:
            return
        for piece in (self.reasoning.add(delta), _words(delta)):
            self.size += len(piece)
            if shown := visible(piece):
                self._show(shown)
        self._text.append(_words(delta))
        for part in delta.tool_calls or []:
            self.size += self.calls.add(part)


def _words(delta: Delta) -> str:
    """The text of a piece; where it is a list of parts, that of its text parts."""
    content = delta.content
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    return content or delta.refusal or ""
