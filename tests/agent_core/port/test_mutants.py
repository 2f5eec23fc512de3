"""Mutants: each operator, what is left alone, and what holds for every draw."""

import ast
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_core.port.mutants import Mutant, draw, equivalent

APP = '''"""Dinge. Ünïcode überall: 💥."""
import logging
from flask import Flask, abort, jsonify, request

app = Flask(__name__)
log = logging.getLogger(__name__)
ITEMS = {1: {"name": "Käse", "price": 2.5}, 2: {"name": "Wein", "price": -9}}


@app.route("/items/<int:key>", methods=["GET", "DELETE"])
@guarded
def item(key: "int" = 1, *, größe: int = 3) -> "Response | None":
    """Das Ding."""
    gefunden = ITEMS.get(key, None)
    if gefunden is None or not (key < 100 and key != 7): return abort(404)  # nö
    if request.method == "DELETE":
        log.warning("gelöscht: %s", key); del ITEMS[key]
        return "", 204
    return jsonify({"ding": gefunden, "größe": größe * 2}), 200


@app.get("/search")
def search():
    wort = request.args.get("wort", "käse").strip().lower()
    treffer = [k for k in ITEMS if wort in ITEMS[k]["name"].lower()]
    for k in treffer:
        if k % 2:
            continue
        ITEMS[k]["größe"] = f"→ {k + 1:>3} ←"
    try:
        erste = sorted(treffer, key=lambda k: -k)[:2]
    except (KeyError, ValueError):
        raise
    else:
        erste += []
    return jsonify(
        treffer=erste,  # zwei höchstens
        alle=len(treffer) if treffer else 0,
    )


if __name__ == "__main__":
    app.run(debug=True)
'''

# The body of a function: as it is, the operator, and one of the ways it may become wrong.
WRONG = [
    ("return a < b", "comparison", "return a <= b"),
    ("return a < b", "comparison", "return a >= b"),
    ("return a == b", "comparison", "return a != b"),
    ("return a is not b", "comparison", "return a is b"),
    ("return a not in b", "comparison", "return a in b"),
    ("return a < b <= c", "comparison", "return a < b < c"),
    ("return a and b or c", "and/or", "return a and b and c"),
    ("return not a", "not removed", "return a"),
    ("return not(a or b)", "not removed", "return (a or b)"),
    ("if a: b()", "not", "if not a: b()"),
    ("if a or b: c()", "not", "if not (a or b): c()"),
    ("if a: b()", "condition", "if False: b()"),
    ("return b if a < c else c", "condition", "return b if True else c"),
    ("a += b", "arithmetic", "a -= b"),
    ("return (a) * b", "arithmetic", "return (a) / b"),
    ("return a // b", "arithmetic", "return a / b"),
    ("a = 7", "number", "a = 8"),
    ("return b(0)", "number", "return b(-1)"),
    ("return 2 ** 3", "number", "return 2 ** 4"),
    ("a = 'ä'", "text", "a = 'äx'"),
    ("return f'ä{a}'", "text", "return f'xä{a}'"),
    ("return f'{a + b}'", "arithmetic", "return f'{a - b}'"),
    ("a = b''", "text", "a = b'x'"),
    ('a = ("b" """c""")', "text", 'a = ("b" """cx""")'),
    ('a = "b\\\\"', "text", 'a = "b\\\\x"'),
    ("a = True", "truth value", "a = False"),
    ("a = None", "None", "a = 1"),
    ("return a", "return value", "return None"),
    ("return a == b", "return value", "return True"),
    ("return [a]", "return value", "return []"),
    ("return {'a': a}", "return value", "return {}"),
    ("return a, 200", "status", "return a, 201"),
    ("return a, 201, {}", "status", "return a, 200, {}"),
    ("abort(404)", "status", "abort(400)"),
    ("return Response(a, status=500)", "status", "return Response(a, status=400)"),
    ("return redirect(a, 302)", "status", "return redirect(a, 301)"),
    ("a.status_code = 201", "status", "a.status_code = 200"),
    ("return jsonify({'a': [{'b': c}]})", "key", "return jsonify({'a': [{'bx': c}]})"),
    ("return jsonify(a=b)", "key", "return jsonify(ax=b)"),
    ("return a.get('b', c)", "default", "return a.get('b', None)"),
    ("return a.get('b', default=c)", "default", "return a.get('b', default=None)"),
    ("a.append(b)", "statement removed", "pass"),
    ("a[b] = c", "statement removed", "pass"),
    ("a(); b()", "statement removed", "a(); pass"),
    ("raise ValueError", "statement removed", "pass"),
    ("return a.lower()", "method", "return a.upper()"),
    ("return (a or b).strip()", "method", "return (a or b)"),
    ("return a.startswith(b)", "method", "return a.endswith(b)"),
    ("return min(a, b)", "function", "return max(a, b)"),
    ("return a[b:c]", "slice", "return a[:c]"),
    ("return a[1:]", "number", "return a[2:]"),
    ("return sorted(a)", "sort order", "return sorted(a, reverse=True)"),
    ("a.sort()", "sort order", "a.sort(reverse=True)"),
    ("return sorted(a, reverse=b)", "sort order", "return sorted(a, reverse=not (b))"),
    ("return sorted(a, reverse=True)", "truth value", "return sorted(a, reverse=False)"),
    ("return sorted(a, key=b)", "sort key", "return sorted(a, key=None)"),
]

DECORATED = [
    (
        '@app.route("/", methods=["GET", "POST"])',
        "method dropped",
        '@app.route("/", methods=["GET"])',
    ),
    ('@app.route("/<int:a>")', "converter", '@app.route("/<a>")'),
    ('@app.get("/ä/<a>/<path:b>")', "converter", '@app.get("/ä/<int:a>/<path:b>")'),
    ('@app.get("/ä/<a>/<path:b>")', "converter", '@app.get("/ä/<a>/<b>")'),
]

ALONE = [
    '"""A docstring."""',
    "logging.info('text')",
    "current_app.logger.warning('%s', 3)",
    "print('text', 3)",
    "a: 'int'",
    "pass",
    "import os",
    "global g",
    "password = 'hunter2'",
    "app.config['SECRET_KEY'] = 'dev'",
    "connect(user='a', api_key='b')",
    "users = {'password': 'hunter2', 'age': 3}",
]


def every(folder: Path, text: str, lines: range | None = None) -> tuple[Mutant, ...]:
    """All mutants there are."""
    (folder / "app.py").write_bytes(text.encode())
    lines = lines or range(1, text.count("\n") + 2)
    return draw(folder, {"app.py": lines}, seed=0, count=10_000)


def function(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"def f(a, b, c):\n{lines}"


@pytest.mark.parametrize(("body", "operator", "wrong"), WRONG)
def test_a_statement_becomes_wrong(tmp_path: Path, body: str, operator: str, wrong: str) -> None:
    found = {(mutant.operator, mutant.text) for mutant in every(tmp_path, function(body))}
    assert (operator, function(wrong)) in found


@pytest.mark.parametrize(("decorator", "operator", "wrong"), DECORATED)
def test_a_route_becomes_wrong(tmp_path: Path, decorator: str, operator: str, wrong: str) -> None:
    text = f"{decorator}\ndef f(a, b):\n    return g\n"
    # The lines of the header run at import: the body alone says that the view was reached.
    found = {(mutant.operator, mutant.text) for mutant in every(tmp_path, text, range(3, 4))}
    assert (operator, text.replace(decorator, wrong)) in found


def test_a_decorator_that_guards_is_taken_off(tmp_path: Path) -> None:
    text = '@app.get("/")\n@wraps(g)\n@login_required\ndef f():\n    return g\n'
    found = {m.text for m in every(tmp_path, text) if m.operator == "decorator removed"}
    assert found == {text.replace("@login_required\n", "")}


@pytest.mark.parametrize("body", ALONE)
def test_what_no_answer_depends_on_is_left_alone(tmp_path: Path, body: str) -> None:
    assert every(tmp_path, function(body)) == ()


def test_what_only_the_command_line_runs_is_left_alone(tmp_path: Path) -> None:
    assert every(tmp_path, 'if __name__ == "__main__":\n    a = 3\n    app.run(debug=True)\n') == ()


def test_annotations_and_docstrings_stay_as_they_are(tmp_path: Path) -> None:
    for mutant in every(tmp_path, APP):
        assert 'key: "int"' in mutant.text
        assert '-> "Response | None"' in mutant.text
        assert '"""Das Ding."""' in mutant.text
        assert "gelöscht: %s" in mutant.text


def test_only_reached_statements_are_drawn(tmp_path: Path) -> None:
    reached = range(1, 1 + APP[: APP.index('return "", 204')].count("\n"))
    lines = {mutant.line for mutant in every(tmp_path, APP, reached)}
    assert lines
    assert max(lines) in reached


def test_a_file_that_cannot_be_read_yields_nothing(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes("# coding: latin-1\na = 'ä'\n".encode("latin-1"))
    (tmp_path / "broken.py").write_text("def f(:\n")
    reached = {"latin.py": (1, 2), "broken.py": (1,), "gone.py": (1,)}
    assert draw(tmp_path, reached, seed=1, count=5) == ()


def test_a_statement_is_chosen_before_its_edits(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(f"a = {list(range(50))}\nb += c\n")
    firsts = Counter(
        draw(tmp_path, {"app.py": (1, 2)}, seed=n, count=1)[0].line for n in range(200)
    )
    assert 70 < firsts[2] < 130


def shapes(text: str) -> list[str]:
    """Each statement without those inside it, in order of the tree."""
    return [_shape(node) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]


def _shape(node: object) -> str:
    if isinstance(node, list):
        inner = ("statement" if isinstance(each, ast.stmt) else _shape(each) for each in node)
        return f"[{', '.join(inner)}]"
    if isinstance(node, ast.AST):
        fields = (_shape(value) for _, value in ast.iter_fields(node))
        return f"{type(node).__name__}({', '.join(fields)})"
    return repr(node)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 2**32),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
    lines=st.sets(st.integers(1, 50), min_size=1),
)
def test_each_mutant_differs_in_one_statement(
    seed: int, newline: str, mark: str, lines: set[int]
) -> None:
    text = mark + APP.replace("\n", newline)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "app.py").write_bytes(text.encode())
        drawn = draw(Path(folder), {"app.py": lines}, seed=seed, count=6)
        assert drawn == draw(Path(folder), {"app.py": lines}, seed=seed, count=6)
    assert len({mutant.text for mutant in drawn}) == len(drawn)
    before = shapes(APP)
    for mutant in drawn:
        assert mutant.original == text  # all but the lines it names is byte for byte the same
        after = shapes(mutant.text.removeprefix("\ufeff"))
        assert len(after) == len(before)
        assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
        assert mutant.sentence().startswith(f"app.py, line {mutant.line} (")


EQUIVALENT = [
    ("app = Flask(__name__)\napp.run(port=5000)\n", "number", "calls `run`"),
    ('@app.get("/<a>")\ndef f(a=1):\n    return g(a)\n', "number", "never used"),
    (
        '@app.route("/", methods=["GET", "HEAD"])\ndef f():\n    return g\n',
        "method dropped",
        "answers HEAD",
    ),
    (
        "def f(a):\n    for b in a:\n        if b:\n            continue\n",
        "statement removed",
        "loop",
    ),
    ("def f():\n    time.sleep(0.1)\n", "number", "how long"),
    ("def f():\n    a = 3\n    return 4, 5\n", "number", "nothing reads"),
    (
        "def f():\n    c = sqlite3.connect(d)\n    e = g(c)\n    c.close()\n    return e\n",
        "statement removed",
        "closed anyway",
    ),
    (
        "def f(error):\n    db = g.pop('db', None)\n    if db is not None:\n        db.close()\n",
        "statement removed",
        "closed anyway",
    ),
]

# Each is close to one above, and a request may tell.
DIFFERENT = [
    "def f(app):\n    app.run(port=5000)\n",
    '@app.get("/")\n@app.get("/<a>")\ndef f(a=1):\n    return g(a)\n',
    '@app.get("/<a>")\ndef f(a=1):\n    return g(a)\n\ndef h():\n    return f()\n',
    '@app.route("/", methods=["GET", "POST"])\ndef f():\n    return g\n',
    "def f(a):\n    for b in a:\n        if b:\n            continue\n        c(b)\n",
    "def f():\n    a = 3\n    return locals()\n",
    "def f():\n    global a\n    a = 3\n",
    "def f():\n    c = sqlite3.connect(d)\n    c.close()\n    return g()\n",
    "def f():\n    c = shared()\n    c.close()\n",
    "def f():\n    c = files.pop()\n    c.close()\n",
]


@pytest.mark.parametrize(("text", "operator", "reason"), EQUIVALENT)
def test_an_obvious_equivalent_has_its_reason(
    tmp_path: Path, text: str, operator: str, reason: str
) -> None:
    reasons = [equivalent(m) for m in every(tmp_path, text) if m.operator == operator]
    assert any(reason in each for each in reasons)


def test_a_wait_that_raises_is_no_wait(tmp_path: Path) -> None:
    mutants = every(tmp_path, "def f():\n    time.sleep(0)\n")
    assert {m.after.strip(): bool(equivalent(m)) for m in mutants} == {
        "time.sleep(1)": True,
        "time.sleep(-1)": False,
        "pass": True,
    }


@pytest.mark.parametrize("text", DIFFERENT)
def test_where_a_request_may_tell_there_is_no_reason(tmp_path: Path, text: str) -> None:
    mutants = every(tmp_path, text)
    assert mutants
    assert [equivalent(mutant) for mutant in mutants] == [""] * len(mutants)
