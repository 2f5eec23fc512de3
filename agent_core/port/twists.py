"""Drafts that differ from a good one in a single place, each such change once before any again."""

import random
from collections.abc import Iterator

import msgspec

from agent_core.port.drafts import Draft, Slot
from agent_core.port.encoding import Borrowed
from agent_core.port.lessons import Operation
from agent_core.port.outcomes import Outcome
from agent_core.port.pools import Json
from agent_core.port.reads import Origin, Read, Source
from agent_core.port.values import Values

_PARTS: tuple[Source, ...] = ("json", "form", "args", "headers", "cookies", "login", "argument")
_DOORS = frozenset({"headers", "cookies", "login", "argument"})
"""Values here open a door or do not: those at borders are enough, and probes try arguments."""
_TWO_AT_ONCE = 0.15


class Twist(msgspec.Struct, frozen=True):
    """A change in one place: another value, or no value at all."""

    slot: Slot
    value: Json = None
    drop: bool = False

    def of(self, draft: Draft) -> Draft:
        """The draft with the change; as it was where it has no such place."""
        try:
            return draft.without(self.slot) if self.drop else draft.put(self.slot, self.value)
        except (LookupError, TypeError, AttributeError):
            return draft


class Twister:
    """Deals out the twists of each operation."""

    def __init__(self, rng: random.Random, values: Values) -> None:
        self._rng = rng
        self._values = values
        self._waiting: dict[tuple[tuple[str, str], Outcome], list[Twist]] = {}

    def twisted(self, operation: Operation, draft: Draft, reached: Outcome) -> Draft | None:
        """The draft with the next change, None if it has no place for one.

        `reached` is how the draft was answered: each sort of answer is varied for itself.
        """
        count = 2 if self._rng.random() < _TWO_AT_ONCE else 1
        key = (operation.key, reached)
        for _ in range(count):
            waiting = self._waiting.get(key)
            if not waiting:
                waiting = self._waiting[key] = self._shuffled(operation, draft)
            if not waiting:
                return None
            draft = waiting.pop().of(draft)
        return draft

    def _shuffled(self, operation: Operation, draft: Draft) -> list[Twist]:
        """All twists, so that those at borders and those of every place come early."""
        by_place: dict[tuple[Slot, str], list[Twist]] = {}
        for sort, twist in self._all(operation, draft):
            by_place.setdefault((twist.slot, sort), []).append(twist)
        ranked = []
        for twists in by_place.values():
            self._rng.shuffle(twists)
            ranked += [(place + self._rng.random(), twist) for place, twist in enumerate(twists)]
        return [twist for _, twist in sorted(ranked, key=lambda each: -each[0])]

    def _all(self, operation: Operation, draft: Draft) -> Iterator[tuple[str, Twist]]:
        reads = {(r.origin.source, r.origin.path): r for r in operation.reads.reads}
        for part, path in _places(operation, draft):
            slot = Slot(part, path)
            if part != "argument":
                yield "nothing", Twist(slot, drop=True)
                yield "nothing", Twist(slot, "")
            value = _at(draft, slot)
            plain = reads.get((part, path)) or Read(Origin(part, path))
            for border in self._values.borders(plain):
                yield "border", Twist(slot, border)
            for other in self._values.twisted(plain, value) if part not in _DOORS else ():
                yield "other", Twist(slot, other)


def _places(operation: Operation, draft: Draft) -> Iterator[tuple[Source, tuple[str | int, ...]]]:
    """Where the draft has a value, and where the view would read one."""
    found = dict.fromkeys(
        (slot.part, slot.path)
        for slot in draft.slots()
        if slot.part in _PARTS and all(name == 0 for name in slot.path if isinstance(name, int))
    )
    sent = set(draft.parts) - {"argument"} | {"args", "headers"}
    for read in operation.reads.reads:
        if read.origin.source in sent and len(read.origin.path) == 1:
            found[read.origin.source, read.origin.path] = None
    yield from found


def _at(draft: Draft, slot: Slot) -> Json:
    """The value in a place as it reads: a twist is dealt out on other walks as well."""
    try:
        value = draft.at(slot)
    except (LookupError, TypeError):
        return None
    return value.value if isinstance(value, Borrowed) else value
