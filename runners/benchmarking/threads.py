"""The load client where none could be built: threads, each with a connection of its own.

It reaches some hundred or thousand requests a second, which loads a fast server little; CPU per
request is what it can still tell.
"""

import contextlib
import http.client
import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice

from runners.benchmarking.load import Load, Shot, wire
from runners.http_replay.client import ANSWER_S, HOST

_PAUSE_S = 0.01
"""Between two tries at a server that failed."""
_PRECISION = 32


class _Failed(Exception):  # noqa: N818  (says what happened)
    """A request had no right answer; the text is the kind of error."""


class ThreadClient:
    """Sends from this process."""

    name = "Python threads"

    def __init__(self, shots: Sequence[Shot], *, connections: int) -> None:
        self._shots = tuple((shot, wire(shot.request)) for shot in shots)
        self._connections = connections

    def load(self, port: int, seconds: float) -> Load:
        """Send for some seconds; the last answers are waited for."""
        began = time.monotonic()
        with ThreadPoolExecutor(self._connections) as pool:
            running = [
                pool.submit(self._one, port, began + seconds, number)
                for number in range(self._connections)
            ]
            lines = [each.result() for each in running]
        return Load(
            requests=sum(line.latencies.total() for line in lines),
            seconds=time.monotonic() - began,
            connections=sum(line.opened for line in lines),
            errors=dict(sum((line.errors for line in lines), Counter())),
            latencies=tuple(sorted(sum((line.latencies for line in lines), Counter()).items())),
        )

    def _one(self, port: int, deadline: float, number: int) -> "_Line":
        line = _Line(port)
        with contextlib.closing(line):
            for shot, data in islice(cycle(self._shots), number, None):
                if time.monotonic() >= deadline:
                    break
                line.exchange(shot, data)
        return line


class _Line:
    """One connection and what came back on it."""

    def __init__(self, port: int) -> None:
        self.opened = 0
        self.errors: Counter[str] = Counter()
        self.latencies: Counter[int] = Counter()
        self._port = port
        self._socket: socket.socket | None = None

    def exchange(self, shot: Shot, data: bytes) -> None:
        """Send a request and count its answer, or what went wrong."""
        try:
            self._exchange(shot, data)
        except _Failed as failed:
            self.errors[str(failed)] += 1
            self.close()
            time.sleep(_PAUSE_S)

    def _exchange(self, shot: Shot, data: bytes) -> None:
        connected = self._socket or self._connect()
        began = time.perf_counter()
        try:
            connected.sendall(data)
            with http.client.HTTPResponse(connected, method=shot.request.method) as answer:
                answer.begin()
                answer.read()
                status, closes = answer.status, answer.will_close
        except TimeoutError:
            raise _Failed("timeout") from None
        except OSError:
            raise _Failed("broken off") from None
        except http.client.HTTPException:
            raise _Failed("malformed") from None
        if status != shot.status:
            raise _Failed("status")
        self.latencies[_edge(round((time.perf_counter() - began) * 1e6))] += 1
        if closes:
            self.close()

    def _connect(self) -> socket.socket:
        try:
            self._socket = socket.create_connection((HOST, self._port), timeout=ANSWER_S)
        except OSError:
            raise _Failed("connect") from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.opened += 1
        return self._socket

    def close(self) -> None:
        """Let go of the connection."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _edge(microseconds: int) -> int:
    """The largest value of the bucket: exact when small, then within a part of the value."""
    shift = max(0, microseconds.bit_length() - _PRECISION.bit_length())
    return microseconds | ((1 << shift) - 1)
