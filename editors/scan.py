"""What is in the source files of a folder right now, reading only those that may have changed.

What is remembered of a file counts only where its status is the same to the nanosecond and was
settled when the file was read: `ctime` cannot be set back, so no edit of the same size hides,
not even one that restores `mtime`.
"""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import msgspec

from runners.cutoff import CHUNK, check
from runners.problems import UserProblem

FILE, PROGRAM, LINK = 0o100644, 0o100755, 0o120000

Parts = tuple[bytes, ...]
"""A file's content, in pieces: one may be too large to copy it about, or to hash it in one go."""
Keep = Callable[[str, Parts], None]

_SETTLED_NS: Final = 50_000_000
_SETTLED_COARSE_NS: Final = 2_100_000_000
"""A disk whose times are whole seconds (FAT: two) needs longer until an edit must show."""
_GONE: Final = (FileNotFoundError, NotADirectoryError)


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One source file: its mode and blob as in git, and its status when it was read.

    Times are nanoseconds; `read_ns` is when reading began, 0 where the file kept changing.
    """

    mode: int
    blob: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    read_ns: int

    def holds_for(self, status: os.stat_result) -> bool:
        """Whether a file with this status certainly still has the remembered content."""
        return (
            has_settled(self.ctime_ns, self.read_ns)
            and (self.size, self.mtime_ns, self.ctime_ns, self.inode)
            == (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
            and self.mode == git_mode(status)
        )


def has_settled(ctime_ns: int, at_ns: int) -> bool:
    """Whether a file changed last at `ctime_ns` shows another time after any write from `at_ns`."""
    coarse = ctime_ns % 1_000_000_000 == 0
    return ctime_ns + (_SETTLED_COARSE_NS if coarse else _SETTLED_NS) < at_ns


def git_mode(status: os.stat_result) -> int:
    """The mode git gives a file with this status; 0 for what is neither file nor link."""
    if stat.S_ISLNK(status.st_mode):
        return LINK
    if stat.S_ISREG(status.st_mode):
        return PROGRAM if status.st_mode & 0o100 else FILE
    return 0


def blob_id(*parts: bytes) -> str:
    """The id git gives a blob that is made of these."""
    digest = hashlib.sha1(b"blob %d\0" % sum(map(len, parts)), usedforsecurity=False)
    for part in parts:
        check()
        digest.update(part)
    return digest.hexdigest()


def scan(
    root: Path,
    files: Iterable[str],
    remembered: Mapping[str, Entry],
    keep: Keep,
) -> dict[str, Entry]:
    """Return what the files hold now; `keep` gets id and content of each that had to be read.

    Files that are gone, lie behind a link, or are pipes, sockets and devices are left out.
    Raises UserProblem for a file that cannot be read, CutOff.
    """
    found: dict[str, Entry] = {}
    real: dict[str, bool] = {"": True}
    base = os.fspath(root)
    for path in files:
        check()
        if not _really_inside(base, path.rpartition("/")[0], real):
            continue
        with suppress(*_GONE):
            entry = _current(f"{base}/{path}", path, remembered.get(path), keep)
            if entry is not None:
                found[path] = entry
    return found


def present(root: Path, files: Iterable[str]) -> list[str]:
    """Return which of these are files or links right now, none of them behind a link."""
    found = []
    real: dict[str, bool] = {"": True}
    base = os.fspath(root)
    for path in files:
        if _really_inside(base, path.rpartition("/")[0], real):
            with suppress(*_GONE):
                if git_mode(os.lstat(f"{base}/{path}")):
                    found.append(path)
    return found


def _really_inside(base: str, folder: str, real: dict[str, bool]) -> bool:
    """Whether no component of a folder's path is a link; tests can nest folders without end."""
    unknown = []
    while folder not in real:
        unknown.append(folder)
        folder = folder.rpartition("/")[0]
    known = real[folder]
    for deeper in reversed(unknown):
        with suppress(OSError):
            known = known and stat.S_ISDIR(os.lstat(f"{base}/{deeper}").st_mode)
        real[deeper] = known
    return known


def _current(place: str, path: str, remembered: Entry | None, keep: Keep) -> Entry | None:
    try:
        status = os.lstat(place)
        mode = git_mode(status)
        if not mode:
            return None
        if remembered is not None and remembered.holds_for(status):
            return remembered
        parts, status, read_ns = _read_link(place) if mode == LINK else _read_file(place)
    except PermissionError as error:
        raise UserProblem(
            f"{path!r} cannot be read", why="you have no permission",
            hint="make it readable, or have git ignore it",
        ) from error  # fmt: skip
    blob = blob_id(*parts)
    if remembered is None or remembered.blob != blob:
        keep(blob, parts)
    return Entry(
        git_mode(status) or mode, blob, status.st_size, status.st_mtime_ns, status.st_ctime_ns,
        status.st_ino, read_ns,
    )  # fmt: skip


def _read_link(place: str) -> tuple[Parts, os.stat_result, int]:
    began = time.time_ns()
    status = os.lstat(place)
    return (os.fsencode(Path(place).readlink()),), status, began


def _read_file(place: str) -> tuple[Parts, os.stat_result, int]:
    """Read a file and the status that belongs to it, again if it changed under our hands."""
    fd = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(fd, "rb") as stream:
        for _ in range(3):
            stream.seek(0)
            began = time.time_ns()
            before = os.fstat(fd)
            parts = tuple(_chunks(stream))
            after = os.fstat(fd)
            if (before.st_mtime_ns, before.st_ctime_ns, sum(map(len, parts))) == (
                after.st_mtime_ns, after.st_ctime_ns, after.st_size,
            ):  # fmt: skip
                return parts, after, began
    return parts, after, 0


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
        check()
