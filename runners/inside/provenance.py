"""Which of the workspace's modules a run loaded, and from where."""

from __future__ import annotations

import os
import sys
from importlib.machinery import all_suffixes
from typing import Any

NAMESPACE_DEPTH = 3


def sources(root: str) -> set[str]:
    """Dotted names that the workspace provides: its top-level modules and packages.

    A folder without `__init__.py` may be shared with installed packages (a namespace), so its
    members are listed in its place.
    """
    names: set[str] = set()
    for folder in (root, os.path.join(root, "src")):
        _collect(folder, "", NAMESPACE_DEPTH, names)
    return names


def _collect(folder: str, prefix: str, depth: int, names: set[str]) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir():
            _collect_folder(entry, prefix, depth, names)
        else:
            stem = _module_stem(entry.name)
            if stem.isidentifier():
                names.add(prefix + stem)


def _collect_folder(entry: os.DirEntry[str], prefix: str, depth: int, names: set[str]) -> None:
    if not entry.name.isidentifier() or entry.name == "__pycache__":
        return
    if os.path.exists(os.path.join(entry.path, "__init__.py")):
        names.add(prefix + entry.name)
    elif depth:
        _collect(entry.path, prefix + entry.name + ".", depth - 1, names)


def _module_stem(name: str) -> str:
    for suffix in all_suffixes():
        if name.endswith(suffix):
            stem = name[: -len(suffix)]
            return stem.split(".")[0]
    return ""


def loaded_modules(names: set[str], root: str) -> list[dict[str, Any]]:
    """Every loaded module under one of `names`: its file, and whether that lies in `root`."""
    base = os.path.realpath(root) + os.sep
    found = []
    for name, module in sorted(sys.modules.copy().items()):
        if name in names or any(part in names for part in _parents(name)):
            file = getattr(module, "__file__", None)
            if isinstance(file, str):
                inside = os.path.realpath(file).startswith(base)
                found.append({"name": name, "file": file, "inside": inside})
    return found


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
