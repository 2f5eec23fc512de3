"""`parity` from the terminal: a Flask project against itself, and against copies that are wrong."""

import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from agent_core.terminal import cli

APP = """
import os
import uuid

from flask import Flask, abort, jsonify, request, session

app = Flask(__name__)
app.secret_key = "only here"
ITEMS = {}


@app.errorhandler(404)
def missing(error):
    return jsonify(error="not found"), 404


@app.get("/items")
def index():
    done = request.args.get("done")
    items = [i for i in ITEMS.values() if done is None or i["done"] == (done == "yes")]
    return jsonify(items=items, count=len(items))


@app.post("/items")
def create():
    data = request.get_json()
    title = data.get("title") if isinstance(data, dict) else None
    if not title or not isinstance(title, str):
        return jsonify(error="title is required"), 400
    item = {"id": len(ITEMS) + 1, "title": title, "done": False, "token": str(uuid.uuid4())}
    ITEMS[item["id"]] = item
    session["last"] = item["id"]
    return jsonify(item), 201


@app.route("/items/<int:number>", methods=["GET", "PUT"])
def one(number):
    item = ITEMS.get(number)
    if item is None:
        abort(404)
    if request.method == "PUT":
        item["done"] = True
    return jsonify(item)


@app.get("/last")
def last():
    return jsonify(last=session.get("last"))


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
"""
TESTS = """
from app import ITEMS, app


def test_what_is_made_is_there():
    client = app.test_client()
    made = client.post("/items", json={"title": "milk"})
    assert made.status_code == 201
    assert client.get("/items/1").get_json()["token"] == made.get_json()["token"]
    assert client.get("/last").get_json() == {"last": 1}


def test_in_the_process():
    assert ITEMS == {}
"""
SMALL = ["--seeds", "1", "--requests", "90", "--mutants", "2", "--python", sys.executable]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    (folder / "test_app.py").write_text(TESTS)
    return folder


def against(project: Path, old: str = "", new: str = "") -> str:
    """The command that serves a copy of the project with one thing changed."""
    port = project.parent / "port"
    shutil.copytree(project, port)
    text = (port / "app.py").read_text()
    assert not old or text.count(old) == 1
    (port / "app.py").write_text(text.replace(old, new) if old else text)
    return f"{shlex.quote(sys.executable)} {port / 'app.py'}"


def test_against_itself_nothing_differs_and_too_little_is_said_to_be_asked(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in project.iterdir()}
    assert cli.main(["parity", str(project), "--against", against(project), *SMALL]) == 1
    said = capsys.readouterr().out
    assert "its own tests over HTTP: 1 green, 0 red, 1 that prove nothing here" in said
    assert "Difference" not in said
    assert re.search(r"/items/<int:number> +\d+ +\d+ +0  equivalent", said)
    assert "unknown: fewer than 3 times 1,000 requests" in said
    assert "only here" not in said
    assert {path: path.read_bytes() for path in project.iterdir()} == before


@pytest.mark.slow
def test_a_port_with_another_secret_does_not_accept_the_cookies(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = against(project, '"only here"', '"another"')
    assert cli.main(["parity", str(project), "--against", command, *SMALL]) == 1
    said = capsys.readouterr().out
    assert "the port does not accept the original's session cookie: GET /last" in said
    assert "the original does not accept the port's session cookie: GET /last" in said


WRONG = {
    "a status": ("return jsonify(item), 201", "return jsonify(item), 200"),
    "a key left out": ('session["last"] = item["id"]', "pass"),
    "a filter turned round": ('(done == "yes")', '(done != "yes")'),
    "an update that is lost": ('item["done"] = True', "pass"),
    "a token that is always the same": ("str(uuid.uuid4())", '"5"'),
    "an error page": ('jsonify(error="not found"), 404', '"not found", 404'),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name == "a status" else pytest.mark.slow) for name in WRONG],
)
def test_a_wrong_copy_is_refused_with_a_short_sequence(
    project: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    command = against(project, *WRONG[name])
    few = [*SMALL, "--mutants", "1", "--json"]
    assert cli.main(["parity", str(project), "--against", command, *few]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"]["state"] == "failing"
    lengths = [len(shown["sequence"]["requests"]) for shown in told["report"]["shown"]]
    assert min(lengths) <= 5


def test_a_port_that_does_not_start_is_said_with_its_last_words(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["parity", str(project), "--against", "echo no such thing", *SMALL]) == 2
    said = capsys.readouterr().err
    assert "the server ended at its start (exit code 0: no such thing)" in said


def test_an_original_that_cannot_be_imported_is_a_problem_of_the_users(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "app.py").write_text(f"import no_such_module\n{APP}")
    assert cli.main(["parity", str(project), "--against", "true", *SMALL]) == 2
    assert "no_such_module" in capsys.readouterr().err


@pytest.mark.slow
def test_a_port_may_have_a_folder_of_its_own(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / "serve.py").write_text(APP)
    command = f"{shlex.quote(sys.executable)} serve.py"
    asked = ["parity", str(project), "--against", command, "--folder", str(folder), *SMALL]
    assert cli.main([*asked, "--requests", "20", "--mutants", "1"]) == 1
    assert "unknown: " in capsys.readouterr().out
    assert [path.name for path in folder.iterdir()] == ["serve.py"]


def test_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["parity", str(tmp_path / "no"), "--against", "true"]) == 2
    assert "There is no folder" in capsys.readouterr().err
