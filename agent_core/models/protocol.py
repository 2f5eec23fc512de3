"""The one protocol every decider speaks."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from agent_core.events import ToolCall, Usage
from agent_core.history import History
from runners.problems import JourneymanError


class ToolSpec(msgspec.Struct, frozen=True):
    """A tool as a model sees it; `schema` is the JSON schema of its parameters."""

    name: str
    description: str
    schema: dict[str, object]


class Turn(msgspec.Struct, frozen=True):
    """One answer: why, what to say, and which tools to call."""

    reasoning: str = ""
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()


class ModelFailed(JourneymanError):  # noqa: N818  (reads as the stop reason it leads to)
    """The model gave no usable answer, after whatever it could try itself."""


class Model(Protocol):
    """Decides the next step from everything that has happened; keeps no state of its own."""

    @property
    def name(self) -> str:
        """What the timeline calls it."""

    async def next_turn(
        self,
        history: History,
        tools: Sequence[ToolSpec],
        on_delta: Callable[[str], None],
    ) -> Turn:
        """The next turn. `on_delta` is shown parts of it as they come.

        Raises:
            ModelFailed: no usable answer.
        """
