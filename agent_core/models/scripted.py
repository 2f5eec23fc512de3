"""A model that answers from a script: the stand-in for a language model in tests."""

from collections.abc import Callable, Sequence

import msgspec

from agent_core.events import ToolCall, TurnEnded
from agent_core.history import History
from agent_core.models.protocol import ModelFailed, ToolSpec, Turn

Answer = Turn | ModelFailed


def call(tool: str, **arguments: object) -> ToolCall:
    """A tool call with its arguments as JSON text."""
    return ToolCall(tool=tool, arguments=msgspec.json.encode(arguments).decode())


class ScriptedModel:
    """Gives the n-th answer at the n-th turn of the session, so that a resumed one goes on."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = tuple(answers)

    @property
    def name(self) -> str:
        """What the timeline calls it."""
        return "scripted"

    @property
    def context_tokens(self) -> int | None:
        """It reads events, not a conversation."""
        return None

    async def next_turn(
        self,
        history: History,
        tools: Sequence[ToolSpec],  # noqa: ARG002  (the protocol's shape)
        on_delta: Callable[[str], None],
    ) -> Turn:
        """The next answer of the script.

        Raises:
            ModelFailed: the script says so, or has run out.
        """
        taken = sum(isinstance(event, TurnEnded) for event in history.events)
        if taken >= len(self.answers):
            raise ModelFailed(f"the script has {len(self.answers)} answers and all are given")
        answer = self.answers[taken]
        if isinstance(answer, ModelFailed):
            raise answer
        on_delta(answer.text)
        return answer
