"""Names of what a project uses but did not write, told by identity: aliases lead to one name."""

from __future__ import annotations

import ast
import builtins
import importlib
import os
import sys
import types
from typing import Any

from . import failures

_FIRST = (
    "builtins", "uuid", "json", "datetime", "re", "random", "math", "time", "os", "os.path",
    "string", "collections", "functools", "itertools", "hashlib", "hmac", "base64", "secrets",
    "copy", "logging", "typing", "http", "threading", "dataclasses", "enum", "decimal", "operator",
    "statistics", "urllib.parse", "calendar", "sqlite3", "flask", "flask.views",
    "werkzeug.exceptions",
    "werkzeug.security", "flask_cors", "flask_httpauth", "html", "zoneinfo", "textwrap",
    "contextlib", "numbers", "sys", "io", "traceback", "warnings", "abc", "bisect", "heapq",
)  # fmt: skip
"""Modules by whose public names things are called, the likeliest first."""
_PLAIN = (type(None), bool, int, float, str, bytes, list, tuple, dict, set, frozenset)


class Names:
    """The public names of modules that are loaded."""

    def __init__(self) -> None:
        self._by_identity: dict[int, str] = {}
        for name in _FIRST:
            module = sys.modules.get(name)
            if module is None and name in ("builtins", "typing"):
                module = importlib.import_module(name)
            for key, value in list(vars(module).items()) if module else ():
                if not key.startswith("_") and not isinstance(value, types.ModuleType):
                    if type(value) not in _PLAIN:
                        self._by_identity.setdefault(id(value), "{}.{}".format(name, key))
        for key, value in vars(builtins).items():
            self._by_identity[id(value)] = "builtins." + key if callable(value) else ""

    def of(self, value: Any) -> str:
        """ "module.name", or "" if no module knows it."""
        return self._by_identity.get(id(value), "")


def modules(root: str) -> list[types.ModuleType]:
    """The project's own modules that are imported."""
    environment = os.path.realpath(sys.prefix) + os.sep
    found = {}
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py") and failures.relative(file, root):
            if not os.path.realpath(file).startswith(environment):
                found[module.__name__] = module
    return [found[name] for name in sorted(found)]


def read_from_environment(root: str) -> dict[str, str]:
    """The variables of the environment by the names, keys or attributes that they are given to."""
    found: dict[str, str] = {}
    for module in modules(root):
        with open(module.__file__ or "", "rb") as stream:
            tree = ast.parse(stream.read())
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                targets, value = [_last(each) for each in node.targets], node.value
            elif isinstance(node, ast.keyword):
                targets, value = [node.arg or ""], node.value
            else:
                continue
            variable = _variable(value)
            if variable:
                found.update((target, variable) for target in targets if target)
    return {("SECRET_KEY" if name == "secret_key" else name): each for name, each in found.items()}


def _last(target: ast.expr) -> str:
    if isinstance(target, ast.Name):
        return target.id
    if isinstance(target, ast.Attribute):
        return target.attr
    if isinstance(target, ast.Subscript):
        key = target.slice
        # Python 3.8 has a node of its own around it.
        key = getattr(key, "value", key) if type(key).__name__ == "Index" else key
        return str(key.value) if isinstance(key, ast.Constant) else ""
    return ""


def _variable(value: ast.expr) -> str:
    """The variable that an expression reads from the environment."""
    for part in ast.walk(value):
        text = ast.dump(part)
        if isinstance(part, (ast.Call, ast.Subscript)) and ("environ" in text or "getenv" in text):
            for inner in ast.walk(part):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    return inner.value
    return ""
