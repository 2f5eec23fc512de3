"""What a process and all below it cost, from `/proc` (Linux)."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

_PROC = Path("/proc")


class _Stat(msgspec.Struct, frozen=True):
    """A line of `/proc/PID/stat`; `ticks` with those of children that were waited for."""

    pid: int
    parent: int
    session: int
    ticks: int


def members(root: int) -> set[int]:
    """A process that leads a session, the rest of the session, and all that descend from it."""
    return {stat.pid for stat in _tree(root)}


def cpu_s(root: int) -> float:
    """CPU seconds of the tree so far, in user and kernel mode, of ended children too."""
    return sum(stat.ticks for stat in _tree(root)) / os.sysconf("SC_CLK_TCK")


def proportional_memory(root: int) -> int:
    """Bytes of the tree's resident pages; a page shared by n processes counts 1/n for each."""
    return sum(_proportional(pid) for pid in members(root))


def _tree(root: int) -> list[_Stat]:
    known = {stat.pid: stat for stat in _all()}
    return [stat for stat in known.values() if _belongs(stat, root, known)]


def _belongs(stat: _Stat, root: int, known: dict[int, _Stat]) -> bool:
    above: _Stat | None = stat
    while above is not None:
        if root in {above.pid, above.session}:
            return True
        above = known.get(above.parent)
    return False


def _all() -> Iterator[_Stat]:
    for folder in _PROC.glob("[0-9]*"):
        # It may have ended since it was listed.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            # The name may hold blanks and brackets; what follows it does not.
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            times = sum(int(field) for field in fields[11:15])
            yield _Stat(int(folder.name), int(fields[1]), int(fields[3]), times)


def _proportional(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
