"""Names of files inside a folder, and opening them so that nothing outside can be reached.

A path is relative to the folder, uses forward slashes, and may hold any byte a disk allows
(undecodable ones as surrogate escapes). What the words of a path cannot promise, that no
component is a link, not even one swapped in a moment ago, the kernel does.
"""

import ctypes
import errno
import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from editors.refusals import UnsafePath

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_LONGEST_PATH: Final = 4096
"""PATH_MAX of Linux: bytes that one call takes; what is longer is opened step by step."""

_DRIVE = re.compile(r"^[A-Za-z]:")
_WINDOWS_DEVICE = re.compile(
    r"^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?$", re.IGNORECASE
)
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


DEEPEST: Final = 200
"""Components of a path: far above what people use, and below what recursion bears."""


def components(path: str) -> tuple[str, ...]:
    """Split a relative path; raises UnsafePath for everything that is not plainly inside.

    Refused are absolute paths in any system's spelling, empty, "." and ".." components, NUL, and
    git's own folder under any name a disk may give it.
    """
    if not path or "\0" in path:
        raise UnsafePath(path, f"{path!r} is not the name of a file.")
    if path.startswith(("/", "\\")) or _DRIVE.match(path):
        raise UnsafePath(path, f"{path!r} is absolute. Name the file relative to the project.")
    parts = tuple(path.split("/"))
    if len(parts) > DEEPEST:
        raise UnsafePath(
            path, f"A path of {len(parts)} folders is too deep; {DEEPEST} are allowed."
        )
    for part in parts:
        if part in {"", ".", ".."} or ".." in part.split("\\"):
            raise UnsafePath(path, f"{path!r} is not a plain path below the project.")
        if _is_git_folder(part):
            raise UnsafePath(path, f"{path!r} lies in git's own folder, which is never touched.")
    return parts


def _is_git_folder(part: str) -> bool:
    plain = _IGNORED_BY_HFS.sub("", part).casefold()
    return any(piece.split(":")[0].rstrip(" .") in {".git", "git~1"} for piece in plain.split("\\"))


def check_new_name(path: str) -> None:
    """Refuse to create a name that another system would read as a device, a drive or a stream."""
    for part in components(path):
        if _WINDOWS_DEVICE.match(part) or ":" in part or "\\" in part:
            raise UnsafePath(path, f"{path!r} cannot exist on Windows. Choose another name.")
        if part.endswith((" ", ".")):
            raise UnsafePath(path, f"{path!r} ends in a space or dot, which Windows drops.")


class Folder:
    """A directory whose inside can be opened by relative paths, and nothing outside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._fd = os.open(root, _FOLDER)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the directory back to the system; the object is of no use afterwards."""
        os.close(self._fd)

    def open(self, path: str, flags: int, mode: int = 0o666) -> int:
        """Open a file and return its descriptor; raises UnsafePath or OSError."""
        return self._open(path, components(path), flags | os.O_CLOEXEC, mode)

    def make_folders(self, path: str) -> list[str]:
        """Create what is missing above a file, all or nothing; returns what was made."""
        parts = components(path)[:-1]
        made: list[str] = []
        try:
            for depth in range(1, len(parts) + 1):
                folder = "/".join(parts[:depth])
                with self.parent(folder) as (fd, name), suppress(FileExistsError):
                    os.mkdir(name, dir_fd=fd)
                    made.append(folder)
        except (OSError, UnsafePath):
            self.remove_folders(made)
            raise
        return made

    def remove_folders(self, made: Sequence[str]) -> None:
        """Take back what `make_folders` made, where nothing else has come into it."""
        for path in reversed(made):
            with suppress(OSError, UnsafePath), self.parent(path) as (fd, name):
                os.rmdir(name, dir_fd=fd)

    @contextmanager
    def parent(self, path: str) -> Iterator[tuple[int, str]]:
        """The descriptor of the directory that holds a file, and the file's name in it."""
        *above, name = components(path)
        fd = self._open(path, tuple(above), _FOLDER, 0) if above else os.dup(self._fd)
        try:
            with _explained(path):
                yield fd, name
        finally:
            os.close(fd)

    def _open(self, path: str, parts: tuple[str, ...], flags: int, mode: int) -> int:
        inner = os.fsencode("/".join(parts))
        with _explained(path):
            if _kernel_resolves() and len(inner) < _LONGEST_PATH:
                return _openat2(self._fd, inner, flags, mode)
            return _open_step_by_step(self._fd, parts, flags, mode)


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Say in words what the system reports about a path itself."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.EXDEV}:
            message = f"{path!r} goes through a symbolic link. Name the file it points to."
            raise UnsafePath(path, message) from error
        if error.errno == errno.ENAMETOOLONG:
            raise UnsafePath(path, f"{path!r} is longer than this disk allows.") from error
        raise


class _OpenHow(ctypes.Structure):
    """struct open_how of linux/openat2.h."""

    _fields_ = (
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    )


_OPENAT2: Final = 437
_BENEATH_WITHOUT_LINKS: Final = 0x08 | 0x04


def _openat2(folder: int, path: bytes, flags: int, mode: int) -> int:
    how = _OpenHow(flags, mode if flags & os.O_CREAT else 0, _BENEATH_WITHOUT_LINKS)
    while True:
        fd: int = _libc().syscall(_OPENAT2, folder, path, ctypes.byref(how), ctypes.sizeof(how))
        if fd >= 0:
            return fd
        code = ctypes.get_errno()
        if code not in {errno.EAGAIN, errno.EINTR}:
            raise OSError(code, os.strerror(code), os.fsdecode(path))


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@cache
def _kernel_resolves() -> bool:
    """Whether openat2 is there: Linux 5.6, and not forbidden by a container's filter."""
    if sys.platform != "linux":
        return False
    here = os.open("/", _FOLDER)
    try:
        os.close(_openat2(here, b".", _FOLDER, 0))
    except OSError:
        return False
    finally:
        os.close(here)
    return True


def _open_step_by_step(folder: int, parts: tuple[str, ...], flags: int, mode: int) -> int:
    fd = os.dup(folder)
    try:
        for part in parts[:-1]:
            inner = _open_without_link(part, _FOLDER, 0, fd)
            os.close(fd)
            fd = inner
        return _open_without_link(parts[-1], flags, mode, fd)
    finally:
        os.close(fd)


def _open_without_link(name: str, flags: int, mode: int, folder: int) -> int:
    try:
        return os.open(name, flags | os.O_NOFOLLOW, mode, dir_fd=folder)
    except NotADirectoryError as error:
        # O_DIRECTORY reports a link as "not a directory" before O_NOFOLLOW gets its say.
        if os.path.islink(f"/dev/fd/{folder}/{name}"):  # noqa: PTH114
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), name) from error
        raise


def name_twins(folder: Folder, created: Sequence[str]) -> list[str]:
    """Sentences on new names that a disk without case or with other Unicode would merge."""
    said = []
    for path in created:
        *_, name = components(path)
        try:
            with folder.parent(path) as (fd, _):
                names = _names_in(fd)
        except (FileNotFoundError, NotADirectoryError):
            names = []
        above = path[: len(path) - len(name)]
        names += [p[len(above) :] for p in created if p.startswith(above)]
        twins = {other for other in names if other != name and _merged(other) == _merged(name)}
        said += [f"{path} and {above}{twin} are one file on some disks." for twin in sorted(twins)]
    return said


def _names_in(folder: int) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def _merged(name: str) -> str:
    """What a disk that ignores case and Unicode spelling makes of a name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
