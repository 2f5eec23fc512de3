"""Which framework runs a project's tests, from its files or from the user's own command."""

import re
import shlex
from pathlib import Path
from typing import Literal

from runners.frameworks import pytest, unittest
from runners.problems import UserProblem
from runners.toolchain import Toolchain
from runners.toolchains import install_hint

Framework = Literal["pytest", "unittest"]

_PYTHON = re.compile(r"(python|pypy)[\d.]*(\.exe)?|py")


def detect(
    root: Path, origin: Path, toolchain: Toolchain, test_command: str | None
) -> tuple[Framework, tuple[str, ...]]:
    """The framework and the user's arguments for it. Raises UserProblem, on the user's `origin`."""
    if test_command is not None:
        framework, arguments = parse(test_command)
    else:
        framework, arguments = _from_files(root, origin, toolchain), ()
    if framework == "pytest" and toolchain.pytest_version is None:
        raise _no_pytest(toolchain, why=f"`{test_command}` needs it")
    return framework, arguments


def parse(command: str) -> tuple[Framework, tuple[str, ...]]:
    """Read a command such as `python -m pytest -k name`. Raises UserProblem."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise _unusable(command, why=f"its quotes do not pair ({error})") from error
    arguments = pytest.without_program(words)
    if arguments is not None:
        return "pytest", arguments
    if len(words) >= 3 and _PYTHON.fullmatch(Path(words[0]).name) and words[1] == "-m":
        if words[2] == "pytest":
            return "pytest", tuple(words[3:])
        if words[2] == "unittest":
            return "unittest", tuple(words[3:])
    raise _unusable(command, why="it starts neither pytest nor unittest directly")


def _unusable(command: str, *, why: str) -> UserProblem:
    return UserProblem(
        f"The test command `{command}` cannot be used",
        why=why,
        hint="these forms work: `pytest ...`, `python -m pytest ...`, `python -m unittest ...`; "
        "the interpreter is chosen by --python",
    )


def _from_files(root: Path, origin: Path, toolchain: Toolchain) -> Framework:
    if toolchain.pytest_version is not None:
        if pytest.configured(root) or any(True for _ in unittest.pytest_files(root)):
            return "pytest"
        if any(True for _ in unittest.unittest_files(root)):
            return "unittest"
        raise _no_tests(origin)
    needing = next(
        (path for path in unittest.pytest_files(root) if unittest.needs_pytest(path)), None
    )
    if needing is not None:
        raise _no_pytest(toolchain, why=f"{needing.relative_to(root).as_posix()} needs it")
    if any(True for _ in unittest.unittest_files(root)):
        return "unittest"
    if config := pytest.configured(root):
        raise _no_pytest(toolchain, why=f"{config} configures it")
    raise _no_tests(origin)


def _no_pytest(toolchain: Toolchain, *, why: str) -> UserProblem:
    return UserProblem(
        f"pytest is not installed for {toolchain.interpreter}",
        why=why,
        hint=install_hint(toolchain),
    )


def _no_tests(origin: Path) -> UserProblem:
    if all(entry.name == ".git" for entry in origin.iterdir()):
        return UserProblem(
            f"No tests were found in {origin}",
            why="the folder is empty",
            hint="name the folder of a project",
        )
    return UserProblem(
        f"No tests were found in {origin}",
        why="no file is named test_*.py or *_test.py, and nothing configures pytest",
        hint="name the command that runs them: --test-command 'pytest path/to/checks.py'",
    )
