"""Copy files into a workspace: content, permission bits and times, never a link to the original."""

import errno
import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from runners.cutoff import CHUNK, check

if sys.platform == "linux":
    import fcntl

_FICLONE: Final = 0x40049409
_GONE: Final = (FileNotFoundError, NotADirectoryError)
_CANNOT_SHARE: Final = {
    errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL, errno.ENOTTY, errno.EPERM, errno.ENOSYS,
}  # fmt: skip


def remove_tree(folder: Path) -> None:
    """Remove a folder of ours with all that is in it; raises CutOff in the middle."""
    for above, folders, names in os.walk(folder, topdown=False):
        for place in (Path(above, name) for name in names):
            check()
            place.unlink()
        for place in (Path(above, name) for name in folders):
            check()
            if place.is_symlink():
                place.unlink()
            else:
                place.rmdir()
    folder.rmdir()


class Copier:
    """Copies files, sharing their blocks on the disk where it can; learns once where it cannot.

    Raises CutOff in the middle of whatever it copies.
    """

    def __init__(self) -> None:
        self._clones = sys.platform == "linux"
        self._in_kernel = hasattr(os, "copy_file_range")

    def copy_all(self, source: Path, target: Path, paths: Iterable[str]) -> None:
        """Copy these files and links; what is gone meanwhile or is neither is left out."""
        made = {""}
        real = {"": True}
        for path in paths:
            folder = path.rpartition("/")[0]
            if not _really_inside(source, folder, real):
                continue
            if folder not in made:
                (target / folder).mkdir(parents=True, exist_ok=True)
                made.add(folder)
            with suppress(*_GONE):
                self.copy(f"{source}/{path}", f"{target}/{path}")

    def copy(self, source: str, target: str) -> None:
        """Copy one file or link to a place where nothing is yet."""
        check()
        status = os.lstat(source)
        if stat.S_ISLNK(status.st_mode):
            Path(target).symlink_to(Path(source).readlink())
            os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns), follow_symlinks=False)
        elif stat.S_ISREG(status.st_mode):
            self._copy_regular(source, target)

    def _copy_regular(self, source: str, target: str) -> None:
        reading = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(reading)
            writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                self._copy_bytes(reading, writing)
                os.fchmod(writing, status.st_mode & 0o777)
                os.utime(writing, ns=(status.st_atime_ns, status.st_mtime_ns))
            finally:
                os.close(writing)
        finally:
            os.close(reading)

    def _copy_bytes(self, reading: int, writing: int) -> None:
        if sys.platform == "linux" and self._clones:
            try:
                fcntl.ioctl(writing, _FICLONE, reading)
            except OSError as error:
                _only_unsupported(error)
                self._clones = False
            else:
                return
        if self._in_kernel:
            try:
                while os.copy_file_range(reading, writing, CHUNK):
                    check()
            except OSError as error:
                _only_unsupported(error)
                self._in_kernel = False
            else:
                return
        os.lseek(reading, 0, os.SEEK_SET)
        os.ftruncate(writing, 0)
        while chunk := os.read(reading, CHUNK):
            check()
            view = memoryview(chunk)
            while view:
                view = view[os.write(writing, view) :]


def _only_unsupported(error: OSError) -> None:
    if error.errno not in _CANNOT_SHARE:
        raise error


def _really_inside(source: Path, folder: str, real: dict[str, bool]) -> bool:
    known = real.get(folder)
    if known is None:
        known = _really_inside(source, folder.rpartition("/")[0], real)
        with suppress(OSError):
            known = known and stat.S_ISDIR(os.lstat(source / folder).st_mode)
        real[folder] = known
    return known
