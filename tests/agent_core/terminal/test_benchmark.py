"""`benchmark` from the terminal: servers, commands and revisions, their figures and the check."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from agent_core.terminal import cli
from tests.runners.benchmarking.gunicorns import VERSION, wheel

APP = """
import os, time
from flask import Flask, jsonify

app = Flask(__name__)
ITEMS = [{"id": number} for number in range(3)]
BURN_S = 0.0


@app.get("/items")
def index():
    end = time.thread_time() + BURN_S
    while time.thread_time() < end:
        pass
    return jsonify(items=ITEMS)


@app.get("/items/<int:number>")
def one(number):
    return (jsonify(ITEMS[number]), 200) if number < len(ITEMS) else ("", 404)


if __name__ == "__main__":
    app.run(port=int(os.environ["PORT"]))
"""
SLOW_SUM = """
def total(n):
    found = 0
    for number in range(n):
        found += number
    return found
"""
PYTHON = ["--python", sys.executable]
QUICK = f"{shlex.quote(sys.executable)} -S -c 'sum(range(2_000_000))'"
SLOW = f"{shlex.quote(sys.executable)} -S -c 'sum(range(20_000_000))'"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)


@pytest.fixture
def sums(tmp_path: Path) -> Path:
    """A repository whose function is quick in the working tree and slow in its only commit."""
    folder = tmp_path / "sums"
    folder.mkdir()
    git(folder, "init")
    (folder / "sums.py").write_text(SLOW_SUM)
    git(folder, "add", ".")
    git(folder, "commit", "-m", "slow")
    (folder / "sums.py").write_text("def total(n):\n    return sum(range(n))\n")
    return folder


def test_the_quicker_command_is_told_and_the_folder_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["benchmark", "commands", f"touch new; {SLOW}", QUICK, "--path", str(tmp_path), *PYTHON]
    assert cli.main([*asked, "--rounds", "2"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^CPU +[\d.]+ m?s +[\d.]+ ms$", said, re.MULTILINE)
    assert re.search(r"^largest process +[\d.]+ MB +[\d.]+ MB$", said, re.MULTILINE)
    assert re.search(r"^CPU, A over B: [\d.]+ \[[\d.]+ to [\d.]+\] of 2 pairs$", said, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("factor", "rounds", "answer"),
    [
        pytest.param("2", "9", (0, "holds"), marks=pytest.mark.slow),
        ("2", "2", (1, "unknown")),
        ("900", "1", (1, "fails")),
    ],
)
def test_the_check_is_answered_by_the_exit_code(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    factor: str,
    rounds: str,
    answer: tuple[int, str],
) -> None:
    asked = ["benchmark", "commands", SLOW, QUICK, "--path", str(tmp_path), *PYTHON, "--json"]
    code = cli.main([*asked, "--rounds", rounds, "--faster-by", factor])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["check"]["state"]) == answer
    assert told["ratio"]["lowest"] > 2
    assert len(told["report"]["pairs"]) == int(rounds)


def test_commands_that_fail_leave_it_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["benchmark", "commands", QUICK, "echo no; exit 3", "--path", str(tmp_path), *PYTHON]
    assert cli.main([*asked, "--faster-by", "1"]) == 1
    said = capsys.readouterr().out
    assert "CPU, A over B: no pair counts" in said
    assert said.count("void: B: sh ended with exit code 3") == 3
    assert "unknown: no pair of rounds counts" in said


def test_a_function_is_raced_at_two_revisions(
    sums: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in sums.rglob("*") if path.is_file()}
    asked = ["benchmark", "function", "sums:total", "--path", str(sums), *PYTHON]
    asked += ["--revisions", "main", ".", "--args", "20_000", "--rounds", "2", "--seconds", "0.05"]
    assert cli.main([*asked, "--faster-by", "1.2"]) == 1
    said = capsys.readouterr().out
    assert "A: main, B: ." in said
    assert re.search(r"^CPU a call +[\d.]+ [mµ]s +[\d.]+ [mµ]s$", said, re.MULTILINE)
    assert "CPU, A over B, session 2: " in said
    assert re.search(
        r"^unknown: the smallest of 4 paired ratios .* 2 times 9 pairs", said, re.MULTILINE
    )
    assert {path: path.read_bytes() for path in sums.rglob("*") if path.is_file()} == before


def test_revisions_that_do_not_do_the_same_prove_nothing(
    sums: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (sums / "sums.py").write_text("def total(n):\n    return 1\n")
    asked = ["benchmark", "function", "sums:total", "--path", str(sums), *PYTHON]
    asked += ["--revisions", "main", ".", "--args", "4", "--rounds", "1", "--seconds", "0.01"]
    assert cli.main([*asked, "--faster-by", "0.1"]) == 1
    assert "unknown: the revisions give different results: 6 and 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["function", "sums", "--revisions", "a", "b"], "'sums' names no function"),
        (["function", "sums:total", "--revisions", "a", "b"], "There is no revision 'a'"),
        (["function", "sums:no", "--revisions", ".", "."], "sums has no function no"),
    ],
)
def test_what_is_not_there_is_a_problem_of_the_users(
    sums: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    assert cli.main(["benchmark", *asked, "--path", str(sums), *PYTHON]) == 2
    assert said in capsys.readouterr().err


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "app.py").write_text(APP)
    return folder


def served(shop: Path, tmp_path: Path, *, burn_s: str = "0.0") -> str:
    """The command of a port: a server that is right, and slow if it burns time."""
    port = tmp_path / "port.py"
    port.write_text((shop / "app.py").read_text().replace("BURN_S = 0.0", f"BURN_S = {burn_s}"))
    return f"exec {shlex.quote(sys.executable)} {port}"


def raced(shop: Path, command: str, *asked: str) -> int:
    small = ["--rounds", "1", "--seconds", "0.3", "--connections", "2", *PYTHON]
    return cli.main(["benchmark", "servers", str(shop), "--against", command, *small, *asked])


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What pip finds is in a folder, and nowhere else."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel(tmp_path / "wheels")))


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
def test_a_correct_but_slow_port_fails_the_check(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = served(shop, tmp_path, burn_s="0.02")
    assert raced(shop, command, "--route", "/items", "--fetch", "--faster-by", "1") == 1
    said = capsys.readouterr().out
    assert f"A: the project under gunicorn {VERSION}, 2 gthread workers" in said
    assert "load: GET /items; 2 connections, rounds of 0.3 s" in said
    for name in ("CPU a request", "answers a second", "p50", "p99", "start to answer"):
        assert re.search(rf"^{name} +\S+", said, re.MULTILINE), name
    assert re.search(r"^memory \(PSS\) +[\d.]+ MB +[\d.]+ MB$", said, re.MULTILINE)
    assert re.search(r"^errors +0 +0$", said, re.MULTILINE)
    assert re.search(
        r"^fails: the smallest of 2 paired ratios is 0\.\d+, below 1$", said, re.MULTILINE
    )
    assert [path.name for path in shop.iterdir()] == ["app.py"]


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
def test_requests_of_a_rule_with_arguments_are_drawn(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    route = "/items/<int:number>"
    assert raced(shop, served(shop, tmp_path), "--route", route, "--fetch", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    shots = told["report"]["raced"]["shots"]
    targets = {shot["request"]["target"] for shot in shots}
    assert targets
    # With whatever query, quoted or not: each is of an item that is there.
    paths = {unquote(target.partition("?")[0]) for target in targets}
    assert {int(path.removeprefix("/items/")) for path in paths} <= {0, 1, 2}
    assert {shot["status"] for shot in shots} == {200}


@pytest.mark.slow
@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--get", "/items", "/items/9"], "GET /items/9: A answers 404, B answers 404"),
        (["--route", "/no"], "there is no rule /no for GET; there are /items, "),
    ],
)
def test_a_load_of_errors_is_refused(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    assert raced(shop, served(shop, tmp_path), *asked, "--fetch") == 2
    assert said in capsys.readouterr().err


def test_nothing_is_fetched_unasked(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("CARGO_HOME", str(tmp_path))
    python = str(bare / "bin" / "python")
    assert raced(shop, "true", "--route", "/items", "--python", python) == 2
    said = capsys.readouterr().err
    assert "no gunicorn" in said
    assert "Add --fetch" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "holds no request"),
        ('[{"path": "/items"}]', "is no file of requests"),
        (None, "is no file of requests"),
    ],
)
def test_a_file_that_holds_no_requests_is_told(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    file = tmp_path / "requests.json"
    if text is not None:
        file.write_text(text)
    assert raced(shop, "true", "--requests", str(file)) == 2
    assert said in capsys.readouterr().err


def test_a_load_has_to_be_named(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        raced(shop, "true")
    assert ended.value.code == 2
    assert "--route --get --requests is required" in capsys.readouterr().err
