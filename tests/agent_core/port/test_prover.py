"""A session about a port, by a model that is scripted: its checks, its tools, its certificate."""

import sys
from pathlib import Path

import msgspec
import pytest

from agent_core import places
from agent_core.events import SessionStarted, SessionStopped
from agent_core.models.choice import ModelChoice
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.proofs import Compared, Compiled, Timed
from agent_core.results import FinishAsked, ToolFailure
from agent_core.session import Session
from agent_core.task import Budget, Check, Compiles, FasterBy, SameAnswers, Task
from tests.agent_core.projects import PYTHON, git, write

APP = """
import os

from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/hello/<name>")
def hello(name):
    return jsonify(hello=name, length=len(name))


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
"""
WRONG = APP.replace("len(name)", "len(name) + 1")
ANSWERS = SameAnswers(
    command=f'"{sys.executable}" port/serve.py', seeds=(0,), requests=20, mutants=0
)
ONLY_ANSWERS = Check(answers=ANSWERS)
FINISH = call("finish", summary="A port.")
GIVE_UP = call("give_up", tried="This.")


def created(path: str, text: str) -> dict[str, str]:
    return {"path": path, "new": text}


def project(folder: Path) -> Path:
    write(folder, {"app.py": APP})
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Hello")
    return folder


async def played(
    folder: Path, turn: Turn, check: Check = ONLY_ANSWERS
) -> tuple[Session, SessionStopped]:
    """A session that takes this turn; the caller closes it."""
    task = Task("Port it.", check, Budget(minutes=5), port=True)
    session = Session.create(project(folder), task, choice=ModelChoice(), python=PYTHON)
    return session, await session.run(ScriptedModel([turn]))


async def test_a_wrong_port_is_refused_with_the_shortest_sequence_whatever_the_change_touches(
    tmp_path: Path,
) -> None:
    # The change makes the original as wrong as the port: it is compared with what it was.
    edits = [
        created("port/serve.py", WRONG),
        {"path": "app.py", "old": "len(name)", "new": "len(name) + 1"},
    ]
    session, stopped = await played(
        tmp_path / "hello",
        Turn(calls=(call("edit_file", edits=edits), call("parity", requests=20), FINISH, GIVE_UP)),
    )
    session.close()
    baseline = session.history.measured
    assert baseline.target == (SameAnswers.id,)
    (seen,) = session.history.results(Compared)
    assert (seen.outcome, len(seen.shortest[0].requests)) == ("fails", 1)
    (told,) = (d.finished.text for d in session.history.done() if d.intended.call.tool == "parity")
    assert "1. GET /hello/" in told
    (asked,) = session.history.results(FinishAsked)
    assert asked.verdict.state == "failing"
    assert "/hello/<name>" in asked.verdict.reason
    compared = asked.verdict.proofs.compared
    assert compared is not None
    assert [(r.route, r.state) for r in compared.routes if r.differences] == [
        ("/hello/<name>", "differs")
    ]
    assert stopped.verdict == asked.verdict
    page = places.certificate(session.folder.name).read_text("utf-8")
    assert "failing" in page
    assert "GET /hello/" in page


@pytest.mark.slow
async def test_the_same_answers_to_few_requests_prove_nothing_yet(tmp_path: Path) -> None:
    edit = call("edit_file", edits=[created("port/serve.py", APP)])
    session, stopped = await played(
        tmp_path / "hello",
        Turn(calls=(edit, call("parity", requests=20), call("compile"), FINISH, GIVE_UP)),
    )
    session.close()
    told = [done.finished.text for done in session.history.done()]
    assert told[1].startswith("no difference in 2")
    assert session.history.results(ToolFailure)[0].kind == "refused"
    assert stopped.verdict.state == "unknown"
    assert stopped.verdict.reason.startswith("fewer than 3 times 1,000 requests")


async def test_without_a_crate_nothing_is_compared_and_each_check_says_why(tmp_path: Path) -> None:
    check = Check(compiles=Compiles("rust"), answers=SameAnswers(), faster=FasterBy(2.0))
    session, stopped = await played(
        tmp_path / "hello",
        Turn(calls=(call("benchmark"), FINISH, GIVE_UP)),
        check=check,
    )
    session.close()
    assert session.history.measured.target == tuple(each.id for each in check.proofs)
    assert session.history.results(Compiled)[0].problem == "there is no rust/Cargo.toml"
    proofs = stopped.verdict.proofs
    assert (stopped.verdict.state, stopped.verdict.reason) == (
        "failing",
        "it does not compile: there is no rust/Cargo.toml",
    )
    assert proofs.compared == Compared("not_run", ("not compared, as it does not compile",))
    assert proofs.timed == Timed("not_run", "the answers are not known to be the same")


def test_sessions_from_before_there_were_such_checks_are_read(tmp_path: Path) -> None:
    started = SessionStarted(
        1, "20261124-abcdef", str(tmp_path), Task("g", Check(commands=("true",)), port=True)
    )
    old = msgspec.to_builtins(started)
    for name in ("compiles", "answers", "faster"):
        del old["task"]["check"][name]
    assert msgspec.convert(old, SessionStarted) == started
