"""Errors of an endpoint: waited out, turned into what the user can do, or into less to say."""

import asyncio
import email.utils
import socket
import time

import pytest

from agent_core.models.openai_chat.endpoint import Endpoint
from agent_core.models.openai_chat.faults import judge
from agent_core.models.openai_chat.wire import Options
from agent_core.models.protocol import ContextOverflow, ModelFailed
from tests.agent_core.models.misbehaving import Answer, delta, event, failing, saying, serving
from tests.agent_core.models.openai_chat.asking import KEY, Asking, ask, ask_and_look

WELL = saying("well")
PAGE = "<!DOCTYPE html><html><head><title>\n 502 Bad\nGateway </title></head></html>"


def said(message: str, **fields: object) -> dict[str, object]:
    return {"error": {"message": message, **fields}}


async def failure(*answers: Answer) -> str:
    with pytest.raises(ModelFailed) as caught:
        await ask(*answers)
    return str(caught.value)


@pytest.mark.parametrize(
    "fault",
    [
        failing(500, said("oops")),
        failing(502, PAGE),
        failing(503),
        failing(529, said("overloaded")),
        failing(408),
        failing(429, said("slow down")),
        Answer(status=0),
        Answer(end="cut"),
        Answer(end="reset", pause_s=0.01),
        Answer(),
        Answer((b": still here\n\n",)),
        Answer((event({"error": {"message": "Overloaded", "code": 503}}),)),
        Answer((event({"error": "busy"}),)),
        Answer((event({"object": "error", "message": "busy", "code": 503}),)),
        Answer((delta(role="assistant", content=""),), end="cut"),
    ],
)
async def test_what_passes_is_waited_out(fault: Answer) -> None:
    turn, asking, server = await ask_and_look(fault, fault, fault, WELL)
    assert turn.text == "well"
    assert len(server.requests) == turn.usage.requests == 4
    assert server.requests[0].body == server.requests[3].body
    for wait, least in zip(asking.waits, (1, 2, 4), strict=True):
        assert least <= wait <= 1.25 * least
    assert [line.split(":")[0] for line in asking.told] == [
        f"waiting {wait:.0f} s" for wait in asking.waits
    ]


async def test_what_does_not_pass_is_given_up() -> None:
    text = await failure(*[failing(503, said("down for repair"))] * 9)
    assert "down for repair" in text
    assert "9 times" in text
    assert "Go on later" in text


def at(offset_s: float) -> str:
    """A date so many seconds from now."""
    return email.utils.formatdate(time.time() + offset_s, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "least"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "0.5"}, 0.5),
        ({"retry_after_ms": "1500", "retry_after": "9"}, 1.5),
        ({"retry_after": at(3600 + 20), "date": at(3600)}, 20),
        ({"retry_after": at(-40)}, 0),
        ({"retry_after": "soon"}, 1),
        ({"retry_after": "nan"}, 1),
        ({"retry_after": "1e99"}, 1),
        ({"retry_after": "-5"}, 0),
        ({"retry_after": "²", "retry_after_ms": "²"}, 1),
        ({"retry_after_ms": "9" * 5000, "retry_after": "7"}, 7),
        ({"retry_after": "Mon, 99 Jan 99999999999 00:00:00 GMT"}, 1),
        ({"retry_after": "7", "date": "Mon, 01 Jan 99999999999 00:00:00 GMT"}, 7),
    ],
)
async def test_the_wait_is_as_long_as_the_endpoint_asks(
    headers: dict[str, str], least: float
) -> None:
    _, asking, _ = await ask_and_look(failing(429, said("slow down"), **headers), WELL)
    assert least <= asking.waits[0] <= 1.3 * least + 1
    assert "rate limited (slow down)" in asking.told[0]


async def test_a_date_is_counted_from_now_where_the_endpoint_names_no_now() -> None:
    _, asking, _ = await ask_and_look(failing(429, retry_after=at(100)), WELL)
    assert 60 < asking.waits[0] <= 125


async def test_a_wait_beyond_patience_is_not_begun() -> None:
    with serving(failing(429, said("daily limit"), retry_after="4000"), WELL) as server:
        asking = Asking(server.url)
        with pytest.raises(ModelFailed, match=r"rate limited \(daily limit\).*in 4000 s.*later"):
            await asking.turn()
    assert asking.waits == []


async def test_waits_end_when_patience_does() -> None:
    with serving(*[failing(500)] * 9) as server:
        asking = Asking(server.url, options=Options(patience_s=10))
        with pytest.raises(ModelFailed):
            await asking.turn()
    assert sum(asking.waits) <= 10


async def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    asking = Asking(f"http://127.0.0.1:{port}/v1")
    with pytest.raises(
        ModelFailed, match=rf"nothing answers at http://127.0.0.1:{port}/v1 \(.+\), 4 times.*Start"
    ):
        await asking.turn()


async def test_silence_ends_a_request() -> None:
    with serving(Answer((delta(content=""),), end="hang"), WELL) as server:
        asking = Asking(server.url, options=Options(idle_s=0.1))
        assert (await asking.turn()).text == "well"
        assert "no sign of life" in asking.told[0]


async def test_being_cancelled_closes_the_connection_at_once() -> None:
    with serving(Answer((delta(content="so"),), end="hang")) as server:
        asking = Asking(server.url)
        turn = asyncio.create_task(asking.turn())
        await asking.heard.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert await asyncio.to_thread(server.client_gone.wait, 2)


async def test_being_cancelled_ends_a_wait() -> None:
    with serving(failing(500), WELL) as server:
        asking = Asking(server.url, sleep=asyncio.sleep)
        turn = asyncio.create_task(asking.turn())
        await asking.heard.wait()
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, said("This model's maximum context length is 8192 tokens. However, you requested 9")),
        (400, said("too long", code="context_length_exceeded")),
        (400, said("Your input exceeds the context window of this model.")),
        (
            400,
            said(
                "the request exceeds the available context size", type="exceed_context_size_error"
            ),
        ),
        (500, said("the request exceeds the available context size. try increasing it")),
        (400, said("prompt is too long: 213462 tokens > 200000 maximum")),
        (
            400,
            said(
                "Input token count (1196265) exceeds the maximum number of tokens allowed (1048575)"
            ),
        ),
        (400, said("This model's maximum prompt length is 131072 but the request contains 537812")),
        (400, said("Please reduce the length of the messages or completion.")),
        (400, said("tokens to keep from the initial prompt is greater than the context length")),
        (400, said("invalid params, context window exceeds limit (2013)")),
        (
            400,
            said("Invalid request: Your request exceeded model token limit: 262144 (requested: 3)"),
        ),
        (400, said("Range of input length should be [1, 98304]")),
        (400, said("Requested tokens (5000) exceed context window of 4096")),
        (400, said("Provider returned error", metadata={"raw": "prompt is too long: 9 tokens"})),
        (422, {"detail": [{"msg": "input is too long for requested model"}]}),
        (413, PAGE),
    ],
)
async def test_an_overlong_conversation_is_told_from_other_errors(
    status: int, body: object
) -> None:
    with pytest.raises(ContextOverflow, match="conversation is too long"):
        await ask(failing(status, body))


@pytest.mark.parametrize(
    "error",
    [
        said("maximum context length is 5", code=400),
        {"object": "error", "message": "maximum context length is 5", "code": 400},
        said("too long", code="context_length_exceeded"),
        said("prompt is too long", status="422"),
    ],
)
async def test_an_overflow_within_the_stream(error: object) -> None:
    with pytest.raises(ContextOverflow):
        await ask(Answer((event(error),)))


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        (failing(401, said(f"Incorrect API key {KEY}")), ["OPENAI_API_KEY", "does not accept"]),
        (failing(403, said("region")), ["denies access", "region", "OPENAI_API_KEY"]),
        (failing(403, PAGE), ["a web page, '502 Bad Gateway'"]),
        (failing(402, said("top up")), ["no credit", "top up"]),
        (failing(429, said("You exceeded", code="insufficient_quota")), ["no credit"]),
        (failing(400, said("model tiny does not support tools")), ["cannot call tools"]),
        (failing(400, said("messages[3]: bad\nrole")), ["(400)", "messages[3]: bad role"]),
        (failing(422, {"detail": "what?"}), ["(422)", "what?"]),
        (failing(400, {"error": "x" * 999}), ["x" * 300 + "…"]),
        (
            failing(307, "", location="https://elsewhere.example/v1?t=1"),
            ["https://elsewhere.example/v1;"],
        ),
        (Answer((PAGE.encode(),)), ["a web page", "Check the base URL"]),
        (Answer((b"[1, 2]",)), ["no chat completion"]),
        (Answer((b'{"choices": [', b"]"), status=200), ["damaged"]),
    ],
)
async def test_what_the_user_can_mend_is_said(answer: Answer, parts: list[str]) -> None:
    text = await failure(*[answer] * 9)
    for part in parts:
        assert part in text
    assert KEY not in text
    assert "elsewhere.example/v1?" not in text


async def test_a_key_that_is_missing_is_named() -> None:
    with serving(failing(401, said("who?"))) as server:
        with pytest.raises(ModelFailed, match=r"asks for a key\. Set OPENAI_API_KEY"):
            await Asking(server.url, key=None).turn()
        assert "authorization" not in server.requests[0].headers


async def test_a_missing_model_is_answered_with_those_there() -> None:
    listed = {"data": [{"id": "testing"}, {"id": "tester\x1b-2"}, {"id": "zebra"}]}
    with serving(failing(404, said("no such model")), failing(200, listed)) as server:
        with pytest.raises(ModelFailed) as caught:
            await Asking(server.url).turn()
        assert [request.path for request in server.requests] == [
            "/v1/chat/completions",
            "/v1/models",
        ]
        assert str(caught.value) == (
            f"There is no model tester at {server.url}. There are tester -2, testing and 1 more."
        )


@pytest.mark.parametrize("listing", [failing(404), failing(200, PAGE), Answer(status=0)])
async def test_a_missing_model_where_nothing_is_listed(listing: Answer) -> None:
    text = await failure(failing(400, said("The model `x` does not exist")), listing)
    assert "does not exist" in text
    assert "Check the model's name and the base URL" in text


@pytest.mark.parametrize(
    "body", ["<title>", "<title", "<title ", "context_length", "exceed_", "prompt ", "model "]
)
def test_a_long_complaint_is_read_at_once(body: str) -> None:
    endpoint = Endpoint("http://localhost/v1", key=None, key_variable="KEY")
    begun = time.process_time()
    judge(400, f"<html>{body * (65_536 // len(body))}", {}, endpoint=endpoint)
    assert time.process_time() - begun < 1
