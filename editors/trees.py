"""What a snapshot says about files, and how two of them differ."""

import msgspec


class StoredFile(msgspec.Struct, frozen=True):
    """A file in a snapshot: git's mode (0o100644, 0o100755, 0o120000 for a link) and blob id."""

    mode: int
    blob: str


class Change(msgspec.Struct, frozen=True):
    """What two snapshots have under one path, None where one has nothing.

    `old_path` is where `old` was, for a file that was renamed.
    """

    path: str
    old: StoredFile | None
    new: StoredFile | None
    old_path: str | None = None
