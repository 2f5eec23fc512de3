"""Tool calls, however an endpoint cuts them up; and answers whose calls must not run."""

import itertools
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_core.events import ToolCall
from agent_core.models.openai_chat.calls import Calls
from agent_core.models.openai_chat.chunks import CallPart, FunctionPart
from agent_core.models.protocol import Turn
from tests.agent_core.models.misbehaving import Answer, calling, delta, event, finish, part
from tests.agent_core.models.openai_chat.asking import ask, ask_and_look

A, B = '{"path": "a.py"}', '{"path": "b.py"}'
READ_A = ToolCall(tool="read_file", arguments=A)
READ_B = ToolCall(tool="read_file", arguments=B)
RUN = ToolCall(tool="run_tests", arguments="{}")


async def asked(*pieces: bytes) -> tuple[ToolCall, ...]:
    return (await ask(Answer((*pieces, finish("tool_calls"))))).calls


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        pytest.param(
            [part(0, "read_file", "", "x"), part(0, None, A[:5]), part(0, None, A[5:])],
            [READ_A],
            id="in pieces",
        ),
        pytest.param(
            [part(0, None, A[:5]), part(0, None, A[5:]), part(0, "read_file", None, "x")],
            [READ_A],
            id="arguments before the name",
        ),
        pytest.param(
            [
                part(1, "run_tests", None, "y"),
                part(0, "read_file", A[:7], "x"),
                part(1, None, "{"),
                part(0, None, A[7:]),
                part(1, None, "}"),
            ],
            [READ_A, RUN],
            id="interleaved, the second first",
        ),
        pytest.param(
            [
                part(None, "read_file", A[:7], "x"),
                part(None, None, A[7:]),
                part(None, "read_file", B, "y"),
            ],
            [READ_A, READ_B],
            id="no index, ids",
        ),
        pytest.param(
            [part(None, "read_file", A), part(None, "read_file", B)],
            [READ_A, READ_B],
            id="neither index nor id, whole calls",
        ),
        pytest.param(
            [part(None, None, A[:7]), part(None, "read_file", A[7:]), part(None, "run_tests", "")],
            [READ_A, RUN],
            id="neither index nor id, the name late",
        ),
        pytest.param(
            [part(None, "read_file", A, "x"), part(None, "read_file", A, "x")],
            [READ_A],
            id="no index, the whole call again",
        ),
        pytest.param(
            [part(0, "read_file", A[:5], "x"), part(0, None, A[5:]), part(0, "read_file", A, "x")],
            [READ_A],
            id="the whole call once more at the end",
        ),
        pytest.param(
            [part(0, "read_file", A[:n], "x") for n in (1, 5, 9, len(A), len(A))],
            [READ_A],
            id="all so far in every chunk",
        ),
        pytest.param(
            [part(0, "read_", A[:5], "x"), part(0, "file", A[5:])],
            [READ_A],
            id="a name in pieces",
        ),
        pytest.param(
            [part(0, "read_file", A[:5], "x"), part(0, None, A[5:], "y"), part(0, "", "", "z")],
            [READ_A],
            id="another id in every chunk",
        ),
        pytest.param(
            [part(0, "read_file", A, "x"), part(0, "read_file", B, "y"), part(0, "run_tests", "")],
            [READ_A, READ_B, RUN],
            id="index 0 for all",
        ),
        pytest.param(
            [part(0, "read_file", A, "x"), part(1, "read_file", A, "x")],
            [READ_A],
            id="repeated under another index",
        ),
        pytest.param(
            [part(0, "read_file", A, "x"), part(1, "read_file", B, "x")],
            [READ_A, READ_B],
            id="one id for two calls",
        ),
        pytest.param(
            [part(0, "run_tests", "")],
            [RUN],
            id="no arguments",
        ),
        pytest.param(
            [part(0, "read_file", A[:-1], "x")],
            [ToolCall(tool="read_file", arguments=A[:-1])],
            id="malformed, as it is",
        ),
        pytest.param(
            [part(0, "functions.read_file:0", A, "x")],
            [READ_A],
            id="a namespace before the name",
        ),
        pytest.param(
            [part(0, "rm -rf /\x00", "{}", "x"), part(1, None, "{}")],
            [
                ToolCall(tool="rm_-rf___", arguments="{}"),
                ToolCall(tool="nameless", arguments="{}"),
            ],
            id="names that could not be sent back",
        ),
        pytest.param(
            [
                delta(
                    tool_calls=[
                        {
                            "index": 0,
                            "function": {"name": "read_file", "arguments": {"path": "a.py"}},
                        }
                    ]
                )
            ],
            [READ_A],
            id="arguments that are no text",
        ),
    ],
)
async def test_calls_are_put_together(pieces: list[bytes], calls: list[ToolCall]) -> None:
    assert await asked(*pieces) == tuple(calls)


async def test_blank_text_beside_a_call_is_none() -> None:
    turn = await ask(Answer((delta(content="\n\n"), *calling("run_tests", "{}").pieces)))
    assert (turn.text, turn.calls) == ("", (RUN,))


async def test_nulls_mean_nothing() -> None:
    empty = delta(content=None, tool_calls=None, reasoning_content=None, role=None)
    none = event({"choices": None, "usage": None})
    turn = await ask(Answer((empty, none, *calling("run_tests", "{}").pieces)))
    assert turn.calls == (RUN,)
    assert turn.reasoning_field == ""


argument_texts = st.dictionaries(
    st.text(max_size=5), st.text(max_size=9) | st.integers() | st.dictionaries(st.text(), st.text())
).map(json.dumps)


@settings(max_examples=40)
@given(st.data(), st.lists(st.tuples(st.sampled_from(["a", "b_c"]), argument_texts), max_size=4))
def test_however_calls_are_cut_and_interleaved(
    data: st.DataObject, calls: list[tuple[str, str]]
) -> None:
    queues = []
    for index, (name, text) in enumerate(calls):
        first = CallPart(index=index, id=f"c{index}", function=FunctionPart(name=name))
        cuts = [0, *sorted(data.draw(st.lists(st.integers(0, len(text))))), len(text)]
        pieces = [text[start:end] for start, end in itertools.pairwise(cuts)]
        rest = [CallPart(index=index, function=FunctionPart(arguments=one)) for one in pieces]
        queues.append([first, *rest])
    merged = Calls()
    while queues:
        queue = data.draw(st.sampled_from(queues))
        merged.add(queue.pop(0))
        queues = [one for one in queues if one]
    assert [(slot.name, slot.arguments) for slot in merged.all()] == calls


def only_words(turn: Turn) -> None:
    assert turn.calls == ()
    assert (turn.reasoning, turn.text) == ("so", "I read it")


BEGUN = (delta(reasoning_content="so"), delta(content="I read it"), part(0, "read_file", A, "x"))


@pytest.mark.parametrize(
    ("reason", "cut"),
    [
        ("length", "length"),
        ("MAX_TOKENS", "length"),
        ("max_tokens", "length"),
        ("content_filter", "filtered"),
    ],
)
async def test_a_cut_answer_asks_for_nothing(reason: str, cut: str) -> None:
    turn, asking, server = await ask_and_look(Answer((*BEGUN, finish(reason))))
    only_words(turn)
    assert turn.cut == cut
    assert (len(server.requests), asking.waits) == (1, [])


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(Answer(BEGUN), id="ends without a reason"),
        pytest.param(Answer((*BEGUN, b"data: [DONE]\n\n")), id="done without a reason"),
        pytest.param(Answer(BEGUN, end="cut"), id="cut"),
        pytest.param(Answer(BEGUN, end="reset", pause_s=0.01), id="reset"),
        pytest.param(Answer((*BEGUN, b'data: {"choices": [{"del\n\n')), id="damaged"),
        pytest.param(Answer((*BEGUN, finish("error"))), id="ends with an error"),
        pytest.param(Answer((*BEGUN, finish("abort"))), id="given up by its server"),
        pytest.param(
            Answer((*BEGUN, event({"error": {"message": "upstream is gone", "code": 502}}))),
            id="an error within",
        ),
    ],
)
async def test_a_stream_that_breaks_off_is_asked_again_once(broken: Answer) -> None:
    turn, asking, server = await ask_and_look(broken, calling("run_tests", "{}"))
    assert (turn.calls, turn.text, turn.cut) == ((RUN,), "", "")
    assert len(server.requests) == 2
    assert len(asking.waits) == len(asking.told) == 1

    turn, _, server = await ask_and_look(broken, broken, calling("run_tests", "{}"))
    only_words(turn)
    assert turn.cut == "no_end"
    assert len(server.requests) == 2


async def test_what_breaks_after_the_end_is_whole() -> None:
    end = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]})
    turn, _, server = await ask_and_look(Answer((*BEGUN, end), end="cut"))
    assert (turn.calls, turn.cut) == ((READ_A,), "")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([CallPart(function=FunctionPart("edit", "x" * 50))], id="one name"),
        pytest.param(
            [
                CallPart(index=0, id=id_, function=FunctionPart("edit", "x" * 50))
                for id_ in ("a", "b")
            ],
            id="another id each time",
        ),
    ],
)
def test_a_long_call_in_small_pieces_is_read_at_once(pieces: list[CallPart]) -> None:
    begun = time.process_time()
    calls = Calls()
    calls.add(CallPart(index=pieces[0].index, function=FunctionPart("edit", '{"new": "')))
    for piece in pieces * 20_000:
        calls.add(piece)
    assert len(calls.all()) == 1
    assert time.process_time() - begun < 3


def test_very_many_calls_are_told_apart_at_once() -> None:
    begun = time.process_time()
    calls = Calls()
    for number in range(20_000):
        calls.add(CallPart(index=number, function=FunctionPart(f"a{number}")))
    for number in range(20_000):
        calls.add(CallPart(id=f"x{number}", function=FunctionPart(f"b{number}")))
    assert len(calls.all()) == 40_000
    assert time.process_time() - begun < 3
