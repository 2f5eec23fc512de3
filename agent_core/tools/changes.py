"""Edits as a model writes them, in one flat shape, and what they are for the editors."""

from collections.abc import Sequence

import msgspec

from editors.edits import Create, Delete, Edit, Move, Replace
from editors.refusals import Refused


class Swap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`old`, copied exactly from the file, becomes `new` in the one place where it stands."""

    path: str
    old: str
    new: str


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`old`, copied exactly from the file, becomes `new`; in several places with `all_places`.

    Without `old` the file is a new one that holds `new`. Or it is deleted, or gets another name.
    """

    path: str
    old: str | None = None
    new: str | None = None
    all_places: bool = False
    delete: bool = False
    move_to: str | None = None


def edits_of(changes: Sequence[Change]) -> tuple[Edit, ...]:
    """The same as the editors take them. Raises Refused."""
    return tuple(_edit(number, len(changes), change) for number, change in enumerate(changes, 1))


def _edit(number: int, total: int, change: Change) -> Edit:
    path, old, new = change.path, change.old, change.new
    if change.delete and old is new is change.move_to is None:
        return Delete(path=path)
    if change.move_to is not None and old is new is None and not change.delete:
        return Move(path=path, to=change.move_to)
    if new is not None and change.move_to is None and not change.delete:
        if old is None:
            return Create(path=path, text=new)
        return Replace(path=path, old=old, new=new, all_places=change.all_places)
    raise Refused(
        path,
        f"Nothing was changed: edit {number} of {total} ({path}) is not clear. Send `old` and "
        "`new`, or `new` alone for a new file, or `delete`, or `move_to`.",
    )
