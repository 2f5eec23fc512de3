"""Sixteen clients at once on the routes that write: no hang, and no update lost.

A port may not lose what the original keeps. What the original itself loses proves nothing.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec

from runners.http_replay.client import Client
from runners.http_replay.exchange import Request, Response, Run
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.leaves import leaves
from runners.http_replay.serving import Server, ServerFailed

CLIENTS = 16
RUNS = 3
"""How often each side is asked: it may keep more in one run than in another."""
MORE, LOSSES = 9, 3
"""How often both are asked again where a port has lost something, and how often it must then."""
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
        if any(outcome.unanswered for outcome in outcomes):
            continue
        here = [_ask(burst, port) for _ in range(RUNS)]
        if _loses(here, outcomes):
            # Both may lose by chance: a port that does is one that loses time and again.
            outcomes += [_ask(burst, original) for _ in range(MORE)]
            here = [_ask(burst, port) for _ in range(MORE)]
        if said := _unlike(here, outcomes):
            yield f"{burst.place}: {said}"


def _loses(here: Sequence[_Outcome], there: Sequence[_Outcome], times: int = 1) -> bool:
    """Whether there is less to see after so many of these runs than after any of the original."""
    kept = min(outcome.seen for outcome in there)
    return sum(outcome.seen < kept for outcome in here) >= times


def _unlike(here: Sequence[_Outcome], there: Sequence[_Outcome]) -> str:
    """What is wrong with a port beside the original, "" if nothing is.

    Statuses are compared only where each side has the same in all its runs: who comes first is
    chance.
    """
    if unanswered := max(outcome.unanswered for outcome in here):
        return f"{unanswered} of {CLIENTS} clients at once got no answer"
    if _loses(here, there, LOSSES):
        return f"updates of {CLIENTS} clients at once are lost"
    if _steady(here) and _steady(there) and here[0].statuses != there[0].statuses:
        theirs = _words(there[0])
        return f"{CLIENTS} clients at once get {_words(here[0])}, of the original {theirs}"
    return ""


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
    together = Barrier(CLIENTS)

    def ask(_: int) -> Response:
        with Client(server.port, jar=first.jar.copy()) as client:
            together.wait()
            return client.send(request, earlier)

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(ask, range(CLIENTS)))


def _steady(outcomes: Sequence[_Outcome]) -> bool:
    return all(outcome.statuses == outcomes[0].statuses for outcome in outcomes)


def _words(outcome: _Outcome) -> str:
    return ", ".join(
        f"{count} times {status}" for status, count in sorted(outcome.statuses.items())
    )
