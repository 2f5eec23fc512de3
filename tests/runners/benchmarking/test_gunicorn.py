"""Gunicorn comes into an environment of its own, above the project's; pip and all are real."""

import subprocess
import sys
from pathlib import Path

import pytest

from runners.benchmarking import gunicorn
from runners.http_replay.client import Client
from runners.http_replay.exchange import Request
from runners.http_replay.serving import CommandServer
from runners.problems import UserProblem
from tests.runners.benchmarking.gunicorns import VERSION, wheel
from tests.runners.benchmarking.servers import ENV

APP = """
import flask, gunicorn
def create_app():
    app = flask.Flask(__name__)
    @app.get("/")
    def index():
        return flask.jsonify(gunicorn=gunicorn.__version__)
    return app
"""


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pip finds is in a folder, and nowhere else."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel(tmp_path / "wheels")))


def installed(interpreter: str) -> str:
    asked = [interpreter, "-m", "pip", "freeze", "--all"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
def test_the_app_is_served_with_the_projects_own_packages(tmp_path: Path) -> None:
    before = installed(sys.executable)
    upper = gunicorn.layered(sys.executable, tmp_path / "layered")
    assert gunicorn.version(upper) == VERSION
    assert installed(sys.executable) == before
    root = tmp_path / "app"
    root.mkdir()
    (root / "app.py").write_text(APP)
    command = gunicorn.command(
        upper, root=root, origin=root, scratch=tmp_path, app="app:create_app()"
    )
    with CommandServer(command, root, ENV) as server:
        server.begin()
        with Client(server.port) as client:
            assert client.send(Request("GET", "/")).body == b'{"gunicorn":"99.1"}\n'


@pytest.mark.slow
def test_a_fetch_that_fails_is_a_problem_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(UserProblem, match=r"pip: .*gunicorn"):
        gunicorn.layered(sys.executable, tmp_path / "layered")


def test_an_interpreter_without_gunicorn_has_no_version_of_it(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    assert gunicorn.version(str(bare / "bin" / "python")) == ""
