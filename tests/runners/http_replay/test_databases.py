"""What databases hold is read whole and in an order of its own."""

import contextlib
import sqlite3
from pathlib import Path

from runners.http_replay.databases import contents


def test_tables_of_every_database_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    (tmp_path / "notes.db").write_text("SQLite it is not")
    with contextlib.closing(sqlite3.connect(tmp_path / "instance/app.sqlite")) as connection:
        connection.execute('CREATE TABLE "odd ""name" (id INTEGER, data)')
        connection.executemany(
            'INSERT INTO "odd ""name" VALUES (?, ?)', [(2, "b"), (1, None), (3, b"\xff\x00")]
        )
        connection.commit()
    assert contents(tmp_path) == {
        "instance/app.sqlite": {'odd "name': ("[1, null]", '[2, "b"]', '[3, "ff00"]')}
    }
