"""unittest: test files that need nothing but the standard library, and those that need pytest."""

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from runners.frameworks import pytest

READ_LIMIT = 400_000
SKIPPED_FOLDERS = frozenset({"node_modules", "__pycache__", "site-packages", "build", "dist"})

_NEEDS_PYTEST = re.compile(
    r"^\s*(?:import|from) pytest\b|^(?:async )?def test_|^class Test\w*(?:\((?:object)?\))?:",
    re.MULTILINE,
)
_USES_UNITTEST = re.compile(r"\bTestCase\b|^\s*(?:import|from) unittest\b", re.MULTILINE)


def python_files(root: Path) -> Iterator[Path]:
    """Python files of a project without those of its dependencies, sorted within a folder."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED_FOLDERS
            and not Path(folder, name, "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            if name.endswith(".py"):
                yield Path(folder, name)


def pytest_files(root: Path) -> Iterator[Path]:
    """Files that pytest collects by its own default pattern."""
    for path in python_files(root):
        if any(fnmatch(path.name, pattern) for pattern in pytest.TEST_FILES):
            yield path


def unittest_files(root: Path) -> Iterator[Path]:
    """Files that discovery would load and that use unittest."""
    for path in python_files(root):
        if fnmatch(path.name, "test*.py") and _USES_UNITTEST.search(_text(path)):
            yield path


def needs_pytest(path: Path) -> bool:
    """Whether a test file imports pytest, or holds tests that only pytest would run."""
    return _NEEDS_PYTEST.search(_text(path)) is not None


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(READ_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""
