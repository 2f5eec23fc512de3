"""What a tool is, and what it may use."""

import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from agent_core.bench import Bench
from agent_core.events import Effect
from agent_core.gate import Gate
from agent_core.history import History
from agent_core.results import ToolFailure, ToolOutcome
from agent_core.search import Search
from agent_core.store import SessionStore
from editors.workspace import Workspace
from runners.cutoff import in_thread
from runners.suite import Suite

P = TypeVar("P", bound=msgspec.Struct)
T = TypeVar("T")


class ToolContext:
    """Everything a tool may touch: the workspace, its tests, the log so far, and the clock.

    `deadline` is on the monotonic clock; work that must leave room for the gate ends by
    `search_deadline`.
    """

    def __init__(
        self,
        *,
        workspace: Workspace,
        bench: Bench,
        gate: Gate,
        search: Search,
        history: History,
        store: SessionStore,
        deadline: float,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.workspace = workspace
        self.bench = bench
        self.gate = gate
        self.search = search
        self.history = history
        self.store = store
        self.deadline = deadline
        self.progress = progress

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        return self.workspace.root

    @property
    def suite(self) -> Suite:
        """The suite, for tools that are offered only where there is one."""
        if self.bench.suite is None:
            raise LookupError("a tool that needs tests was offered without any")
        return self.bench.suite

    @property
    def search_deadline(self) -> float:
        """When a search has to end so that the gate can still judge what it found."""
        return self.deadline - self.gate.expected_s(self.history)

    def left(self, deadline: float) -> float:
        """Seconds until a deadline, never negative."""
        return max(0.0, deadline - time.monotonic())

    def say(self, text: str) -> None:
        """Show what is done now."""
        self.progress(text, 0, 0)

    def counted(self, total: int, text: Callable[[T], str]) -> Callable[[T], None]:
        """What to call with each of `total` items: shows its text and how many there were."""
        numbers = itertools.count(1)

        def show(item: T) -> None:
            self.progress(text(item), next(numbers), total)

        return show

    @contextlib.asynccontextmanager
    async def tree_kept(self) -> AsyncIterator[None]:
        """Take back what tests write into the tree meanwhile: it is no part of any change."""
        try:
            yield
        finally:
            await in_thread(self.workspace.restore, self.history.snapshot)


def refused(text: str) -> ToolOutcome:
    """The answer to a call that does not fit, with what to do instead; nothing was done."""
    return ToolOutcome(text=text, data=ToolFailure(kind="refused"))


class Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The parameters of a tool: a name that is none of them is answered as a mistake."""


class Tool(Generic[P]):
    """A name, typed parameters, an effect, and the function that does it."""

    def __init__(
        self,
        name: str,
        parameters: type[P],
        run: Callable[[ToolContext, P], Awaitable[ToolOutcome]],
        *,
        effect: Effect = "writes",
        description: str,
    ) -> None:
        self.name = name
        self.parameters = parameters
        self.effect: Effect = effect
        self.description = description
        self._run = run

    async def __call__(self, context: ToolContext, arguments: str) -> ToolOutcome:
        """Decode the arguments and run; arguments that do not fit are answered, not raised."""
        try:
            parameters = msgspec.json.decode(arguments, type=self.parameters)
        except (msgspec.DecodeError, RecursionError) as error:  # the latter: nested without end
            return ToolOutcome(
                text=f"Nothing was done: the arguments of {self.name} do not fit: {error}.",
                data=ToolFailure(kind="arguments"),
            )
        return await self._run(context, parameters)
