"""The built-in model: routes a task to a solver."""

from collections.abc import Callable, Sequence

from agent_core.events import SurvivorChosen
from agent_core.history import History
from agent_core.models.protocol import ToolSpec, Turn
from agent_core.solvers import chosen, port, repair


class BuiltinModel:
    """Decides by search instead of by language. Deterministic; keeps nothing between turns."""

    @property
    def name(self) -> str:
        """What the timeline calls it."""
        return "built-in"

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
        """The solver's next turn."""
        turn = _decide(history)
        on_delta(turn.reasoning)
        return turn


def _decide(history: History) -> Turn:
    if history.task.port:
        return port.decide(history)
    choice = history.last(SurvivorChosen)
    return chosen.decide(history, choice) if choice else repair.decide(history)
