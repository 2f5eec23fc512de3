"""Bad input: one clear sentence, exit code 2, and nothing changed or kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent_core.projects import shop, write
from tests.agent_core.terminal.command_line import Answer, fix, journeyman


def refused(answer: Answer, *words: str) -> None:
    assert (answer.code, answer.out.count('"SessionStopped"')) == (2, 0), answer
    assert answer.err.startswith("journeyman: ")
    assert "Traceback" not in answer.err
    for word in words:
        assert word in answer.err, answer.err
    assert "No sessions yet" in journeyman("sessions").out


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    refused(fix(tmp_path / "missing"), "does not exist")


def test_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"x.py": ""})
    refused(fix(tmp_path / "x.py"), "is a file")


@pytest.mark.root_or_user
@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    folder.chmod(0)
    try:
        refused(fix(folder), "cannot be read")
    finally:
        folder.chmod(0o755)


def test_a_path_that_is_no_text(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    refused(fix(shop(folder)), "is not UTF-8")


def test_a_wish_that_is_no_text(tmp_path: Path) -> None:
    refused(fix(shop(tmp_path / "p"), "--tests", os.fsdecode(b"caf\xe9")), "is not UTF-8")


def test_what_is_said_of_bad_input_cannot_steer_a_terminal(tmp_path: Path) -> None:
    answer = fix(shop(tmp_path / "p"), "--tests", "\x1b[31mred")
    refused(answer, "No test is named \\x1b[31mred")
    assert "\x1b" not in answer.err


def test_the_whole_disk() -> None:
    refused(fix(Path("/")), "whole disk")


def test_the_home_folder(tmp_path: Path) -> None:
    write(tmp_path, {"test_x.py": "def test_x(): assert 0"})
    refused(fix(tmp_path, env={"HOME": str(tmp_path)}), "home folder")


def test_a_data_folder_inside_the_project(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    answer = fix(folder, env={"JOURNEYMAN_HOME": str(folder / "data")})
    assert answer.code == 2
    assert "lies inside the project" in answer.err
    assert not (folder / "data").exists()


def test_no_tests(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {"m.py": "x = 1\n"})
    refused(fix(folder), f"No tests were found in {folder}: no file is named")


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    refused(fix(tmp_path / "p"), f"No tests were found in {tmp_path}/p: the folder is empty")


def test_a_folder_that_is_mistyped(tmp_path: Path) -> None:
    answer = journeyman("../mistyped", env={"JOURNEYMAN_AS": "./run"})
    refused(answer, "There is no command and no folder '../mistyped'", "`./run --help`")
    assert "invalid choice" not in answer.err


def test_a_blank_goal(tmp_path: Path) -> None:
    refused(journeyman("do", shop(tmp_path / "p"), "  "), "The goal is empty")


def test_tests_that_cannot_be_collected(tmp_path: Path) -> None:
    folder = write(tmp_path / "p", {"test_m.py": "import not_there\n\ndef test_x(): pass\n"})
    refused(fix(folder), "cannot be collected", "test_m.py", "not_there")


def test_a_test_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/test_m.py").write_bytes(b"\x00\x01")
    refused(fix(tmp_path / "p"), "cannot be collected", "test_m.py: ")


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    refused(journeyman("fix", folder, "--json", "--python", folder / "shop/prices.py"), "prices.py")


def test_an_interpreter_that_is_missing(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    refused(journeyman("fix", folder, "--json", "--python", "/no/python"), "/no/python")


def test_no_pytest_there_says_how_to_install_it(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    answer = journeyman("fix", folder, "--json", "--python", bare / "bin/python")
    refused(answer, "pytest", f"{bare}/bin/python -m pip install pytest")


def test_a_broken_virtual_environment_is_named(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to("/gone/python3")
    (folder / ".venv/pyvenv.cfg").write_text("home = /gone\n")
    refused(journeyman("fix", folder, "--json"), ".venv")


def test_a_test_that_is_not_there(tmp_path: Path) -> None:
    refused(fix(shop(tmp_path / "p"), "--tests", "tests/none.py"), "No test is named")


def test_a_test_command_we_cannot_read(tmp_path: Path) -> None:
    refused(fix(shop(tmp_path / "p"), "--test-command", "make check"), "make check")


@pytest.mark.parametrize(
    "arguments",
    [["fix"], ["fix", ".", "--budget-minutes", "0"], ["fly"], ["show"], ["fix", ".", "--tests"]],
)
def test_wrong_use(arguments: list[str]) -> None:
    assert journeyman(*arguments).code == 2


@pytest.mark.parametrize("command", ["show", "resume", "accept"])
def test_an_unknown_session(command: str) -> None:
    answer = journeyman(command, "20200101-000000")
    assert answer.code == 2
    assert "There is no session" in answer.err
