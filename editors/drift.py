"""Work out what one file's hunks mean for a file that may have moved on since.

Nothing is written here: the answer is what to write, or why not.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from editors.diff import EXECUTABLE, LINK, FileDiff, git_mode
from editors.files import FileBytes, check_unprotected, read_file, read_link
from editors.hunks import Hunk, apply_hunks, mode_after
from editors.merge import merge
from editors.paths import Folder
from editors.refusals import Refused
from editors.textfile import is_binary
from editors.transaction import FileChange


class Skip(Exception):  # noqa: N818  (an answer, not an error)
    """The hunks do not apply any more, or cannot be written by us."""


class Conflict(Exception):  # noqa: N818  (an answer, not an error)
    """The user changed the same place."""


Plan = Callable[
    [Folder, FileDiff, Sequence[Hunk], bytes | None],
    tuple[FileChange, ...],
]


def plan(
    folder: Folder, diff: FileDiff, hunks: Sequence[Hunk], base: bytes | None
) -> tuple[FileChange, ...]:
    """Return what to write so that these hunks of a file hold; nothing if they hold already.

    `base` is the content the hunks were made from. Raises Skip or Conflict with the reason.
    """
    if LINK in {diff.old_mode, diff.new_mode}:
        return _link(folder, diff, hunks, base)
    return _file(folder, diff, hunks, base)


def _file(
    folder: Folder, diff: FileDiff, hunks: Sequence[Hunk], base: bytes | None
) -> tuple[FileChange, ...]:
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


def plan_inside(
    folder: Folder, diff: FileDiff, hunks: Sequence[Hunk], base: bytes | None
) -> tuple[FileChange, ...]:
    """Plan as `plan` does, and raise Skip for a link that would lead out of the folder."""
    changes = plan(folder, diff, hunks, base)
    for change in changes:
        if change.mode_after == LINK and _leads_out(folder, change.path, change.after or b""):
            raise Skip("it is a link that leads out of the project; make it by hand")
    return changes


def plan_over(
    folder: Folder, diff: FileDiff, hunks: Sequence[Hunk], base: bytes | None
) -> tuple[FileChange, ...]:
    """Plan as `plan_inside` does, and where the user changed the same place the hunks win."""
    try:
        return plan_inside(folder, diff, hunks, base)
    except Conflict:
        if LINK in {diff.old_mode, diff.new_mode} or any(hunk.kind == "rename" for hunk in hunks):
            raise
        path = diff.path if base is None else diff.old_path or diff.path
        current = _current(folder, path)
        if current is None:
            raise
        wanted = apply_hunks(base, hunks)
        mode = mode_after(diff.old_mode, hunks)
        if wanted is None:
            return (FileChange(path, current.data, None, current.mode),)
        if base is not None and not any(is_binary(d) for d in (base, current.data, wanted)):
            wanted = merge(base, current.data, wanted, theirs_win=True).merged or b""
        permissions = _permissions(current.mode, diff.old_mode, mode)
        return (FileChange(path, current.data, wanted, current.mode, permissions),)


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


def _leads_out(folder: Folder, path: str, target: bytes) -> bool:
    """Whether a link there would lead out of the folder, or into git's own."""
    root = os.path.realpath(folder.root)
    above = Path(root, path).parent
    # Not Path.resolve, for which a link that leads to itself is an error.
    aim = os.path.realpath(above / os.fsdecode(target))
    parts = Path(os.path.relpath(aim, root)).parts
    return ".." in parts or ".git" in parts


def _link(
    folder: Folder, diff: FileDiff, hunks: Sequence[Hunk], base: bytes | None
) -> tuple[FileChange, ...]:
    """What to write where a link comes or goes, or changes its target or its kind: all or none."""
    source = diff.old_path or diff.path
    target = diff.path if any(hunk.kind == "rename" for hunk in hunks) else source
    wanted = apply_hunks(base, hunks)
    mode = mode_after(diff.old_mode, hunks)
    there, current = _there(folder, target), _there(folder, source)
    if _is(there, wanted, mode) and (source == target or current is None):
        return ()
    if current is None and base is not None:
        raise Skip("you deleted it meanwhile; it is not made again")
    if not _is(current, base, diff.old_mode) or (source != target and there is not None):
        raise Conflict("you changed it too, and a link can only be taken whole")
    permissions = mode if mode in {None, LINK} else 0o755 if mode == EXECUTABLE else 0o644
    before, bits = (current.data, current.mode) if current else (None, None)
    if source == target:
        return (FileChange(target, before, wanted, bits, permissions),)
    return (
        FileChange(source, before, None, bits),
        FileChange(target, None, wanted, None, permissions),
    )


def _there(folder: Folder, path: str) -> FileBytes | None:
    """What the user has there now, links included."""
    target = read_link(folder, path)
    return _current(folder, path) if target is None else FileBytes(target, LINK)


def _is(found: FileBytes | None, data: bytes | None, mode: int | None) -> bool:
    if found is None:
        return data is None
    return found.data == data and (found.mode == LINK) == (mode == LINK)


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
