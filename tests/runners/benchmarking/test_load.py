"""Both load clients send what they were given and count what comes back."""

import shutil
import socketserver
import threading
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners import cargo
from runners.benchmarking import building
from runners.benchmarking.building import NotBuilt, build
from runners.benchmarking.load import (
    BuiltClient,
    Load,
    LoadClient,
    LoadFailed,
    Shot,
    percentile,
    wire,
)
from runners.benchmarking.threads import ThreadClient
from runners.http_replay.exchange import Request
from runners.http_replay.serving import CommandServer, free_port
from tests.runners.benchmarking.servers import ENV, command, project

POST = Request("POST", "/", (("Content-Type", "text/plain"),), b"body")
SHOTS = (Shot(Request("GET", "/"), 200), Shot(Request("HEAD", "/"), 200), Shot(POST, 200))
NOT_FOUND = Shot(Request("GET", "/missing"), 200)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built client, where there is a cargo to build it."""
    if cargo.find() is None:
        pytest.skip("no cargo at hand")
    with as_file(files("resources") / "port" / building.NAME) as sources:
        return build(sources, tmp_path_factory.mktemp("target"))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CommandServer]:
    with CommandServer(command(), project(tmp_path / "app"), ENV) as running:
        running.begin()
        yield running


def judged(client: LoadClient, port: int) -> None:
    load = client.load(port, 0.2)
    assert load.problem() == ""
    assert load.requests > 10
    assert load.connections == 3
    assert load.seconds >= 0.2
    assert sum(count for _, count in load.latencies) == load.requests
    assert 0 < percentile([load], 0.5) <= percentile([load], 1.0) < 1e6


def judged_wrong(client: LoadClient, port: int) -> None:
    load = client.load(port, 0.1)
    assert load.requests == 0
    assert list(load.errors) == ["status"]
    assert "status" in load.problem()
    nobody = client.load(free_port(), 0.1)
    assert list(nobody.errors) == ["connect"]


def test_threads_send_all_requests(server: CommandServer) -> None:
    judged(ThreadClient(SHOTS, connections=3), server.port)
    judged_wrong(ThreadClient([NOT_FOUND], connections=2), server.port)


@pytest.mark.slow
def test_the_built_client_does_the_same(
    server: CommandServer, program: Path, tmp_path: Path
) -> None:
    judged(BuiltClient(program, SHOTS, connections=3, scratch=tmp_path, env=ENV), server.port)
    judged_wrong(
        BuiltClient(program, [NOT_FOUND], connections=2, scratch=tmp_path, env=ENV), server.port
    )
    with pytest.raises(LoadFailed, match="at least one connection"):
        BuiltClient(program, SHOTS, connections=0, scratch=tmp_path, env=ENV).load(1, 0.1)


class HangsUp(socketserver.BaseRequestHandler):
    """Answers nothing."""


class Speaks(socketserver.StreamRequestHandler):
    """Answers what is no HTTP."""

    def handle(self) -> None:
        self.wfile.write(b"220 mail ready\r\n\r\n")
        self.rfile.readline()


@pytest.mark.parametrize(
    ("handler", "error"), [(HangsUp, "broken off"), (Speaks, "malformed")], ids=lambda value: value
)
def test_what_is_no_answer_is_an_error(
    handler: type[socketserver.BaseRequestHandler], error: str
) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), handler) as other:
        thread = threading.Thread(target=other.serve_forever, args=(0.01,))
        thread.start()
        load = ThreadClient([SHOTS[0]], connections=1).load(other.server_address[1], 0.05)
        other.shutdown()
        thread.join()
    assert load.requests == 0
    assert list(load.errors) == [error]


def test_without_cargo_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    assert shutil.which("cargo") is None
    with pytest.raises(NotBuilt, match="cargo was not found"):
        build(tmp_path, tmp_path / "target")


def test_a_request_is_whole_on_the_wire() -> None:
    assert wire(POST) == (
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
        b"Content-Length: 4\r\n\r\nbody"
    )
    own = Request("GET", "/a?b=%20", (("Host", "example.org"), ("X", "ü")))
    assert wire(own) == "GET /a?b=%20 HTTP/1.1\r\nHost: example.org\r\nX: ü\r\n\r\n".encode()


def test_no_answer_says_nothing_of_a_server() -> None:
    assert Load(0, 1.0, 1).problem() == "no request was answered"


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=50), st.integers(1, 100))
def test_a_percentile_is_one_of_the_answers(latencies: list[int], hundredths: int) -> None:
    load = Load(len(latencies), 1.0, 1, latencies=tuple((each, 1) for each in sorted(latencies)))
    rank = -(-len(latencies) * hundredths // 100)
    assert percentile([load], hundredths / 100) in sorted(latencies)[rank - 1 : rank + 1]
    assert percentile([], 0.5) == 0
