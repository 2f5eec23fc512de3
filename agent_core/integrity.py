"""Green must mean fixed: which files a change may not touch if its verdict is to count."""

import itertools
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from runners.reports import TestReport

_CONFIGURATION = frozenset(
    {
        "conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "pyproject.toml",
        "setup.cfg", "tox.ini", "noxfile.py", "sitecustomize.py", "usercustomize.py",
    }
)  # fmt: skip
_METADATA = (".dist-info", ".egg-info")
"""Folders whose entry points pytest loads as plugins."""
TEST_TOOLS = frozenset({"pytest", "_pytest", "pluggy", "iniconfig", "py", "hypothesis"})
_TEST_FOLDERS = frozenset(
    {
        "test", "tests", "testing", "testdata", "test_data", "fixtures", "__tests__", "specs",
    }
)  # fmt: skip
"""Names of folders whose files belong to the tests, in lower case."""
_KIND_OF_TESTS = ("_tests", "-tests")
"""How such names end that say which tests these are."""
_PACKAGE = frozenset({"package.json"})
_RECIPES = {
    "make": frozenset({"makefile", "gnumakefile"}),
    "just": frozenset({"justfile", ".justfile"}),
    "rake": frozenset({"rakefile"}),
    "npm": _PACKAGE, "npx": _PACKAGE, "yarn": _PACKAGE, "pnpm": _PACKAGE, "bun": _PACKAGE,
}  # fmt: skip
"""Programs that do what a file of these names says, in lower case."""
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "source", "."})
_INTERPRETER = re.compile(r"(?:python|pypy|node|deno|ruby|perl|php)[\d.]*")
_STEERS = re.compile(r"(?:-c|-p|--config-file|--rootdir)=?(.*)")
"""Options of pytest with the file, folder or module they have it read."""


def is_test_file(path: str) -> bool:
    """Whether a file is test code by its name or folder."""
    pure = PurePosixPath(path)
    name = pure.name
    folders = [part.lower() for part in pure.parts[:-1]]
    return (
        not _TEST_FOLDERS.isdisjoint(folders)
        or any(folder.endswith(_KIND_OF_TESTS) for folder in folders)
        or name == "conftest.py"
        or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))
        or name in {"test.py", "tests.py"}
    )


def is_own_test(path: str) -> bool:
    """Whether a new file of this name adds tests and nothing that others import."""
    name = PurePosixPath(path).name
    return name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))


def is_source(path: str) -> bool:
    """Whether a file is Python that a repair may change."""
    return path.endswith(".py") and not is_test_file(path) and not is_configuration(path)


def is_configuration(path: str) -> bool:
    """Whether a file steers how tests are found and run."""
    pure = PurePosixPath(path)
    return (
        pure.name in _CONFIGURATION
        or pure.suffix == ".pth"
        or any(part.endswith(_METADATA) for part in pure.parts)
    )


def is_recipe(path: str, command: str) -> bool:
    """Whether a file says what a check command does: a script it starts, or a build file.

    What a command hands to an interpreter of another language may be the program it checks.
    """
    name = PurePosixPath(path).name.lower()
    for words in _parts(command):
        programs = [PurePosixPath(word).name for word in words]
        script = words[1:2] if _SHELLS.intersection(programs[:1]) else words[:1]
        if [path] == [word.removeprefix("./") for word in script] or any(
            name in _RECIPES.get(program, ()) for program in programs
        ):
            return True
    return False


def is_program(path: str, command: str) -> bool:
    """Whether a command hands a file to an interpreter, as a script or as a module."""
    return any(
        _INTERPRETER.fullmatch(PurePosixPath(words[0]).name) and is_named(path, words[1])
        for words in _parts(command)
        if len(words) > 1
    )


def _parts(command: str) -> Iterator[list[str]]:
    """The words of each single command of a shell's, without options and settings."""
    for part in re.split(r"[;&|()\n]+", command):
        yield [word for word in part.split() if "=" not in word and not word.startswith("-")]


def is_named(path: str, name: str) -> bool:
    """Whether a name means this file: its path, or the module it holds."""
    stem = name.replace(".", "/")
    return str(PurePosixPath(name)) == path or any(
        f"/{path}".endswith(f"/{ending}") for ending in (f"{stem}.py", f"{stem}/__init__.py")
    )


def steering(arguments: Sequence[str]) -> frozenset[str]:
    """The files, folders and modules that the user's arguments have the test tool read."""
    pairs = itertools.zip_longest(arguments, arguments[1:], fillvalue="")
    found = ((_STEERS.fullmatch(argument), following) for argument, following in pairs)
    return frozenset(match[1] or following for match, following in found if match)


def top_module(path: str) -> str:
    """The name under which a file, or the package it is in, is imported from the project's root."""
    parts = PurePosixPath(path).parts
    top = parts[1] if len(parts) > 1 and parts[0] == "src" else parts[0]
    return top.partition(".")[0]


def shadows(path: str) -> bool:
    """Whether a file is imported in place of a module of Python or of the test tools."""
    return path.endswith(".py") and top_module(path) in sys.stdlib_module_names | TEST_TOOLS


def judges(report: TestReport) -> frozenset[str]:
    """The files that hold collected tests."""
    return frozenset(_file(case.id) for case in report.cases)


def _file(test: str) -> str:
    return test.partition("::")[0]


def tampered(
    changed: Iterable[str], report: TestReport, keeps_examples: Callable[[str], bool]
) -> tuple[str, ...]:
    """The changed files that judge the change: collected tests and runner configuration.

    A source file that is collected for the examples in its docstrings alone judges by these:
    `keeps_examples` says of such a file whether they are all there as they were.
    """
    collected = judges(report)
    return tuple(
        path
        for path in sorted(changed)
        if is_configuration(path)
        or is_test_file(path)
        or (path in collected and not (_only_examples(path, report) and keeps_examples(path)))
    )


def _only_examples(path: str, report: TestReport) -> bool:
    """Whether all that was collected in a source file are doctests: they have dotted names."""
    names = [case.id.removeprefix(f"{path}::") for case in report.cases if _file(case.id) == path]
    stem = PurePosixPath(path).stem
    dotted = all("::" not in n and ("." in n.partition("[")[0] or n == stem) for n in names)
    return is_source(path) and dotted
