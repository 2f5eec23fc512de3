"""A language model from the command line, over a real connection."""

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_core import places
from agent_core.models.choice import KEY
from agent_core.occupancy import occupy
from agent_core.terminal import cli
from benchmarks.wire import GOOD, LOOK
from tests.agent_core.models.misbehaving import Misbehaving, calling, saying, serving
from tests.agent_core.projects import RIGHT, git, shop, write

SECRET = "sk-very-secret-key-0123456789"
PYTHON = ("--python", sys.executable)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.fixture
def endpoint() -> Iterator[Misbehaving]:
    with serving(GOOD) as running:
        yield running


def spoken(endpoint: Misbehaving) -> tuple[str, ...]:
    return (*PYTHON, "--model", "openai:scripted", "--base-url", endpoint.url)


def sent(endpoint: Misbehaving, request: int) -> list[dict[str, object]]:
    """The messages of the n-th request, counted from 1."""
    messages: list[dict[str, object]] = json.loads(endpoint.requests[request - 1].body)["messages"]
    return messages


def test_a_model_over_http_fixes_in_one_request(
    origin: Path, endpoint: Misbehaving, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["fix", str(origin), *spoken(endpoint), "--trust", "--accept"])
    assert (code, len(endpoint.requests)) == (cli.FIXED, 1)
    assert (origin / "shop/prices.py").read_text() == RIGHT
    assert "isolation: none" in capsys.readouterr().out


def test_leave_to_run_tests_is_asked_once_for_a_repository(
    origin: Path, endpoint: Misbehaving, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["fix", str(origin), *spoken(endpoint)]
    assert cli.main(command) == cli.BAD_INPUT
    assert "--trust" in capsys.readouterr().err
    assert not places.sessions().exists()
    assert not endpoint.requests
    assert cli.main([*command, "--trust"]) == cli.FIXED
    endpoint.answers.append(GOOD)
    assert cli.main(command) == cli.FIXED


def test_a_goal_in_words_needs_a_language_model(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["do", str(origin), "Add a discount."]) == cli.BAD_INPUT
    assert "language model" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--model", "gpt"), "No model is called"),
        (("--model", "openai:x"), "has no address"),
        (("--model", "openai:x", "--base-url", "https://model.invalid/v1"), "needs a key"),
    ],
)
def test_a_model_that_cannot_be_asked_is_refused_before_anything_starts(
    origin: Path,
    options: tuple[str, ...],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(KEY, raising=False)
    assert cli.main(["fix", str(origin), *options, "--trust"]) == cli.BAD_INPUT
    assert words in capsys.readouterr().err
    assert not places.sessions().exists()


def test_a_check_command_is_red_before_and_green_after(tmp_path: Path) -> None:
    origin = shop(tmp_path / "shop", **{"shop/prices.py": RIGHT})
    feature = {
        "edits": [{"path": "shop/gift.py", "new": "def wrap(price):\n    return price + 2\n"}],
        "finish_if_green": True,
        "summary": "Gifts can be wrapped.",
    }
    check = f'{shlex.quote(sys.executable)} -c "from shop.gift import wrap; assert wrap(1) == 3"'
    with serving(calling("edit_file", json.dumps(feature))) as endpoint:
        arguments = [str(origin), "Gifts can be wrapped.", "--check", check, "--trust"]
        assert cli.main(["do", *arguments, *spoken(endpoint), "--accept"]) == cli.FIXED
        assert "3 passed, 0 failed, 1 check red" in str(sent(endpoint, 1)[1]["content"])
    assert (origin / "shop/gift.py").exists()


def test_a_model_runs_no_command_but_the_checks(origin: Path, tmp_path: Path) -> None:
    own, check = f"touch {tmp_path}/own", f"touch {tmp_path}/checked"
    asked = {"tests": [f"$ {own}", f"$ {check}"]}
    with serving(calling("run_tests", json.dumps(asked)), GOOD) as endpoint:
        arguments = [str(origin), "Mend it.", "--check", check, "--trust"]
        cli.main(["do", *arguments, *spoken(endpoint)])
        told = str(sent(endpoint, 2)[-1]["content"])
    assert "1 check green in " in told.partition("\n")[0]
    assert (tmp_path / "checked").exists()
    assert not (tmp_path / "own").exists()


def test_a_project_without_python_is_checked_by_commands_alone(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    done = {
        "edits": [{"path": "list.txt", "new": "bread\n"}],
        "finish_if_green": True,
        "summary": "Bread is on the list.",
    }
    with serving(calling("edit_file", json.dumps(done))) as endpoint:
        arguments = [str(tmp_path / "notes"), "Put bread on the list.", "--trust"]
        check = ("--check", "grep -q bread list.txt")
        assert cli.main(["do", *arguments, *check, *spoken(endpoint)]) == cli.FIXED
        tools = json.loads(endpoint.requests[0].body)["tools"]
    assert "locate_fault" not in {tool["function"]["name"] for tool in tools}


def test_the_key_reaches_the_endpoint_and_nothing_else(
    origin: Path, endpoint: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, SECRET)
    spy = f'env | grep -q {KEY} && echo leaked > "{origin}/leaked"; true'
    code = cli.main(["do", str(origin), "Fix it.", *spoken(endpoint), "--check", spy, "--trust"])
    assert code == cli.NOT_SOLVED  # the check was green before: nothing is proved
    assert endpoint.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert not (origin / "leaked").exists()
    for path in places.home().rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


def test_further_words_reach_the_model_before_its_next_turn(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(calling("give_up", '{"tried": "nothing"}'), GOOD) as endpoint:
        assert cli.main(["fix", str(origin), *spoken(endpoint), "--trust"]) == cli.NOT_SOLVED
        (session,) = (path.name for path in places.sessions().iterdir())
        assert cli.main(["resume", session, "The tax is added."]) == cli.FIXED
        assert sent(endpoint, 2)[-1] == {"role": "user", "content": "The tax is added."}
        first, second = (request.body for request in endpoint.requests)
        assert json.loads(second)["messages"][:2] == json.loads(first)["messages"]


def test_the_built_in_model_takes_no_words(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["fix", str(origin), *PYTHON]) == cli.FIXED
    (session,) = (path.name for path in places.sessions().iterdir())
    assert cli.main(["resume", session, "Do more."]) == cli.BAD_INPUT


@pytest.mark.parametrize(
    ("option", "words"), [("--budget-tokens", "tokens"), ("--budget-steps", "steps")]
)
def test_a_budget_is_looked_at_before_each_request(
    origin: Path, option: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(calling("read_file", LOOK), saying("More."), GOOD) as endpoint:
        command = ["fix", str(origin), *spoken(endpoint), "--trust", option, "1"]
        assert cli.main(command) == cli.NOT_SOLVED
        assert len(endpoint.requests) == 1
    assert f"{words} are spent" in capsys.readouterr().out


def test_a_project_that_is_open_elsewhere_is_left_alone(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with occupy(origin):
        assert cli.main(["fix", str(origin), *PYTHON]) == cli.BAD_INPUT
    assert "open in another Journeyman" in capsys.readouterr().err
    assert not any(places.sessions().iterdir())
    assert cli.main(["fix", str(origin), *PYTHON]) == cli.FIXED


def test_commands_find_packages_that_git_ignores(tmp_path: Path) -> None:
    origin = write(
        tmp_path / "app",
        {
            ".gitignore": "node_modules\n",
            "list.txt": "milk\n",
            "node_modules/.bin/lint": "#!/bin/sh\ngrep -q bread list.txt\n",
        },
    )
    git(origin, "init", "-q")
    (origin / "node_modules/.bin/lint").chmod(0o755)
    done = {
        "edits": [{"path": "list.txt", "old": "milk", "new": "bread"}],
        "finish_if_green": True,
        "summary": "Bread is on the list.",
    }
    with serving(calling("edit_file", json.dumps(done))) as endpoint:
        arguments = [str(origin), "Put bread on the list.", "--trust"]
        check = ("--check", "node_modules/.bin/lint")
        assert cli.main(["do", *arguments, *check, *spoken(endpoint)]) == cli.FIXED


def test_an_address_with_a_secret_in_it_is_refused(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for address in ("http://me:secret@127.0.0.1/v1", "http://127.0.0.1/v1?api-key=secret"):
        command = ["fix", str(origin), "--model", "openai:x", "--base-url", address, "--trust"]
        assert cli.main(command) == cli.BAD_INPUT
        assert "secret" not in capsys.readouterr().err
    assert not places.sessions().exists()


def test_a_check_may_run_the_tests_that_the_change_brings(tmp_path: Path) -> None:
    origin = shop(tmp_path / "shop", **{"shop/prices.py": RIGHT})
    test = "from shop import prices\n\n\ndef test_more():\n    assert prices.total([1], 0) == 1\n"
    done = {
        "edits": [{"path": "tests/test_more.py", "new": test}],
        "finish_if_green": True,
        "summary": "One more test.",
    }
    with serving(calling("edit_file", json.dumps(done))) as endpoint:
        check = ("--check", f"{shlex.quote(sys.executable)} -m pytest -q tests/test_more.py")
        arguments = ["do", str(origin), "Test totals more.", "--trust", *check]
        assert cli.main([*arguments, *spoken(endpoint)]) == cli.FIXED
