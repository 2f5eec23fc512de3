"""Counting work instead of time: a tick at every loop head and function entry.

A tick is one call of a C iterator that every instrumented function finds among the builtins, so it
costs some tens of nanoseconds and gives the same count for the same patch on every machine.
"""

from __future__ import annotations

import ast
import builtins
import itertools
import operator
from typing import Any, NoReturn

TICK = "__journeyman_tick__"
"""The name the instrumented code calls; it ends in underscores, so classes do not mangle it."""


class Exhausted(BaseException):
    """The fuel is used up. No `Exception`, so that ordinary handlers let it through."""


def _raise_exhausted(_ignored: object) -> NoReturn:
    raise Exhausted("out of fuel")


class Fuel:
    """The supply of ticks of this process."""

    def __init__(self) -> None:
        self._limit = 0
        self._ticks = iter(range(0))

    def fill(self, limit: int) -> None:
        """Start again with this many ticks; when they are gone, every further one raises."""
        self._limit = limit
        self._ticks = iter(range(limit))
        # A C iterator throughout: `map` stays usable after its function raised.
        endless = map(_raise_exhausted, itertools.repeat(None))
        setattr(builtins, TICK, itertools.chain(self._ticks, endless).__next__)

    @property
    def used(self) -> int:
        """Ticks taken since the last `fill`."""
        return self._limit - operator.length_hint(self._ticks)

    @property
    def empty(self) -> bool:
        """Whether all ticks are taken."""
        return operator.length_hint(self._ticks) == 0


def _tick_before(statement: ast.stmt) -> ast.stmt:
    name = ast.Name(TICK, ast.Load())
    call = ast.Call(name, [], [])
    tick = ast.Expr(call)
    node: Any
    for node in (tick, call, name):
        node.lineno = statement.lineno
        node.col_offset = statement.col_offset
        node.end_lineno = statement.lineno
        node.end_col_offset = statement.col_offset
    return tick


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def add_ticks(tree: ast.Module) -> ast.Module:
    """Put a tick at the start of every loop body and function body of this syntax tree."""
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        for block in _BLOCKS:
            children = getattr(node, block, None)
            if type(children) is list:
                pending.extend(children)
        if isinstance(node, _LOOPS):
            node.body.insert(0, _tick_before(node.body[0]))
        elif isinstance(node, _FUNCTIONS):
            at = 1 if _is_docstring(node.body[0]) and len(node.body) > 1 else 0
            node.body.insert(at, _tick_before(node.body[at]))
    return tree
