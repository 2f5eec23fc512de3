"""Several files changed as one step: all of them, or none.

Everything that needs room is written beside its file first; then each file is renamed into place
while a second name keeps the old one, so putting it back needs no room and loses nothing.
"""

import os
import stat
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from editors import files
from editors.diff import LINK
from editors.paths import Folder
from editors.refusals import (
    AlreadyThere,
    ChangedMeanwhile,
    Refused,
    RollbackError,
)

_LARGEST: Final = 1 << 40


class FileChange(msgspec.Struct, frozen=True):
    """One file's content and permission bits before and after; None where there is no file.

    A link has its target for content, and LINK for permission bits.
    `moved_from` names the file whose owner and attributes a new one takes over.
    """

    path: str
    before: bytes | None
    after: bytes | None
    mode_before: int | None = None
    mode_after: int | None = None
    moved_from: str | None = None


def write_changes(folder: Folder, changes: Sequence[FileChange]) -> None:
    """Make all changes or none; raises Refused, and RollbackError where putting back failed.

    Each file must still be what its change says it was before.
    """
    transaction = _Transaction(folder)
    try:
        for change in changes:
            transaction.prepare(change)
        for change in changes:
            transaction.make(change)
        transaction.settle()
    except BaseException as error:
        transaction.roll_back(error)
        raise
    transaction.clean_up()


class _Transaction:
    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._seen: dict[str, tuple[int, ...]] = {}
        self._staged: dict[str, str] = {}
        self._backups: dict[str, str] = {}
        self._undo: list[tuple[str, Callable[[], None]]] = []
        self._made_folders: list[str] = []

    def prepare(self, change: FileChange) -> None:
        """Check that the file is as expected and bring the new content to the disk beside it."""
        path = change.path
        with files.failures_named(path):
            if change.before is None:
                self._check_absent(path)
            else:
                self._check_unchanged(change)
            if change.after is None:
                return
            self._made_folders.extend(self._folder.make_folders(path))
            self._staged[path] = self._stage(change, change.after)

    def _stage(self, change: FileChange, content: bytes) -> str:
        if change.mode_after == LINK:
            return files.stage_link(self._folder, change.path, content)
        mode = 0o666 if change.mode_after is None else change.mode_after
        like = None if change.mode_before == LINK else change.moved_from or change.path
        return files.stage(self._folder, change.path, content, mode=mode, like=like)

    def make(self, change: FileChange) -> None:
        """Put the prepared content in place; the old one stays under a second name."""
        with files.failures_named(change.path), self._folder.parent(change.path) as (fd, name):
            if change.before is None:
                self._create(change.path, fd, name)
            else:
                self._replace_or_delete(change.path, fd, name)

    def settle(self) -> None:
        """Bring the new names to the disk, each directory once."""
        for path in {files.beside(path, ""): path for path, _ in self._undo}.values():
            with files.failures_named(path), self._folder.parent(path) as (fd, _):
                os.fsync(fd)

    def roll_back(self, cause: BaseException) -> None:
        """Undo what was made, last first; raises RollbackError naming what could not be."""
        failed = []
        for path, undo in reversed(self._undo):
            try:
                undo()
            except (OSError, Refused):
                failed.append(path)
        for path, backup in self._backups.items():
            if path not in failed:
                files.remove_quietly(self._folder, backup)
        for path, staged in self._staged.items():
            files.remove_quietly(self._folder, files.beside(path, staged))
        self._folder.remove_folders(self._made_folders)
        if failed:
            raise RollbackError(
                tuple(failed),
                f"{cause} Putting back {', '.join(failed)} failed too. The old content lies beside "
                "it in .journeyman-*.tmp; copy it before the next start removes it.",
            ) from cause

    def clean_up(self) -> None:
        """Give up the second names of the old files."""
        for backup in self._backups.values():
            files.remove_quietly(self._folder, backup)

    def _check_absent(self, path: str) -> None:
        try:
            with self._folder.parent(path) as (fd, name):
                os.stat(name, dir_fd=fd, follow_symlinks=False)
        except FileNotFoundError:
            return
        raise AlreadyThere(path, f"{path} exists already.")

    def _check_unchanged(self, change: FileChange) -> None:
        path = change.path
        try:
            with self._folder.parent(path) as (fd, name):
                status = os.stat(name, dir_fd=fd, follow_symlinks=False)
            if change.mode_before == LINK:
                found = files.read_link(self._folder, path)
            else:
                found = files.read_file(self._folder, path, limit=_LARGEST).data
        except FileNotFoundError as error:
            raise ChangedMeanwhile(path, f"{path} does not exist any more.") from error
        if found != change.before:
            raise ChangedMeanwhile(path, f"{path} was changed meanwhile. Read it again.")
        files.check_unprotected(path, status)
        self._seen[path] = _signature(status)

    def _create(self, path: str, fd: int, name: str) -> None:
        staged = self._staged[path]
        try:
            os.link(staged, name, src_dir_fd=fd, dst_dir_fd=fd, follow_symlinks=False)
        except FileExistsError as error:
            raise AlreadyThere(path, f"{path} exists already.") from error
        self._undo.append((path, lambda: self._remove(path)))
        os.unlink(staged, dir_fd=fd)

    def _replace_or_delete(self, path: str, fd: int, name: str) -> None:
        backup = files.stray_name()
        self._check_signature(path, os.stat(name, dir_fd=fd, follow_symlinks=False))
        self._backups[path] = files.beside(path, backup)
        if path in self._staged:
            os.link(name, backup, src_dir_fd=fd, dst_dir_fd=fd, follow_symlinks=False)
            os.rename(self._staged[path], name, src_dir_fd=fd, dst_dir_fd=fd)
        else:
            os.rename(name, backup, src_dir_fd=fd, dst_dir_fd=fd)
        self._undo.append((path, lambda: self._put_back(path, backup)))
        # Somebody may have written into the old file between the look and the renaming.
        self._check_signature(path, os.stat(backup, dir_fd=fd, follow_symlinks=False))

    def _check_signature(self, path: str, status: os.stat_result) -> None:
        if _signature(status) != self._seen[path]:
            raise ChangedMeanwhile(path, f"{path} was changed meanwhile. Read it again.")

    def _put_back(self, path: str, backup: str) -> None:
        with self._folder.parent(path) as (fd, name):
            os.rename(backup, name, src_dir_fd=fd, dst_dir_fd=fd)

    def _remove(self, path: str) -> None:
        with self._folder.parent(path) as (fd, name):
            os.unlink(name, dir_fd=fd)


def _signature(status: os.stat_result) -> tuple[int, ...]:
    """What changes when a file is replaced or written; links of our own do not show in it."""
    kind = stat.S_IFMT(status.st_mode)
    return kind, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
