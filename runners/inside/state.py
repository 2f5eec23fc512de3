"""Plain mutable objects that a test can reach, remembered so that they can be put back in place.

Contents are restored, never objects replaced: tests that compare identities keep their objects.
Nothing of the user's (`__eq__`, `__hash__` of a value) is called to find out what changed.
"""

from __future__ import annotations

import builtins
import collections
import functools
import sys
from collections.abc import Iterable
from types import FunctionType
from typing import Any, Callable

_TABLES = (dict, collections.OrderedDict, collections.defaultdict, collections.Counter)
_NEVER = (vars(builtins), sys.modules)
"""Tables of the interpreter itself: every module's globals lead to the first."""

_LEAVES = (int, float, complex, bool, str, bytes, type(None))


class Remembered:
    """The contents of every plain container reachable from some roots, and of shared chance.

    `complete` is false where the roots reach more than `limit` objects that are no leaves.
    """

    def __init__(self, roots: Iterable[Any], own_modules: set[str], limit: int = 2000) -> None:
        self._own_modules = own_modules
        self._sequences: list[tuple[Any, list[Any]]] = []
        self._heaps: list[tuple[Any, list[Any]]] = []
        self._tables: list[tuple[Any, list[tuple[Any, Any]]]] = []
        self.complete = True
        self._put_chance_back = _chance()
        self._walk(list(roots), limit)

    def restore(self) -> None:
        """Put back what changed."""
        self._put_chance_back()
        for sequence, content in self._sequences:
            if _differ(sequence, content):
                sequence[:] = content
        for heap, content in self._heaps:
            if _differ(heap, content):
                heap.clear()
                (heap.update if type(heap) is set else heap.extend)(content)
        for table, items in self._tables:
            if _tables_differ(table, items):
                table.clear()
                table.update(items if type(table) is not collections.Counter else dict(items))

    def _walk(self, pending: list[Any], limit: int) -> None:
        seen = {id(table) for table in _NEVER}
        while pending:
            value = pending.pop()
            kind = type(value)
            if kind in _LEAVES or id(value) in seen:
                continue
            seen.add(id(value))
            if len(seen) > limit:
                self.complete = False
                return
            pending.extend(self._remember(value, kind))

    def _remember(self, value: Any, kind: type[Any]) -> Iterable[Any]:
        if kind is list or kind is bytearray:
            self._sequences.append((value, list(value)))
        elif kind is set or kind is collections.deque:
            self._heaps.append((value, list(value)))
        elif kind in _TABLES:
            self._tables.append((value, list(value.items())))
            return list(value.values())
        elif kind not in (tuple, frozenset):
            return self._parts(value, kind)
        return () if kind is bytearray else list(value)

    def _parts(self, value: Any, kind: type[Any]) -> Iterable[Any]:
        if kind is FunctionType:
            return [value.__defaults__, value.__kwdefaults__]
        if issubclass(kind, type):
            own = value.__module__ in self._own_modules
            return list(type.__getattribute__(value, "__dict__").values()) if own else ()
        if kind.__module__ in self._own_modules:
            try:
                fields = object.__getattribute__(value, "__dict__")
            except AttributeError:
                return ()
            return [fields] if type(fields) is dict else ()
        return ()


def _chance() -> Callable[[], None]:
    """What sets the shared random generator to where it is now: tests that draw draw the same."""
    random: Any = sys.modules.get("random")
    if not isinstance(getattr(random, "Random", None), type):
        # Not loaded, or something else of that name.
        return _nothing
    return functools.partial(random.setstate, random.getstate())


def _nothing() -> None:
    pass


def _differ(value: Any, content: list[Any]) -> bool:
    return len(value) != len(content) or any(a is not b for a, b in zip(value, content))


def _tables_differ(table: Any, items: list[tuple[Any, Any]]) -> bool:
    return len(table) != len(items) or any(
        key is not name or value is not kept
        for (key, value), (name, kept) in zip(table.items(), items)
    )
