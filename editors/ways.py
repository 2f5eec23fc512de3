"""The way from what a folder holds of a session's changes to what it shall hold, file by file."""

from collections.abc import Collection, Sequence

import msgspec

from editors.diff import FileDiff
from editors.held import (
    FileState,
    Held,
    Source,
    laid_together,
    narrow,
    parse_reference,
    source_of,
    state,
    step,
    with_hunks,
    without_hunks,
)
from editors.snapshots import ShadowStore


class FileStep(msgspec.Struct, frozen=True):
    """What is to happen to one file: a change, the content it starts from, and for which hunks."""

    change: FileDiff
    start: bytes | None
    hunks: tuple[str, ...]


class Ways:
    """How a folder gets from holding some hunks of changes to one base to holding others."""

    def __init__(self, store: ShadowStore, base: str) -> None:
        self._store = store
        self._base = base
        self._changes: dict[str, tuple[FileDiff, ...]] = {}
        self._contents: dict[str, bytes] = {}

    def to_accept(
        self, target: str, hunks: Collection[str], held: Sequence[Held]
    ) -> list[FileStep]:
        """What accepting does to each file; raises UserProblem for an unknown hunk."""
        narrow(self.change(target), hunks)
        # Those asked for again are written again, in case the user has taken them out by hand.
        before = without_hunks(held, hunks)
        return self.between(before, with_hunks(before, target, hunks), hunks)

    def between(
        self, before: Sequence[Held], after: Sequence[Held], asked: Collection[str]
    ) -> list[FileStep]:
        """The steps of the files that have hunks among those asked for."""
        old, new = self._together(before), self._together(after)
        steps = []
        for source, hunks in self.by_file([*before, *after], asked).items():
            content = self._content(*source)
            change, start = step(content, old.get(source), new.get(source))
            steps.append(FileStep(change, start, hunks))
        return steps

    def state(self, source: Source, parts: Sequence[Held]) -> FileState:
        """What a file of a change is in a folder that holds the base and these hunks."""
        diff = self._together(parts).get(source)
        known = (each for change in self._changes.values() for each in change)
        frame = diff or next(each for each in known if source_of(each) == source)
        return state(frame, self._content(*source), diff.hunks if diff else ())

    def change(self, target: str) -> tuple[FileDiff, ...]:
        """The change from the base to a tree."""
        if target not in self._changes:
            self._changes[target] = self._store.diff(self._base, target)
        return self._changes[target]

    def _content(self, path: str, there: bool) -> bytes | None:  # noqa: FBT001  (a `Source`)
        if not there:
            return None
        if path not in self._contents:
            self._contents[path] = self._store.read(self._base, path)
        return self._contents[path]

    def _together(self, parts: Sequence[Held]) -> dict[Source, FileDiff]:
        return laid_together(narrow(self.change(part.target), part.hunks) for part in parts)

    def by_file(
        self, parts: Sequence[Held], asked: Collection[str]
    ) -> dict[Source, tuple[str, ...]]:
        """Hunks of these parts that are asked for, by their file, in the order of the change."""
        found: dict[Source, tuple[str, ...]] = {}
        for target in {part.target: None for part in parts}:
            for diff in self.change(target):
                ids = {hunk.id for hunk in diff.hunks}
                mine = tuple(text for text in asked if parse_reference(text)[0] in ids)
                if mine:
                    source = source_of(diff)
                    found[source] = tuple(dict.fromkeys((*found.get(source, ()), *mine)))
        return found
