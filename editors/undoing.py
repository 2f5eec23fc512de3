"""What undoing hunks means for a file: what the user had there comes back, not what the base had.

An accept may have written over lines of the user's. So each file is followed from what the accept
found: what it would hold today with the hunks, and what without them.
"""

from collections.abc import Collection, Sequence

from editors.accepted import NotAccepted, Written
from editors.diff import LINK, diff_bytes
from editors.held import FileState, Held, Source, without_hunks
from editors.merge import merge
from editors.snapshots import ShadowStore
from editors.textfile import is_binary
from editors.trees import StoredFile
from editors.ways import FileStep, Ways


class Meeting(Exception):  # noqa: N818  (an answer, not an error)
    """Between two accepts the user changed the very lines both wrote."""


class Undoing:
    """How a folder gets rid of hunks that accepts, oldest first, have written into it."""

    def __init__(self, store: ShadowStore, ways: Ways, written: Sequence[Written]) -> None:
        self._store, self._ways, self._written = store, ways, written
        self._trees: dict[str, dict[str, StoredFile]] = {}

    def steps(
        self, hunks: Collection[str], held: Sequence[Held]
    ) -> tuple[list[FileStep], list[NotAccepted]]:
        """What happens to each file, and what cannot be undone."""
        steps: list[FileStep] = []
        refused: list[NotAccepted] = []
        for source, asked in self._ways.by_file(held, hunks).items():
            try:
                steps.append(self._step(source, asked, held))
            except Meeting as meeting:
                refused.append(NotAccepted(source[0], asked, str(meeting)))
        return steps, refused

    def _step(self, source: Source, asked: tuple[str, ...], held: Sequence[Held]) -> FileStep:
        """From what the file holds to what it would hold; the newest accept is undone first.

        Hunks that no accept had to write stay: they are the user's own lines.
        """
        first = last = self._ways.state(source, held)
        left, begun = set(asked), False
        for written in reversed(self._written):
            for hunk in [hunk for hunk in written.hunks if hunk in left]:
                rest = without_hunks(held, [hunk])
                old = self._from(source, written, held)
                new = self._from(source, written, rest)
                if old == new:
                    continue
                first, last = (first, _onto(old, last, new)) if begun else (old, new)
                held, begun = rest, True
                left.discard(hunk)
        change = diff_bytes(
            last.path, first.content, last.content, first.mode, last.mode, old_path=first.path
        )
        return FileStep(change, first.content, asked)

    def _from(self, source: Source, written: Written, parts: Sequence[Held]) -> FileState:
        """What the file would be with these hunks, had the user changed nothing since."""
        undo = written.undo
        if undo is None:
            return self._ways.state(source, parts)
        start = self._ways.state(source, written.held)
        if start.path not in self._tree(undo.before) and start.path not in self._tree(undo.after):
            return start  # not written at all, with these hunks or others
        # The same hunks accepted in another order may win over each other differently.
        wanted = start if _same(written.held, parts) else self._ways.state(source, parts)
        return _over(start, self._found(undo.before, start.path), wanted)

    def _found(self, snapshot: str, path: str) -> FileState:
        stored = self._tree(snapshot).get(path)
        if stored is None:
            return FileState(path, None, None)
        return FileState(path, self._store.read(snapshot, path), stored.mode)

    def _tree(self, snapshot: str) -> dict[str, StoredFile]:
        if snapshot not in self._trees:
            self._trees[snapshot] = self._store.files(snapshot)
        return self._trees[snapshot]


def _same(one: Sequence[Held], other: Sequence[Held]) -> bool:
    first, second = (
        {(part.target, hunk) for part in parts for hunk in part.hunks} for parts in (one, other)
    )
    return first == second


def _over(start: FileState, found: FileState, wanted: FileState) -> FileState:
    """What came of a file that was found like this; where both changed it the hunks win."""
    if wanted.content == start.content:
        content = found.content
    else:
        texts = _texts(start, found, wanted)
        content = merge(*texts, theirs_win=True).merged if texts else wanted.content
    return FileState(wanted.path, content, _mode(start, found, wanted, content))


def _onto(old: FileState, now: FileState, new: FileState) -> FileState:
    """The change from old to new made to a file as it is now."""
    if now == old:
        return new
    content = new.content
    if new.content == old.content:
        content = now.content
    elif now.content != old.content:
        texts = _texts(old, now, new)
        content = merge(*texts).merged if texts else None
        if content is None:
            raise Meeting("you changed the same place between two accepts; undo the newer first")
    return FileState(
        now.path if new.path == old.path else new.path, content, _mode(old, now, new, content)
    )


def _mode(old: FileState, now: FileState, new: FileState, content: bytes | None) -> int | None:
    if content is None:
        return None
    return now.mode if new.mode == old.mode else new.mode


def _texts(*files: FileState) -> tuple[bytes, bytes, bytes] | None:
    """The contents of three files where all are texts that can be merged."""
    old, ours, theirs = (None if file.mode == LINK else file.content for file in files)
    if old is None or ours is None or theirs is None:
        return None
    return None if any(map(is_binary, (old, ours, theirs))) else (old, ours, theirs)
