"""`wrk` sees what the other clients see."""

import shutil
from pathlib import Path

import pytest

from runners.benchmarking.load import LoadFailed, Shot
from runners.benchmarking.wrk import WrkClient, usable
from runners.http_replay.exchange import Request
from runners.http_replay.serving import CommandServer
from tests.runners.benchmarking.servers import ENV, command, project

SHOT = Shot(Request("GET", "/", (("X-Header", "a b"),)), 200)
PROGRAM = """#!/bin/sh
echo "Running 1s test"
echo "  120 requests in 1.00s, 10.00KB read"
{errors}
echo "Requests/sec:    100.00"
"""


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, errors: str = "", code: int = 0) -> None:
    """A program that reports as `wrk` does, for machines that have none."""
    folder.mkdir()
    (folder / "wrk").write_text(PROGRAM.format(errors=errors) + f"exit {code}\n")
    (folder / "wrk").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def loaded(folder: Path) -> WrkClient:
    return WrkClient([SHOT], connections=2, env={"PATH": f"{folder}:/usr/bin:/bin"})


def test_its_report_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", monkeypatch)
    load = loaded(tmp_path / "bin").load(1, 1.0)
    assert (load.requests, load.seconds, load.problem()) == (120, 1.2, "")


def test_its_errors_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = (
        'echo "  Socket errors: connect 0, read 3, write 0, timeout 4"\n'
        'echo "  Non-2xx or 3xx responses: 5"'
    )
    program(tmp_path / "bin", monkeypatch, errors)
    load = loaded(tmp_path / "bin").load(1, 1.0)
    assert load.errors == {"read": 3, "timeout": 4, "status": 5}


def test_one_that_fails_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", monkeypatch, code=1)
    with pytest.raises(LoadFailed, match="exit code 1"):
        loaded(tmp_path / "bin").load(1, 1.0)


def test_it_sends_gets_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "bin", monkeypatch)
    assert usable([SHOT])
    assert not usable([Shot(Request("POST", "/"), 200)])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not usable([SHOT])


@pytest.mark.skipif(shutil.which("wrk") is None, reason="no wrk at hand")
def test_the_real_one_loads_a_server(tmp_path: Path) -> None:
    with CommandServer(command(), project(tmp_path / "app"), ENV) as server:
        server.begin()
        load = WrkClient([SHOT], connections=2, env=ENV).load(server.port, 1.0)
        assert load.problem() == ""
        assert load.requests > 10
