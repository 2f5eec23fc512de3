"""A port that takes over has to know the users that the original has let in, and the other way."""

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_core.port.crossing import unaccepted_hashes
from runners.environment import child_environment
from runners.http_replay.compare import Noise
from runners.http_replay.exchange import Request, Sequence
from runners.http_replay.original import Original
from runners.http_replay.replay import replay

APP = """
    import sqlite3
    from flask import Flask, request, session
    from werkzeug.security import check_password_hash, generate_password_hash

    app = Flask(__name__)
    app.secret_key = "kept"
    FILE = "users.sqlite"

    def ask(text, *values):
        with sqlite3.connect(FILE) as database:
            return database.execute(text, values).fetchone()

    ask("CREATE TABLE IF NOT EXISTS users (name TEXT, hash TEXT)")

    @app.post("/register")
    def register():
        form = request.form
        hashed = generate_password_hash(form["password"] + PEPPER, "pbkdf2:sha256:10")
        ask("INSERT INTO users VALUES (?, ?)", form["name"], hashed)
        return "made", 201

    @app.post("/login")
    def login():
        form = request.form
        found = ask("SELECT hash FROM users WHERE name = ?", form["name"])
        if not found or not check_password_hash(found[0], form["password"] + PEPPER):
            return "no", 401
        session["user"] = form["name"]
        return "in"
"""
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
SEQUENCE = Sequence(
    "s",
    "session",
    tuple(
        Request("POST", path, FORM, b"name=ada&password=lovelace", route=path)
        for path in ("/register", "/login")
    ),
)


def served(folder: Path, pepper: str) -> Original:
    folder.mkdir()
    source = textwrap.dedent(APP).replace("FILE =", f"PEPPER = {pepper!r}\nFILE =")
    (folder / "app.py").write_text(source)
    return Original(sys.executable, folder, child_environment())


@pytest.fixture
def original(tmp_path: Path) -> Iterator[Original]:
    with served(tmp_path / "original", "") as server:
        yield server


@pytest.mark.parametrize(
    ("pepper", "said"),
    [
        ("", []),
        (
            "salty",
            [
                "the port does not accept the original's password hash: POST /login",
                "the original does not accept the port's password hash: POST /login",
            ],
        ),
    ],
)
def test_each_side_knows_the_users_of_the_other(
    tmp_path: Path, original: Original, pepper: str, said: list[str]
) -> None:
    runs = [replay(SEQUENCE, original)]
    assert [answer.status for answer in runs[0].responses] == [201, 200]
    with served(tmp_path / "port", pepper) as port:
        assert [*unaccepted_hashes([SEQUENCE], runs, original, port, Noise())] == said
