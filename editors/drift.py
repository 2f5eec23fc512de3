"""Work out what one file's hunks mean for a file that may have moved on since.

Nothing is written here: the answer is what to write, or why not.
"""

import os
from collections.abc import Sequence

import msgspec

from editors.diff import EXECUTABLE, LINK, FileDiff, git_mode
from editors.files import FileBytes, check_unprotected, read_file
from editors.hunks import Hunk, apply_hunks, mode_after
from editors.merge import merge
from editors.paths import Folder
from editors.refusals import Refused
from editors.textfile import is_binary
from editors.transaction import FileChange


class NotAccepted(msgspec.Struct, frozen=True):
    """Hunks of one file that were not written, and why, in words for the user."""

    path: str
    hunks: tuple[str, ...]
    reason: str


class Skip(Exception):  # noqa: N818  (an answer, not an error)
    """The hunks do not apply any more, or cannot be written by us."""


class Conflict(Exception):  # noqa: N818  (an answer, not an error)
    """The user changed the same place."""


def plan(
    folder: Folder, diff: FileDiff, hunks: Sequence[Hunk], base: bytes | None
) -> tuple[FileChange, ...]:
    """Return what to write so that these hunks of a file hold; nothing if they hold already.

    `base` is the content the hunks were made from. Raises Skip or Conflict with the reason.
    """
    if LINK in {diff.old_mode, diff.new_mode}:
        raise Skip("it is a symbolic link, which is not written for you; change it by hand")
    renamed = any(hunk.kind == "rename" for hunk in hunks)
    source = diff.old_path or diff.path
    target = diff.path if renamed or base is None else source
    wanted = apply_hunks(base, hunks)
    mode = mode_after(diff.old_mode, hunks)
    current = _current(folder, source)
    if base is None:
        return _created(target, current, wanted, mode)
    if current is None:
        return _vanished(folder, target, wanted, moved=target != source)
    if wanted is None:
        if current.data != base:
            raise Conflict("you changed the file that was to be deleted")
        return (FileChange(source, current.data, None, current.mode),)
    after = _merged(base, current.data, wanted)
    permissions = _permissions(current.mode, diff.old_mode, mode)
    if target != source:
        if _current(folder, target) is not None:
            raise Conflict(f"there is a {target} of yours already")
        return (
            FileChange(source, current.data, None, current.mode),
            FileChange(target, None, after, None, permissions, source),
        )
    if (after, permissions) == (current.data, current.mode):
        return ()
    return (FileChange(source, current.data, after, current.mode, permissions),)


def _current(folder: Folder, path: str) -> FileBytes | None:
    """What the user has there now; raises Skip for what must not be replaced."""
    try:
        found = read_file(folder, path)
        with folder.parent(path) as (parent, name):
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        check_unprotected(path, status)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (Refused, OSError) as error:
        raise Skip(str(error)) from error
    if status.st_nlink > 1:
        raise Skip("it has other hard links, which replacing it would part")
    return found


def _created(
    path: str, current: FileBytes | None, wanted: bytes | None, mode: int | None
) -> tuple[FileChange, ...]:
    if current is None:
        permissions = 0o755 if mode == EXECUTABLE else 0o644
        return (FileChange(path, None, wanted, None, permissions),)
    if current.data != wanted:
        raise Conflict("you made a file of this name with another content")
    return ()


def _vanished(
    folder: Folder, target: str, wanted: bytes | None, *, moved: bool
) -> tuple[FileChange, ...]:
    if wanted is None:
        return ()
    there = _current(folder, target) if moved else None
    if there is not None and there.data == wanted:
        return ()
    raise Skip("you deleted the file meanwhile; it is not made again")


def _merged(base: bytes, current: bytes, wanted: bytes) -> bytes:
    if current == wanted:
        return current
    if current != base and any(is_binary(data) for data in (base, current, wanted)):
        raise Conflict("you changed the file too, and it is no text that could be merged")
    result = merge(base, current, wanted)
    if result.merged is None:
        lines = ", ".join(str(conflict.ours[0] + 1) for conflict in result.conflicts)
        raise Conflict(f"you changed the same place, at line {lines} of your file")
    return result.merged


def _permissions(current: int, old: int | None, new: int | None) -> int:
    """Permission bits to write: the user's, with the execute bits as the hunks change them."""
    if old == new or git_mode(current) == new:
        return current
    if new == EXECUTABLE:
        return current | (current & 0o444) >> 2
    return current & ~0o111
