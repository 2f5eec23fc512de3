"""Addresses as users write them, and the way there."""

import pytest

from agent_core.models.openai_chat.endpoint import Endpoint
from agent_core.models.protocol import ModelFailed
from runners.problems import UserProblem
from tests.agent_core.models.misbehaving import saying, serving
from tests.agent_core.models.openai_chat.asking import KEY, Asking

OTHER_KEY = "VENDOR_KEY"


def endpoint(base_url: str, key: str | None = KEY) -> Endpoint:
    return Endpoint(base_url, key=key, key_variable=OTHER_KEY)


@pytest.mark.parametrize(
    ("base_url", "chat"),
    [
        ("https://api.example.com", "https://api.example.com/v1/chat/completions"),
        ("https://api.example.com/", "https://api.example.com/v1/chat/completions"),
        ("https://api.example.com/v1", "https://api.example.com/v1/chat/completions"),
        (" https://api.example.com/v1// ", "https://api.example.com/v1/chat/completions"),
        ("http://host:8/api", "http://host:8/api/v1/chat/completions"),
        ("http://host/api/paas/v4/", "http://host/api/paas/v4/chat/completions"),
        ("http://host/v1beta/openai", "http://host/v1beta/openai/chat/completions"),
        ("http://host/inference/chat/completions", "http://host/inference/chat/completions"),
        ("http://host/v1?api-version=2", "http://host/v1/chat/completions?api-version=2"),
    ],
)
def test_the_address_is_completed(base_url: str, chat: str) -> None:
    assert endpoint(base_url).chat == chat
    assert endpoint(base_url).models == chat.replace("/chat/completions", "/models")
    assert "?" not in endpoint(base_url).shown


@pytest.mark.parametrize(
    ("base_url", "part"),
    [
        ("api.example.com/v1", "no web address"),
        ("ftp://example.com", "no web address"),
        ("http://", "no web address"),
        ("http://[::1/v1", "no web address"),
        ("http://host:port/v1", "no web address"),
        (f"https://user:{KEY}@example.com", OTHER_KEY),
    ],
)
def test_an_address_that_cannot_be_used(base_url: str, part: str) -> None:
    with pytest.raises(UserProblem, match=part) as caught:
        endpoint(base_url)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-a\nb", "sk-ä", '"sk a"', "sk-\x00"])
def test_a_key_that_fits_into_no_header(key: str) -> None:
    with pytest.raises(UserProblem, match=f"{OTHER_KEY} holds characters") as caught:
        endpoint("http://host", key)
    assert key not in str(caught.value)


def test_blanks_around_a_key_are_taken_off() -> None:
    assert endpoint("http://host", f" {KEY}\n").headers["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in endpoint("http://host", " \n").headers


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("[::1]", True),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("10.0.0.1", False),
    ],
)
def test_what_is_on_this_machine(host: str, *, loopback: bool) -> None:
    assert endpoint(f"http://{host}:99/v1").loopback is loopback


async def test_no_proxy_stands_before_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with serving(saying("straight")) as server:
        assert (await Asking(server.url).turn()).text == "straight"


async def test_a_proxy_is_used_for_other_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(saying("round")) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url.removesuffix("/v1"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert (await Asking("http://model.example/v1").turn()).text == "round"
        assert server.requests[0].path == "http://model.example/v1/chat/completions"


@pytest.mark.parametrize("proxy", ["socks5://me:hunter2@127.0.0.1:9", "gopher://me:hunter2@h"])
async def test_a_proxy_that_cannot_be_used(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ModelFailed, match=r"proxy named in .* cannot be used") as caught:
        await Asking("http://model.example/v1").turn()
    assert "hunter2" not in str(caught.value)
