"""The functions of the workspace that are alive in this process, and swapping their code."""

from __future__ import annotations

import ast
import gc
import os
from collections.abc import Sequence
from types import CodeType, FunctionType
from typing import Tuple

from . import fuel, sources

_Twins = Tuple[CodeType, CodeType]
_Key = Tuple[str, int, str]


class CannotSwap(Exception):  # noqa: N818  (a finding, not an error)
    """The new code does not fit the functions that are alive."""


Part = Tuple[str, sources.Place, CodeType]
"""Path of the file, the function in it, and its new code."""


class Swap:
    """Code for some live functions: `apply` assigns it, `undo` puts the code before it back."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self._pairs: list[tuple[FunctionType, CodeType, CodeType]] = []

    def add(self, function: FunctionType, code: CodeType) -> None:
        """Let this function run this code. Raises CannotSwap when its closure does not fit."""
        if function.__code__.co_freevars != code.co_freevars:
            raise CannotSwap
        self._pairs.append((function, code, function.__code__))

    def apply(self) -> None:
        """Assign the new code."""
        for function, code, _ in self._pairs:
            function.__code__ = code

    def undo(self) -> None:
        """Assign the code that was there when the swap was made."""
        for function, _, before in self._pairs:
            function.__code__ = before


class LiveFunctions:
    """Index of live functions by the place of their code in the workspace.

    Functions are instrumented with fuel ticks when they are first indexed.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._prefix = root + os.sep
        self._real: dict[str, str | None] = {}
        self._sources: dict[str, sources.Source | None] = {}
        self._instrumented: dict[str, dict[_Key, list[_Twins]]] = {}
        self._functions: dict[_Key, list[FunctionType]] = {}
        self.refresh()

    def refresh(self) -> bool:
        """Take in functions that came to life since the last look; whether there were any.

        The collector does not list frozen objects, so after `gc.freeze` this is quick.
        """
        found = False
        known: set[int] = set()
        for functions in self._functions.values():
            known.update(id(function) for function in functions)
        for candidate in gc.get_objects():
            if type(candidate) is FunctionType and id(candidate) not in known:
                path = self._path(candidate.__code__.co_filename)
                if path is not None:
                    found = self._take(candidate, path) or found
        return found

    def source(self, path: str) -> sources.Source | None:
        """The file as it is on disk, None when it is no valid Python."""
        if path not in self._sources:
            self._sources[path] = _read(path)
        return self._sources[path]

    def swap(self, parts: Sequence[Part]) -> Swap:
        """A swap that gives functions their new code, inner functions that are alive included.

        Raises CannotSwap where nothing alive has the function's code, or the closure differs.
        """
        swap = Swap(parts)
        for path, place, code in parts:
            before = self._only(path, place)
            if before is None or not self._functions.get(_key(path, before)):
                raise CannotSwap
            self._fill(swap, path, before, code)
        return swap

    def _fill(self, swap: Swap, path: str, before: CodeType, code: CodeType) -> None:
        for function in self._functions.get(_key(path, before), ()):
            swap.add(function, code)
        partners = _named(sources.nested_codes(code))
        for name, inner in _named(sources.nested_codes(before)).items():
            partner = partners.get(name)
            if partner is not None:
                self._fill(swap, path, inner, partner)
            elif self._any_alive(path, inner):
                raise CannotSwap

    def _any_alive(self, path: str, code: CodeType) -> bool:
        return bool(self._functions.get(_key(path, code))) or any(
            self._any_alive(path, inner) for inner in sources.nested_codes(code)
        )

    def _path(self, name: str) -> str | None:
        if name not in self._real:
            path = os.path.realpath(os.path.join(self._root, name))
            inside = path.startswith(self._prefix) and "site-packages" not in path
            self._real[name] = path if inside and path.endswith(".py") else None
        return self._real[name]

    def _take(self, function: FunctionType, path: str) -> bool:
        for before, after in self._pairs(path).get(_key(path, function.__code__), ()):
            same = sources.fingerprint(function.__code__)
            if same in (sources.fingerprint(before), sources.fingerprint(after)):
                self._functions.setdefault(_key(path, before), []).append(function)
                function.__code__ = after
                return True
        return False

    def _only(self, path: str, place: sources.Place) -> CodeType | None:
        pairs = self._pairs(path).get((path, place.first_line, place.name), ())
        return pairs[0][0] if len(pairs) == 1 else None

    def _pairs(self, path: str) -> dict[_Key, list[_Twins]]:
        """Code on disk and its instrumented twin, by key, for one file."""
        if path not in self._instrumented:
            pairs: dict[_Key, list[_Twins]] = {}
            source = self.source(path)
            if source is not None:
                tree = fuel.add_ticks(ast.parse(source.text, path))
                twin = compile(tree, path, "exec", source.flags, dont_inherit=True)
                _collect_pairs(path, source.code, twin, pairs)
            self._instrumented[path] = pairs
        return self._instrumented[path]


def _read(path: str) -> sources.Source | None:
    try:
        with open(path, "rb") as stream:
            return sources.Source(path, stream.read())
    except (OSError, SyntaxError, ValueError, LookupError, RecursionError):
        return None


def _key(path: str, code: CodeType) -> _Key:
    return (path, code.co_firstlineno, code.co_name)


def _named(codes: list[CodeType]) -> dict[tuple[str, int], CodeType]:
    """Codes by name and count of that name, since a place's inner functions may share a name."""
    counts: dict[str, int] = {}
    named = {}
    for code in codes:
        number = counts.get(code.co_name, 0)
        counts[code.co_name] = number + 1
        named[(code.co_name, number)] = code
    return named


def _collect_pairs(
    path: str,
    before: CodeType,
    after: CodeType,
    pairs: dict[_Key, list[_Twins]],
) -> None:
    for old, new in zip(sources.nested_codes(before), sources.nested_codes(after)):
        pairs.setdefault(_key(path, old), []).append((old, new))
        _collect_pairs(path, old, new, pairs)
