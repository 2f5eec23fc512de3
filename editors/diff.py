"""How one version of a file differs from another, as hunks on bytes."""

import stat
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, Literal

import msgspec

from editors.alignment import Change, changes, split
from editors.hunks import Fate, Hunk, Line, identified, mode_after
from editors.textfile import is_binary

CONTEXT: Final = 3
"""Unchanged lines shown before and after a change, as git does."""

REGULAR: Final = 0o100644
EXECUTABLE: Final = 0o100755
LINK: Final = 0o120000


Status = Literal["created", "deleted", "modified", "renamed", "unchanged"]


class FileDiff(msgspec.Struct, frozen=True):
    """One file's change; there is at least one hunk unless nothing differs.

    Modes are git's (0o100644, 0o100755, 0o120000), None where there is no file. `old_path` is
    set where the file was renamed.
    """

    path: str
    status: Status
    hunks: tuple[Hunk, ...] = ()
    old_mode: int | None = None
    new_mode: int | None = None
    old_path: str | None = None

    @property
    def binary(self) -> bool:
        """Whether the content can only be taken whole."""
        return any(hunk.kind == "whole" for hunk in self.hunks)

    @property
    def counts(self) -> tuple[int, int]:
        """Lines added and removed; a file taken whole counts none."""
        ops = [line.op for hunk in self.hunks if hunk.kind == "lines" for line in hunk.lines]
        return ops.count("+"), ops.count("-")


def git_mode(permissions: int) -> int:
    """Git's mode of a file with these permission bits; a link's is LINK on either side."""
    if permissions == LINK:
        return LINK
    return EXECUTABLE if permissions & 0o100 else REGULAR


def diff_bytes(
    path: str,
    old: bytes | None,
    new: bytes | None,
    old_mode: int | None = None,
    new_mode: int | None = None,
    *,
    old_path: str | None = None,
) -> FileDiff:
    """Compare two versions of a file; None is a file that is not there.

    Modes are git's and default to a plain file's where there is content.
    """
    if old is None and new is None:
        return FileDiff(path, "unchanged")
    before = None if old is None else old_mode or REGULAR
    after = None if new is None else new_mode or before or REGULAR
    moved = old_path if old_path != path and old is not None and new is not None else None
    hunks = _content_hunks(path, old, new, before, after)
    if moved is not None:
        hunks.insert(0, identified(Hunk("", path, "rename", old_path=moved)))
    return _described(path, before, after, hunks)


def narrowed(diff: FileDiff, hunks: Iterable[Hunk]) -> FileDiff:
    """The change that only these hunks of it make."""
    chosen = tuple(hunks)
    mode = mode_after(diff.old_mode, chosen) if chosen else diff.old_mode
    return _described(diff.path, diff.old_mode, mode, chosen)


def _described(path: str, before: int | None, after: int | None, hunks: Sequence[Hunk]) -> FileDiff:
    old_path = next((hunk.old_path for hunk in hunks if hunk.kind == "rename"), None)
    status: Status = "unchanged" if not hunks else "renamed" if old_path else "modified"
    for hunk in hunks:
        if hunk.fate != "kept":
            status = hunk.fate
    return FileDiff(path, status, tuple(hunks), before, after, old_path)


def _content_hunks(
    path: str, old: bytes | None, new: bytes | None, before: int | None, after: int | None
) -> list[Hunk]:
    fate: Fate = "created" if old is None else "deleted" if new is None else "kept"
    frame = Hunk("", path, "lines", fate=fate)
    retyped = before is not None and after is not None and _type(before) != _type(after)
    if fate != "kept" or retyped:
        frame = msgspec.structs.replace(frame, old_mode=before, new_mode=after)
    hunks = []
    if fate == "kept" and not retyped and before != after:
        hunks.append(identified(Hunk("", path, "mode", old_mode=before, new_mode=after)))
    if old == new and not retyped:
        return hunks
    if retyped or LINK in {before, after} or is_binary(old or b"") or is_binary(new or b""):
        lines = [Line("-", old)] if old else []
        lines += [Line("+", new)] if new else []
        whole = msgspec.structs.replace(frame, kind="whole", lines=tuple(lines))
        return [*hunks, identified(whole)]
    return hunks + _line_hunks(frame, split(old or b""), split(new or b""))


def _type(mode: int) -> int:
    return stat.S_IFMT(mode)


def _line_hunks(frame: Hunk, old: list[bytes], new: list[bytes]) -> list[Hunk]:
    found = changes(old, new)
    if not found:  # an empty file comes or goes
        return [identified(frame)]
    hunks = []
    for group in _grouped(found):
        first, last = group[0], group[-1]
        lead = min(CONTEXT, first[0])
        tail = min(CONTEXT, len(old) - last[1])
        lines = [Line(" ", text) for text in old[first[0] - lead : first[0]]]
        for change, following in zip(group, [*group[1:], None], strict=True):
            lines += _changed_lines(old, new, change)
            upto = following[0] if following else last[1] + tail
            lines += [Line(" ", text) for text in old[change[1] : upto]]
        hunk = msgspec.structs.replace(
            frame,
            old_start=first[0] - lead + 1,
            new_start=first[2] - lead + 1,
            lines=tuple(lines),
        )
        hunks.append(identified(hunk))
    return hunks


def _changed_lines(old: list[bytes], new: list[bytes], change: Change) -> list[Line]:
    removed = [Line("-", text) for text in old[change[0] : change[1]]]
    return removed + [Line("+", text) for text in new[change[2] : change[3]]]


def _grouped(found: list[Change]) -> list[list[Change]]:
    """Changes whose surroundings would touch belong to one hunk."""
    groups = [[found[0]]]
    for before, change in pairwise(found):
        if change[0] - before[1] <= 2 * CONTEXT:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups
