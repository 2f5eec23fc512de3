"""New names: an application under them answers as before, and says what it said in other words."""

import ast
import re
import shutil
import sys
import types
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks import bare_machine, renamed, renaming
from benchmarks.port_run import Parity, Result
from benchmarks.wrong_subjects import SUBJECTS

SOURCES = {
    "web/app.py": '''
from flask import Flask, jsonify, request, url_for
from store import ITEMS, Shelf, taken
app = Flask(__name__)
app.config["title"] = "kept"

@app.route("/items/<int:title>", methods=["GET", "PUT"], endpoint="one")
def show(title):
    """Says title."""
    if request.method == "PUT" or request.headers.get("title"):
        ITEMS[title]["title"] = request.get_json()["title"]
    return jsonify(item=ITEMS[title], at=url_for("index"), free=Shelf().room(taken=taken()))

@app.get("/items/")
def index():
    return jsonify([f"/items/{n} is title" for n in ITEMS]), 200, {"title": "kept"}
''',
    "store.py": """
class Shelf:
    def room(self, taken):
        return 3 - taken

    def items(self):
        return []

ITEMS = {1: {"title": "Milk", "kind": "title"}}

def taken():
    return len(ITEMS.items())
""",
}


def loaded(source: str) -> Any:
    """A test client of a source."""
    module = types.ModuleType("app")
    exec(source, module.__dict__)  # noqa: S102 - the benchmark's own sources
    return module.__dict__["app"].test_client()


def test_everything_of_its_own_has_another_name_of_the_same_length() -> None:
    new = renaming.renamed(SOURCES)
    app, store = new["web/app.py"], new["store.py"]
    for line in (
        "from store import ITEMS, Shelf, gnxra",
        "app.config['title'] = 'kept'",
        "@app.route('/vgrzf/<int:title>', methods=['GET', 'PUT'], endpoint='one')",
        "def fubj(title):",
        'request.headers.get("title")'.replace('"', "'"),
        "ITEMS[title]['gvgyr'] = request.get_json()['gvgyr']",
        "return jsonify(vgrz=ITEMS[title], ng=url_for('vaqrk'), serr=Shelf().ebbz(taken=gnxra()))",
        "f'/vgrzf/{n} is title'",
        "200, {'title': 'kept'}",
    ):
        assert line in app
    assert "ITEMS = {1: {'gvgyr': 'Milk', 'xvaq': 'gvgyr'}}" in store
    assert "def items(self):" in store
    assert "len(ITEMS.items())" in store
    plain = renaming.plain(SOURCES)
    assert {name: len(text) for name, text in new.items()} == {
        name: len(text) for name, text in plain.items()
    }


def test_a_name_that_is_taken_is_not_given() -> None:
    names = renaming.renamed({"app.py": "def nqq():\n    pass\n\ndef add():\n    nqq()\n"})
    assert names["app.py"].count("def ") == 2
    first, second = (line for line in names["app.py"].splitlines() if line.startswith("def "))
    assert first != second


def test_an_application_does_under_other_names_what_it_did() -> None:
    source = {"app.py": SUBJECTS["todo"]}
    names = renaming.names_of([ast.parse(source["app.py"])])
    old, new = (loaded(write(source)["app.py"]) for write in (renaming.plain, renaming.renamed))
    milk: Any = {"title": " Bread ", "priority": 3, "state": "done", "tags": ["b", "a"]}
    for method, path, sent in (
        ("POST", "/items", milk),
        ("GET", "/items?least=3&sort=priority", None),
        ("PUT", "/items/1", {"title": "Tea", "priority": 9}),
        ("POST", "/items/1/notes", {"text": "soon"}),
        ("GET", "/items/7", None),
        ("DELETE", "/items/2", None),
    ):
        one = old.open(path, method=method, json=sent)
        two = new.open(in_path(path, names), method=method, json=in_json(sent, names))
        assert two.status_code == one.status_code
        assert two.get_json(silent=True) == in_json(one.get_json(silent=True), names)
        assert two.headers.get("Location", "") == names.path(one.headers.get("Location", ""))


def in_path(path: str, names: renaming.Names) -> str:
    """A path and its query in the new names."""
    before, mark, query = path.partition("?")
    return names.path(before) + mark + re.sub(r"\w+", lambda m: names.keys.get(m[0], m[0]), query)


def in_json(value: Any, names: renaming.Names) -> Any:
    """JSON in the new names."""
    if isinstance(value, dict):
        return {names.keys.get(k, k): in_json(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [in_json(each, names) for each in value]
    return names.keys.get(value, value) if isinstance(value, str) else value


def test_an_application_is_written_once(tmp_path: Path) -> None:
    source = tmp_path / "source"
    for name, text in SOURCES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    (source / "README").write_text("def show")
    target = renamed.write(source, tmp_path / "renamed", renaming.renamed)
    assert "def fubj(title):" in (target / "web" / "app.py").read_text()
    assert (target / "README").read_text() == "def show"
    (target / "kept").touch()
    assert (renamed.write(source, target, renaming.plain) / "kept").exists()


PARITY = Parity(
    requests=300, differences=0, state="unknown", reasons=(), shown=(), beside=(), red=()
)
OWN = Result("ada/one", 1, routes=("GET /",), rust_lines=50, compiled=True, parity=PARITY)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (OWN, "none"),
        (msgspec.structs.replace(OWN, rust_lines=51), "ada/one"),
        (msgspec.structs.replace(OWN, compiled=False, parity=None), "ada/one"),
        (
            msgspec.structs.replace(OWN, parity=msgspec.structs.replace(PARITY, requests=301)),
            "none",
        ),
    ],
)
def test_the_table_says_what_a_name_changes(other: Result, said: str) -> None:
    text = renamed.report([msgspec.structs.replace(other, round=2), OWN])
    assert f"figures that a name changes: {said}" in text
    rows = [line.split()[:3] for line in text.splitlines()[2:4]]
    assert rows == [["ada/one", "own", "names"], ["ada/one", "renamed", "1"]]


def test_what_a_program_needs() -> None:
    said = """\
\tlinux-vdso.so.1 (0x00007ffd)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f01)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)
"""
    names = [str(path) for path in bare_machine.libraries(said)]
    assert names == ["/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"]


@pytest.mark.skipif(sys.platform != "linux", reason="a machine of its own takes Linux")
def test_a_program_lies_alone_with_what_it_needs(tmp_path: Path) -> None:
    program = shutil.which("sleep")
    assert program is not None
    files = bare_machine.lay_out(tmp_path, Path(program))
    assert f"/{bare_machine.PROGRAM}" in files
    assert any("libc" in name for name in files)
    assert not any("python" in name for name in files)


def test_the_command_line() -> None:
    asked = renamed.arguments().parse_args(["somewhere"])
    assert (asked.seeds, asked.requests) == (1, 300)
