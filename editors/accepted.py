"""What accepting hunks came to."""

import msgspec

from editors.held import Held


class NotAccepted(msgspec.Struct, frozen=True):
    """Hunks of one file that were not written, and why, in words for the user."""

    path: str
    hunks: tuple[str, ...]
    reason: str


class Undo(msgspec.Struct, frozen=True):
    """Snapshots of the written files alone, before and after: all that undoing needs."""

    before: str
    after: str


class Written(msgspec.Struct, frozen=True):
    """An accept that wrote hunks, and what the folder held before it besides them.

    undo: None where it was cut off, so that what it found is not known and the base stands for it.
    """

    hunks: tuple[str, ...]
    held: tuple[Held, ...] = ()
    undo: Undo | None = None


class AcceptResult(msgspec.Struct, frozen=True):
    """What became of the hunks.

    accepted: references to hunks that are now as was asked, those that were so before included.
    conflicts: the user changed the same place. skipped: the file is gone or cannot be written.
    written: paths, deleted and moved ones included. undo: None where nothing was written.
    """

    accepted: tuple[str, ...] = ()
    conflicts: tuple[NotAccepted, ...] = ()
    skipped: tuple[NotAccepted, ...] = ()
    written: tuple[str, ...] = ()
    undo: Undo | None = None
