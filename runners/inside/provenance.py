"""Which of the modules under test a run loaded, and from where."""

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
            return name[: -len(suffix)].split(".", 1)[0]
    return ""


def loaded_modules(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The loaded modules that the workspace provides or that came from it or from its origin.

    A package may be installed under another name than its folder has: then the place tells.
    """
    names = sources(config["root"])
    root = os.path.realpath(config["root"]) + os.sep
    origin = os.path.realpath(config["origin"]) + os.sep
    environment = os.path.realpath(sys.prefix) + os.sep
    found = []
    for name, module in sorted(sys.modules.copy().items()):
        file = getattr(module, "__file__", None)
        if not isinstance(file, str) or name == "__main__":
            continue
        place = os.path.realpath(file)
        inside = place.startswith(root) and not place.startswith(environment)
        original = place.startswith(origin) and not place.startswith(environment)
        if inside or original or any(part in names for part in _prefixes(name)):
            found.append({"name": name, "file": file, "inside": inside})
    return found


def _prefixes(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
