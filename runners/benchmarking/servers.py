"""Two servers under the same load, a round each in turn: what a request costs each of them.

For a worker process, which blocks; whatever is left of a server dies with the worker's guardian.
"""

import time
from collections.abc import Callable, Sequence

import msgspec

from runners import benchmark
from runners.benchmark import Pair, Round, Side
from runners.benchmarking import process_tree
from runners.benchmarking.load import Load, LoadClient, LoadFailed, Shot
from runners.http_replay.client import Client
from runners.http_replay.exchange import Request, Response
from runners.http_replay.serving import CommandServer, ServerFailed, owners

WARM_UP = 0.5
"""How long each server is warmed up, as a share of a round."""
_ENDING_S = 0.5
"""So long a server whose round is void gets to end by itself, if that is what it is about to."""


class ServerRound(Round, frozen=True):
    """A round on one server; `cost` is CPU seconds of its process tree for a request."""

    load: Load | None = None


class Standing(msgspec.Struct, frozen=True):
    """Seconds from a server's start to its first right answer, and its memory after the load."""

    start_s: float
    memory: int


class Session(msgspec.Struct, frozen=True):
    """Pairs of rounds on two servers that were started for them."""

    pairs: tuple[Pair[ServerRound], ...]
    a: Standing
    b: Standing


class UnlikeAnswers(Exception):  # noqa: N818  (says what happened)
    """The two servers are not asked the same: one of them answers otherwise."""


def aim(
    requests: Sequence[Request], a: CommandServer, b: CommandServer
) -> tuple[tuple[Shot, ...], bool]:
    """The requests with the status both servers give, and whether they give the same bodies.

    Raises UnlikeAnswers where a status differs or is no success, ServerFailed.
    """
    answers = [_answers(requests, server) for server in (a, b)]
    shots, same = [], True
    for request, one, two in zip(requests, *answers, strict=True):
        if not one.good or one.status != two.status:
            raise UnlikeAnswers(f"{request.sentence()}: A {_said(one)}, B {_said(two)}")
        same = same and one.body == two.body
        shots.append(Shot(request, one.status))
    return tuple(shots), same


def _answers(requests: Sequence[Request], server: CommandServer) -> list[Response]:
    server.begin()
    found = []
    for request in requests:
        with Client(server.port) as client:
            found.append(client.send(request))
    server.end()
    return found


def _said(answer: Response) -> str:
    return answer.problem or f"answers {answer.status}"


def race(
    a: CommandServer,
    b: CommandServer,
    client: LoadClient,
    first: Shot,
    *,
    rounds: int,
    seconds: float,
    say: Callable[[str], None],
) -> Session:
    """One session: both are started, warmed up and loaded in turn until `rounds` pairs count.

    `first` is asked to see when a server answers. Raises ServerFailed where one does not start.
    """
    servers: dict[Side, CommandServer] = {"A": a, "B": b}
    start_s = {side: _started(server, first) for side, server in servers.items()}
    for server in servers.values():
        _measured(server, client, seconds * WARM_UP)
    pairs: list[Pair[ServerRound]] = []
    while benchmark.goes_on(pairs, rounds):
        say(f"pair {len(pairs) + 1} of {rounds}")
        took: dict[Side, ServerRound] = {}
        for side in benchmark.order(len(pairs)):
            took[side] = _round(servers[side], client, seconds)
        pairs.append(Pair(took["A"], took["B"]))
    memory = {side: process_tree.proportional_memory(s.pid) for side, s in servers.items() if s.pid}
    for server in servers.values():
        server.end()
    standing = {side: Standing(start_s[side], memory.get(side, 0)) for side in servers}
    return Session(tuple(pairs), standing["A"], standing["B"])


def _started(server: CommandServer, first: Shot) -> float:
    """Begin, and wait for the first right answer: who listens may not be able to answer yet."""
    server.begin()
    began = time.monotonic()
    with Client(server.port) as client:
        answer = client.send(first.request)
    if answer.status != first.status:
        raise ServerFailed(f"{first.request.sentence()} {_said(answer)} right after the start")
    return server.listened_s + time.monotonic() - began


def _round(server: CommandServer, client: LoadClient, seconds: float) -> ServerRound:
    """A round; a server that has ended is started again for the next one."""
    measured = _measured(server, client, seconds)
    if server.ends_within(_ENDING_S if measured.void else 0):
        died = server.end()
        measured = ServerRound(void=f"the server has ended ({died})", load=measured.load)
        try:
            server.begin()
        except ServerFailed as failed:
            return ServerRound(void=str(failed), load=measured.load)
    return measured


def _measured(server: CommandServer, client: LoadClient, seconds: float) -> ServerRound:
    if wrong := _not_its_own(server):
        return ServerRound(void=wrong)
    leader = server.pid
    before = process_tree.cpu_s(leader)
    try:
        load = client.load(server.port, seconds)
    except LoadFailed as failed:
        return ServerRound(void=str(failed))
    spent = process_tree.cpu_s(leader) - before
    wrong = load.problem() or _not_its_own(server)
    if not wrong and spent <= 0:
        wrong = "too little CPU time to be seen: make the rounds longer"
    return ServerRound(cost=spent / max(load.requests, 1), void=wrong, load=load)


def _not_its_own(server: CommandServer) -> str:
    """Why what listens on the port is not this server, "" if it is."""
    if not server.pid:
        return "the server has ended"
    listening = owners(server.port)
    if not listening:
        return f"nobody listens on port {server.port}"
    if listening <= process_tree.members(server.pid):
        return ""
    return f"another program listens on port {server.port}"
