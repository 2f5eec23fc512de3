"""Names of types, and the values of expressions found without running any of the user's code."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import FunctionType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

_SEQUENCES = (list, set, frozenset)
_INDEXED = (list, tuple, str, bytes)
_KEYS = (int, str, bool, bytes, float, type(None))
_NUMBERS = (int, float)
_SIMPLE_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_DEPTH = 3
_TUPLE_ITEMS = 6


class Unknown(Exception):  # noqa: N818  (an answer, not an error)
    """The value cannot be found without running code that may have effects."""


def type_name(value: Any, depth: int = _DEPTH) -> str:
    """The type of a value, as `runners.observations` describes."""
    kind = type(value)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    if depth == 0:
        return name
    try:
        inside = _inside(value, kind, depth - 1)
    except (RuntimeError, StopIteration):
        # Another thread changed it, or it has just become empty.
        return name
    return f"{name}[{inside}]" if inside else name


def _inside(value: Any, kind: type[Any], depth: int) -> str:
    if not (kind in _SEQUENCES or kind is tuple or kind is dict) or not value:
        return ""
    if kind is tuple:
        return ", ".join(type_name(item, depth) for item in value[:_TUPLE_ITEMS])
    first = next(iter(value))
    if kind is dict:
        return f"{type_name(first, depth)}, {type_name(value[first], depth)}"
    return type_name(first, depth)


def attribute(value: Any, name: str) -> Any:
    """An attribute as it is stored. Raises Unknown for properties and the like."""
    if isinstance(value, (ModuleType, type)):
        tables = (
            [vars(kind) for kind in value.__mro__] if isinstance(value, type) else [vars(value)]
        )
        return _stored(tables, name)
    for kind in type(value).__mro__:
        if name in vars(kind):
            return _instance_attribute(value, name, vars(kind)[name])
    return _field(value, name)


def _stored(tables: list[Any], name: str) -> Any:
    for table in tables:
        if name in table:
            return table[name]
    raise Unknown


def _instance_attribute(value: Any, name: str, found: Any) -> Any:
    kind = type(found)
    if kind is MemberDescriptorType:
        try:
            return found.__get__(value)
        except AttributeError:
            raise Unknown from None
    if hasattr(kind, "__set__"):
        raise Unknown
    try:
        return _field(value, name)
    except Unknown:
        pass
    if kind is FunctionType:
        return MethodType(found, value)
    if hasattr(kind, "__get__"):
        raise Unknown
    return found


def _field(value: Any, name: str) -> Any:
    try:
        return object.__getattribute__(value, "__dict__")[name]
    except (AttributeError, KeyError, TypeError):
        raise Unknown from None


class Scope:
    """Where names are looked up: the locals and globals of a frame."""

    def __init__(self, local: Mapping[str, Any], around: Mapping[str, Any]) -> None:
        self._tables = [local, around]

    def value(self, node: ast.expr) -> Any:
        """The value of a call-free expression. Raises Unknown."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return _stored(self._tables, node.id)
        if isinstance(node, ast.Attribute):
            return attribute(self.value(node.value), node.attr)
        if isinstance(node, ast.Subscript):
            return self._item(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, _SIMPLE_OPERATORS):
            return self._arithmetic(node)
        raise Unknown

    def _item(self, node: ast.Subscript) -> Any:
        container = self.value(node.value)
        index = node.slice
        if isinstance(index, ast.Slice):
            if type(container) in _INDEXED:
                return container[:1]
            raise Unknown
        # Python 3.8 wraps the index in a node of its own.
        key = self.value(
            getattr(index, "value", index) if type(index).__name__ == "Index" else index
        )
        if type(container) is dict and container and type(key) not in _KEYS:
            # Looking it up would call the key's own methods; its neighbours are of its kind.
            return next(iter(container.values()))
        if type(key) not in _KEYS or not (type(container) is dict or type(container) in _INDEXED):
            raise Unknown
        try:
            return container[key]
        except (LookupError, TypeError):
            raise Unknown from None

    def _arithmetic(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if type(left) not in _NUMBERS or type(right) not in _NUMBERS:
            raise Unknown
        # Only the type is asked for, and it does not depend on the size of the numbers.
        return left * 0.0 if isinstance(node.op, ast.Div) else (left * 0 + right * 0)
