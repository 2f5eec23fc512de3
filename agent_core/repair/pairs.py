"""Patches of two edits, from single ones that each mend a part."""

import hashlib
from collections.abc import Sequence
from itertools import combinations, pairwise

from runners.patches import Patch

_MOST_PARTIAL = 60
_MOST_OTHERS = 150


def combine(
    halves: Sequence[tuple[Patch, tuple[str, ...]]], patches: Sequence[Patch], limit: int
) -> tuple[Patch, ...]:
    """Pairs worth trying, best first, at most `limit`.

    `halves` are patches with the failing tests that each mends; one that is not among `patches`
    fits another tree. First pairs whose halves made different failing tests pass, those that
    together fix most ahead; then each partial fixer with the best of the other patches.
    """
    fixed = {patch.id: frozenset(tests) for patch, tests in halves}
    partial = sorted(
        (patch for patch in patches if patch.id in fixed),
        key=lambda p: (-len(fixed[p.id]), -p.score, p.id),
    )[:_MOST_PARTIAL]
    scored: dict[str, tuple[int, Patch]] = {}
    for first, second in combinations(partial, 2):
        together = len(fixed[first.id] | fixed[second.id])
        if together > max(len(fixed[first.id]), len(fixed[second.id])):
            _add(scored, first, second, together)
    others = sorted(patches, key=lambda p: (-p.score, p.id))[:_MOST_OTHERS]
    for first in partial[:10]:
        for second in others:
            if second.id not in fixed:
                _add(scored, first, second, len(fixed[first.id]))
    ordered = sorted(scored.values(), key=lambda item: (-item[0], -item[1].score, item[1].id))
    return tuple(patch for _, patch in ordered[:limit])


def _add(scored: dict[str, tuple[int, Patch]], first: Patch, second: Patch, together: int) -> None:
    pair = _pair(first, second)
    if pair is not None:
        known = scored.get(pair.id)
        if known is None or known[0] < together:
            scored[pair.id] = (together, pair)


def _pair(first: Patch, second: Patch) -> Patch | None:
    edits = tuple(sorted(first.edits + second.edits))
    for left, right in pairwise(edits):
        touching = left.file == right.file and right.start <= left.end
        if touching and (right.start < left.end or right.start == left.start):
            return None
    digest = hashlib.blake2b(repr(edits).encode("utf-8", "surrogatepass"), digest_size=8)
    better = first if first.score >= second.score else second
    return Patch(
        id=digest.hexdigest(),
        edits=edits,
        family=better.family,
        line=better.line,
        score=first.score + second.score,
        summary=f"{first.summary}; and {second.summary}",
        at_import=first.at_import or second.at_import,
    )
