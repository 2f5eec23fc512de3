"""Sixteen clients at once on the routes that write: no hang, and no update lost.

A port may not lose what the original keeps. What the original itself loses proves nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from runners.http_replay.client import Client
from runners.http_replay.exchange import Request, Response, Run
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.leaves import leaves
from runners.http_replay.serving import Server, ServerFailed

CLIENTS = 16
RUNS = 3
"""How often the original is asked: it may keep more in one run than in another."""
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class _Burst(msgspec.Struct, frozen=True):
    """A request that is sent by all at once, after what has to come before it."""

    before: tuple[Request, ...]
    request: Request
    look: tuple[Request, ...]

    @property
    def place(self) -> str:
        return f"{self.request.method} {self.request.route}"


class _Outcome(msgspec.Struct, frozen=True):
    """How many answers had each status, and how much there was to see afterwards."""

    statuses: dict[int, int]
    unanswered: int
    seen: int


def unlike_in_parallel(
    sequences: Sequence[Requests], runs: Sequence[Run], original: Server, port: Server
) -> Iterator[str]:
    """One sentence for each writing route on which the port hangs or loses updates."""
    for burst in _bursts(sequences, runs):
        outcomes = [_ask(burst, original) for _ in range(RUNS)]
        here = _ask(burst, port)
        if any(outcome.unanswered for outcome in outcomes):
            continue
        if here.unanswered:
            yield f"{burst.place}: {here.unanswered} of {CLIENTS} clients at once got no answer"
        elif here.seen < min(outcome.seen for outcome in outcomes):
            yield f"{burst.place}: updates of {CLIENTS} clients at once are lost"
        elif not any(_alike(here, outcome) for outcome in outcomes) and _steady(outcomes):
            yield (
                f"{burst.place}: {CLIENTS} clients at once get {_words(here)}, "
                f"of the original {_words(outcomes[0])}"
            )


def _bursts(sequences: Sequence[Requests], runs: Sequence[Run]) -> list[_Burst]:
    """For each writing route the first request on it that succeeded."""
    look = _looks(sequences, runs)
    found: dict[str, _Burst] = {}
    for sequence, run in zip(sequences, runs, strict=True):
        for number, response in enumerate(run.responses):
            request = sequence.requests[number]
            if request.method in WRITES and request.route and response.good:
                burst = _Burst(sequence.requests[:number], request, look)
                found.setdefault(burst.place, burst)
    return list(found.values())


def _looks(sequences: Sequence[Requests], runs: Sequence[Run]) -> tuple[Request, ...]:
    """Requests that show what there is: one for each rule without arguments that answers GET."""
    found: dict[str, Request] = {}
    for sequence, run in zip(sequences, runs, strict=True):
        for request, response in zip(sequence.requests, run.responses, strict=False):
            plain = request.method == "GET" and request.route and "<" not in request.route
            if plain and response.good and request.target == request.route:
                found.setdefault(request.route, request)
    return tuple(found.values())


def _ask(burst: _Burst, server: Server) -> _Outcome:
    try:
        server.begin()
    except ServerFailed:
        return _Outcome({}, CLIENTS, 0)
    try:
        with Client(server.port) as first:
            earlier: list[Response] = []
            for request in burst.before:
                earlier.append(first.send(request, earlier))
            answers = _all_at_once(burst.request, earlier, server, first)
            seen = sum(len(leaves(first.send(request))) for request in burst.look)
    finally:
        server.end()
    return _Outcome(
        statuses=dict(Counter(a.status for a in answers if not a.problem)),
        unanswered=sum(bool(answer.problem) for answer in answers),
        seen=seen,
    )


def _all_at_once(
    request: Request, earlier: Sequence[Response], server: Server, first: Client
) -> list[Response]:
    def ask(_: int) -> Response:
        with Client(server.port, jar=first.jar.copy()) as client:
            return client.send(request, earlier)

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(ask, range(CLIENTS)))


def _alike(one: _Outcome, other: _Outcome) -> bool:
    return one.statuses == other.statuses


def _steady(outcomes: Sequence[_Outcome]) -> bool:
    return all(_alike(outcome, outcomes[0]) for outcome in outcomes)


def _words(outcome: _Outcome) -> str:
    return ", ".join(
        f"{count} times {status}" for status, count in sorted(outcome.statuses.items())
    )
