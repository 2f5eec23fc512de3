"""Put files of a workspace back: exactly these contents and modes, and nothing else touched.

Killed in the middle, it leaves each file old or new, and can be run again.
"""

import os
import stat
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from editors.files import beside, remove_quietly, stray_name
from editors.paths import Folder
from editors.refusals import ChangedMeanwhile
from editors.scan import LINK, PROGRAM
from editors.trees import StoredFile
from runners.cutoff import CHUNK, check

_BATCH: Final = 500


def put_back(
    folder: Folder,
    *,
    gone: Iterable[str],
    wanted: Mapping[str, StoredFile],
    contents: Callable[[Sequence[str]], list[bytes]],
) -> None:
    """Remove files and write others; `contents` gives the bytes of blobs.

    Raises ChangedMeanwhile where something that is no source file is in the way, CutOff.
    """
    # What goes makes room first: a file may become a folder, and a folder a file.
    for path in gone:
        check()
        _remove(folder, path)
    ahead = sorted(wanted.items())
    for start in range(0, len(ahead), _BATCH):
        batch = ahead[start : start + _BATCH]
        for (path, file), data in zip(
            batch, contents([file.blob for _, file in batch]), strict=True
        ):
            check()
            _write(folder, path, data, file.mode)


def _remove(folder: Folder, path: str) -> None:
    with suppress(FileNotFoundError, NotADirectoryError), folder.parent(path) as (parent, name):
        os.unlink(name, dir_fd=parent)
    above = path.rpartition("/")[0]
    with suppress(OSError):  # not empty, or gone: either way there is nothing to do
        while above:
            with folder.parent(above) as (parent, name):
                os.rmdir(name, dir_fd=parent)
            above = above.rpartition("/")[0]


def _write(folder: Folder, path: str, data: bytes, mode: int) -> None:
    try:
        folder.make_folders(path)
        with folder.parent(path) as (parent, name):
            staged = stray_name()
            try:
                if mode == LINK:
                    os.symlink(data, os.fsencode(staged), dir_fd=parent)
                else:
                    _stage(parent, staged, data, _permissions(parent, name), mode)
                os.rename(staged, name, src_dir_fd=parent, dst_dir_fd=parent)
            except BaseException:
                remove_quietly(folder, beside(path, staged))
                raise
    except (IsADirectoryError, NotADirectoryError) as error:
        raise ChangedMeanwhile(
            path, f"{path} cannot be restored: something that git ignores is in its place."
        ) from error


def _stage(parent: int, name: str, data: bytes, present: int | None, mode: int) -> None:
    """Write a file with the permission bits of the present one, executable as `mode` says."""
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666, dir_fd=parent)
    with os.fdopen(fd, "wb") as stream:
        view = memoryview(data)
        for start in range(0, len(data), CHUNK):
            check()
            stream.write(view[start : start + CHUNK])
        bits = stat.S_IMODE(os.fstat(fd).st_mode) if present is None else present
        bits = bits | (bits & 0o444) >> 2 if mode == PROGRAM else bits & ~0o111
        os.fchmod(fd, bits)


def _permissions(parent: int, name: str) -> int | None:
    with suppress(OSError):
        status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        if stat.S_ISREG(status.st_mode):
            return stat.S_IMODE(status.st_mode)
    return None
