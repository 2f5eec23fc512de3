"""What is known of models by name: how much they read, and what they cost. Data, no code."""

import functools
import re
import tomllib
from importlib import resources

import msgspec

MILLION = 1_000_000
DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4,8})$")


class CatalogueEntry(msgspec.Struct, frozen=True):
    """One model; prices are US dollars per million tokens, None where they are not known.

    `context` counts the tokens of a request together with its answer. `answer_limit` is the limit
    to ask for where the endpoint's own would be too low, 0 where it would not.
    """

    id: str
    context: int
    host: str = ""
    price_in: float | None = None
    price_cached: float | None = None
    price_out: float | None = None
    answer_limit: int = 0

    def cost(self, *, prompt: int, cached: int, completion: int) -> float | None:
        """US dollars for so many tokens; `cached` of them are part of the prompt."""
        if self.price_in is None or self.price_out is None:
            return None
        price_cached = self.price_in if self.price_cached is None else self.price_cached
        fresh = prompt - cached
        total = fresh * self.price_in + cached * price_cached + completion * self.price_out
        return total / MILLION


class Catalogue(msgspec.Struct, frozen=True):
    """Every model that is known, and what is assumed of the others."""

    unknown: CatalogueEntry
    models: tuple[CatalogueEntry, ...]


@functools.cache
def catalogue() -> Catalogue:
    """The catalogue that comes with the program."""
    text = resources.files("resources").joinpath("models.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Catalogue)


def find(name: str, *, host: str) -> CatalogueEntry:
    """What is known of a model at a host. The prices hold at the host they name alone.

    A vendor's prefix (`moonshotai/`) and a date at the end are looked through.
    """
    bare = name.rpartition("/")[2].lower()
    for known in catalogue().models:
        if known.id in {bare, DATED.sub("", bare)}:
            if host == known.host:
                return known
            return CatalogueEntry(id=known.id, context=known.context)
    return catalogue().unknown
