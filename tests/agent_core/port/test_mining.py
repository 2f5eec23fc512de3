"""What is read of a request is found in the syntax, through names, helpers and hooks."""

import textwrap
from pathlib import Path

import pytest

from agent_core.port.mining import Mined, mine
from agent_core.port.reads import Origin, Read
from tests.agent_core.port.live import FlaskLive


def mined(folder: Path, views: str, *, before: str = "") -> Mined:
    head = "from flask import Flask, request, abort\nimport re\napp = Flask('app')\n"
    source = head + textwrap.dedent(before) + textwrap.dedent(views)
    return mine(folder, FlaskLive(folder, source).facts())


def reads(folder: Path, body: str, *, before: str = "") -> dict[Origin, Read]:
    """What a view of this body reads."""
    view = (
        f"@app.post('/v/<part>')\ndef view(part):\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    )
    (functions,) = mined(folder, view, before=before).functions.values()
    return {read.origin: read for read in functions.reads}


@pytest.mark.parametrize(
    ("body", "source", "path"),
    [
        ("return request.json['a']", "json", ("a",)),
        ("data = request.get_json(silent=True) or {}\nreturn data.get('a')", "json", ("a",)),
        ("return request.json['a']['b']", "json", ("a", "b")),
        ("return [each['b'] for each in request.json['a']]", "json", ("a", 0, "b")),
        ("for key in ('a', 'b'):\n    if key not in request.json: abort(400)", "json", ("b",)),
        ("x, y = request.form['a'], request.args.get('b')\nreturn y", "args", ("b",)),
        ("if (f := request.form) and f['a']: return ''", "form", ("a",)),
        ("return request.headers.get('X-A')", "headers", ("X-A",)),
        ("return request.cookies['a']", "cookies", ("a",)),
        ("return request.files['a'].filename", "files", ("a",)),
        ("return request.authorization.username", "login", ("username",)),
    ],
)
def test_finds_what_is_read(tmp_path: Path, body: str, source: str, path: tuple[str, ...]) -> None:
    assert any(o.source == source and o.path == path for o in reads(tmp_path, body))


@pytest.mark.parametrize(
    ("body", "about", "values"),
    [
        ("if request.form['a'] != 'x': abort(400)", "constant", ("x",)),
        ("if request.form['a'].lower() in ('x', 'y'): abort(400)", "constant", ("x", "y")),
        ("if int(request.form['a']) > 9: abort(400)", "kind", ("int",)),
        ("if not 1 <= int(request.form['a']) <= 5: abort(400)", "constant", (1, 5)),
        ("if len(request.form['a']) < LEAST: abort(400)", "length", (7,)),
        ("if '@' not in request.form['a']: abort(400)", "part", ("@",)),
        ("if not request.form['a'].startswith('ab'): abort(400)", "part", ("ab",)),
        ("if not re.match('^a+$', request.form['a']): abort(400)", "pattern", ("^a+$",)),
        ("datetime.strptime(request.form['a'], '%d.%m.%Y')", "format", ("%d.%m.%Y",)),
        ("date.fromisoformat(request.form['a'])", "format", ("iso",)),
        ("return request.form.get('a', 4, type=int)", "default", (4,)),
        ("if request.form['a'] != request.form['b']: abort(400)", "same", ("b",)),
        ("if request.form['a'] not in TABLE: abort(400)", "constant", ("one", "two")),
        ("return TABLE[request.form['a']]", "constant", ("one", "two")),
        ("helper(request.form['a'])", "constant", ("inner",)),
        ("if not request.form['a'].isalpha(): abort(400)", "kind", ("word",)),
        ("if len(request.form['a']) % 3: abort(400)", "length", (3,)),
        ("if not long(request.form['a']): abort(400)", "length", (9,)),
        ("day = int(request.form['a'].split('-')[-1])", "split", ("-",)),
        ("hour, least = map(int, request.form['a'].split(':'))", "kind", ("int",)),
        ("for each in request.form['a']: each.isalnum()", "kind", ("str",)),
    ],
)
def test_notes_what_is_done_with_it(
    tmp_path: Path, body: str, about: str, values: tuple[object, ...]
) -> None:
    before = """
        LEAST = 7
        TABLE = {"one": 1, "two": 2}
        def helper(value):
            if value == "inner": abort(400)
        def long(value, least=9):
            return len(value) >= least
    """
    found = reads(tmp_path, body, before=before)[Origin("form", ("a",))]
    said = [hint.value for hint in found.hints if hint.about == about]
    assert set(values) <= set(said)


def test_what_is_kept_is_read_as_other_functions_read_it(tmp_path: Path) -> None:
    before = """
        kept = {}
        def points(number):
            whole = kept[number]
            day = int(whole["day"].split("-")[2])
            return day + sum(float(each["price"]) for each in whole["items"])
    """
    found = reads(tmp_path, "kept[1] = request.json\nrequest.json['items']", before=before)
    assert found[Origin("json", ("items", 0, "price"))].all("kind") == ("float",)
    found = reads(tmp_path, "if 'day' in request.json: kept[1] = request.json", before=before)
    assert found[Origin("json", ("day",))].all("split") == ("-",)


def test_a_key_of_an_item_is_no_part_of_a_text(tmp_path: Path) -> None:
    found = reads(tmp_path, "for each in request.json['items']: 'price' in each")
    assert Origin("json", ("items", 0, "price")) in found


def test_what_a_table_has_under_a_value_was_not_sent(tmp_path: Path) -> None:
    found = reads(tmp_path, "whole = TABLE.get(request.form['a'])\nwhole['b']")
    assert Origin("form", ("a", "b")) not in found


@pytest.mark.parametrize(
    ("line", "timed"),
    [("datetime.now()", True), ("ask('... DEFAULT CURRENT_TIMESTAMP')", True), ("known()", False)],
)
def test_says_whether_a_clock_is_looked_at(tmp_path: Path, line: str, *, timed: bool) -> None:
    assert mined(tmp_path, "", before=f"def make(): {line}").timed is timed


def test_hooks_and_arguments_count_for_a_view(tmp_path: Path) -> None:
    known = mined(
        tmp_path,
        """
        @app.before_request
        def key():
            if request.headers.get("X-Key") != "k": abort(401)

        @app.get("/v/<int:number>")
        def view(number):
            if number > 30: abort(400)
            return ""
        """,
    )
    (place,) = known.functions
    assert [read.origin for read in known.shared.reads] == [Origin("headers", ("X-Key",))]
    assert known.functions[place].reads[0].all("constant") == (30,)


def test_secrets_are_no_samples_and_broken_sources_are_left_out(tmp_path: Path) -> None:
    known = mined(
        tmp_path,
        "",
        before="""
        SECRET_KEY = "signs"
        app.config.from_mapping(SECRET_KEY="signs too", PAGE=20)
        ITEMS = {"7": {"title": "Milk"}}
        WORDS = ["No such item", "Milk"]
        """,
    )
    assert known.sentences == ("No such item",)
    assert known.samples["title"] == ("Milk",)
    assert known.samples["PAGE"] == (20,)
    assert "7" in known.identifiers
    assert "signs" not in repr(known)
    (tmp_path / "app.py").write_text("def (", encoding="utf-8")
    facts = FlaskLive(tmp_path, "from flask import Flask\napp = Flask('app')").facts()
    (tmp_path / "app.py").write_text("def (", encoding="utf-8")
    assert mine(tmp_path, facts) == Mined()
