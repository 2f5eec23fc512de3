"""What git ignores in a workspace: it is run with the rest, and is no part of any snapshot.

So what is there is recorded once, and whatever comes later is known as new. Folders of installed
packages and caches are not looked into, unless code could import what is in them.
"""

import itertools
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from editors.sources import DEPENDENCY_FOLDERS, list_ignored, list_sources
from runners.cutoff import check

MOST: Final = 5_000
"""Ignored files that are recorded one by one; where there are more, whole folders are."""

_PASSED_OVER: Final = {".git", "__pycache__"} | {
    name for name in DEPENDENCY_FOLDERS if not name.isidentifier()
}


def record_ignored(root: Path) -> tuple[str, ...]:
    """List what git ignores in a folder: files, or whole folders with a slash at the end."""
    entries = _entries(root, list_sources(root).nested)
    files = list(itertools.islice(_files(root, entries), MOST + 1))
    return tuple(sorted(map(printable, files if len(files) <= MOST else entries)))


def new_ignored(root: Path, known: Collection[str], *, nested: Sequence[str]) -> tuple[str, ...]:
    """List the files that git ignores in a folder and that are not among those recorded.

    `nested` are the repositories in it, see `editors.sources`.
    """
    entries = (entry for entry in _entries(root, nested) if printable(entry) not in known)
    return tuple(sorted(path for path in _files(root, entries) if not _covered(path, known)))


def printable(path: str) -> str:
    """A path as an event can hold it: bytes that are no UTF-8 are written as escapes."""
    return path.encode(errors="backslashreplace").decode()


def _covered(path: str, known: Collection[str]) -> bool:
    """Whether a file was recorded, or a folder it is in."""
    said = printable(path)
    ends = (at + 1 for at, letter in enumerate(said) if letter == "/")
    return said in known or any(said[:end] in known for end in ends)


def _entries(root: Path, nested: Sequence[str]) -> list[str]:
    """What git ignores, folders as one, in nested repositories too."""
    prefixes = ("", *(f"{path}/" for path in nested))
    return [prefix + name for prefix in prefixes for name in list_ignored(root / prefix)]


def _files(root: Path, entries: Iterable[str]) -> Iterator[str]:
    for entry in entries:
        if _PASSED_OVER.isdisjoint(entry.split("/")):
            if entry.endswith("/"):
                yield from _below(root, entry)
            else:
                yield entry


def _below(root: Path, folder: str) -> Iterator[str]:
    check()
    inside: list[tuple[str, bool]] = []
    # What is gone meanwhile, or cannot be listed, cannot be imported either.
    with suppress(FileNotFoundError, PermissionError), os.scandir(root / folder) as found:
        inside += [(e.name, e.is_dir(follow_symlinks=False)) for e in found]
    for name, is_folder in inside:
        if name in _PASSED_OVER:
            continue
        if is_folder:
            yield from _below(root, f"{folder}{name}/")
        else:
            yield folder + name
