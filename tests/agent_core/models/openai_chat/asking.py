"""A session's model asked over real HTTP, with no waiting in earnest."""

import asyncio
from collections.abc import Sequence

from agent_core.history import History
from agent_core.models.catalogue import CatalogueEntry
from agent_core.models.openai_chat.adapter import Message, OpenAIChat
from agent_core.models.openai_chat.patience import Sleep
from agent_core.models.openai_chat.wire import Options
from agent_core.models.protocol import ToolSpec, Turn
from tests.agent_core.models.misbehaving import Answer, Misbehaving, serving

KEY = "sk-very-secret-0123456789"
TOOLS = (
    ToolSpec(name="read_file", description="Read.", schema={"type": "object"}),
    ToolSpec(name="run_tests", description="Run.", schema={"type": "object"}),
)
PRICED = CatalogueEntry(id="priced", context=1000, price_in=1.0, price_cached=0.1, price_out=10.0)


class Asking:
    """One model, what it was shown to do, and how long it would have waited."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = KEY,
        messages: Sequence[Message] = ({"role": "user", "content": "go"},),
        entry: CatalogueEntry | None = None,
        options: Options | None = None,
        sleep: Sleep | None = None,
    ) -> None:
        self.messages = list(messages)
        self.shown: list[str] = []
        self.told: list[str] = []
        self.waits: list[float] = []
        self.heard = asyncio.Event()
        self.model = OpenAIChat(
            "tester",
            base_url=url,
            key=key,
            render=lambda _: self.messages,
            entry=entry,
            options=options,
            on_wait=self._told,
            sleep=sleep or self._sleep,
        )

    def _shown(self, text: str) -> None:
        self.shown.append(text)
        self.heard.set()

    def _told(self, text: str) -> None:
        self.told.append(text)
        self.heard.set()

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    async def turn(self, tools: Sequence[ToolSpec] = TOOLS) -> Turn:
        """Ask for one."""
        return await self.model.next_turn(History([]), tools, self._shown)


async def ask(*answers: Answer, tools: Sequence[ToolSpec] = TOOLS) -> Turn:
    """The turn that a scripted endpoint leads to."""
    with serving(*answers) as server:
        return await Asking(server.url).turn(tools)


async def ask_and_look(*answers: Answer) -> tuple[Turn, Asking, Misbehaving]:
    """The turn, with both ends as they were after it."""
    with serving(*answers) as server:
        asking = Asking(server.url)
        return await asking.turn(), asking, server
