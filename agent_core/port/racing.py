"""Is a port faster than its original? The Flask project under gunicorn against the port's server.

Blocking, for a worker process, which may live in a network namespace of its own.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from agent_core.port.corpus import generate
from agent_core.port.mining import mine
from agent_core.port.routes import routes_of
from agent_core.port.stage import Live, Order, Stage
from runners.benchmark import SESSIONS
from runners.benchmarking import gunicorn, wrk
from runners.benchmarking.load import BuiltClient, LoadClient, Shot
from runners.benchmarking.servers import Session, UnlikeAnswers, aim, race
from runners.benchmarking.threads import ThreadClient
from runners.http_replay.client import resolved
from runners.http_replay.exchange import Request, Response, Sequence
from runners.http_replay.isolation import bring_up_loopback
from runners.http_replay.serving import CommandServer, ServerFailed

CORPUS = 300
"""Requests of the corpus from which those of one route are taken."""
NOTHING_TO_ASK = "There is nothing to ask"
MOST = 50
"""Different requests of one route."""


class RaceOrder(msgspec.Struct, frozen=True):
    """What to race: the servers of `stage`, the original's under gunicorn by `gunicorn_python`.

    The load is `requests`, or where there are none successful GETs of the rule `route`; without
    one, of the first rule that answers with JSON. `program` is the built load client, "" for
    threads of ours.
    """

    stage: Order
    gunicorn_python: str
    requests: tuple[Request, ...]
    route: str
    program: str
    rounds: int
    seconds: float
    connections: int


class Raced(msgspec.Struct, frozen=True):
    """Everything measured, or the `problem` that kept it from being, of `what`.

    `shots` were sent; `client` sent them; `same_bodies`: whether both answer them alike. `by_wrk`
    is one more pair with another load client, where that is installed.
    """

    shots: tuple[Shot, ...] = ()
    client: str = ""
    same_bodies: bool = True
    sessions: tuple[Session, ...] = ()
    by_wrk: Session | None = None
    what: str = ""
    problem: str = ""


class NoSuchRequests(Exception):  # noqa: N818  (says what is missing)
    """No request of the wished kind succeeds; the text says what to name instead."""


def race_servers(order: RaceOrder) -> Raced:
    """Find the requests, then race in sessions."""
    if order.stage.own_network:
        bring_up_loopback()
    try:
        stage = Stage(order.stage)
        requests = order.requests or _wanted(stage, order.route)
        original = _original(stage, order.gunicorn_python)
        original.begin()
        original.end()
    except ServerFailed as failed:
        return Raced(what="The original cannot be served", problem=str(failed))
    except NoSuchRequests as problem:
        return Raced(what=NOTHING_TO_ASK, problem=str(problem))
    try:
        with original, stage.port() as port:
            return _raced(order, stage, requests, original, port)
    except ServerFailed as failed:
        return Raced(what="A server did not start", problem=str(failed))
    except UnlikeAnswers as unlike:
        return Raced(what="The two cannot be asked the same", problem=str(unlike))


def _raced(
    order: RaceOrder,
    stage: Stage,
    requests: tuple[Request, ...],
    original: CommandServer,
    port: CommandServer,
) -> Raced:
    stage.say("the requests, on both")
    shots, same = aim(requests, original, port)
    client = _client(order, shots)

    def session(name: str, client: LoadClient, rounds: int) -> Session:
        def say(what: str) -> None:
            stage.say(f"{name}: {what}")

        return race(original, port, client, shots[0], rounds=rounds, seconds=order.seconds, say=say)

    sessions = [
        session(f"session {number} of {SESSIONS}", client, order.rounds)
        for number in range(1, SESSIONS + 1)
    ]
    by_wrk = None
    if wrk.usable(shots):
        other = wrk.WrkClient(shots, connections=order.connections, env=order.stage.env)
        by_wrk = session("by wrk", other, 1)
    return Raced(shots, client.name, same, tuple(sessions), by_wrk)


def _original(stage: Stage, interpreter: str) -> CommandServer:
    """The original as it is served in earnest; never Flask's own server, which is much slower."""
    copy = stage.copy("gunicorn")
    command = gunicorn.command(
        interpreter,
        root=copy,
        origin=Path(stage.order.origin),
        scratch=stage.scratch,
        app=stage.facts.app,
    )
    return CommandServer(command, copy, {**stage.order.env, "PYTHONHASHSEED": "0"})


def _wanted(stage: Stage, name: str) -> tuple[Request, ...]:
    """GETs of a rule that succeed on fresh data, without what earlier requests would bring."""
    rules = _got(stage)
    if name and name not in rules:
        known = ", ".join(sorted({r.rule.rule for r in routes_of(stage.facts)}))
        raise NoSuchRequests(f"there is no rule {name} for GET; there are {known}")
    if name and "<" not in name:
        return (Request("GET", name, route=name),)
    with stage.original() as server:
        live = Live(server)
        found = _of_rule(stage, live, name) if name else _of_any(stage, live, rules)
        live.close()
    if not found and name:
        raise NoSuchRequests(
            f"no GET of {name} succeeds on fresh data: make data with --setup, or name requests "
            "with --get"
        )
    if not found:
        raise NoSuchRequests("no GET is answered with JSON on fresh data")
    return tuple(found[:MOST])


def _got(stage: Stage) -> list[str]:
    """The rules for GET, in the order of the application."""
    rules = [route.rule for route in routes_of(stage.facts)]
    return list(dict.fromkeys(rule.rule for rule in rules if "GET" in rule.methods))


def _of_rule(stage: Stage, live: Live, name: str) -> list[Request]:
    found = [request for request in _gets(stage, live) if request.route == name]
    return [request for request in found if _fresh(request, live).good]


def _of_any(stage: Stage, live: Live, rules: list[str]) -> list[Request]:
    """Of the first rule that answers with JSON, one without variables if there is any."""
    for name in rules:
        request = Request("GET", name, route=name)
        if "<" not in name and _gives_json(request, live):
            return [request]
    found = [request for request in _gets(stage, live) if _gives_json(request, live)]
    asked = {request.route for request in found}
    first = next((name for name in rules if name in asked), None)
    return [request for request in found if request.route == first]


def _gets(stage: Stage, live: Live) -> list[Request]:
    """The GETs of a corpus."""
    mined = mine(stage.root, stage.facts)
    corpus = generate(stage.facts, mined, live, seed=0, requests=CORPUS)
    sent = (each for sequence in corpus.sequences for each in _resolved(sequence, live))
    return list(dict.fromkeys(each for each in sent if each.method == "GET"))


def _resolved(sequence: Sequence, live: Live) -> Iterator[Request]:
    """The requests of a sequence as they are sent, with the ids that earlier answers gave."""
    live.begin()
    answers: list[Response] = []
    for request in sequence.requests:
        yield resolved(request, answers)
        answers.append(live.send(request, answers))


def _fresh(request: Request, live: Live) -> Response:
    """The answer to a request that is the first."""
    live.begin()
    return live.send(request, ())


def _gives_json(request: Request, live: Live) -> bool:
    answer = _fresh(request, live)
    return answer.good and "json" in answer.first("content-type")


def _client(order: RaceOrder, shots: tuple[Shot, ...]) -> LoadClient:
    if not order.program:
        return ThreadClient(shots, connections=order.connections)
    return BuiltClient(
        Path(order.program),
        shots,
        connections=order.connections,
        scratch=Path(order.stage.scratch),
        env=order.stage.env,
    )
