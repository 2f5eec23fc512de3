"""Bytes of files inside a folder: read what is regular, replace a file in one step or not at all.

A new content is written beside its file under a name of our own, brought to the disk and renamed
over it, so a reader sees the old or the new and a full disk costs nothing.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from editors.paths import Folder
from editors.refusals import DiskFull, NotText, Refused, Unpreservable, WriteFailed

TEXT_LIMIT: Final = 50 * 1024 * 1024
"""Largest file, in bytes, that is read as text."""

_STRAY = re.compile(r"\.journeyman-(\d+)-[0-9a-f]{16}\.tmp")
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT}


class FileBytes(msgspec.Struct, frozen=True):
    """A file's content and permission bits."""

    data: bytes
    mode: int


def stray_name() -> str:
    """A fresh name for a half-written file; it carries the process that writes it."""
    return f".journeyman-{os.getpid()}-{secrets.token_hex(8)}.tmp"


def is_stray_name(name: str) -> bool:
    """Whether a file name is one that only a killed process of ours leaves behind."""
    return _STRAY.fullmatch(name) is not None


def sweep_strays(root: Path) -> tuple[str, ...]:
    """Remove what killed processes of ours left half-written below a folder; says what."""
    swept = []
    for above, folders, names in os.walk(root):
        if ".git" in folders:
            folders.remove(".git")
        for name in names:
            match = _STRAY.fullmatch(name)
            if match and not _alive(int(match.group(1))):
                stray = Path(above, name)
                with suppress(OSError):  # gone, or not ours to remove: it stays where it is
                    stray.unlink()
                    swept.append(stray.relative_to(root).as_posix())
    return tuple(sorted(swept))


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


@contextmanager
def open_regular(folder: Folder, path: str) -> Iterator[int]:
    """Open a file for reading; a pipe, socket or device is refused before it can block."""
    with folder.parent(path) as (parent, name):
        _check_regular(path, os.stat(name, dir_fd=parent, follow_symlinks=False), links=True)
    fd = folder.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        _check_regular(path, os.fstat(fd), links=False)
        yield fd
    finally:
        os.close(fd)


def _check_regular(path: str, status: os.stat_result, *, links: bool) -> None:
    if stat.S_ISREG(status.st_mode) or (links and stat.S_ISLNK(status.st_mode)):
        return  # a link is refused by the opening itself, with its own message
    kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe, socket or device"
    raise NotText(path, f"{path} is {kind}, not a file with text.")


def read_file(folder: Folder, path: str, *, limit: int = TEXT_LIMIT) -> FileBytes:
    """Read a regular file of at most `limit` bytes; raises Refused or FileNotFoundError."""
    with open_regular(folder, path) as fd, os.fdopen(fd, "rb", closefd=False) as stream:
        status = os.fstat(fd)
        data = stream.read(min(status.st_size, limit) + 1)
        if status.st_size > limit or len(data) > limit:
            raise NotText(path, f"{path} has more than {limit:,} bytes, the most that is read.")
        return FileBytes(data, stat.S_IMODE(status.st_mode))


def read_link(folder: Folder, path: str) -> bytes | None:
    """Where a link points to; None where there is no link."""
    with suppress(FileNotFoundError, NotADirectoryError), folder.parent(path) as (parent, name):
        if stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
            return os.readlink(os.fsencode(name), dir_fd=parent)
    return None


def write_file(folder: Folder, path: str, data: bytes, *, mode: int) -> None:
    """Put bytes under a path in one step, replacing what is there; raises Refused.

    Owner, access list and extended attributes of a replaced file are kept.
    """
    with failures_named(path):
        staged = stage(folder, path, data, mode=mode, like=path)
        try:
            with folder.parent(path) as (parent, name):
                os.rename(staged, name, src_dir_fd=parent, dst_dir_fd=parent)
                os.fsync(parent)
        except BaseException:
            remove_quietly(folder, beside(path, staged))
            raise


def stage(folder: Folder, path: str, data: bytes, *, mode: int, like: str | None) -> str:
    """Bring bytes to the disk beside `path`; returns the name to rename from.

    Owner, attributes and exactly `mode` are given like those of `like`, a path; where that is
    None or not there, the user's umask has its say as for any new file.
    """
    staged = stray_name()
    with folder.parent(path) as (parent, _):
        fd = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode & 0o777, dir_fd=parent)
        try:
            _write_all(fd, data)
            if like is not None and _copy_attributes(folder, like, fd):
                os.fchmod(fd, mode)
            os.fsync(fd)
        except BaseException:
            os.unlink(staged, dir_fd=parent)
            raise
        finally:
            os.close(fd)
    return staged


def stage_link(folder: Folder, path: str, target: bytes) -> str:
    """Make a link beside `path`; returns the name to rename from."""
    staged = stray_name()
    with folder.parent(path) as (parent, _):
        os.symlink(target, os.fsencode(staged), dir_fd=parent)
    return staged


def beside(path: str, name: str) -> str:
    """The path of a file `name` in the same directory as `path`."""
    above, slash, _ = path.rpartition("/")
    return f"{above}{slash}{name}"


def remove_quietly(folder: Folder, path: str) -> None:
    """Remove a file of our own if it can be; what stays is swept at the next start."""
    with suppress(OSError, Refused), folder.parent(path) as (parent, name):
        os.unlink(name, dir_fd=parent)


@contextmanager
def failures_named(path: str) -> Iterator[None]:
    """Turn what the operating system says about a write into WriteFailed or DiskFull."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        if error.errno in _NO_ROOM:
            raise DiskFull(
                path,
                f"No room to write {path}: {reason}. Its old content is kept; free some space.",
            ) from error
        message = f"{path} could not be written: {reason}. Its old content is kept."
        raise WriteFailed(path, message) from error


def check_unprotected(path: str, status: os.stat_result) -> None:
    """Raise Unpreservable for a file that nobody may write."""
    if not status.st_mode & 0o222:
        raise Unpreservable(path, f"{path} is read-only. Make it writable first if it may change.")


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _copy_attributes(folder: Folder, path: str, target: int) -> bool:
    """Make an open file the like of another; False where there is no other."""
    try:
        with open_regular(folder, path) as source:
            status = os.fstat(source)
            check_unprotected(path, status)
            if status.st_nlink > 1:
                message = f"{path} has {status.st_nlink} hard links; replacing it would part them."
                raise Unpreservable(path, message)
            _copy_owner(path, status, target)
            _copy_extended(path, source, target)
    except FileNotFoundError:
        return False
    return True


def _copy_owner(path: str, status: os.stat_result, target: int) -> None:
    made = os.fstat(target)
    if (made.st_uid, made.st_gid) == (status.st_uid, status.st_gid):
        return
    try:
        os.fchown(target, status.st_uid, status.st_gid)
    except PermissionError as error:
        message = f"{path} belongs to another user or group, which could not be kept."
        raise Unpreservable(path, message) from error


def _copy_extended(path: str, source: int, target: int) -> None:
    """Copy extended attributes, access lists among them, where the system has any."""
    if not hasattr(os, "listxattr"):
        return
    try:
        names = os.listxattr(source)
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return
        raise
    name = ""
    try:
        for name in set(os.listxattr(target)) - set(names):
            os.removexattr(target, name)
        for name in names:
            value = os.getxattr(source, name)
            if name not in os.listxattr(target) or os.getxattr(target, name) != value:
                os.setxattr(target, name, value)
    except OSError as error:
        message = f"{path} has the attribute {name!r}, which could not be kept: {error.strerror}."
        raise Unpreservable(path, message) from error
