"""Editable installs: what points at the user's own folder is pointed at the workspace.

A run must test the private copy. Ways in which an editable install reaches its sources: a path in
a .pth file (flit, poetry-core, hatchling, setuptools with a src folder), a finder on sys.meta_path
with a table of paths (setuptools otherwise, editables, scikit-build-core), and PYTHONPATH.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import DistributionFinder, MetadataPathFinder
from types import ModuleType
from typing import Any

TABLE_DEPTH = 4


class Moves:
    """Where a path of the user's folder is found in the workspace."""

    def __init__(self, pairs: list[list[str]]) -> None:
        self._pairs = []
        for origin, workspace in pairs:
            for base in dict.fromkeys((os.path.abspath(origin), os.path.realpath(origin))):
                self._pairs.append((base, workspace))
        prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix}
        self._kept = {os.path.abspath(p) for p in prefixes} | {
            os.path.realpath(p) for p in prefixes
        }
        self.folders: list[str] = []
        self.metadata: list[str] = []
        self.names: dict[str, str] = {}

    def target(self, path: str) -> str | None:
        """The path in the workspace, or None where `path` stays as it is."""
        if not os.path.isabs(path) or _below(path, self._kept):
            return None
        if _below(path, {workspace for _, workspace in self._pairs}):
            return None
        for origin, workspace in self._pairs:
            if path == origin or path.startswith(origin + os.sep):
                moved = workspace + path[len(origin) :]
                # Dependencies that lie in the user's folder and were not copied keep their place;
                # a table may name a module without its suffix, which exists on neither side.
                if os.path.exists(moved) or not os.path.exists(path):
                    return moved
        return None


def _below(path: str, folders: set[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _same_folder(origin: str, workspace: str) -> bool:
    return os.path.realpath(origin) == os.path.realpath(workspace)


def apply(config: dict[str, Any]) -> None:
    """Remap this interpreter and, through PYTHONPATH, those it starts."""
    pairs = [pair for pair in config["remap"] if not _same_folder(pair[0], pair[1])]
    if not pairs:
        return
    moves = Moves(pairs)
    _remap_path(moves)
    for finder in sys.meta_path:
        _remap_finder(finder, moves)
    sys.meta_path.extend(Metadata(folder) for folder in moves.metadata)
    _forget_modules(moves)
    _export(moves, config["scratch"])


def _remap_path(moves: Moves) -> None:
    for index, entry in enumerate(sys.path):
        moved = moves.target(entry)
        if moved is not None:
            sys.path[index] = moved
            moves.folders.append(moved)
            if _has_metadata(entry) and not _has_metadata(moved):
                moves.metadata.append(entry)


def _has_metadata(folder: str) -> bool:
    try:
        return any(name.endswith((".egg-info", ".dist-info")) for name in os.listdir(folder))
    except OSError:
        return False


class Metadata:
    """Finds what a development install wrote beside the sources, which git ignores; no modules."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Never a module: those come from the workspace."""

    def find_distributions(self, context: Any) -> Any:
        asked = DistributionFinder.Context(name=context.name, path=[self._folder])
        return MetadataPathFinder.find_distributions(asked)


def _remap_finder(finder: object, moves: Moves) -> None:
    owner = finder if isinstance(finder, type) else type(finder)
    if owner.__module__.startswith("_frozen_importlib"):
        return
    module = sys.modules.get(owner.__module__)
    holders: list[Any] = [finder, owner] if finder is not owner else [owner]
    if isinstance(module, ModuleType):
        holders.append(module)
    for holder in holders:
        for name, value in list(vars(holder).items() if hasattr(holder, "__dict__") else ()):
            if name.startswith("__"):
                continue
            changed = _moved_value(value, moves, TABLE_DEPTH)
            if changed is not value:
                setattr(holder, name, changed)


def _moved_value(value: Any, moves: Moves, depth: int) -> Any:
    """The value with every path in it moved; dicts and lists, being shared, change in place."""
    if isinstance(value, str):
        return moves.target(value) or value
    if depth == 0:
        return value
    if isinstance(value, dict):
        for key, item in list(value.items()):
            changed = _moved_value(item, moves, depth - 1)
            if changed is not item:
                value[key] = changed
            if isinstance(key, str) and isinstance(changed, str) and changed is not item:
                moves.names[key] = changed
        return value
    if isinstance(value, list):
        value[:] = [_moved_value(item, moves, depth - 1) for item in value]
        return value
    if type(value) is tuple:
        changed_items = tuple(_moved_value(item, moves, depth - 1) for item in value)
        return changed_items if changed_items != value else value
    return value


def _forget_modules(moves: Moves) -> None:
    """Drop what a .pth file imported from the user's folder at start."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and isinstance(file, str) and moves.target(file) is not None:
            del sys.modules[name]


def _export(moves: Moves, scratch: str) -> None:
    """PYTHONPATH comes before .pth files and before finders that were appended."""
    folders = list(moves.folders)
    for name, target in moves.names.items():
        init = os.path.basename(target) == "__init__.py"
        path = os.path.dirname(target) if init else target
        stem = os.path.basename(path)
        stem = stem[:-3] if stem.endswith(".py") else stem
        if "." not in name and stem == name:
            folders.append(os.path.dirname(path))
        else:
            folders.append(_link(name, path, os.path.join(scratch, "links")))
    for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if entry:
            folders.append(moves.target(entry) or entry)
    if folders:
        os.environ["PYTHONPATH"] = os.pathsep.join(dict.fromkeys(folders))


def _link(name: str, path: str, links: str) -> str:
    """A folder in which a package lies under its import name, for one whose own is another."""
    place = os.path.join(links, *name.split("."))
    os.makedirs(os.path.dirname(place), exist_ok=True)
    suffix = ".py" if os.path.isfile(path) or os.path.isfile(path + ".py") else ""
    source = path + ".py" if suffix and not path.endswith(".py") else path
    if not os.path.lexists(place + suffix):
        os.symlink(source, place + suffix)
    return links
