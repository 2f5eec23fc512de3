"""The model of a session that answers over the wire."""

import asyncio
import difflib
from collections.abc import Callable, Sequence

import msgspec

from agent_core.counting import listed
from agent_core.history import History
from agent_core.models import catalogue
from agent_core.models.catalogue import CatalogueEntry
from agent_core.models.openai_chat import answer
from agent_core.models.openai_chat.deltas import Reply
from agent_core.models.openai_chat.endpoint import Endpoint
from agent_core.models.openai_chat.faults import ModelMissing, Passing, Refused, one_line
from agent_core.models.openai_chat.patience import Patience, Sleep
from agent_core.models.openai_chat.wire import Options, Wire
from agent_core.models.protocol import ModelFailed, ToolSpec, Turn

Message = dict[str, object]
Render = Callable[[History], Sequence[Message]]

CUT_TRIES = 1
"""Times a request is sent once more after its answer broke off: nothing of it has run yet."""
EMPTY_TRIES = 2
"""Times it is sent once more after an answer that says nothing."""
NAMED = 8
"""Models of the endpoint that are named where the one asked for is missing."""


class OpenAIChat:
    """Asks a language model. What it keeps is what the endpoint would not take, never the session.

    `render` makes the chat messages; what is once sent should begin every later list, byte for
    byte, so that providers find it again. `on_wait` is told of waits, `on_delta` if it is missing.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str,
        key: str | None,
        render: Render,
        entry: CatalogueEntry | None = None,
        options: Options | None = None,
        key_variable: str = "OPENAI_API_KEY",
        on_wait: Callable[[str], None] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Nothing is sent yet.

        Raises:
            UserProblem: the address or the key cannot be used.
        """
        self._name = name
        self._endpoint = Endpoint(base_url, key=key, key_variable=key_variable)
        self.entry = entry or catalogue.find(name, host=self._endpoint.host)
        self._render = render
        self._options = options or Options()
        self._on_wait = on_wait
        self._sleep = sleep
        self._wire = Wire(self._endpoint, self._options)
        self._extras: dict[str, object] = {"stream_options": {"include_usage": True}}
        if self.entry.answer_limit:
            self._extras["max_tokens"] = self.entry.answer_limit

    @property
    def name(self) -> str:
        """The model as its endpoint calls it."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """Tokens that a request and its answer may have together, as far as is known."""
        return self.entry.context

    async def next_turn(
        self,
        history: History,
        tools: Sequence[ToolSpec],
        on_delta: Callable[[str], None],
    ) -> Turn:
        """Ask until there is an answer, or no use in asking again.

        Raises:
            ModelFailed: no usable answer; ContextOverflow where the history is too long.
        """
        messages = list(self._render(history))
        tally = answer.Tally(self.entry)
        patience = Patience(
            limit_s=self._options.patience_s, say=self._on_wait or on_delta, sleep=self._sleep
        )
        answers = _Answers()
        while True:
            reply, broken = await self._ask(messages, tools, on_delta, tally)
            again = answers.why_again(reply, broken)
            if again is None:
                return answer.turn(reply, tools, tally.usage, scrub=self._endpoint.scrub_answer)
            await patience.wait(again)

    async def _ask(
        self,
        messages: Sequence[Message],
        tools: Sequence[ToolSpec],
        on_delta: Callable[[str], None],
        tally: answer.Tally,
    ) -> tuple[Reply, Passing | None]:
        """One request: what came of it, and what broke it off if something did."""
        while True:
            body = self._request(messages, tools)
            reply = Reply(lambda piece: on_delta(self._endpoint.scrub_answer(piece)))
            tally.request()
            try:
                await self._wire.send(body, reply.add)
            except Refused as refused:
                if not self._forgo(refused):
                    raise
                continue
            except ModelMissing as missing:
                raise ModelFailed(await self._who_is_there(missing)) from None
            except Passing as passing:
                broken = passing
            else:
                broken = Passing("the answer broke off" if reply.begun else "an empty answer")
            if reply.begun or reply.finish:
                tally.add(reply, sent=len(body))
            return reply, None if reply.finish else broken

    def _request(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> bytes:
        """The request's JSON; the messages come last, so that a longer request only adds to it."""
        functions = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.schema,
                },
            }
            for tool in tools
        ]
        request = {"model": self._name, "stream": True, **self._extras}
        if functions:
            request["tools"] = functions
        return msgspec.json.encode({**request, "messages": messages})

    def _forgo(self, refused: Refused) -> bool:
        """Leave out for good what the endpoint complains about, if that can be left out."""
        named = [extra for extra in self._extras if extra in refused.said]
        for extra in named:
            del self._extras[extra]
        return bool(named)

    async def _who_is_there(self, missing: ModelMissing) -> str:
        """A sentence about a model that is not there, with those that are."""
        names = [one_line(self._endpoint.scrub(name)) for name in await self._wire.model_names()]
        shown = self._endpoint.shown
        if not names:
            return (
                f"There is no model {self._name} at {shown}: {missing}. "
                "Check the model's name and the base URL."
            )
        near = difflib.get_close_matches(self._name, names, NAMED, cutoff=0.5)
        order = [*near, *(name for name in names if name not in near)]
        there = listed(order, most=len(near) or NAMED)
        return f"There is no model {self._name} at {shown}. There are {there}."


class _Answers:
    """What one turn's requests have brought so far, as far as asking again depends on it."""

    def __init__(self) -> None:
        self._cut = 0
        self._silent = 0

    def why_again(self, reply: Reply, broken: Passing | None) -> Passing | None:
        """Why to send the request once more; None if this answer has to do.

        Raises:
            ModelFailed: the model says nothing, however often it is asked.
        """
        if broken and reply.begun:
            self._cut += 1
            return broken if self._cut <= CUT_TRIES else None
        if broken or not reply.empty or reply.finish in answer.CUTS:
            return broken
        self._silent += 1
        if self._silent > EMPTY_TRIES:
            raise ModelFailed(
                f"The model answered {self._silent} times without a word or a call. "
                "Try again later, or another model."
            )
        return Passing("the model said nothing")
