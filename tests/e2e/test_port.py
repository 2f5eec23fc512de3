"""A small Flask application from the words to a judged Rust program, as a user has it done."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent_core import places
from runners import cargo
from tests.agent_core.projects import git, write

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]
APP = '''
"""Things by number, kept in memory."""

from flask import Flask, abort, jsonify, request

app = Flask(__name__)
things = {1: {"id": 1, "name": "one"}}


@app.errorhandler(404)
def missing(error):
    return jsonify(error="no such thing"), 404


@app.get("/things")
def index():
    return jsonify(things=list(things.values()), total=len(things))


@app.post("/things")
def create():
    data = request.get_json()
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        abort(400)
    number = max(things) + 1
    things[number] = {"id": number, "name": data["name"].strip()}
    return jsonify(things[number]), 201


@app.get("/things/<int:number>")
def show(number):
    if number not in things:
        abort(404)
    return jsonify(things[number])
'''
TESTS = """
from app import app


def test_there_is_one():
    assert app.test_client().get("/things").get_json()["total"] >= 1
"""


def test_words_lead_to_a_program_that_answers_the_same(tmp_path: Path) -> None:
    if cargo.find() is None:
        pytest.skip("no cargo at hand: nothing was compiled")
    if shared := os.environ.get("CARGO_TARGET_DIR"):
        places.home().mkdir(parents=True, exist_ok=True)
        (places.home() / "cargo-target").symlink_to(shared)
    origin = write(tmp_path / "things", {"app.py": APP, "test_app.py": TESTS})
    git(origin, "init", "-q")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "Things")
    asked = ("do", str(origin), "convert this Flask project to Rust", "--python", sys.executable)
    done = subprocess.run(
        [sys.executable, "-m", "agent_core.terminal.cli", *asked, "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=1_500,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    if "cargo has to download" in done.stderr:
        pytest.skip("the crates were never fetched: nothing was compiled")
    assert done.stderr == ""
    started, *_, stopped = map(json.loads, done.stdout.splitlines())
    verdict = stopped["verdict"]
    proofs = verdict["proofs"]
    assert proofs["compiled"]["outcome"] == "holds", proofs["compiled"]
    compared = proofs["compared"]
    assert [route["route"] for route in compared["routes"] if route["differences"]] == []
    assert compared["requests"] >= 3_000
    assert verdict["state"] == "fixed", verdict["reason"]
    assert done.returncode == 0
    page = places.certificate(started["session"]).read_text("utf-8")
    assert "/things/&lt;int:number&gt;" in page
    assert "wrong copies noticed" in page
