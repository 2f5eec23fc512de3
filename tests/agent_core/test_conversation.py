"""The conversation: byte for byte the same each time, and never illegal for an endpoint."""

import itertools
from typing import Literal

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from agent_core import conversation
from agent_core.events import (
    FORMAT,
    BaselineMeasured,
    ConversationCut,
    Event,
    SessionStarted,
    Steered,
    StretchStarted,
    ToolCall,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
    Usage,
)
from agent_core.history import History
from agent_core.results import FilesListed
from agent_core.task import Check, Task
from agent_core.verdict import Baseline, RunSummary

RUN = RunSummary(health="ran", passed=1, failed=1, other=0, wall_s=1.0, blob="")
LONG = "one line of a result\n" * 40


def opening() -> list[Event]:
    return [
        SessionStarted(
            format=FORMAT,
            session="s",
            origin="/p",
            task=Task(goal="Add a tax.", check=Check(commands=("make check",))),
        ),
        StretchStarted(number=1, budget_minutes=5),
        BaselineMeasured(
            baseline=Baseline(snapshot="t", run=RUN, target=("a::b",)), briefing="1 failed: a::b"
        ),
    ]


def turn(
    step: int,
    *arguments: str,
    text: str = "",
    cut: Literal["", "length"] = "",
    field: str = "",
) -> list[Event]:
    calls = tuple(
        ToolCall(tool="list_files", arguments=each, id=f"s{step}-{n}")
        for n, each in enumerate(arguments, 1)
    )
    events: list[Event] = [
        TurnStarted(step=step),
        TurnEnded(step=step, reasoning="", text=text, calls=calls, cut=cut, reasoning_field=field),
    ]
    for call in calls:
        events.append(ToolIntended(step=step, call=call, effect="reads"))
        events.append(
            ToolFinished(
                step=step,
                call_id=call.id,
                tool=call.tool,
                text=LONG,
                data=FilesListed(paths=(), total=0),
                duration_s=0.1,
            )
        )
    return events


def said(*events: Event) -> list[dict[str, object]]:
    return conversation.Conversation().messages(History(events))


def test_the_first_message_has_the_task_its_check_and_what_was_red() -> None:
    system, first = said(*opening())
    assert system["role"] == "system"
    assert "Add a tax." in str(first["content"])
    assert "`make check` succeeds" in str(first["content"])
    assert "1 failed: a::b" in str(first["content"])


@given(st.lists(st.sampled_from(["call", "two", "talk", "cut", "steer"]), max_size=12))
def test_each_request_begins_with_the_one_before(kinds: list[str]) -> None:
    events, requests = opening(), [said(*opening())]
    for step, kind in enumerate(kinds, 1):
        events += {
            "call": turn(step, "{}"),
            "two": turn(step, "{}", '{"folder": "a"}', text="Looking."),
            "talk": turn(step, text="I think."),
            "cut": turn(step, text="Half a", cut="length"),
            "steer": [Steered(text="Mind the rounding."), *turn(step, "{}")],
        }[kind]
        requests.append(said(*events))
    for earlier, later in itertools.pairwise(requests):
        assert msgspec.json.encode(later).startswith(msgspec.json.encode(earlier)[:-1])
    check_legal(requests[-1])


def check_legal(messages: list[dict[str, object]]) -> None:
    """Every call has exactly one result, right after the reply that made it."""
    open_calls: list[object] = []
    for message in messages:
        if message["role"] == "tool":
            assert message["tool_call_id"] == open_calls.pop(0)
            continue
        assert not open_calls
        calls = message.get("tool_calls", [])
        assert isinstance(calls, list)
        assert message.get("content") or calls
        open_calls = [call["id"] for call in calls]
        for call in calls:
            assert isinstance(msgspec.json.decode(call["function"]["arguments"]), dict)
    assert not open_calls


def test_malformed_arguments_are_sent_back_as_valid_json() -> None:
    check_legal(said(*opening(), *turn(1, '{"folder": "a', "[1]", "nonsense")))


def test_a_call_that_was_never_run_has_a_result_all_the_same() -> None:
    events = [*opening(), *turn(1, "{}", "{}")[:-2]]
    messages = said(*events)
    check_legal(messages)
    assert messages[-1]["content"] == conversation.NOT_RUN


def test_what_the_user_says_during_a_call_comes_after_its_result() -> None:
    events = turn(1, "{}")
    messages = said(*opening(), *events[:3], Steered(text="Stop that."), *events[3:])
    check_legal(messages)
    assert messages[-1] == {"role": "user", "content": "Stop that."}


def test_reasoning_goes_back_in_the_field_the_endpoint_spoke_even_when_empty() -> None:
    spoken = turn(1, "{}", field="reasoning_content")
    replies = [m for m in said(*opening(), *spoken, *turn(2, "{}")) if m["role"] == "assistant"]
    assert [reply["reasoning_content"] for reply in replies] == ["", ""]
    silent = [m for m in said(*opening(), *turn(1, "{}")) if m["role"] == "assistant"]
    assert list(silent[0]) == ["role", "tool_calls"]


def test_a_reply_of_nothing_but_reasoning_is_dropped() -> None:
    messages = said(*opening(), *turn(1, field="reasoning_content"))
    assert [message["role"] for message in messages] == ["system", "user", "user"]


def test_a_cut_reply_is_answered_with_what_to_do() -> None:
    messages = said(*opening(), *turn(1, text="Half a", cut="length"))
    assert messages[-1]["content"] == conversation.CUT


def test_old_results_are_left_out_and_calls_keep_theirs() -> None:
    events = [*opening(), *turn(1, "{}"), *turn(2, "{}"), ConversationCut(step=1)]
    messages = said(*events)
    check_legal(messages)
    results = [str(message["content"]) for message in messages if message["role"] == "tool"]
    assert results[0].endswith(conversation.LEFT_OUT)
    assert len(results[0]) < len(LONG)
    assert results[1] == LONG


def test_there_is_always_less_to_cut() -> None:
    events = [*opening(), *turn(1, "{}"), *turn(2, "{}"), *turn(3, "{}")]
    step = conversation.cut_step(History(events), keep=1)
    assert step == 2
    assert conversation.cut_step(History([*events, ConversationCut(step=2)]), keep=1) is None
    assert conversation.cut_step(History(opening()), keep=1) is None


def told(tokens: int, requests: int) -> TurnEnded:
    return TurnEnded(
        step=1,
        reasoning="",
        text="",
        calls=(),
        usage=Usage(prompt_tokens=tokens, answered=requests),
    )


def test_a_conversation_is_long_by_its_newest_request_until_it_is_cut() -> None:
    events = [*opening(), TurnStarted(step=1), told(1600, 2)]
    assert conversation.is_long(History(events), 1000)
    assert not conversation.is_long(History(events), 2000)
    assert not conversation.is_long(History([*events, ConversationCut(step=1)]), 1000)
    assert not conversation.is_long(History(opening()), 1000)
    assert not conversation.is_long(History(events), None)
