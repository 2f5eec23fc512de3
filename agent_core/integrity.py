"""Green must mean fixed: which files a change may not touch if its verdict is to count."""

import ast
from collections.abc import Callable, Iterable
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
    return frozenset(_file(case.id) for case in report.cases)


def _file(test: str) -> str:
    return test.partition("::")[0]


def tampered(
    changed: Iterable[str], report: TestReport, same_examples: Callable[[str], bool]
) -> tuple[str, ...]:
    """The changed files that judge the change: collected tests and runner configuration.

    A source file that is collected for the examples in its docstrings alone judges by these:
    `same_examples` says of such a file whether they are as they were.
    """
    collected = judges(report)
    return tuple(
        path
        for path in sorted(changed)
        if is_configuration(path)
        or is_test_file(path)
        or (path in collected and not (_only_examples(path, report) and same_examples(path)))
    )


def _only_examples(path: str, report: TestReport) -> bool:
    """Whether all that was collected in a source file are doctests: they have dotted names."""
    names = [case.id.removeprefix(f"{path}::") for case in report.cases if _file(case.id) == path]
    stem = PurePosixPath(path).stem
    dotted = all("::" not in n and ("." in n.partition("[")[0] or n == stem) for n in names)
    return is_source(path) and dotted


def examples(source: str) -> tuple[str, ...] | None:
    """The docstrings of a module that hold doctest examples; None if it does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    texts = (
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return tuple(text for text in texts if text and ">>>" in text)
