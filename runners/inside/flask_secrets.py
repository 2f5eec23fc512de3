"""Secrets that stand in the code itself: texts that are compared with or given to such names."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

NAME = re.compile(
    r"secret|passw|pwd|token|api_?key|private|credential|salt|dsn|access_?key|auth_?key",
    re.IGNORECASE,
)
_COMPARING = frozenset({"compare_digest", "check_password_hash"})
LEAST = 3
"""Shorter texts are no secrets; to compare with them would hide ordinary words."""


def is_secret(name: str) -> bool:
    """Whether a name promises a value that must stay where it is."""
    return NAME.search(name) is not None


def literals(tree: ast.Module) -> Iterator[tuple[ast.Constant, str]]:
    """Texts within functions that are secrets, each with a name for it."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                for node in ast.walk(statement):
                    for constant, name in _of(node, function.name):
                        if isinstance(constant.value, str) and len(constant.value) >= LEAST:
                            yield constant, "{}_{}".format(function.name, name).upper()


def _of(node: ast.AST, function: str) -> Iterator[tuple[ast.Constant, str]]:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        named = [name for name in map(_named, sides) if is_secret(name)]
        plain = all(isinstance(each, (ast.Eq, ast.NotEq)) for each in node.ops)
        for side in sides if named and plain else []:
            if isinstance(side, ast.Constant):
                yield side, _plain(named[0])
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
        for target in node.targets:
            if is_secret(_named(target)):
                yield node.value, _plain(_named(target))
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant):
        if is_secret(function):
            yield node.value, "result"


def told_by_use(tree: ast.Module) -> Iterator[str]:
    """Names whose values are compared with what is named like a secret, or given as a password."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            bound = {
                target.id: node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(function):
                for side in _used_as_secrets(node, function):
                    value = bound.get(side.id, side) if isinstance(side, ast.Name) else side
                    holder = _holder(value)
                    if holder:
                        yield holder


def _used_as_secrets(node: ast.AST, function: ast.FunctionDef) -> list[ast.expr]:
    """What is used as a secret though its own name does not say so."""
    if isinstance(node, ast.Return) and node.value is not None:
        gives = any(_named(each) == "get_password" for each in function.decorator_list)
        return [node.value] if gives else []
    sides: list[ast.expr] = []
    if isinstance(node, ast.Compare):
        if all(isinstance(each, (ast.Eq, ast.NotEq)) for each in node.ops):
            sides = [node.left, *node.comparators]
    elif isinstance(node, ast.Call) and _named(node.func) in _COMPARING:
        sides = node.args
    unnamed = [each for each in sides if not is_secret(_named(each))]
    return unnamed if len(unnamed) < len(sides) else []


def _holder(node: ast.AST) -> str:
    """The name in `NAME`, `NAME[key]` and `NAME.get(key)`, "" for all else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value if node.func.attr == "get" else node
    elif isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _named(node: ast.AST) -> str:
    """The last name in an expression, or the key that it reads."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        key: Any = node.slice
        # Python 3.8 has a node of its own around it.
        key = getattr(key, "value", key) if type(key).__name__ == "Index" else key
        return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        return str(node.args[0].value)
    return ""


def _plain(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")
