"""Streams as endpoints send them: split anywhere, with comments, or not streamed at all."""

import itertools
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_core.models.openai_chat.sse import EventStream, TooLong
from agent_core.models.openai_chat.wire import Options
from agent_core.models.protocol import ModelFailed
from tests.agent_core.models.misbehaving import Answer, delta, event, finish, saying, serving
from tests.agent_core.models.openai_chat.asking import Asking, ask, ask_and_look

STREAM = (
    ': keep-alive\r\n\r\ndata: {"a":\r\ndata: "grün ☃ 🦆"}\r\n\r\n'
    "event: x\ndata:second\n\n: more\n\rdata: third\r\rid: 1\n\ndata: last"
)
PAYLOADS = ['{"a":\n"grün ☃ 🦆"}', "second", "third", "last"]


def payloads(pieces: list[bytes]) -> list[str]:
    stream = EventStream()
    return [data for piece in pieces for data in stream.feed(piece)] + stream.close()


@given(st.lists(st.integers(0, len(STREAM.encode()))))
def test_a_stream_reads_the_same_however_it_is_cut(places: list[int]) -> None:
    raw = STREAM.encode()
    cuts = [0, *sorted(places), len(raw)]
    pieces = [raw[start:end] for start, end in itertools.pairwise(cuts) if start < end]
    assert payloads(pieces) == PAYLOADS


def test_an_event_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_core.models.openai_chat.sse.LONGEST", 1000)
    stream = EventStream()
    stream.feed((b"data: " + b"x" * 60 + b"\n") * 10)
    with pytest.raises(TooLong):
        stream.feed((b"data: " + b"x" * 60 + b"\n") * 10)


async def test_bytes_one_by_one_make_the_same_answer() -> None:
    raw = b": waiting\n\n" + delta(content="gr") + b"".join(saying("ün ☃").pieces)
    raw = raw.replace(b"\\u00fc", "ü".encode()).replace(b"\\u2603", "☃".encode())
    turn = await ask(Answer(tuple(bytes([byte]) for byte in raw)))
    assert turn.text == "grün ☃"
    assert not turn.cut


async def test_comments_count_as_life() -> None:
    comments = (b": thinking\n\n",) * 8
    with serving(Answer((*comments, *saying("well").pieces), pause_s=0.05)) as server:
        turn = await Asking(server.url, options=Options(idle_s=0.2)).turn()
        assert turn.text == "well"
        assert len(server.requests) == 1


async def test_pieces_are_shown_as_they_come() -> None:
    with serving(
        Answer((delta(reasoning_content="hm "), delta(content="a"), delta(content="b"), finish()))
    ) as server:
        asking = Asking(server.url)
        await asking.turn()
    assert asking.shown == ["hm ", "a", "b"]


async def test_an_answer_that_is_not_streamed() -> None:
    message = {
        "role": "assistant",
        "content": None,
        "reasoning_content": "look first",
        "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "run_tests", "arguments": "{}"}}
        ],
    }
    whole = {
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    }
    raw = json.dumps(whole, indent=1).encode()
    json_type = (("content-type", "application/json"),)
    turn = await ask(Answer((b" \n", raw[:50], raw[50:]), headers=json_type))
    assert [call.tool for call in turn.calls] == ["run_tests"]
    assert (turn.reasoning, turn.usage.prompt_tokens) == ("look first", 7)


async def test_an_event_stream_under_a_wrong_type() -> None:
    turn = await ask(Answer(saying("here").pieces, headers=(("content-type", "text/plain"),)))
    assert turn.text == "here"


async def test_content_as_a_list_of_parts() -> None:
    parts = [{"type": "text", "text": "in "}, {"type": "text", "text": "parts"}]
    assert (await ask(Answer((delta(content=parts), finish())))).text == "in parts"


async def test_what_a_terminal_would_obey_is_taken_out() -> None:
    turn, asking, _ = await ask_and_look(saying("a\x1b[31mb\x07\x00c\r\n\td"))
    assert turn.text == "a[31mbc\n\td"
    assert asking.shown == [turn.text]


async def test_raw_control_characters_within_json_do_no_harm() -> None:
    raw = b'data: {"choices":[{"delta":{"content":"a\tb"}}]}\n\n'
    assert (await ask(Answer((raw, finish())))).text == "a\tb"


async def test_halves_of_a_surrogate_pair_in_two_pieces() -> None:
    duck = ("\\ud83e", "\\udd86", "\\ud83e")
    pieces = [b'data: {"choices":[{"delta":{"content":"%s"}}]}\n\n' % d.encode() for d in duck]
    turn = await ask(Answer((*pieces, finish())))
    assert turn.text == "🦆\N{REPLACEMENT CHARACTER}"


async def test_other_answers_than_the_first_are_left_alone() -> None:
    other = event({"choices": [{"index": 1, "delta": {"content": "no"}, "finish_reason": "stop"}]})
    assert (await ask(Answer((delta(content="yes"), other, finish())))).text == "yes"


async def test_an_answer_of_another_kind_is_named() -> None:
    with pytest.raises(ModelFailed, match=r"no chat completion.*base URL"):
        await ask(Answer((event({"choices": [{"delta": {"content": 5}}]}),)))


async def test_a_server_that_stays_after_the_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_core.models.openai_chat.wire.TAIL_S", 0.05)
    end = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    turn = await ask(Answer((delta(content="done"), end), end="hang"))
    assert (turn.text, turn.cut) == ("done", "")


async def test_an_answer_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent_core.models.openai_chat.deltas.MOST", 100)
    monkeypatch.setattr("agent_core.models.openai_chat.wire.TAIL_S", 0.05)
    turn = await ask(Answer((delta(content="again " * 9),) * 4, end="hang"))
    assert turn.cut == "length"


@pytest.mark.parametrize(
    "piece",
    [
        b": still here\n\n",
        delta(content="again"),
        delta(reasoning_content="hm"),
        delta(reasoning_details=[{"type": "x", "data": "hm"}]),
        finish(),
    ],
)
async def test_an_endpoint_that_sends_for_ever_is_left(
    piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_core.models.openai_chat.wire.LONGEST", 1000)
    whole = piece.replace(b"data: [DONE]\n\n", b"")
    with serving(Answer((whole,) * 99, end="hang")) as server:
        with pytest.raises(ModelFailed, match=r"answers without end.*another model"):
            await Asking(server.url).turn()
        assert len(server.requests) == 1


async def test_what_comes_after_the_longest_answer_is_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("agent_core.models.openai_chat.deltas.MOST", 100)
    turn = await ask(Answer((delta(content="x" * 60),) * 9))
    assert (turn.cut, turn.text) == ("length", "x" * 120)


def test_a_long_line_in_small_pieces_is_read_at_once() -> None:
    begun = time.process_time()
    pieces = [b"data: ", *[b"x" * 1000] * 16_000, b"\n\n"]
    assert list(map(len, payloads(pieces))) == [16_000_000]
    assert time.process_time() - begun < 3
