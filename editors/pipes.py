"""Pipes and devices in places where git reads a file: opening one would block without an end."""

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from runners.cutoff import check
from runners.problems import UserProblem

_RULES: Final = frozenset({".gitignore", ".gitattributes", ".gitmodules", ".git"})
_REPOSITORY: Final = ("HEAD", "config", "commondir")


def refuse_pipes(root: Path, *, skipped: Collection[str]) -> None:
    """Raise UserProblem for what git would wait for. Folders with a skipped name are not looked at.

    Raises CutOff.
    """
    for place in filter(_blocks, _read_by_git(root, skipped)):
        raise UserProblem(
            f"{os.path.relpath(place, root)!r} in {str(root)!r} is a pipe, socket or device",
            why="git reads a file of that name, and would wait for ever",
            hint="remove it, or put a file in its place",
        )


def remove_pipes(root: Path) -> None:
    """Remove from a workspace what git would wait for; raises CutOff."""
    for place in filter(_blocks, _read_by_git(root, ())):
        Path(place).unlink()


def _read_by_git(root: Path, skipped: Collection[str]) -> Iterator[str]:
    for above, folders, names in os.walk(root):
        check()
        if ".git" in folders:
            yield from (f"{above}/.git/{name}" for name in _REPOSITORY)
            for deep, _, objects in os.walk(f"{above}/.git/objects"):
                yield from (f"{deep}/{name}" for name in objects)
        folders[:] = [name for name in folders if name != ".git" and name not in skipped]
        yield from (f"{above}/{name}" for name in _RULES.intersection(names))


def _blocks(place: str) -> bool:
    """Whether reading what is there, links followed, might never end."""
    try:
        mode = Path(place).stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
