"""What the SQLite databases of a folder hold: a port must leave the same behind."""

import contextlib
import json
import os
import sqlite3
from pathlib import Path

_MAGIC = b"SQLite format 3\0"
_ROWS = 5_000
"""Rows read of a table; two tables that differ only beyond are taken for the same."""


def contents(root: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """The tables of each database below the folder; rows as JSON, in the order of their text."""
    return {str(path.relative_to(root)): _tables(path) for path in _databases(root)}


def _databases(root: Path) -> list[Path]:
    found = []
    for folder, _, files in os.walk(root):
        for name in files:
            path = Path(folder, name)
            with contextlib.suppress(OSError), path.open("rb") as file:
                if file.read(len(_MAGIC)) == _MAGIC:
                    found.append(path)
    return sorted(found)


def _tables(path: Path) -> dict[str, tuple[str, ...]]:
    with contextlib.closing(sqlite3.connect(path, timeout=5)) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {name: _rows(connection, name) for (name,) in names.fetchall()}


def _rows(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    quoted = table.replace('"', '""')
    rows = connection.execute(f'SELECT * FROM "{quoted}" LIMIT {_ROWS}')  # noqa: S608  (quoted)
    return tuple(sorted(json.dumps(row, default=_words) for row in rows))


def _words(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
