"""The session's events as chat messages: a pure projection, byte for byte the same each time.

Each request begins with the one before it, so that a provider's cache hits. That breaks only where
the log says that old results were left out (`ConversationCut`), at a boundary where every call
keeps its result. The task, the user's words and the failing tests are never left out.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec

from agent_core.events import (
    BaselineMeasured,
    ConversationCut,
    HunksAccepted,
    Steered,
    ToolCall,
    ToolFinished,
    TurnEnded,
    WorkspaceReady,
)
from agent_core.history import History

Message = dict[str, object]
"""As the field's endpoints take it."""

NUDGE = "Go on by calling a tool; `finish` or `give_up` end the task."
CUT = (
    "Your last reply broke off before its end, so none of its calls ran. "
    "Answer again, in smaller pieces."
)
NOT_RUN = "Not run: the calls before it ended this run."
LEFT_OUT = "[the rest was left out to make room; call again if you need it]"
STRUCTURED = "reasoning_details"
"""The field whose reasoning is a list."""
KEPT = 160
"""Characters kept of a result that was left out."""
KEPT_STEPS = 8
"""Newest steps whose results stay whole when the conversation is shortened in good time."""
FULL = 0.7
"""The part of a model's context above which older results are left out."""


class Conversation:
    """What a session's model is told. Keeps each turn as it was sent, for it is sent each time."""

    def __init__(self) -> None:
        self._sent: dict[int, _Sent] = {}

    def messages(self, history: History) -> list[Message]:
        """Everything said so far, for the next request."""
        return [_system(), *self._told(history)]

    def _told(self, history: History) -> Iterator[Message]:
        results = {event.call_id: event for event in history.all(ToolFinished)}
        cut = history.last(ConversationCut)
        field = ""
        yield _user(_first(history))
        for event in history.events:
            if isinstance(event, TurnEnded):
                field = event.reasoning_field or field
                old = cut is not None and event.step <= cut.step
                texts = tuple(_result(results.get(call.id), old=old) for call in event.calls)
                yield from self._turn(event, texts, field)
            elif isinstance(event, Steered):
                yield _user(event.text)
            elif isinstance(event, HunksAccepted) and event.result.written:
                yield _user(f"[The user accepted changes to {', '.join(event.result.written)}.]")

    def _turn(self, turn: TurnEnded, texts: tuple[str, ...], field: str) -> tuple[Message, ...]:
        """One reply of the model and what came of its calls."""
        sent = self._sent.get(turn.step)
        if sent is None or sent.turn is not turn or sent.texts != texts or sent.field != field:
            sent = self._sent[turn.step] = _Sent(turn, texts, field, _messages(turn, texts, field))
        return sent.messages


class _Sent(msgspec.Struct, frozen=True):
    """A turn's messages with all they are made of."""

    turn: TurnEnded
    texts: tuple[str, ...]
    field: str
    messages: tuple[Message, ...]


@cache
def _prompt() -> str:
    return (files("resources") / "prompts" / "system.md").read_text(encoding="utf-8").strip()


def _system() -> Message:
    return {"role": "system", "content": _prompt()}


def _user(text: str) -> Message:
    return {"role": "user", "content": text}


def _first(history: History) -> str:
    """The task in the user's words, how it is checked, and what was red at the start."""
    task = history.task
    parts = [task.goal, f"Checked by: {task.check.sentence()}."]
    ready, measured = history.last(WorkspaceReady), history.last(BaselineMeasured)
    if ready is not None and ready.suite is not None:
        chain = ready.suite.toolchain
        parts.append(f"The tests run with {ready.suite.framework} on Python {chain.version}.")
    if measured is not None:
        parts.append(measured.briefing)
    return "\n\n".join(part for part in parts if part)


def _messages(turn: TurnEnded, texts: tuple[str, ...], field: str) -> tuple[Message, ...]:
    told = [_reply(turn, field)] if turn.text or turn.calls else []
    told += [
        {"role": "tool", "tool_call_id": call.id, "content": text}
        for call, text in zip(turn.calls, texts, strict=True)
    ]
    if turn.cut:
        told.append(_user(CUT))
    elif not turn.calls:
        told.append(_user(NUDGE))
    return tuple(told)


def _result(finished: ToolFinished | None, *, old: bool) -> str:
    """What a call came to, of an old one only the beginning."""
    text = finished.text if finished else NOT_RUN
    return f"{text[:KEPT]}\n{LEFT_OUT}" if old and len(text) > KEPT + len(LEFT_OUT) else text


def _reply(turn: TurnEnded, field: str) -> Message:
    """Thinking models want their reasoning back with each reply that calls, even an empty one."""
    reply: Message = {"role": "assistant"}
    if turn.text:
        reply["content"] = turn.text
    if turn.calls:
        if field:
            reply[field] = _reasoning(turn, field)
        reply["tool_calls"] = [_call(call) for call in turn.calls]
    return reply


def _reasoning(turn: TurnEnded, field: str) -> object:
    """Reasoning as it came, in the shape its field has."""
    if turn.reasoning_raw:
        return msgspec.json.decode(turn.reasoning_raw)
    return [] if field == STRUCTURED else turn.reasoning


def _call(call: ToolCall) -> Message:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.tool, "arguments": _valid(call.arguments)},
    }


def _valid(arguments: str) -> str:
    """Arguments as they can be sent back: endpoints refuse a history with malformed ones."""
    try:
        msgspec.json.decode(arguments, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        return "{}"
    return arguments


def is_long(history: History, context_tokens: int | None) -> bool:
    """Whether the newest request came near what the model takes."""
    lengths = (e for e in reversed(history.events) if isinstance(e, TurnEnded | ConversationCut))
    turn = next(lengths, None)
    if not isinstance(turn, TurnEnded) or context_tokens is None:
        return False  # after a cut nothing is known of its length until it has been sent
    one_request = turn.usage.prompt_tokens / max(1, turn.usage.answered)
    return one_request > FULL * context_tokens


def cut_step(history: History, *, keep: int) -> int | None:
    """The step up to which results can be left out, the newest `keep` kept; None if none is new."""
    cut = history.last(ConversationCut)
    step = history.step - keep
    return step if step > (cut.step if cut else 0) else None
