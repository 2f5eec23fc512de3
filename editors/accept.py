"""Bring hunks from a workspace into the user's folder, at once and so that it can be undone.

What the user has changed meanwhile is kept: changes are merged where both fit, and where they do
not, the user's text stays on the disk and the hunk is reported. `.git` and the index are never
touched. Cut off in the middle, accepting or undoing can simply be run again.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from editors.accepted import AcceptResult, NotAccepted, Undo, Written
from editors.collisions import Collision, collisions
from editors.diff import LINK, git_mode
from editors.drift import Conflict, Plan, Skip, plan, plan_inside, plan_over
from editors.files import FileBytes, read_file, read_link, sweep_strays
from editors.held import Held, named
from editors.hunks import apply_hunks
from editors.paths import Folder
from editors.refusals import AlreadyThere, ChangedMeanwhile, Refused
from editors.scan import blob_id
from editors.snapshots import ShadowStore
from editors.transaction import FileChange, write_changes
from editors.trees import StoredFile
from editors.undoing import Undoing
from editors.ways import FileStep, Ways

_ATTEMPTS: Final = 3
_UNREADABLE: Final = StoredFile(0, "")


def accept(
    origin: Path,
    store: ShadowStore,
    *,
    base: str,
    target: str,
    hunks: Collection[str] | None = None,
    held: Sequence[Held] = (),
    over: bool = False,
) -> AcceptResult:
    """Write hunks of the change from `base` to `target` into `origin`; None means all of them.

    `held` is what was accepted before and stands: the hunks are merged against the base with it.
    All files are written or none; links that would lead out of the folder are skipped. With
    `over`, where the user changed the same place the hunks win. Raises Refused where the disk
    refuses, with everything as it was, and UserProblem for a hunk that the change does not have.
    """
    ways = Ways(store, base)
    asked = named(ways.change(target)) if hunks is None else tuple(hunks)
    if over:
        return _bring(origin, store, ways.to_accept(target, asked, held), plan_over)
    fitting, meeting = _told_apart(origin, ways, target, asked, held)
    result = _bring(origin, store, ways.to_accept(target, fitting, held), plan_inside)
    return msgspec.structs.replace(result, conflicts=(*meeting, *result.conflicts))


def colliding(
    origin: Path,
    store: ShadowStore,
    *,
    base: str,
    target: str,
    hunks: Collection[str],
    held: Sequence[Held] = (),
) -> tuple[Collision, ...]:
    """Where each of these hunks alone would meet what the user wrote; nothing is written."""
    ways = Ways(store, base)
    steps = [to_do for ref in hunks for to_do in ways.to_accept(target, [ref], held)]
    return tuple(
        collision
        for to_do, reason in _conflicts(origin, steps)
        for collision in collisions(
            to_do.change.path,
            to_do.hunks,
            reason,
            base=to_do.start,
            yours=_content(origin, to_do.change.old_path or to_do.change.path),
            agents=apply_hunks(to_do.start, to_do.change.hunks),
        )
    )


def take_back(
    origin: Path,
    store: ShadowStore,
    *,
    base: str,
    hunks: Collection[str],
    held: Sequence[Held],
    written: Sequence[Written],
) -> AcceptResult:
    """Take hunks that `origin` holds out of it again; what else it holds stays.

    `written` is what accepts wrote, oldest first: what each found in its place comes back. Raises
    Refused where the disk refuses, with everything as it was.
    """
    steps, refused = Undoing(store, Ways(store, base), written).steps(hunks, held)
    result = _bring(origin, store, steps, plan)
    return msgspec.structs.replace(result, conflicts=(*refused, *result.conflicts))


def hold(folder: Path, store: ShadowStore, *, base: str, held: Sequence[Held]) -> AcceptResult:
    """Write hunks into a folder that holds the base."""
    asked = tuple(reference for part in held for reference in part.hunks)
    return _bring(folder, store, Ways(store, base).between((), held, asked), plan_inside)


def undo(origin: Path, store: ShadowStore, step: Undo) -> AcceptResult:
    """Take back what accepting wrote; later changes of the user's are kept as accepting keeps them.

    The result's own `undo` brings it forth again.
    """
    steps = [
        FileStep(
            diff,
            None if diff.old_mode is None else store.read(step.after, diff.old_path or diff.path),
            named([diff]),
        )
        for diff in store.diff(step.after, step.before)
    ]
    # The links are the user's own: they come back wherever they lead.
    return _bring(origin, store, steps, plan)


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


def _told_apart(
    origin: Path, ways: Ways, target: str, asked: Collection[str], held: Sequence[Held]
) -> tuple[list[str], list[NotAccepted]]:
    """The hunks that fit, and those that meet what the user wrote.

    In a file in which not all fit together, each is tried with those before it.
    """
    fitting = set(asked)
    meeting: list[NotAccepted] = []
    for found, _ in _conflicts(origin, ways.to_accept(target, asked, held)):
        here: list[str] = []
        for hunk in found.hunks:
            steps = ways.to_accept(target, [*here, hunk], held)
            reasons = [reason for _, reason in _conflicts(origin, steps)]
            if reasons:
                fitting.discard(hunk)
                meeting.append(NotAccepted(found.change.path, (hunk,), reasons[0]))
            else:
                here.append(hunk)
    return [hunk for hunk in asked if hunk in fitting], meeting


def _conflicts(origin: Path, steps: Sequence[FileStep]) -> Iterator[tuple[FileStep, str]]:
    """The steps that cannot be taken because the user changed the same place, and why not."""
    with Folder(origin) as folder:
        for to_do in steps:
            try:
                plan_inside(folder, to_do.change, to_do.change.hunks, to_do.start)
            except Conflict as conflict:
                yield to_do, str(conflict)
            except Skip:
                continue


def _content(origin: Path, path: str) -> bytes | None:
    """A file of the user's as it is, None where there is none that can be read."""
    try:
        with Folder(origin) as folder:
            return read_file(folder, path).data
    except (FileNotFoundError, NotADirectoryError, Refused):
        return None


def _bring(
    origin: Path, store: ShadowStore, steps: Sequence[FileStep], plan_file: Plan
) -> AcceptResult:
    sweep_strays(origin)
    with Folder(origin) as folder:
        for _ in range(_ATTEMPTS - 1):
            try:
                return _attempt(folder, store, steps, plan_file)
            except (ChangedMeanwhile, AlreadyThere):
                continue  # saved in this very moment: look again
        return _attempt(folder, store, steps, plan_file)


def _attempt(
    folder: Folder, store: ShadowStore, steps: Sequence[FileStep], plan_file: Plan
) -> AcceptResult:
    accepted: list[str] = []
    conflicts: list[NotAccepted] = []
    skipped: list[NotAccepted] = []
    changes: list[FileChange] = []
    for to_do in steps:
        change = to_do.change
        try:
            if change.hunks:
                changes += plan_file(folder, change, change.hunks, to_do.start)
        except Conflict as conflict:
            conflicts.append(NotAccepted(change.path, to_do.hunks, str(conflict)))
        except Skip as reason:
            skipped.append(NotAccepted(change.path, to_do.hunks, str(reason)))
        else:
            accepted += to_do.hunks
    return AcceptResult(
        accepted=tuple(accepted),
        conflicts=tuple(conflicts),
        skipped=tuple(skipped),
        written=tuple(change.path for change in changes),
        undo=_write(folder, store, changes),
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
