"""One Journeyman at a time may change a project's sessions and files; others look on."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from agent_core import places
from runners.problems import UserProblem


class Occupied(UserProblem):
    """Another window or command works on this project."""

    def __init__(self, origin: Path, holder: str) -> None:
        by = f" (process {holder})" if holder else ""
        super().__init__(
            f"{origin} is open in another Journeyman{by}",
            hint="Close it there first; until then it can only be looked at.",
        )


class Occupancy:
    """The right to work on a project; the kernel takes it back with the process."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def release(self) -> None:
        """Let others work on the project."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def occupy(origin: Path) -> Occupancy:
    """Take the right to work on the project at its root folder.

    Raises:
        Occupied: another process has it.
    """
    folder = places.project_folder(origin)
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder / "occupied", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(handle, 20).decode("ascii", "replace").strip()
        os.close(handle)
        raise Occupied(origin, holder) from error
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return Occupancy(handle)
