"""What is not converted is named with its file and line, and the rest is converted."""

from pathlib import Path

import pytest

from tests.agent_core.port.translate.converting import converted

REFUSED = {
    "a template": ("return render_template('page.html')", "templates"),
    "a stream": ("return Response(letter for letter in 'abc')", "stream"),
    "a generator": ("yield 'a'", "a generator"),
    "a database": ("return sqlite3.connect('x').execute('select 1')", "sqlite3.connect"),
    "a file": ("with open('x') as file:\n        return file.read()", "with"),
    "an unknown method": ("return request.args['a'].frobnicate()", "frobnicate"),
    "a thread": ("threading.Thread(target=view).start()", "threading.Thread"),
    "evaluation": ("return str(eval('1'))", "eval"),
    "an inner class": ("class Inner: pass\n    return ''", "class"),
    "matrices": ("return str(1 @ 2)", "@"),
    "nonlocal names": ("def f():\n        nonlocal x\n    x = 1\n    return f()", "nonlocal"),
}
SOURCE = """
import sqlite3
import threading
from flask import Flask, Response, render_template, request
app = Flask(__name__)

@app.get("/other")
def other():
    return "fine"

@app.get("/view")
def view():
    {body}
"""
LINE = 13


@pytest.mark.parametrize("name", REFUSED)
def test_a_construct_is_refused_by_name(tmp_path: Path, name: str) -> None:
    body, word = REFUSED[name]
    found = converted(tmp_path, SOURCE.format(body=body))
    assert found.routes == ("GET /other",)
    assert found.left == ("GET /view",)
    assert [each.file for each in found.refusals] == ["app.py"]
    assert LINE <= found.refusals[0].line <= LINE + 3
    assert word in found.refusals[0].reason
    assert "app.py" in found.files["README.md"]


def test_all_constructs_of_a_function_are_named(tmp_path: Path) -> None:
    body = "first = eval('1')\n    second = 1 @ 2\n    return str(first + second)"
    found = converted(tmp_path, SOURCE.format(body=body))
    assert [each.line for each in found.refusals] == [LINE, LINE + 1]


def test_a_helper_that_is_refused_takes_its_views_with_it(tmp_path: Path) -> None:
    source = SOURCE.format(body="return helper()") + "\ndef helper():\n    return eval('1')\n"
    found = converted(tmp_path, source)
    assert found.left == ("GET /view",)
    assert [each.line for each in found.refusals] == [LINE + 3]


def test_a_hook_that_is_refused_leaves_nothing(tmp_path: Path) -> None:
    hook = "@app.before_request\ndef hook():\n    eval('1')\n"
    found = converted(tmp_path, SOURCE.format(body="return 'x'") + hook)
    assert found.files == {}
    assert found.routes == ()
    assert "eval" in found.refusals[0].reason
