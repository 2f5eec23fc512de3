"""Generate a corpus of request sequences by asking the running original, biased to what it accepts.

First some walks only learn: which values, bodies and earlier requests make each operation succeed.
What is kept is then made of *sessions* (free walks, and walks that reach an operation by a learned
recipe, ask it in many variations and look what changed) and of *probes*.
"""

import random
from collections.abc import Callable

from agent_core.port import pools
from agent_core.port.composing import Kit
from agent_core.port.guiding import Guide
from agent_core.port.lessons import Lessons
from agent_core.port.mining import Mined
from agent_core.port.outcomes import Sorter
from agent_core.port.routes import routes_of
from agent_core.port.twists import Twister
from agent_core.port.values import Values
from agent_core.port.walks import Live, Walk
from runners.http_replay.app import AppFacts
from runners.http_replay.exchange import Corpus, Kind, Sequence

_LEARNING = 0.5
"""Requests that only learn, as a share of those that are kept."""
_ENOUGH = 6
_PROBES = 0.22
_STROLLS = 0.3
_PILES = 0.08
_TRESPASSES = 0.08


def generate(
    facts: AppFacts,
    mined: Mined,
    live: Live,
    *,
    seed: int,
    requests: int,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Corpus:
    """At least so many requests, in short sequences; the same ones while the answers are the same.

    `on_progress` is told how many there are so far.
    """
    rng = random.Random(seed)  # noqa: S311 - to be repeatable is the point
    routes = routes_of(facts)
    views = [mined.of(route.rule.function) for route in routes]
    patterns = {p: None for view in views for read in view.reads for p in read.words("pattern")}
    values = Values(rng, pools.draw(seed, patterns), mined)
    lessons = Lessons(rng)
    sorter = Sorter(routes, mined.sentences, facts.session_cookie)
    guide = Guide(live, routes, sorter, Kit(rng, mined, values, lessons), Twister(rng, values))
    if not guide.operations:
        return Corpus(seed, ())
    _learn(guide, lessons, round(requests * _LEARNING))
    sequences: list[Sequence] = []
    size = probed = 0
    while size < requests:
        kind: Kind = "probe" if probed < size * _PROBES else "session"
        walk = guide.probe() if kind == "probe" else _session(guide, rng)
        sequences.append(Sequence(f"{kind} {len(sequences) + 1}", kind, tuple(walk.requests)))
        size += len(walk)
        probed += len(walk) if kind == "probe" else 0
        on_progress(size)
    return Corpus(seed, tuple(sequences))


def _learn(guide: Guide, lessons: Lessons, budget: int) -> None:
    """Walk about until every operation has been answered well a few times, or time is up."""
    strolls = False
    while budget > 0 and not all(
        lessons.successes.get(operation.key, 0) >= _ENOUGH for operation in guide.operations
    ):
        strolls = not strolls
        walk = guide.stroll() if strolls else guide.seek(guide.unlearned())
        budget -= len(walk)
        budget -= guide.shorten()
    guide.forget_counts()


def _session(guide: Guide, rng: random.Random) -> Walk:
    if blanks := guide.blanks():
        return blanks
    luck = rng.random()
    if luck < _STROLLS:
        return guide.stroll()
    if luck < _STROLLS + _TRESPASSES:
        return guide.trespass()
    luck -= _TRESPASSES
    operation = guide.neediest()
    return guide.pile(operation) if luck < _STROLLS + _PILES else guide.focus(operation)
