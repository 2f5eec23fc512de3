"""Which few of many failing tests speak for the others: one of each kind of failure."""

from __future__ import annotations

import collections
from collections.abc import Sequence
from typing import Any, Tuple

Failing = Tuple[str, str]
"""A test's id and the kind of its failure."""


def kind_of(place: Sequence[Any]) -> str:
    """Failures are of one kind if the same exception comes from the same line of the workspace.

    `place` is what `signatures.place_of` gives, or empty.
    """
    return repr([place[0], *map(list, place[1][-1:])]) if place else ""


def spread(tests: Sequence[Failing], count: int) -> list[str]:
    """At most `count` ids of tests that are given cheapest first, in that order.

    The cheapest of each kind, the kinds of most tests before the others, then whatever is cheap: a
    test that is red for a reason of its own does not hide what mends all others.
    """
    sizes = collections.Counter(kind for _, kind in tests)
    heads: dict[str, str] = {}
    for test, kind in tests:
        heads.setdefault(kind, test)
    kinds = sorted(heads, key=lambda kind: -sizes[kind])
    wanted = dict.fromkeys([*(heads[kind] for kind in kinds), *(test for test, _ in tests)])
    chosen = set(list(wanted)[:count])
    return [test for test, _ in tests if test in chosen]
