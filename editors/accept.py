"""Bring hunks from a workspace into the user's folder, at once and so that it can be undone.

What the user has changed meanwhile is kept: changes are merged where both fit, and where they do
not, the user's text stays on the disk and the hunk is reported. `.git` and the index are never
touched. Cut off in the middle, accepting or undoing can simply be run again.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from editors.diff import LINK, FileDiff, git_mode
from editors.drift import Conflict, NotAccepted, Plan, Skip, plan, plan_inside
from editors.files import FileBytes, read_file, read_link, sweep_strays
from editors.paths import Folder
from editors.refusals import AlreadyThere, ChangedMeanwhile, Refused
from editors.scan import blob_id
from editors.snapshots import ShadowStore
from editors.transaction import FileChange, write_changes
from editors.trees import StoredFile
from runners.problems import UserProblem

_ATTEMPTS: Final = 3
_UNREADABLE: Final = StoredFile(0, "")


class Undo(msgspec.Struct, frozen=True):
    """Snapshots of the written files alone, before and after: all that undoing needs."""

    before: str
    after: str


class AcceptResult(msgspec.Struct, frozen=True):
    """What became of the hunks.

    accepted: hunks that now hold in the user's folder, those that held before included.
    conflicts: the user changed the same place. skipped: the file is gone or cannot be written.
    written: paths, deleted and moved ones included. undo: None where nothing was written.
    """

    accepted: tuple[str, ...] = ()
    conflicts: tuple[NotAccepted, ...] = ()
    skipped: tuple[NotAccepted, ...] = ()
    written: tuple[str, ...] = ()
    undo: Undo | None = None


class _Order(msgspec.Struct, frozen=True):
    """What is to be brought: hunks (None: all) of the diffs from `base`, and who plans a file's."""

    store: ShadowStore
    base: str
    diffs: tuple[FileDiff, ...]
    hunks: Collection[str] | None
    plan: Plan


def accept(
    origin: Path,
    store: ShadowStore,
    *,
    base: str,
    target: str,
    hunks: Collection[str] | None = None,
) -> AcceptResult:
    """Write hunks of the change from `base` to `target` into `origin`; None means all of them.

    All files are written or none; links that would lead out of the folder are skipped. Raises
    Refused where the disk refuses, with everything as it was, and UserProblem for a hunk that the
    change does not have.
    """
    diffs = store.diff(base, target)
    _check_known(diffs, hunks)
    return _bring(origin, _Order(store, base, diffs, hunks, plan_inside))


def undo(origin: Path, store: ShadowStore, step: Undo) -> AcceptResult:
    """Take back what accepting wrote; later changes of the user's are kept as accepting keeps them.

    The result's own `undo` brings it forth again.
    """
    diffs = store.diff(step.after, step.before)
    # The links are the user's own: they come back wherever they lead.
    return _bring(origin, _Order(store, step.after, diffs, None, plan))


def moved_on(origin: Path, store: ShadowStore, step: Undo) -> tuple[str, ...]:
    """The files of an accept that are no longer as it left them, nor as they were before it."""
    before, after = store.files(step.before), store.files(step.after)
    with Folder(origin) as folder:
        return tuple(
            path
            for path in sorted(before.keys() | after.keys())
            if _now(folder, path) not in {before.get(path), after.get(path)}
        )


def _now(folder: Folder, path: str) -> StoredFile | None:
    """A file as a snapshot would hold it, None where nothing is there."""
    try:
        target = read_link(folder, path)
        found = read_file(folder, path) if target is None else FileBytes(target, LINK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (Refused, OSError):
        return _UNREADABLE
    return StoredFile(git_mode(found.mode), blob_id(found.data))


def _check_known(diffs: Iterable[FileDiff], hunks: Collection[str] | None) -> None:
    known = {hunk.id for diff in diffs for hunk in diff.hunks}
    for hunk in hunks or ():
        if hunk not in known:
            raise UserProblem(
                f"there is no hunk {hunk!r} in this change",
                hint=f"the change has {', '.join(sorted(known)) or 'no hunks'}",
            )


def _bring(origin: Path, order: _Order) -> AcceptResult:
    sweep_strays(origin)
    with Folder(origin) as folder:
        for _ in range(_ATTEMPTS - 1):
            try:
                return _attempt(folder, order)
            except (ChangedMeanwhile, AlreadyThere):
                continue  # saved in this very moment: look again
        return _attempt(folder, order)


def _attempt(folder: Folder, order: _Order) -> AcceptResult:
    accepted: list[str] = []
    conflicts: list[NotAccepted] = []
    skipped: list[NotAccepted] = []
    changes: list[FileChange] = []
    for diff in order.diffs:
        chosen = [hunk for hunk in diff.hunks if order.hunks is None or hunk.id in order.hunks]
        ids = tuple(hunk.id for hunk in chosen)
        if not chosen:
            continue
        content = None
        if diff.old_mode is not None:
            content = order.store.read(order.base, diff.old_path or diff.path)
        try:
            changes += order.plan(folder, diff, chosen, content)
        except Conflict as conflict:
            conflicts.append(NotAccepted(diff.path, ids, str(conflict)))
        except Skip as reason:
            skipped.append(NotAccepted(diff.path, ids, str(reason)))
        else:
            accepted += ids
    return AcceptResult(
        accepted=tuple(accepted),
        conflicts=tuple(conflicts),
        skipped=tuple(skipped),
        written=tuple(change.path for change in changes),
        undo=_write(folder, order.store, changes),
    )


def _write(folder: Folder, store: ShadowStore, changes: list[FileChange]) -> Undo | None:
    if not changes:
        return None
    before = {
        change.path: (git_mode(change.mode_before or 0), change.before)
        for change in changes
        if change.before is not None
    }
    after = {
        change.path: (git_mode(change.mode_after or 0), change.after)
        for change in changes
        if change.after is not None
    }
    # Kept before the first byte is written: whatever happens then can be undone.
    step = Undo(store.keep(before), store.keep(after))
    write_changes(folder, changes)
    return step
