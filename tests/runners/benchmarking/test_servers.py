"""Two servers are raced: what costs more is told, and what spoils a round makes it void."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runners.benchmark import Ratio, judge, ratio
from runners.benchmarking.load import Shot
from runners.benchmarking.servers import Session, UnlikeAnswers, aim, race
from runners.benchmarking.threads import ThreadClient
from runners.http_replay.exchange import Request
from runners.http_replay.serving import CommandServer
from tests.runners.benchmarking.servers import ENV, command, project

SHOT = Shot(Request("GET", "/"), 200)
SLOW_S = 0.003


@contextmanager
def servers(folder: Path, a: str, b: str) -> Iterator[tuple[CommandServer, CommandServer]]:
    with (
        CommandServer(a, project(folder / "a"), ENV) as first,
        CommandServer(b, project(folder / "b"), ENV) as second,
    ):
        yield first, second


def raced(a: CommandServer, b: CommandServer, *, rounds: int, shot: Shot = SHOT) -> Session:
    client = ThreadClient((shot,), connections=4)
    return race(a, b, client, SHOT, rounds=rounds, seconds=0.2, say=lambda _: None)


def measured(session: Session) -> Ratio:
    found = ratio([session.pairs])
    assert found is not None, session.pairs
    return found


def test_a_correct_but_slow_server_fails_the_gate(tmp_path: Path) -> None:
    with servers(tmp_path, command(), command(burn_s=SLOW_S)) as (a, b):
        session = raced(a, b, rounds=2)
        assert measured(session).highest < 0.5
        assert judge([session.pairs, session.pairs], 1.0).state == "fails"
        assert 0 < session.a.start_s < 30
        assert session.b.memory > 1_000_000
        loads = [each.load for pair in session.pairs for each in (pair.a, pair.b)]
        assert all(load and load.requests and load.connections == 4 for load in loads)


def test_one_that_burns_five_times_as_much_is_told(tmp_path: Path) -> None:
    with servers(tmp_path, command(burn_s=5 * SLOW_S), command(burn_s=SLOW_S)) as (a, b):
        found = measured(raced(a, b, rounds=3))
    assert found.pairs == 3
    assert 2.5 < found.median < 6


def test_equal_servers_are_equal(tmp_path: Path) -> None:
    with servers(tmp_path, command(burn_s=SLOW_S), command(burn_s=SLOW_S)) as (a, b):
        found = measured(raced(a, b, rounds=4))
    # The kernel counts in steps of 10 ms, 5 % of such short rounds.
    assert found.lowest - 0.1 <= 1 <= found.highest + 0.1


def test_rounds_on_a_server_that_dies_are_void(tmp_path: Path) -> None:
    with servers(tmp_path, command(), command(dies_after=20)) as (a, b):
        session = raced(a, b, rounds=5)
    assert len(session.pairs) == 3
    assert all(
        pair.b.void.startswith("the server has ended (exit code 3") for pair in session.pairs
    )
    assert "ended" not in session.pairs[0].a.void
    assert judge([session.pairs], 0.001).state == "unknown"


def test_rounds_with_another_status_are_void(tmp_path: Path) -> None:
    with servers(tmp_path, command(), command()) as (a, b):
        session = raced(a, b, rounds=1, shot=Shot(Request("GET", "/missing"), 200))
    assert "requests failed" in session.pairs[0].void
    assert "status" in session.pairs[0].void


class Impostor(CommandServer):
    """Sends whoever asks it to another server."""

    def __init__(self, other: CommandServer, root: Path) -> None:
        super().__init__(command(), root, ENV)
        self._other = other

    def begin(self) -> None:
        super().begin()
        self.port = self._other.port


def test_a_listener_that_is_not_the_servers_own_makes_rounds_void(tmp_path: Path) -> None:
    with (
        servers(tmp_path, command(), command()) as (a, other),
        Impostor(other, project(tmp_path / "impostor")) as impostor,
    ):
        other.begin()
        session = raced(a, impostor, rounds=1)
    assert "another program listens on port" in session.pairs[0].b.void


def test_the_load_is_what_both_answer_alike(tmp_path: Path) -> None:
    with servers(tmp_path, command(), command()) as (a, b):
        shots, same = aim([SHOT.request, Request("HEAD", "/")], a, b)
        assert [shot.status for shot in shots] == [200, 200]
        assert same
        with pytest.raises(UnlikeAnswers, match=r"GET /missing: A answers 404, B answers 404"):
            aim([Request("GET", "/missing")], a, b)
        assert not a.pid
