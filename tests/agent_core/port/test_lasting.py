"""A difference counts if it comes each time both sides are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent_core.port.lasting import lasting, looks_at_a_clock
from runners.http_replay.compare import Noise
from runners.http_replay.exchange import Request, Sequence
from runners.http_replay.replay import replay
from runners.http_replay.serving import CommandServer
from tests.runners.http_replay.servers import COMMAND, ENV, project

SEQUENCE = Sequence("s", "session", (Request("GET", "/", route="/"),))
# What it counts in lies beside its folder, which is put back at each start.
SERVER = """
    import http.server, os, pathlib

    starts = pathlib.Path("../starts-{name}")
    starts.write_text((starts.read_text() if starts.exists() else "") + "x")
    odd = len(starts.read_text()) in {odd}


    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b"odd" if odd else b"even"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass


    address = ("127.0.0.1", int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()
"""


@contextmanager
def server(folder: Path, name: str, odd: set[int]) -> Iterator[CommandServer]:
    """One that answers "odd" at the starts of these numbers, else "even"."""
    source = SERVER.replace("{name}", name).replace("{odd}", repr(odd or [0]))
    with CommandServer(COMMAND, project(folder / name, source), ENV) as made:
        yield made


@pytest.mark.parametrize(("odd", "found"), [({1}, 0), ({1, 2}, 0), (set(range(1, 9)), 1)])
def test_what_comes_each_time_is_told(tmp_path: Path, odd: set[int], found: int) -> None:
    with server(tmp_path, "one", set()) as one, server(tmp_path, "two", odd) as two:
        runs = (replay(SEQUENCE, one), replay(SEQUENCE, two))
        assert len(lasting(SEQUENCE, runs, (one, two), Noise())) == found


def test_a_corpus_that_waits_is_of_an_application_that_looks_at_a_clock() -> None:
    assert looks_at_a_clock([SEQUENCE, Sequence("p", "paced", SEQUENCE.requests)])
    assert not looks_at_a_clock([SEQUENCE])
