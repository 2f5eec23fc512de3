"""Whether anything in a folder was touched, by one walk over it that reads no file."""

import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from runners.cutoff import check

MOST: Final = 50_000
"""Entries above which a folder is not walked: whoever asks has to look for changes in full."""

_SETTLED_NS: Final = 50_000_000
"""Age from which a change in the same tick of the file system's clock can be ruled out."""

Signature = tuple[tuple[str, int, int, int, int, int], ...]
"""Of each file and link: path, inode, mode, size, times of change; of folders no size and times."""


def signature(root: Path) -> Signature | None:
    """What a folder looks like now, repositories left out; None where it is too large.

    Equal before and after: no file came, went or was written to.
    """
    found: list[tuple[str, int, int, int, int, int]] = []
    waiting = [str(root)]
    while waiting:
        check()
        folder = waiting.pop()
        # What cannot be listed is seen by its own entry alone.
        with suppress(FileNotFoundError, PermissionError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name == ".git":
                    continue
                found.append(_seen(entry.path, entry.stat(follow_symlinks=False)))
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
        if len(found) > MOST:
            return None
    return tuple(sorted(found))


def settled(seen: Signature) -> bool:
    """Whether the last change is long enough ago that the next one has another time."""
    return time.time_ns() - max((entry[5] for entry in seen), default=0) > _SETTLED_NS


def _seen(path: str, status: os.stat_result) -> tuple[str, int, int, int, int, int]:
    if stat.S_ISDIR(status.st_mode):
        return path, status.st_ino, status.st_mode, 0, 0, 0
    return (
        path, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
    )  # fmt: skip
