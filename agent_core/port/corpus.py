"""Generate a corpus of request sequences by asking the running original, biased to what it accepts.

First some walks only learn: which values, bodies and earlier requests make each operation succeed.
What is kept is then made of *sessions* (free walks, and walks that reach an operation by a learned
recipe, ask it in many variations and look what changed) and of *probes*.
"""

import random
from collections.abc import Callable
from itertools import islice

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

_LEARNING = ((6, 0.5), (1, 1.0))
"""How often each operation is to go well, and the requests that this may take, as a share of those
that are kept: more of them where something has never gone well."""
_PACED = 2
"""Sequences that wait, of each corpus."""
_PROBES = 0.22
_STROLLS = 0.3
_PILES = 0.08
_TRESPASSES = 0.08
_FIRST_TRESPASSES = 3


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
    _learn(guide, lessons, requests)
    sequences: list[Sequence] = []
    size = probed = 0
    while size < requests:
        kind: Kind = "probe" if probed < size * _PROBES else "session"
        walk = guide.probe() if kind == "probe" else _session(guide, rng)
        sequences.append(Sequence(f"{kind} {len(sequences) + 1}", kind, tuple(walk.requests)))
        size += len(walk)
        probed += len(walk) if kind == "probe" else 0
        on_progress(size)
    # Last, as they take the longest: what others tell apart does not come to them.
    for walk in islice(guide.paced(), _PACED if mined.timed else 0):
        name = f"paced {len(sequences) + 1}"
        sequences.append(Sequence(name, "paced", tuple(walk.requests)))
    return Corpus(seed, tuple(sequences))


def _learn(guide: Guide, lessons: Lessons, requests: int) -> None:
    """Walk about until every operation has been answered well a few times, or time is up."""
    strolls, asked = False, len(guide.survey())
    for enough, share in _LEARNING:
        while asked < requests * share and not all(
            lessons.successes.get(operation.key, 0) >= enough
            for operation in guide.operations
            if not operation.route.is_static
        ):
            strolls = not strolls
            walk = guide.stroll() if strolls else guide.seek(guide.unlearned())
            asked += len(walk) + guide.shorten()
    guide.forget_counts()


def _session(guide: Guide, rng: random.Random) -> Walk:
    if guide.trespassed < _FIRST_TRESPASSES and (walk := guide.trespass()):
        return walk
    if blanks := guide.blanks():
        return blanks
    luck = rng.random()
    if luck < _STROLLS:
        return guide.stroll()
    if luck < _STROLLS + _TRESPASSES:
        return guide.trespass() or guide.focus(guide.neediest())
    luck -= _TRESPASSES
    operation = guide.neediest()
    return guide.pile(operation) if luck < _STROLLS + _PILES else guide.focus(operation)
