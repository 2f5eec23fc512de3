"""Compare a port with its original: freeze a corpus, replay it on both, look at what differs.

Blocking, for a worker process, which may live in a network namespace of its own.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from agent_core.port import app_tests
from agent_core.port.corpus import generate
from agent_core.port.crossing import unaccepted_cookies, unaccepted_hashes
from agent_core.port.lasting import lasting, looks_at_a_clock
from agent_core.port.mining import mine
from agent_core.port.parallel import unlike_in_parallel
from agent_core.port.report import (
    CorpusNote,
    OwnTests,
    ParityReport,
    Shown,
)
from agent_core.port.routes import routes_of
from agent_core.port.stage import Live, Order, Stage
from agent_core.port.weighing import exchanges, weigh
from agent_core.proofs import RouteResult, RouteState
from runners.http_replay.app import AppFacts
from runners.http_replay.compare import Difference, Noise, differences, general, learn, place_of
from runners.http_replay.exchange import Corpus, Request, Response, Run
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.isolation import bring_up_loopback
from runners.http_replay.replay import replay, replay_all
from runners.http_replay.serving import Server, ServerFailed
from runners.http_replay.shrink import TRIES, shrink

SHOWN = 12
"""Kinds of difference for which a shortest sequence is looked for."""
ORIGINAL_RUNS = 3
"""How often the original answers a corpus: what differs between its answers is noise."""
PACED_TRIES = 12
"""How often a sequence that waits is tried with less in it."""
TESTS_S = 300.0
"""How long the app's own tests may take over HTTP."""


class Examined(msgspec.Struct, frozen=True):
    """The report, or why the original, or the port, cannot be served."""

    report: ParityReport | None = None
    original: str = ""
    port: str = ""


def examine(order: Order) -> Examined:
    """Do everything; what is judged is frozen before the port is started."""
    if order.own_network:
        bring_up_loopback()
    try:
        stage = Stage(order)
    except ServerFailed as failed:
        return Examined(original=str(failed))
    try:
        with stage.port() as port:
            port.begin()
    except ServerFailed as failed:
        return Examined(port=str(failed))
    return Examined(_examined(stage))


def _examined(stage: Stage) -> ParityReport:
    tests = _own_tests(stage)
    corpora = _corpora(stage)
    recorded = app_tests.sequences(tests, routes_of(stage.facts)) if tests else ()
    sequences = (*recorded, *_named(corpora))
    with stage.original(coverage=True) as server:
        first = _replayed(stage, "the original", sequences, server)
    runs = [first]
    for number in range(1, ORIGINAL_RUNS):
        # Another order of sets, so that what follows from it shows as noise.
        with stage.original(hash_seed=number) as server:
            runs.append(_replayed(stage, "the original again", sequences, server))
    noise = learn(sequences, runs)
    with stage.port() as port, stage.original() as server:
        passed = _tests_of_the_port(stage, tests, port)
        ports = _replayed(stage, "the port", sequences, port)
        timed = looks_at_a_clock(sequences)
        found = [
            difference
            for sequence, one, two in zip(sequences, first, ports, strict=True)
            for difference in (
                lasting(sequence, (one, two), (server, port), noise)
                if timed
                else differences(sequence, one, two, noise)
            )
        ]
        shown = tuple(_shortest(stage, found, sequences, (server, port), noise))
        stage.say("many clients at once, and each other's cookies")
        beside = (
            *unlike_in_parallel(sequences, first, server, port),
            *unaccepted_cookies(sequences, first, server, port, noise),
            *unaccepted_hashes(sequences, first, server, port, noise),
        )
    strength = weigh(stage, sequences, first, noise) if stage.order.mutants else None
    return ParityReport(
        corpora=tuple(CorpusNote(c.seed, c.digest, len(c.sequences), c.size) for c in corpora),
        routes=tuple(_routes(stage.facts, sequences, first, found, noise)),
        shown=shown,
        differences=len({(d.sequence, d.exchange) for d in found}),
        tests=passed,
        beside=beside,
        strength=strength,
        isolation=stage.order.isolation,
    )


def _own_tests(stage: Stage) -> app_tests.Ran | None:
    """The app's own tests against the original, over HTTP."""
    if stage.order.suite is None:
        return None
    stage.say("its own tests over HTTP, against the original")
    with stage.original() as server:
        return app_tests.run_over_http(stage.order.suite, server, stage.scratch, deadline_s=TESTS_S)


def _tests_of_the_port(stage: Stage, original: app_tests.Ran | None, port: Server) -> OwnTests:
    if original is None or stage.order.suite is None:
        return OwnTests(problem="it has none")
    stage.say("its own tests over HTTP, against the port")
    ran = app_tests.run_over_http(stage.order.suite, port, stage.scratch, deadline_s=TESTS_S)
    return app_tests.compared(original, ran)


def _corpora(stage: Stage) -> list[Corpus]:
    mined = mine(stage.root, stage.facts)
    corpora = []
    with stage.original() as server:
        live = Live(server)
        for seed in stage.order.seeds:
            stage.say(f"requests of seed {seed}")
            corpora.append(
                generate(stage.facts, mined, live, seed=seed, requests=stage.order.requests)
            )
        live.close()
    return corpora


def _replayed(stage: Stage, who: str, sequences: tuple[Requests, ...], server: Server) -> list[Run]:
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        stage.say(f"{who}: {done} of {len(sequences)} sequences")

    return replay_all(sequences, server, tell)


def _shortest(
    stage: Stage,
    found: Sequence[Difference],
    sequences: Sequence[Requests],
    servers: tuple[Server, Server],
    noise: Noise,
) -> Iterator[Shown]:
    """For each kind of difference, the first of it in as few requests as can be."""
    by_name = {sequence.name: sequence for sequence in sequences}
    kinds: dict[tuple[str, str], Difference] = {}
    first = {(d.sequence, d.exchange): d for d in reversed(found)}
    for difference in reversed(first.values()):
        kinds.setdefault((difference.route, general(difference.path)), difference)
    for difference in list(kinds.values())[:SHOWN]:
        stage.say(f"the shortest sequence for {difference.route or difference.path}")
        whole = by_name[difference.sequence]
        cut = msgspec.structs.replace(whole, requests=whole.requests[: difference.exchange + 1])

        def shows(sequence: Requests, path: str = difference.path) -> bool:
            return _shown(sequence, path, servers, noise) is not None

        tries = PACED_TRIES if whole.kind == "paced" else TRIES
        yield _shown(shrink(cut, shows, tries=tries), difference.path, servers, noise) or Shown(
            difference, cut, Response(), Response()
        )


def _shown(
    sequence: Requests, path: str, servers: tuple[Server, Server], noise: Noise
) -> Shown | None:
    """The difference at a path in the last answer to a sequence, if it is there."""
    one, two = (replay(sequence, server) for server in servers)
    last = len(sequence.requests) - 1
    for difference in differences(sequence, one, two, noise):
        if difference.exchange == last and difference.path == path:
            return Shown(difference, sequence, one.responses[-1], two.responses[-1])
    return None


def _named(corpora: Sequence[Corpus]) -> Iterator[Requests]:
    """All sequences, each with a name of its own."""
    for corpus in corpora:
        for sequence in corpus.sequences:
            yield msgspec.structs.replace(sequence, name=f"{corpus.seed}/{sequence.name}")


def _routes(
    facts: AppFacts,
    sequences: Sequence[Requests],
    runs: Sequence[Run],
    found: Sequence[Difference],
    noise: Noise,
) -> Iterator[RouteResult]:
    asked: dict[str, list[tuple[Request, Response]]] = {}
    for request, response in exchanges(sequences, runs):
        asked.setdefault(request.route, []).append((request, response))
    unlike = Counter(route for route, _, _ in {(d.route, d.sequence, d.exchange) for d in found})
    for rule in dict.fromkeys(rule.rule for rule in facts.rules):
        here = asked.get(rule, [])
        yield RouteResult(
            route=rule,
            state=_state(here, unlike[rule], noise),
            requests=len(here),
            successes=sum(a.good for request, a in here if request.method != "OPTIONS"),
            differences=unlike[rule],
        )


def _state(asked: Sequence[tuple[Request, Response]], differences: int, noise: Noise) -> RouteState:
    if not asked:
        return "not reached"
    if any(response.problem for _, response in asked):
        return "original crashed"
    if any(noise.drowns(place_of(request)) for request, _ in asked):
        return "nondeterministic"
    return "differs" if differences else "equivalent"
