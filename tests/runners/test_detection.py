"""Which framework runs a project's tests."""

from pathlib import Path

import pytest

from runners.frameworks import detection
from runners.problems import UserProblem
from tests.runners.projects import toolchain, write

UNITTEST = "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n"
PYTEST = "def test_a():\n    assert True\n"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pytest", ("pytest", ())),
        ("pytest -k 'a or b' tests", ("pytest", ("-k", "a or b", "tests"))),
        ("/venv/bin/pytest -q", ("pytest", ("-q",))),
        ("python -m pytest -x", ("pytest", ("-x",))),
        ("python3.12 -m unittest discover -s tests", ("unittest", ("discover", "-s", "tests"))),
    ],
)
def test_commands_that_can_be_used(command: str, expected: object) -> None:
    assert detection.parse(command) == expected


@pytest.mark.parametrize("command", ["", "tox", "make test", "python tests.py", "pytest 'open"])
def test_other_commands_are_refused_with_the_forms_that_work(command: str) -> None:
    with pytest.raises(UserProblem) as caught:
        detection.parse(command)
    assert "python -m unittest" in caught.value.hint


@pytest.mark.parametrize(
    "files",
    [
        {"test_a.py": UNITTEST},
        {"tests/a_test.py": PYTEST},
        {"pytest.ini": "[pytest]\n", "checks.py": PYTEST},
        {"pyproject.toml": "[tool.pytest.ini_options]\n"},
        {"tox.ini": "[pytest]\n"},
        {"setup.cfg": "[tool:pytest]\n"},
    ],
)
def test_pytest_where_it_is_installed_and_has_something_to_run(
    tmp_path: Path, files: dict[str, str]
) -> None:
    assert detection.detect(write(tmp_path, files), tmp_path, toolchain(), None) == ("pytest", ())


@pytest.mark.parametrize("with_pytest", [True, False])
def test_unittest_where_only_unittest_would_find_the_tests(
    tmp_path: Path,
    with_pytest: bool,  # noqa: FBT001  (a parameter of the test)
) -> None:
    root = write(tmp_path, {"tests.py": UNITTEST, ".venv/lib/test_dependency.py": PYTEST})
    found = detection.detect(root, root, toolchain(with_pytest=with_pytest), None)
    assert found == ("unittest", ())


@pytest.mark.parametrize(
    "files",
    [
        {"test_a.py": PYTEST},
        {"test_a.py": UNITTEST, "test_b.py": "import pytest\n"},
        {"test_a.py": "class TestIt:\n    def test_a(self): pass\n"},
    ],
)
def test_tests_that_need_pytest_where_it_is_missing(tmp_path: Path, files: dict[str, str]) -> None:
    with pytest.raises(UserProblem, match="pytest is not installed") as caught:
        detection.detect(write(tmp_path, files), tmp_path, toolchain(with_pytest=False), None)
    assert "pytest" in caught.value.hint


def test_a_command_that_needs_pytest_where_it_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UserProblem, match="`pytest -q` needs it"):
        detection.detect(tmp_path, tmp_path, toolchain(with_pytest=False), "pytest -q")


@pytest.mark.parametrize("with_pytest", [True, False])
def test_a_project_without_tests(
    tmp_path: Path,
    with_pytest: bool,  # noqa: FBT001  (a parameter of the test)
) -> None:
    root = write(tmp_path, {"lib.py": "def test_like(): pass\n", "README.md": ""})
    with pytest.raises(UserProblem, match="No tests were found"):
        detection.detect(root, root, toolchain(with_pytest=with_pytest), None)
