"""A server is started in its first state, owns its port, and is gone at the end."""

import shlex
import socket
import sys
from pathlib import Path

import pytest

from runners.http_replay.client import HOST, Client
from runners.http_replay.exchange import Ref, Request, Sequence, mark
from runners.http_replay.replay import replay
from runners.http_replay.serving import CommandServer, ServerFailed, free_port
from tests.runners.http_replay.servers import COMMAND, ENV, project

LOOK = Request("GET", "/look")


def texts(server: CommandServer, *targets: str) -> list[str]:
    run = replay(Sequence("s", "session", tuple(Request("GET", t) for t in targets)), server)
    return [response.problem or response.body.decode() for response in run.responses]


def test_each_beginning_is_the_first_state_of_process_and_files(tmp_path: Path) -> None:
    with CommandServer(COMMAND, project(tmp_path / "app"), ENV) as server:
        first = texts(server, "/look", "/write", "/look")
        assert '"data": "changed"' in first[2]
        assert texts(server, "/look", "/write", "/look") == first
        server.begin()
        assert not (server.root / "new.txt").exists()
        assert (server.root / "data.txt").read_text() == "first"
        process = Path(f"/proc/{server.pid}")
        assert process.exists()
    assert not process.exists()


def test_references_lead_into_the_answers_of_this_server(tmp_path: Path) -> None:
    asked = Request(
        "POST",
        f"/items/{mark(0)}",
        headers=(("Content-Type", "application/json"),),
        body=f'{{"n": {mark(1)}}}'.encode(),
        refs=(Ref(0, ("id",)), Ref(0, ("n",))),
    )
    with CommandServer(COMMAND, project(tmp_path / "app"), ENV) as server:
        run = replay(Sequence("s", "session", (LOOK, asked)), server)
    assert b'"path": "/items/item-1"' in run.responses[1].body
    assert b'"cookie": "seen=1"' in run.responses[1].body


def test_a_server_that_dies_is_said_where_it_does(tmp_path: Path) -> None:
    with CommandServer(COMMAND, project(tmp_path / "app"), ENV) as server:
        answers = texts(server, "/look", "/die", "/look")
    assert len(answers) == 2
    assert answers[1].startswith("no answer")


def test_one_that_does_not_start_says_its_last_words(tmp_path: Path) -> None:
    command = f"{shlex.quote(sys.executable)} -c 'raise SystemExit(\"no database\")'"
    with (
        CommandServer(command, project(tmp_path / "app"), ENV) as server,
        pytest.raises(ServerFailed, match=r"exit code 1.*no database"),
    ):
        server.begin()


def test_a_server_may_take_its_port_from_the_command(tmp_path: Path) -> None:
    command = f"PORT={{port}} {COMMAND}"
    with CommandServer(f"env {command}", project(tmp_path / "app"), ENV) as server:
        server.begin()
        with Client(server.port) as client:
            assert client.send(LOOK).status == 200


def test_another_program_on_the_port_is_not_taken_for_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server((HOST, 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setattr("runners.http_replay.serving.free_port", lambda: taken)
        sleeping = f"{shlex.quote(sys.executable)} -c 'import time; time.sleep(60)'"
        with (
            CommandServer(sleeping, project(tmp_path / "app"), ENV) as server,
            pytest.raises(ServerFailed, match="another program"),
        ):
            server.begin()


def test_nobody_there_is_no_answer() -> None:
    with Client(free_port(), timeout_s=1) as client:
        assert client.send(LOOK).problem.startswith("no answer: ConnectionRefusedError")
