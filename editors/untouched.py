"""Whether anything in a folder was touched, by one walk over it that reads no file."""

import os
import stat
import time
from pathlib import Path
from typing import Final

from editors.scan import has_settled
from runners.cutoff import check

MOST: Final = 50_000
"""Entries above which a folder is not walked: whoever asks has to look for changes in full."""

Signature = tuple[tuple[str, int, int, int, int, int], ...]
"""Of each file and link: path, inode, mode, size, times of change; of folders no size and times."""


def signature(root: Path) -> Signature | None:
    """What a folder looks like now, repositories left out.

    Equal before and after: no file came, went or was written to. None where that cannot be told:
    too much in it, a part that cannot be listed, or so new a change that the next one may have
    the same time.
    """
    began = time.time_ns()
    try:
        seen = _walked(root)
    except OSError:
        return None
    if len(seen) > MOST or not all(has_settled(entry[5], began) for entry in seen):
        return None
    return tuple(sorted(seen))


def _walked(root: Path) -> list[tuple[str, int, int, int, int, int]]:
    """Every entry, or as many as show that there are too many."""
    found: list[tuple[str, int, int, int, int, int]] = []
    waiting = [str(root)]
    while waiting and len(found) <= MOST:
        check()
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name == ".git":
                    continue
                found.append(_seen(entry.path, entry.stat(follow_symlinks=False)))
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return found


def _seen(path: str, status: os.stat_result) -> tuple[str, int, int, int, int, int]:
    if stat.S_ISDIR(status.st_mode):
        return path, status.st_ino, status.st_mode, 0, 0, 0
    return (
        path, status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
    )  # fmt: skip
