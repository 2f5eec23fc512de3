"""The app's own tests over HTTP, and the sequences of requests that they are made of."""

import asyncio
import base64
import contextlib
import json
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import msgspec

from agent_core.port.report import OwnTests
from agent_core.port.routes import Route, matching
from runners.http_replay.client import HOST
from runners.http_replay.cookies import set_by
from runners.http_replay.exchange import MARK, Ref, Request, Response, mark
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.serving import Server, ServerFailed
from runners.reports import RED, TestReport
from runners.suite import HttpTests, Suite
from runners.suite_runs import run_suite

SHORTEST_REF = 6
"""Characters from which a value that comes again is taken for one that the server gave."""


class Recorded(msgspec.Struct, frozen=True):
    """A line that `runners/inside/flask_http.py` writes; a test's start has no method."""

    test: str
    method: str = ""
    target: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    status: int = 0
    answer_headers: tuple[tuple[str, str], ...] = ()
    answer_body: str = ""


class Ran(msgspec.Struct, frozen=True):
    """A run of the tests against one server: the report, and what was sent in it."""

    report: TestReport
    recorded: tuple[Recorded, ...]

    @property
    def asking(self) -> frozenset[str]:
        """The tests that sent a request."""
        return frozenset(line.test for line in self.recorded if line.method)


def run_over_http(suite: Suite, server: Server, scratch: Path, *, deadline_s: float) -> Ran:
    """Run the tests with their client asking a server, which is fresh for each of them."""
    with tempfile.TemporaryDirectory(dir=scratch) as folder, _Control(server) as control:
        record = Path(folder, "record.jsonl")
        http = HttpTests(control=(HOST, control.port), record=str(record))
        report = asyncio.run(
            run_suite(suite, deadline_s=deadline_s, scratch=Path(folder), http=http)
        )
        lines = record.read_bytes().splitlines() if record.exists() else []
        return Ran(report, tuple(msgspec.json.decode(line, type=Recorded) for line in lines))


class _Control:
    """Answers each "reset" with the port of a server in its first state."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._socket = socket.create_server((HOST, 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="reset server")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()
        self._server.end()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed: no test asks any more
            with connection, contextlib.suppress(OSError):
                connection.recv(64)
                connection.sendall(b"%d\n" % self._fresh())

    def _fresh(self) -> int:
        self._server.end()
        with contextlib.suppress(ServerFailed):
            self._server.begin()
        return self._server.port


def compared(original: Ran, port: Ran) -> OwnTests:
    """The tests that the original passes over HTTP, by what the port makes of them."""
    if original.report.health != "ran":
        return OwnTests(problem=original.report.problem or "the tests could not be run over HTTP")
    sure = [test for test in original.report.green if test in original.asking]
    red = {case.id for case in port.report.cases if case.status in RED}
    green = set(port.report.green)
    return OwnTests(
        green=tuple(test for test in sure if test in green),
        red=tuple(test for test in sure if test in red or test not in green),
        apart=tuple(case.id for case in original.report.cases if case.id not in sure),
    )


def sequences(ran: Ran, routes: tuple[Route, ...]) -> Iterator[Requests]:
    """What each test sent, as a sequence that finds its ids in the answers it gets."""
    by_test: dict[str, list[Recorded]] = {}
    for line in ran.recorded:
        if line.method:
            by_test.setdefault(line.test, []).append(line)
    for test, lines in by_test.items():
        yield Requests(name=f"test {test}", kind="test", requests=tuple(_requests(lines, routes)))


def _requests(lines: Sequence[Recorded], routes: tuple[Route, ...]) -> Iterator[Request]:
    given: dict[str, Ref] = {}
    ours: set[str] = set()
    sent = ""
    for number, line in enumerate(lines):
        body = base64.b64decode(line.body)
        refs = tuple(
            (value, ref)
            for value, ref in given.items()
            if value in line.target or value.encode() in body
        )
        target = line.target
        for place, (value, _) in enumerate(refs):
            target = target.replace(value, mark(place))
            body = body.replace(value.encode(), mark(place).encode())
        if MARK in line.target:
            continue
        yield Request(
            method=line.method,
            target=target,
            headers=tuple(_own_headers(line, ours)),
            body=body,
            refs=tuple(ref for _, ref in refs),
            route=_route(routes, line),
        )
        answer = Response(line.status, line.answer_headers, base64.b64decode(line.answer_body))
        ours |= {cookie.name for cookie in set_by(answer)}
        sent += f"{line.target}\n{base64.b64decode(line.body).decode('utf-8', 'replace')}\n"
        # What the test has sent before is its own, and not what a server made up.
        new = {value: Ref(number, path) for value, path in _values(answer) if value not in sent}
        given = new | given


def _own_headers(line: Recorded, ours: set[str]) -> Iterator[tuple[str, str]]:
    """The headers without the cookies that a server gave: those come from the jar."""
    for name, value in line.headers:
        if name.lower() != "cookie":
            yield name, value
            continue
        pairs = (pair.strip() for pair in value.split(";"))
        if own := [pair for pair in pairs if pair.partition("=")[0] not in ours]:
            yield name, "; ".join(own)


def _route(routes: tuple[Route, ...], line: Recorded) -> str:
    found = matching(routes, line.method, line.target.partition("?")[0])
    return found[0].name if found else ""


def _values(answer: Response) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The strings in a JSON answer that are long enough to be known again, and where they are."""
    with contextlib.suppress(ValueError):
        yield from _strings(json.loads(answer.body), ())


def _strings(
    value: Any, path: tuple[str | int, ...]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, (*path, index))
    elif isinstance(value, str) and len(value) >= SHORTEST_REF:
        yield value, path
