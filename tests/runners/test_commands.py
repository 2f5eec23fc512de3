"""Check commands: a command is a case of the report, green when it ends with exit code 0."""

import asyncio
import sys
from pathlib import Path

import pytest

from runners.case_ids import case_id, is_command, only_tests
from runners.commands import run_check
from runners.environment import child_environment
from runners.reports import TestCase
from runners.suite import Suite
from runners.suite_runs import command_environment
from runners.toolchain import Toolchain


def check(command: str, root: Path, *, deadline_s: float = 30) -> TestCase:
    running = run_check(command, root=root, env=child_environment(), deadline_s=deadline_s)
    return asyncio.run(running)


def test_exit_code_zero_is_green_and_runs_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "here").touch()
    assert check("test -e here", tmp_path).status == "passed"


def test_anything_else_is_red_with_the_end_of_what_it_printed(tmp_path: Path) -> None:
    case = check("echo wrong >&2; exit 3", tmp_path)
    assert case.status == "failed"
    assert case.failure is not None
    assert (case.failure.exception, case.failure.message) == ("exit code 3", "wrong")


def test_a_pipeline_fails_with_its_first_part(tmp_path: Path) -> None:
    assert check("false | cat", tmp_path).status == "failed"


def test_a_command_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    case = check("sleep 60", tmp_path, deadline_s=0.5)
    assert case.failure is not None
    assert case.failure.exception == "TooSlow"


@pytest.mark.parametrize("command", ["make check", "pytest a.py::test_b"])
def test_a_command_is_told_from_a_test_by_its_id(command: str) -> None:
    assert is_command(case_id(command))
    assert not is_command("tests/test_a.py::test_b")
    assert only_tests(["a.py::b", case_id(command)]) == ("a.py::b",)


def test_colours_are_asked_not_for_and_taken_out(tmp_path: Path) -> None:
    case = check("printf '\\033[31m%s\\033[0m\\r\\n' \"$NO_COLOR\"; false", tmp_path)
    assert case.failure is not None
    assert case.failure.message == "1"


@pytest.mark.parametrize(
    ("installed", "found"),
    [("src", "src"), ("src/pkg", "src"), ("flat.py", "")],
)
def test_editable_installs_lead_commands_into_the_workspace(
    tmp_path: Path, installed: str, found: str
) -> None:
    root, origin = tmp_path / "copy", tmp_path / "origin"
    for folder in (root, origin):
        (folder / "src/pkg").mkdir(parents=True)
        (folder / "src/pkg/__init__.py").touch()
        (folder / "flat.py").touch()
    chain = Toolchain(
        interpreter=sys.executable,
        version="3.11.0",
        source="a test",
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        pytest_version=None,
        editable=(str(origin.resolve() / installed),),
    )
    suite = Suite(toolchain=chain, framework="pytest", root=str(root), origin=str(origin))
    environ = command_environment(suite, scratch=tmp_path)
    assert environ["PYTHONPATH"] == str(root / found)


def test_a_command_that_kills_its_guardian_has_failed(tmp_path: Path) -> None:
    case = check("kill -9 $PPID; sleep 5", tmp_path)
    assert (case.status, case.failure and case.failure.exception) == ("failed", "killed")
