"""One piece of an answer, as endpoints send it: every field may be missing or null."""

import json
import re

import msgspec

from agent_core.models.protocol import ModelFailed

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""All but tab and newline: a terminal would obey them."""


class Damaged(ValueError):  # noqa: N818  (says what the piece is)
    """A piece that is no JSON: the connection or a proxy broke it."""


class FunctionPart(msgspec.Struct, frozen=True):
    """Name and arguments of a call, or some characters of them."""

    name: str | None = None
    arguments: str | dict[str, object] | None = None


class CallPart(msgspec.Struct, frozen=True):
    """Some of a call."""

    index: int | None = None
    id: str | int | None = None
    function: FunctionPart | None = None


class Delta(msgspec.Struct, frozen=True):
    """What came new; in an answer that is not streamed, all there is."""

    content: str | list[object] | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[dict[str, object]] | None = None
    refusal: str | None = None
    tool_calls: list[CallPart] | None = None


class PromptDetails(msgspec.Struct, frozen=True):
    """How a prompt was counted."""

    cached_tokens: int | None = None


class WireUsage(msgspec.Struct, frozen=True):
    """Tokens as the endpoint counts them; for cached ones there are three spellings."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: PromptDetails | None = None
    cached_tokens: int | None = None
    prompt_cache_hit_tokens: int | None = None
    cost: float | None = None

    @property
    def cached(self) -> int:
        """Tokens of the prompt that the provider had kept."""
        details = self.prompt_tokens_details
        spellings = (
            details.cached_tokens if details else None,
            self.prompt_cache_hit_tokens,
            self.cached_tokens,
        )
        return next((count for count in spellings if count), 0)


class Choice(msgspec.Struct, frozen=True):
    """One of the answers; only the first is asked for."""

    index: int | None = None
    delta: Delta | None = None
    message: Delta | None = None
    finish_reason: str | None = None
    usage: WireUsage | None = None


class Chunk(msgspec.Struct, frozen=True):
    """One piece of the stream."""

    choices: list[Choice] | None = None
    usage: WireUsage | None = None
    error: object = None
    kind: str | None = msgspec.field(name="object", default=None)
    message: str | None = None
    code: int | str | None = None

    @property
    def fault(self) -> object:
        """The error that takes the place of an answer, None if there is one."""
        if self.kind == "error":
            return {"message": self.message, "code": self.code}
        return self.error


def decode(data: str) -> Chunk:
    """Read one piece; control characters and halves of surrogate pairs are let through here.

    Raises:
        Damaged: it is no JSON.
        ModelFailed: it is, but no piece of a chat completion.
    """
    try:
        raw = json.loads(data, strict=False)
    except (ValueError, RecursionError) as error:
        raise Damaged from error
    try:
        return msgspec.convert(raw, Chunk, strict=False)
    except msgspec.ValidationError as error:
        raise ModelFailed(
            f"The endpoint's answer is no chat completion: {error}. "
            "Check that the base URL leads to an OpenAI-compatible endpoint."
        ) from error


def plain(text: str) -> str:
    """Text that can be written down: halves of surrogate pairs joined, single ones replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def visible(text: str) -> str:
    """Text to be shown: it can be written down, and no terminal obeys it."""
    return CONTROLS.sub("", plain(text))
