"""Room on the disk that holds our data: whether there is none, however that was said."""

import errno
import os
import tempfile
from pathlib import Path

from agent_core.store import StoreFull
from editors.refusals import DiskFull

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
_ENOUGH = 64 * 1024
"""Bytes without which a program that writes results may have lost some."""


def out_of_room(error: BaseException) -> bool:
    """Whether an error, or one that it was raised from, is about a disk without room."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, StoreFull | DiskFull):
            return True
        if isinstance(cause, OSError) and cause.errno in _NO_ROOM:
            return True
        cause = cause.__cause__
    return False


def check_room(folder: Path, *, problem: str = "") -> None:
    """Raise OSError where a run ended for lack of room, or not even a little can be written.

    `problem` is why the run is worth nothing, if so: its own files may be gone by now, and the room
    they took be free again.
    """
    if os.strerror(errno.ENOSPC) in problem:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(_ENOUGH))
