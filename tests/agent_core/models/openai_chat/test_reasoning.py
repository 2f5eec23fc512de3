"""Reasoning in any of three fields or between tags, and answers that say nothing."""

import json

import pytest

from agent_core.models.openai_chat.reasoning import split
from agent_core.models.protocol import ModelFailed
from tests.agent_core.models.misbehaving import Answer, calling, delta, finish, saying
from tests.agent_core.models.openai_chat.asking import ask, ask_and_look

CALL = calling("run_tests", "{}").pieces
NOTHING = Answer((delta(role="assistant", content="", reasoning_content=""), finish()))


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_the_field_that_was_spoken_is_named(field: str) -> None:
    turn = await ask(Answer((delta(**{field: "first "}), delta(**{field: "look"}), *CALL)))
    assert (turn.reasoning, turn.reasoning_field, turn.reasoning_raw) == ("first look", field, "")


async def test_empty_reasoning_beside_a_call_was_spoken_too() -> None:
    turn = await ask(Answer((delta(reasoning_content=""), *CALL)))
    assert (turn.reasoning, turn.reasoning_field) == ("", "reasoning_content")
    assert len(turn.calls) == 1


async def test_the_same_reasoning_in_two_fields_is_taken_once() -> None:
    turn = await ask(Answer((delta(reasoning_content="hm", reasoning="hm"), *CALL)))
    assert (turn.reasoning, turn.reasoning_field) == ("hm", "reasoning_content")


async def test_structured_reasoning_is_kept_as_it_came() -> None:
    def detail(index: int, kind: str, **fields: object) -> bytes:
        return delta(reasoning_details=[{"type": kind, "index": index, **fields}])

    turn = await ask(
        Answer(
            (
                detail(0, "reasoning.text", text="first ", signature=None),
                detail(0, "reasoning.text", text="look", signature="s1"),
                detail(1, "reasoning.encrypted", data="QUJD"),
                *CALL,
            )
        )
    )
    assert (turn.reasoning, turn.reasoning_field) == ("first look", "reasoning_details")
    assert json.loads(turn.reasoning_raw) == [
        {"type": "reasoning.text", "index": 0, "text": "first look", "signature": "s1"},
        {"type": "reasoning.encrypted", "index": 1, "data": "QUJD"},
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("<think>\nhm\n</think>\n\nDone.", ("hm", "Done.")),
        ("hm\n</think>\nDone.", ("hm", "Done.")),
        ("<think>never closed", ("never closed", "")),
        ("Done.", ("", "Done.")),
        (
            "The tags <think> and </think> are kept.",
            ("", "The tags <think> and </think> are kept."),
        ),
    ],
)
def test_tags_are_split_off(text: str, parts: tuple[str, str]) -> None:
    assert split(text) == parts


async def test_tagged_reasoning_has_no_field_to_send_it_back_in() -> None:
    turn = await ask(Answer((delta(content="<th"), delta(content="ink>hm</think>ok"), finish())))
    assert (turn.reasoning, turn.text, turn.reasoning_field) == ("hm", "ok", "")


async def test_tags_beside_a_reasoning_field_are_text() -> None:
    turn = await ask(Answer((delta(reasoning="hm"), *saying("see </think>").pieces)))
    assert (turn.reasoning, turn.text) == ("hm", "see </think>")


async def test_an_answer_that_says_nothing_is_asked_for_again() -> None:
    turn, asking, server = await ask_and_look(NOTHING, NOTHING, saying("hello"))
    assert turn.text == "hello"
    assert len(server.requests) == turn.usage.requests == 3
    assert "said nothing" in asking.told[0]


async def test_a_model_that_says_nothing_for_good_has_failed() -> None:
    with pytest.raises(ModelFailed, match=r"3 times without a word.*another model"):
        await ask(NOTHING, NOTHING, NOTHING, saying("too late"))


async def test_nothing_but_reasoning_is_an_answer() -> None:
    turn = await ask(Answer((delta(reasoning_content="hm"), finish())))
    assert (turn.reasoning, turn.text, turn.calls) == ("hm", "", ())


async def test_a_limit_spent_on_unseen_reasoning_is_a_cut_and_no_silence() -> None:
    turn = await ask(Answer((delta(content=""), finish("length"))))
    assert (turn.cut, turn.text) == ("length", "")


async def test_endless_reasoning_is_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_core.models.openai_chat.reasoning.MOST", 100)
    note = "h" * 100 + "\n[20 characters were left out]"
    turn = await ask(Answer((*[delta(reasoning="h" * 30)] * 4, *CALL)))
    assert turn.reasoning == note
    assert len(turn.calls) == 1
    details = delta(reasoning_details=[{"type": "reasoning.text", "text": "h" * 30}])
    turn = await ask(Answer((*[details] * 4, *CALL)))
    assert (turn.reasoning, turn.reasoning_raw) == (note, "")
