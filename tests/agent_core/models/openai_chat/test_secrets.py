"""The key goes into one header, to one host, and is found nowhere else."""

import logging
import pickle
import traceback

import msgspec
import pytest

from agent_core.models.protocol import ModelFailed
from tests.agent_core.models.misbehaving import (
    Answer,
    calling,
    delta,
    event,
    failing,
    part,
    saying,
    serving,
)
from tests.agent_core.models.openai_chat.asking import KEY, Asking

ECHO = {"error": {"message": f"who is Bearer {KEY}?", "key": KEY}}
ESCAPED = f'{{"error": "\\u0073{KEY[1:]}"}}'
LEAKS = [
    *(failing(status, ECHO) for status in (400, 401, 402, 403, 404, 413, 418, 429, 500)),
    failing(500, f"<title>{KEY}</title>"),
    failing(400, ESCAPED),
    failing(302, "", location=f"https://elsewhere.example/{KEY}"),
    Answer((event(ECHO),)),
    Answer((f"<title>{KEY}</title>".encode(),)),
    Answer((delta(content="x"), event(ECHO))),
    Answer(status=0),
    Answer((delta(content="x"),), end="reset"),
    saying(f"your key is {KEY}"),
    saying(f"{KEY[:5]}\x07{KEY[5:]}"),
    Answer((delta(reasoning_content=KEY), *saying("x").pieces)),
    Answer((delta(reasoning_details=[{"type": "x", "data": KEY}]), *saying("x").pieces)),
    saying(f'<tool_call>{{"name": "read_file", "arguments": {{"path": "{KEY}"}}}}</tool_call>'),
    calling("read_file", f'{{"path": "{KEY}"}}'),
    Answer((part(0, "read_file", KEY[:5]), *calling(KEY, KEY[5:]).pieces)),
]


@pytest.mark.parametrize("leak", LEAKS)
async def test_no_failure_tells_the_key(leak: Answer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    with serving(*[leak] * 8) as server:
        asking = Asking(server.url)
        try:
            told += repr(await asking.turn())
        except ModelFailed as error:
            told += "".join(traceback.format_exception(error))
            told += repr(error) + repr(error.__dict__) + repr(error.__cause__)
        assert KEY in server.requests[0].headers["authorization"]
    told += repr(asking.model) + repr(asking.told) + repr(asking.shown)
    told += "".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert told
    assert KEY not in told


def moved_to(url: str) -> Answer:
    return failing(308, "", location=f"{url}/chat/completions")


async def test_a_redirect_is_not_followed() -> None:
    elsewhere = saying("here")
    with serving(elsewhere) as other, serving(moved_to(other.url)) as server:
        with pytest.raises(ModelFailed, match=r"redirects \(308\).*the key is not sent on"):
            await Asking(server.url).turn()
        assert other.requests == []


async def test_a_turn_and_what_is_sent_do_not_hold_the_key() -> None:
    with serving(saying("ok")) as server:
        asking = Asking(server.url)
        turn = await asking.turn()
        assert KEY.encode() not in server.requests[0].body
    assert KEY.encode() not in msgspec.json.encode(turn) + pickle.dumps(asking.told)


async def test_the_list_of_models_does_not_tell_the_key() -> None:
    listed = {"data": [{"id": KEY}, {"id": "x" * 290 + KEY}]}
    with (
        serving(failing(404), failing(200, listed)) as server,
        pytest.raises(ModelFailed, match="There is no model") as caught,
    ):
        await Asking(server.url).turn()
    assert KEY[:10] not in str(caught.value)


async def test_a_word_in_place_of_a_key_is_left_in_the_code() -> None:
    arguments = '{"path": "none.py"}'
    with serving(calling("read_file", arguments)) as server:
        turn = await Asking(server.url, key="none").turn()
    assert turn.calls[0].arguments == arguments
