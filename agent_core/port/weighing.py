"""How much the corpus would notice: wrong copies of the original, branches, successes by route."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence

from agent_core.port.coverage import Coverage, covered, read_arcs
from agent_core.port.lasting import lasting, looks_at_a_clock
from agent_core.port.mutants import Mutant, draw, equivalent
from agent_core.port.stage import Stage
from agent_core.port.strength import Strength
from runners.http_replay.compare import Noise, differences
from runners.http_replay.exchange import Request, Response, Run
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.replay import replay
from runners.http_replay.serving import Server, ServerFailed

SEED = 0


def weigh(
    stage: Stage, sequences: Sequence[Requests], runs: Sequence[Run], noise: Noise
) -> Strength:
    """Try wrong copies of the original on the corpus that it answered with `runs`."""
    coverage = _coverage(stage)
    drawn = draw(stage.root, coverage.lines, seed=SEED, count=stage.order.mutants)
    reasons = {mutant: equivalent(mutant) for mutant in drawn}
    judged = [mutant for mutant in drawn if not reasons[mutant]]
    survivors = []
    answered = list(zip(sequences, runs, strict=True))
    with stage.original() as original:
        for number, mutant in enumerate(judged, start=1):
            stage.say(f"wrong copies of the original: {number} of {len(judged)}")
            if not _noticed(stage, mutant, original, answered, noise):
                survivors.append(mutant)
    return Strength(
        mutants=len(judged),
        killed=len(judged) - len(survivors),
        survivors=tuple(survivors),
        equivalents=tuple((mutant, reason) for mutant, reason in reasons.items() if reason),
        coverage=coverage,
        successes=_successes(sequences, runs),
        every=len(drawn) < stage.order.mutants,
    )


def _coverage(stage: Stage) -> Coverage:
    arcs = read_arcs(stage.arcs.read_text("utf-8").splitlines()) if stage.arcs.exists() else {}
    sources = (file for file in stage.facts.files if file.endswith(".py"))
    return covered(arcs, {f: (stage.root / f).read_text("utf-8", "replace") for f in sources})


def _noticed(
    stage: Stage,
    mutant: Mutant,
    original: Server,
    answered: Sequence[tuple[Requests, Run]],
    noise: Noise,
) -> bool:
    """Whether the corpus tells a wrong copy from the original; so it does one that cannot start."""
    timed = looks_at_a_clock([sequence for sequence, _ in answered])
    copy = stage.copy("mutant")
    (copy / mutant.file).write_text(mutant.text, encoding="utf-8", newline="")
    try:
        with stage.serve(copy) as server:
            for sequence, one in answered:
                two = replay(sequence, server)
                found = (
                    lasting(sequence, (one, two), (original, server), noise)
                    if timed
                    else differences(sequence, one, two, noise)
                )
                if found:
                    return True
            return False
    except ServerFailed:
        return True
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def exchanges(
    sequences: Sequence[Requests], runs: Sequence[Run]
) -> Iterator[tuple[Request, Response]]:
    """Every request with its answer."""
    for sequence, run in zip(sequences, runs, strict=True):
        yield from zip(sequence.requests, run.responses, strict=False)


def _successes(sequences: Sequence[Requests], runs: Sequence[Run]) -> dict[str, tuple[int, int]]:
    good: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for request, response in exchanges(sequences, runs):
        every[request.route] += 1
        # That a route tells its methods says nothing of its view.
        good[request.route] += response.good and request.method != "OPTIONS"
    return {route: (good[route], every[route]) for route in every if route}
