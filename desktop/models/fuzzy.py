"""Which names match a few typed letters, and which matches best: for the palette and quick open."""

import re
from collections.abc import Iterable
from heapq import nsmallest
from itertools import pairwise
from typing import Final

import msgspec

LIMIT: Final = 50
"""Matches shown."""


class Match(msgspec.Struct, frozen=True):
    """A name that matches; `at` are the places of the matched letters."""

    text: str
    at: tuple[int, ...]


def search(wanted: str, names: Iterable[str], *, limit: int = LIMIT) -> list[Match]:
    """The names that hold the letters in their order, the best first; case does not count."""
    letters = [letter for letter in wanted.casefold() if not letter.isspace()]
    if not letters:
        return [Match(name, ()) for name, _ in zip(names, range(limit), strict=False)]
    pattern = re.compile(".*?".join(map(re.escape, letters)), re.DOTALL)
    ranked = (
        (badness(name, at), name, at)
        for name in names
        if pattern.search(name.casefold()) and (at := _places(letters, name))
    )
    return [Match(name, at) for _, name, at in nsmallest(limit, ranked)]


def badness(name: str, at: tuple[int, ...]) -> tuple[int, int, int]:
    """How poor a match is: gaps between letters, letters outside the file's name, length."""
    runs = sum(1 for before, after in pairwise(at) if after != before + 1)
    starts = sum(1 for place in at if place == 0 or not name[place - 1].isalnum())
    outside = sum(1 for place in at if place <= name.rfind("/"))
    return (2 * runs - starts + outside, len(name), at[0])


def _places(letters: list[str], name: str) -> tuple[int, ...]:
    """Where the letters stand: in the file's name if they fit there, else from the end on."""
    folded = [letter.casefold() for letter in name]
    whole = "".join(folded)
    if len(whole) == len(name):  # an adjoining run is what was meant, if there is one
        start = whole.rfind("".join(letters))
        if start >= 0:
            return tuple(range(start, start + len(letters)))
    places: list[int] = []
    at = len(folded) - 1
    for letter in reversed(letters):
        while at >= 0 and folded[at] != letter:
            at -= 1
        if at < 0:
            return ()
        places.append(at)
        at -= 1
    return tuple(reversed(places))
