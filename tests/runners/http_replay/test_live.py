"""What an imported application holds, told as data without its secrets."""

import os
import sys
from pathlib import Path

import msgspec
import pytest

from runners.http_replay.live import App, Data, Function, Library, Live, Object, Secret
from runners.http_replay.original import facts, live

SOURCE = """
import re
import threading
from datetime import timedelta
from flask import Flask, jsonify as answer, request as asked

app = Flask(__name__)
app.secret_key = "the key itself"
app.config["LIMIT"] = 7
PASSWORDS = {"ann": "hunter22"}
TOKENS = {"key-9876": "ann"}
USERS = [{"name": "ann", "password": "hunter22"}]
SAME = USERS
PATTERN = re.compile("a+", re.I)
LOCK = threading.Lock()
WAIT = timedelta(days=1, seconds=2)

def outer(word):
    def inner(more=3, *, only=(1, 2)):
        return word
    return inner

view = app.get("/words/<int(min=2):number>", strict_slashes=False)(outer("bird"))

@app.before_request
def hook():
    if asked.headers.get("X-Token") == "tok-12345":
        return answer(1)

@app.errorhandler(ValueError)
def bad(error):
    return "bad", 400

EDITORS = {"joan": "told by its use"}
READERS = {"joan": "told by its use too"}
GATE = "told by a digest"
TITLES = {"joan": "Editor"}

def may_edit(name, password):
    known = READERS.get(name)
    return EDITORS[name] == password or known != password or TITLES[name] == name

def may_pass(password):
    return hmac.compare_digest(password, GATE)
"""
HIDDEN = ("the key itself", "hunter22", "tok-12345", "key-9876", "told by")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def told(root: Path) -> Live:
    found = live(sys.executable, root, {"PATH": os.environ["PATH"]})
    assert found.problem == ""
    return found


def test_names_stand_for_what_they_are(root: Path) -> None:
    (module,) = told(root).modules
    names = module.globals
    assert module.file == "app.py"
    assert names["answer"] == Library("flask.jsonify")
    assert names["asked"] == Library("flask.request")
    assert names["app"] == App()
    assert names["WAIT"] == Data("timedelta", "1,2,0")
    assert isinstance(names["USERS"], Object)
    assert names["SAME"] == names["USERS"]


def test_functions_with_what_they_close_over(root: Path) -> None:
    found = told(root)
    (route,) = (each for each in found.routes if not each.folder)
    assert isinstance(route.view, Function)
    function = next(each for each in found.functions if each.id == route.view.id)
    assert function.name.endswith("inner")
    assert function.cells == {"word": Data("str", "bird")}
    assert function.defaults == (Data("int", "3"),)
    assert set(function.keywords) == {"only"}
    assert route.converters == {"number": "int(min=2)"}
    assert not route.strict_slashes


def test_hooks_handlers_and_settings(root: Path) -> None:
    found = told(root)
    assert [owner for owner, _ in found.hooks["before_request_funcs"]] == [""]
    assert [each.kind for each in found.errors] == [Library("builtins.ValueError")]
    assert dict(found.config)["LIMIT"] == Data("int", "7")
    assert "SESSION_COOKIE_NAME" not in dict(found.config)


def test_no_secret_leaves(root: Path) -> None:
    found = told(root)
    text = msgspec.json.encode(found).decode()
    assert not any(secret in text for secret in HIDDEN)
    assert "joan" in text
    assert "Editor" in text
    assert dict(found.config)["SECRET_KEY"] == Secret("SECRET_KEY", "config.SECRET_KEY", "str")
    assert [(each.name, each.line) for each in found.literals] == [("HOOK_X_TOKEN", 27)]


def test_secrets_are_kept_for_the_port_alone(root: Path) -> None:
    facts(sys.executable, root, {"PATH": os.environ["PATH"]}, secrets="port.env")
    lines = dict(line.split("=", 1) for line in (root / "port.env").read_text().splitlines())
    assert lines["SECRET_KEY"] == "the key itself"
    assert lines["HOOK_X_TOKEN"] == "tok-12345"
    assert "hunter22" in lines.values()
    assert (root / "port.env").stat().st_mode & 0o777 == 0o600


def test_one_that_cannot_be_imported(root: Path) -> None:
    (root / "app.py").write_text("import no_such_module\n" + SOURCE, encoding="utf-8")
    assert "no_such_module" in live(sys.executable, root, {"PATH": os.environ["PATH"]}).problem
