"""Values that hypothesis draws, by seed: texts of several sorts, numbers, documents, matches."""

import re
import tempfile
from collections.abc import Iterable
from typing import Any

import msgspec

Json = Any
"""What JSON can say; leaves may be `Borrowed` values of earlier answers."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
ODD = "äßéÅø漢字かな한🎉\u200d\u00a0\u0131İﬁ<>&\"'`/\\%+;:,.=?#!()[]{}|~ \t"
_EACH = 40
_MATCHES = 12


class Pools(msgspec.Struct, frozen=True):
    """Drawn values: `words` of small letters, `phrases` of words, `odd` of rare characters.

    `numbers` are whole, `fractions` are not, `documents` are nested JSON, `matches` go by pattern.
    """

    words: tuple[str, ...]
    phrases: tuple[str, ...]
    odd: tuple[str, ...]
    numbers: tuple[int, ...]
    fractions: tuple[float, ...]
    documents: tuple[Json, ...]
    matches: dict[str, tuple[str, ...]]


def draw(seed: int, patterns: Iterable[str]) -> Pools:
    """The pools of a seed; a pattern that hypothesis cannot draw from has no matches."""
    # Imported here: it costs more than the rest of this package together.
    from hypothesis import configuration  # noqa: PLC0415
    from hypothesis import strategies as st  # noqa: PLC0415

    word = st.text(LETTERS, min_size=3, max_size=9)
    odd = st.text(ODD, min_size=1, max_size=12)
    leaf = st.none() | st.booleans() | st.integers(-9, 999) | word | odd
    document = st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(word, inner, max_size=3),
        max_leaves=6,
    )
    one_of_each = st.tuples(
        word,
        st.lists(word, min_size=2, max_size=5).map(" ".join),
        odd,
        st.integers(-5, 2000),
        st.integers(1, 99_999).map(lambda hundredths: hundredths / 100),
        document,
    )
    # Else tables of characters would be kept below the current folder.
    with tempfile.TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            rows = _drawn(one_of_each, seed, _EACH)
            matches = {pattern: _matches(pattern, seed) for pattern in dict.fromkeys(patterns)}
        finally:
            configuration.set_hypothesis_home_dir(None)
    words, phrases, odds, numbers, fractions, documents = zip(*rows, strict=True)
    return Pools(
        words=tuple(dict.fromkeys(words)),
        phrases=phrases,
        odd=odds,
        numbers=numbers,
        fractions=fractions,
        documents=documents,
        matches=matches,
    )


def _drawn(strategy: Any, seed: int, count: int) -> list[Any]:
    from hypothesis import HealthCheck, Phase, Verbosity, given, settings  # noqa: PLC0415
    from hypothesis import seed as seeded  # noqa: PLC0415

    found: list[Any] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def keep(value: Any) -> None:
        found.append(value)

    keep()
    return found


def _matches(pattern: str, seed: int) -> tuple[str, ...]:
    from hypothesis import errors  # noqa: PLC0415
    from hypothesis import strategies as st  # noqa: PLC0415

    try:
        texts = _drawn(st.from_regex(re.compile(pattern, re.ASCII)), seed, _MATCHES)
    except (re.error, errors.HypothesisException):
        return ()
    return tuple(dict.fromkeys(text.strip("\n") for text in texts if len(text) <= 200))
