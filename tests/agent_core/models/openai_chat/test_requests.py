"""What is sent: the same bytes in front each time, and nothing an endpoint would not take."""

import itertools
import json
import math

import msgspec
import pytest

from agent_core.models.catalogue import CatalogueEntry
from agent_core.models.openai_chat.adapter import Message
from agent_core.models.protocol import ModelFailed
from tests.agent_core.models.misbehaving import (
    Answer,
    delta,
    event,
    failing,
    finish,
    saying,
    serving,
)
from tests.agent_core.models.openai_chat.asking import PRICED, TOOLS, Asking, ask

COUNTED = {"prompt_tokens": 1_000_000, "completion_tokens": 100_000}


async def test_the_shape_of_a_request() -> None:
    with serving(saying("ok")) as server:
        await Asking(server.url).turn()
        (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"].startswith("Bearer sk-")
    assert list(request.fields) == ["model", "stream", "stream_options", "tools", "messages"]
    assert request.fields["stream"] is True
    assert request.fields["stream_options"] == {"include_usage": True}
    function = {"name": "read_file", "description": "Read.", "parameters": {"type": "object"}}
    first, _ = msgspec.convert(request.fields["tools"], list[dict[str, object]])
    assert first == {"type": "function", "function": function}


async def test_no_tools_no_field_for_them() -> None:
    with serving(saying("ok")) as server:
        await Asking(server.url).turn(tools=())
        assert "tools" not in server.requests[0].fields


async def test_fifty_requests_each_begin_with_the_one_before() -> None:
    with serving(*[saying("ok")] * 50) as server:
        asking = Asking(server.url)
        for step in range(50):
            said: list[Message] = [
                {"role": "assistant", "content": f"grün {step}", "reasoning_content": ""},
                {"role": "user", "content": 'raw \\s "text"'},
            ]
            await asking.turn()
            asking.messages += said
        bodies = [request.body for request in server.requests]
    assert len(bodies) == 50
    for before, after in itertools.pairwise(bodies):
        assert before.endswith(b"]}")
        assert after.startswith(before.removesuffix(b"]}") + b",")


REFUSALS = [
    failing(400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}),
    failing(422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs"}]}),
]


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_field_that_is_refused_is_left_out_for_good(refusal: Answer) -> None:
    with serving(refusal, saying("ok"), saying("ok")) as server:
        asking = Asking(server.url)
        assert (await asking.turn()).usage.requests == 2
        await asking.turn()
        fields = [set(request.fields) for request in server.requests]
    assert fields[0] - fields[1] == {"stream_options"}
    assert fields[1] == fields[2]
    assert asking.waits == []


async def test_a_refusal_for_another_reason_stays_one() -> None:
    with serving(*[REFUSALS[0]] * 3) as server:
        with pytest.raises(ModelFailed, match="refused the request"):
            await Asking(server.url).turn()
        assert len(server.requests) == 2


async def test_an_answer_limit_is_sent_where_the_endpoint_needs_one() -> None:
    entry = CatalogueEntry(id="x", context=1000, answer_limit=500)
    refusal = failing(400, {"error": {"message": "use max_completion_tokens, not max_tokens"}})
    with serving(refusal, saying("ok")) as server:
        await Asking(server.url, entry=entry).turn()
        assert server.requests[0].fields["max_tokens"] == 500
        assert "max_tokens" not in server.requests[1].fields


async def usage_of(*answers: Answer) -> tuple[int, int, int, float | None]:
    with serving(*answers) as server:
        usage = (await Asking(server.url, entry=PRICED).turn()).usage
    return usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, usage.cost


@pytest.mark.parametrize(
    ("counted", "cached", "cost"),
    [
        ({}, 0, 2.0),
        ({"prompt_tokens_details": {"cached_tokens": 400_000}}, 400_000, 1.64),
        ({"prompt_cache_hit_tokens": 400_000, "prompt_cache_miss_tokens": 600_000}, 400_000, 1.64),
        ({"cached_tokens": 400_000, "prompt_tokens_details": None}, 400_000, 1.64),
        ({"cost": 0.5}, 0, 0.5),
    ],
)
async def test_tokens_and_money(counted: dict[str, object], cached: int, cost: float) -> None:
    answer = Answer((delta(content="ok"), finish(usage={**COUNTED, **counted})))
    prompt, completion, cached_tokens, money = await usage_of(answer)
    assert (prompt, completion, cached_tokens) == (1_000_000, 100_000, cached)
    assert money == pytest.approx(cost)


async def test_usage_within_the_choice_and_in_every_chunk() -> None:
    def piece(count: int) -> bytes:
        choice = {
            "delta": {"content": "x"},
            "usage": {"prompt_tokens": 5, "completion_tokens": count},
        }
        return event({"choices": [choice]})

    assert (await usage_of(Answer((piece(1), piece(2), piece(3), finish()))))[:2] == (5, 3)


async def test_tokens_that_nobody_counts_are_estimated() -> None:
    with serving(saying("x" * 400)) as server:
        usage = (await Asking(server.url).turn()).usage
        assert usage.prompt_tokens == len(server.requests[0].body) // 4
    assert usage.completion_tokens == 100
    assert usage.estimated
    assert usage.cost is None


async def test_what_broke_off_is_paid_for_too() -> None:
    counted = {"prompt_tokens": 10, "completion_tokens": 1}
    broken = Answer((event({"choices": [{"delta": {"content": "x"}}], "usage": counted}),))
    whole = Answer((delta(content="ok"), finish(usage=counted)))
    with serving(failing(500), broken, whole) as server:
        usage = (await Asking(server.url, entry=PRICED).turn()).usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.requests) == (20, 2, 3)
    assert usage.cost == pytest.approx(2 * (10 * 1 + 1 * 10) / 1_000_000)
    assert not usage.estimated


@pytest.mark.parametrize("field", ["prompt_tokens", "completion_tokens", "cached_tokens"])
@pytest.mark.parametrize("count", [-5, -(10**30), 10**30])
async def test_a_count_that_is_none_is_not_believed(field: str, count: int) -> None:
    counted = {"prompt_tokens": 10, "completion_tokens": 1, "cached_tokens": 0, field: count}
    with serving(Answer((delta(content="ok" * 20), finish(usage=counted)))) as server:
        usage = (await Asking(server.url, entry=PRICED).turn()).usage
        estimate = len(server.requests[0].body) // 4
    assert usage.prompt_tokens == (estimate if field == "prompt_tokens" else 10)
    assert usage.completion_tokens == (10 if field == "completion_tokens" else 1)
    assert usage.cached_tokens == 0
    assert usage.cost is not None
    assert usage.cost > 0


@pytest.mark.parametrize("cost", [-1.0, math.nan, math.inf, -math.inf])
async def test_a_price_that_is_none_is_not_believed(cost: float) -> None:
    answer = Answer((delta(content="ok"), finish(usage={**COUNTED, "cost": cost})))
    assert (await usage_of(answer))[3] == pytest.approx(2.0)


async def test_schemas_are_sent_as_they_are() -> None:
    with serving(saying("ok")) as server:
        await Asking(server.url).turn()
        sent = json.loads(server.requests[0].body)["tools"]
    assert [tool["function"]["parameters"] for tool in sent] == [tool.schema for tool in TOOLS]


async def test_the_turn_of_a_plain_answer() -> None:
    turn = await ask(saying("well"))
    assert (turn.reasoning, turn.text, turn.calls, turn.cut) == ("", "well", (), "")
    assert (turn.reasoning_field, turn.reasoning_raw, turn.usage.requests) == ("", "", 1)
