"""A source that contains most kinds of syntax, and helpers to apply patches to texts."""

from agent_core.repair.generate import GenerateRequest, GenerateResult, generate
from agent_core.repair.localise import Place
from runners.observations import Observations
from runners.patches import Patch
from runners.reports import Failure

RICH = '''"""Prices of a shop."""
import functools
import re

RATES = {"normal": 0.19, "reduced": 0.07}
LIMIT = 10


class Basket:
    """Things to buy."""

    currency = "EUR"

    def __init__(self, owner, items=[], *, limit=LIMIT, **extra):
        self.owner = owner
        self.items = items
        self._limit = limit

    @property
    def total(self):
        return sum(price * count for price, count in self.items)

    def add(self, price, count=1):
        if price is None or count <= 0 and not self.items:
            raise ValueError(f"bad price {price!r} for {self.owner:>10}")
        elif len(self.items) >= self._limit:
            return False
        else:
            self.items.append((price, count))
        return True

    async def load(self, source):
        async for row in source:
            await self.store(row)


def cheapest(prices, *, key=lambda p: p, skip=()):
    best = None
    for index, price in enumerate(prices):
        if price in skip:
            continue
        if best is None or key(price) < key(best):
            best = price
        elif index > 3:
            break
    else:
        best = best or -1
    return best


def words(text, sep=","):
    found = []
    position = 0
    while position < len(text):
        end = text.find(sep, position)
        end = len(text) if end == -1 else end
        found.append(text[position:end].strip().lower())
        position = end + 1
    return [w for w in found if w != ""]


@functools.lru_cache(maxsize=None)
def tax(amount, kind="normal"):
    try:
        rate = RATES[kind]
    except (KeyError, TypeError) as error:
        raise LookupError(kind) from error
    count = 0
    count += int(amount / 2) % 7 ** 2 << 1
    with open("rates.txt") as handle:
        lines = handle.read()
    if re.match(r"^\\d+(a|b)?$", lines): count -= 1
    match kind:
        case "normal" if amount > 0:
            return round(amount * (1 + rate), 2)
        case _:
            pass
    assert (
        amount
        is not None
    ), "text %d and %s" % (count, kind)
    yield from (x for x in range(1, 10, 2) if x & 1)
    del lines; print(*[1, 2], sep="", end=""); {1: 2}.get(1, None); {3, 4} | {5}
'''


def places(text: str, file: str = "shop.py", suspicion: float = 0.5) -> tuple[Place, ...]:
    lines = range(1, text.count("\n") + 1)
    return tuple(Place(file, line, suspicion, "executed") for line in lines)


def patches_for(
    text: str,
    *,
    at: int | None = None,
    observations: Observations | None = None,
    failures: tuple[Failure, ...] = (),
    literals: tuple[str, ...] = (),
    families: tuple[str, ...] = (),
) -> GenerateResult:
    chosen = places(text)
    if at is not None:
        chosen = tuple(place for place in chosen if place.line == at)
    request = GenerateRequest(
        sources={"shop.py": text},
        places=chosen,
        observations=observations or Observations(),
        families=families,
        literals=literals,
        failures=failures,
        limit=10**6,
    )
    return generate(request)


def applied(text: str, patch: Patch) -> str:
    data = bytearray(text.encode())
    for edit in sorted(patch.edits, reverse=True):
        data[edit.start : edit.end] = edit.text.encode()
    return data.decode()
