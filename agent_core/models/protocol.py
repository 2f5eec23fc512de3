"""The one protocol every decider speaks."""

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from agent_core.events import Cut, ToolCall, Usage
from agent_core.history import History
from runners.problems import JourneymanError


class ToolSpec(msgspec.Struct, frozen=True):
    """A tool as a model sees it; `schema` is the JSON schema of its parameters."""

    name: str
    description: str
    schema: dict[str, object]


class Turn(msgspec.Struct, frozen=True):
    """One answer: why, what to say, and which tools to call.

    A `cut` answer has no calls: none of what it asked for may run. `reasoning_field` is the name
    under which the endpoint spoke its reasoning and wants it back, "" if it spoke none;
    `reasoning_raw` is that field's JSON where it is a list (`reasoning_details`).
    """

    reasoning: str = ""
    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    cut: Cut = ""
    reasoning_field: str = ""
    reasoning_raw: str = ""


class ModelFailed(JourneymanError):  # noqa: N818  (reads as the stop reason it leads to)
    """The model gave no usable answer, after whatever it could try itself."""


class ContextOverflow(ModelFailed):
    """The conversation is longer than the model can read; a shorter one may do."""


class Model(Protocol):
    """Decides the next step from everything that has happened; keeps no state of its own."""

    @property
    def name(self) -> str:
        """What the timeline calls it."""

    @property
    def context_tokens(self) -> int | None:
        """How long a conversation may grow; None where it does not matter."""

    async def next_turn(
        self,
        history: History,
        tools: Sequence[ToolSpec],
        on_delta: Callable[[str], None],
    ) -> Turn:
        """The next turn. `on_delta` is shown parts of it as they come.

        Raises:
            ModelFailed: no usable answer; ContextOverflow where the history is too long.
        """
