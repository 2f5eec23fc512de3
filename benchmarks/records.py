"""Results as JSON lines: written one by one, so that a cut-off benchmark goes on where it was."""

from pathlib import Path
from typing import TypeVar

import msgspec

R = TypeVar("R", bound=msgspec.Struct)


def read(path: Path, kind: type[R]) -> list[R]:
    """Records written so far, in order; none when the file is not there yet."""
    if not path.exists():
        return []
    whole_lines = [line for line in path.read_bytes().splitlines(keepends=True) if b"\n" in line]
    return [msgspec.json.decode(line, type=kind) for line in whole_lines]


def append(path: Path, record: msgspec.Struct) -> None:
    """Add one record, after taking away a line that an earlier kill left unfinished."""
    path.parent.mkdir(parents=True, exist_ok=True)
    old = path.read_bytes() if path.exists() else b""
    kept = old[: old.rfind(b"\n") + 1]
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(len(kept))
        file.seek(len(kept))
        file.write(msgspec.json.encode(record) + b"\n")
