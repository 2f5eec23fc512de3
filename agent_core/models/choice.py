"""Which model decides, as the user names it, and the model that this is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from runners.problems import UserProblem

if TYPE_CHECKING:
    from agent_core.models.protocol import Model  # which reads events, and these name a choice

BUILT_IN = "built-in"
OPENAI = "openai:"
KEY = "OPENAI_API_KEY"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ModelChoice(msgspec.Struct, frozen=True):
    """What a session remembers of its model: never a key.

    `spec` is `built-in`, or `openai:NAME` for an endpoint that speaks OpenAI's chat completions.
    """

    spec: str = BUILT_IN
    base_url: str = ""

    @property
    def speaks(self) -> bool:
        """Whether it is a language model."""
        return self.spec != BUILT_IN

    @property
    def shown(self) -> str:
        """Its name, for a person."""
        return self.spec.partition(":")[2] or "no name" if self.speaks else "Built-in"

    @property
    def local(self) -> bool:
        """Whether it answers from this machine, where no key is needed."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    def check(self, environ: Mapping[str, str]) -> None:
        """Find out before anything is started whether it can be asked.

        Raises:
            UserProblem: an unknown kind of model, no address, or no key for it.
        """
        if not self.speaks:
            return
        if not self.spec.startswith(OPENAI) or self.spec == OPENAI:
            raise UserProblem(
                f"No model is called {self.spec!r}",
                hint="Name it openai:NAME, as its endpoint calls it, or built-in.",
            )
        if urlsplit(self.base_url).scheme not in {"http", "https"}:
            raise UserProblem(
                f"The model {self.spec} has no address",
                why=f"{self.base_url!r} is no http address" if self.base_url else "",
                hint="Add --base-url URL, such as http://127.0.0.1:11434/v1.",
            )
        parts = urlsplit(self.base_url)
        if parts.username or parts.password or parts.query:
            raise UserProblem(
                f"The address of {self.spec} carries a name, a password or a query",
                why="it is written down with the session",
                hint=f"Give the address alone, and the key in {KEY}.",
            )
        if not environ.get(KEY) and not self.local:
            raise UserProblem(
                f"The model {self.spec} at {self.base_url} needs a key",
                hint=f"Set {KEY}; only an address on this machine does without.",
            )

    def model(self, environ: Mapping[str, str]) -> Model:
        """The model itself.

        Raises:
            UserProblem: as `check`.
        """
        self.check(environ)
        if not self.speaks:
            from agent_core.models.builtin import BuiltinModel  # noqa: PLC0415  (reads events)

            return BuiltinModel()
        from agent_core import conversation  # noqa: PLC0415  (reads events)
        from agent_core.models.openai_chat import adapter  # noqa: PLC0415  (httpx is slow to load)

        return adapter.OpenAIChat(
            self.spec.removeprefix(OPENAI),
            base_url=self.base_url,
            key=environ.get(KEY) or None,
            key_variable=KEY,
            render=conversation.Conversation().messages,
        )
