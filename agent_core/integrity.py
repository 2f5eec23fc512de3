"""Green must mean fixed: which files a change may not touch if its verdict is to count."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from runners.reports import TestReport

_CONFIGURATION = frozenset(
    {
        "conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml",
        "setup.cfg", "tox.ini", "noxfile.py", "sitecustomize.py", "usercustomize.py",
    }
)  # fmt: skip
_TEST_FOLDERS = frozenset({"test", "tests", "testing"})


def is_test_file(path: str) -> bool:
    """Whether a file is test code by its name or folder."""
    pure = PurePosixPath(path)
    name = pure.name
    return (
        not _TEST_FOLDERS.isdisjoint(pure.parts[:-1])
        or name == "conftest.py"
        or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))
        or name in {"test.py", "tests.py"}
    )


def is_source(path: str) -> bool:
    """Whether a file is Python that a repair may change."""
    return path.endswith(".py") and not is_test_file(path) and not is_configuration(path)


def is_configuration(path: str) -> bool:
    """Whether a file steers how tests are found and run."""
    name = PurePosixPath(path).name
    return name in _CONFIGURATION or name.endswith(".pth")


def judges(report: TestReport) -> frozenset[str]:
    """The files that hold collected tests."""
    return frozenset(case.id.split("::", 1)[0] for case in report.cases)


def tampered(changed: Iterable[str], report: TestReport) -> tuple[str, ...]:
    """The changed files that judge the change: collected tests and runner configuration."""
    collected = judges(report)
    return tuple(
        path
        for path in sorted(changed)
        if path in collected or is_configuration(path) or is_test_file(path)
    )
