"""Where a project's Flask application may be, told from its sources: likeliest first."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from typing import NamedTuple

USUAL = ("wsgi", "app", "main", "run", "server", "application", "api", "index", "manage")
"""Modules by which applications are started, in the order they are looked at."""
INSTANCES = ("app", "application")
FACTORIES = ("create_app", "make_app")
DEPTH = 3
FILE_LIMIT = 1_000_000
_NEVER = {"tests", "test", "migrations", "docs", "node_modules", "site-packages", "__pycache__"}
_NO_APP = ("conftest", "setup")


class Candidate(NamedTuple):
    """A module, and the folder from which it is imported."""

    module: str
    folder: str


def named(path: str) -> Candidate:
    """The module of a file or of a package's folder."""
    path = os.path.realpath(path)
    path = path[:-3] if path.endswith(".py") else path
    folder, name = os.path.split(path)
    if name == "__init__":
        folder, name = os.path.split(folder)
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, outer = os.path.split(folder)
        name = outer + "." + name
    return Candidate(name, folder)


def candidates(root: str) -> list[Candidate]:
    """The modules that seem to make or to have an application."""
    ranked = []
    for path in _sources(root):
        rank = _rank(path)
        if rank is not None:
            parts = os.path.relpath(path, root).split(os.sep)
            # A package is as near as a module beside it, but comes after it.
            package = parts[-1] == "__init__.py"
            ranked.append((len(parts) - package, package, rank, path))
    return [named(path) for *_, path in sorted(ranked)]


def _sources(root: str) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        depth = 0 if folder == root else os.path.relpath(folder, root).count(os.sep) + 1
        folders[:] = [name for name in folders if depth < DEPTH and _is_searched(folder, name)]
        for name in files:
            test = name.startswith("test_") or name.endswith("_test.py")
            path = os.path.join(folder, name)
            if name.endswith(".py") and not test and name[:-3] not in _NO_APP:
                if os.path.getsize(path) <= FILE_LIMIT:
                    yield path


def _is_searched(folder: str, name: str) -> bool:
    environment = os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
    return not environment and name not in _NEVER and name.isidentifier()


def _rank(path: str) -> int | None:
    """How likely the module is, 0 the likeliest; None if nothing speaks for it."""
    name = os.path.basename(path)[:-3]
    usual = USUAL.index(name) if name in USUAL else None
    with open(path, "rb") as stream:
        raw = stream.read()
    try:
        body = ast.parse(raw).body
    except (SyntaxError, ValueError):
        # It would be the one, and the import says what is wrong with it.
        return usual
    if any(_makes(node) for node in body):
        return len(USUAL) if usual is None else usual
    # A script that takes the application from elsewhere may do anything with it.
    return usual if any(_takes(node) for node in body) else None


def _makes(node: ast.stmt) -> bool:
    """Whether a statement makes an application, or defines what makes one."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Call):
        function = node.value.func
        return getattr(function, "id", getattr(function, "attr", "")).endswith("Flask")
    if isinstance(node, (ast.Try, ast.With)):
        return any(_makes(inner) for inner in node.body)
    return isinstance(node, ast.FunctionDef) and node.name in FACTORIES


def _takes(node: ast.stmt) -> bool:
    """Whether a statement gets an application from somewhere else."""
    if isinstance(node, ast.ImportFrom):
        known = {*INSTANCES, *FACTORIES}
        return any((alias.asname or alias.name) in known for alias in node.names)
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(each, ast.Name) and each.id in INSTANCES for each in targets)
