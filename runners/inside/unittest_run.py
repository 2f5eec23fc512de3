"""A run of unittest that reports one case a test into the results file.

Ids look like those of pytest: `path/to/test_file.py::Class::method`.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
import time
import unittest
from collections.abc import Iterator
from typing import Any

from . import failures, provenance
from .limit import Limit
from .results import Results
from .watch import watch

PATTERN = "test*.py"


def module_file(name: str) -> str:
    """The source file of a loaded module, "" where there is none."""
    return getattr(sys.modules.get(name), "__file__", None) or ""


class Ids:
    """Test ids relative to the workspace."""

    def __init__(self, root: str) -> None:
        self._root = root

    def file(self, module: str) -> str:
        """The file of a test module relative to the workspace; its dotted name if outside."""
        return failures.relative(module_file(module) or module, self._root) or module

    def of(self, test: unittest.TestCase) -> str:
        """The id of one test."""
        kind = type(test)
        if kind.__module__ == "unittest.loader":
            return self.unloaded(test)
        method = getattr(test, "_testMethodName", None)
        if method is None or not hasattr(kind, str(method)):
            # Doctests and function tests have an id of their own and no method.
            return "{}::{}".format(self.file(kind.__module__), test.id())
        return "{}::{}::{}".format(self.file(kind.__module__), kind.__qualname__, method)

    def unloaded(self, test: unittest.TestCase) -> str:
        """The file for a module that could not be imported; unittest knows its dotted name."""
        name = str(getattr(test, "_testMethodName", test.id()))
        place = name.replace(".", os.sep)
        for entry in sys.path:
            for candidate in (place + ".py", os.path.join(place, "__init__.py")):
                found = failures.relative(os.path.join(entry or os.curdir, candidate), self._root)
                if found and os.path.exists(os.path.join(self._root, found)):
                    return found
        return name


class Reporter(unittest.TextTestResult):
    """Writes down each test; sub-tests are folded into the test that holds them."""

    config: dict[str, Any]
    results: Results
    ids: Ids
    planned: list[unittest.TestCase]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._root: str = self.config["root"]
        self._limit = Limit(self.config)
        self._reported: dict[str, float] = {}
        self._started = 0.0
        self._status = "not_run"
        self._failure: dict[str, Any] | None = None

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self._started, self._status, self._failure = time.perf_counter(), "not_run", None
        self.results.add("begin", id=self.ids.of(test))
        self._limit.start()

    def stopTest(self, test: unittest.TestCase) -> None:
        self._limit.stop()
        super().stopTest(test)
        duration = time.perf_counter() - self._started
        self._write(self.ids.of(test), self._status, duration, self._failure)

    def _write(
        self, test_id: str, status: str, duration: float, failure: dict[str, Any] | None
    ) -> None:
        self._reported[test_id] = duration
        self.results.add(
            "case", id=test_id, status=status, duration_s=round(duration, 6), failure=failure
        )

    def _red(self, error: BaseException, status: str = "failed", phase: str = "call") -> None:
        if self._failure is None:
            self._status = status
            self._failure = failures.describe(error, phase, self._root)

    def addSuccess(self, test: unittest.TestCase) -> None:
        super().addSuccess(test)
        if self._failure is None:
            self._status = "passed"

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._red(err[1])

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        if type(test).__module__ == "unittest.loader":
            self._red(import_error(test) or err[1], "error", "collect")
        elif hasattr(test, "_testMethodName"):
            self._red(err[1])
        else:
            self._fixture_failed(test, err[1])

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        if hasattr(test, "_testMethodName"):
            if self._failure is None:
                self._status = "skipped"
        else:
            for covered in self._covered(test):
                self._write(self.ids.of(covered), "skipped", 0.0, None)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._status = "xfailed"

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self._status = "failed"
        self._failure = failures.placed("Failed", "Unexpected success", "call", [], self._root)

    def addSubTest(self, test: unittest.TestCase, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._red(err[1])

    def _fixture_failed(self, holder: Any, error: BaseException) -> None:
        """A class's or module's set-up or tear-down failed, outside every test."""
        phase = "teardown" if str(holder.description).startswith("tearDown") else "setup"
        failure = failures.describe(error, phase, self._root)
        covered = [self.ids.of(test) for test in self._covered(holder)]
        if phase == "setup":
            covered = [test_id for test_id in covered if test_id not in self._reported]
        else:
            # As pytest does: the last test that ran carries the error of what came after it.
            covered = [test_id for test_id in covered if test_id in self._reported][-1:]
        for test_id in covered:
            self._write(test_id, "error", self._reported.get(test_id, 0.0), failure)

    def _covered(self, holder: Any) -> list[unittest.TestCase]:
        """The tests of the class or module named as in "setUpClass (tests.test_a.Class)"."""
        name = str(holder.description).partition("(")[2].rstrip(")")
        return [
            test
            for test in self.planned
            if name
            in {
                type(test).__module__,
                "{}.{}".format(type(test).__module__, type(test).__qualname__),
            }
        ]


def import_error(test: unittest.TestCase) -> BaseException | None:
    """What importing the test module raises; unittest keeps only its text."""
    try:
        importlib.import_module(str(getattr(test, "_testMethodName", "")))
    except BaseException as error:  # noqa: BLE001  (the module is the user's: anything may come)
        return error
    return None


def flattened(suite: unittest.TestSuite | unittest.TestCase) -> Iterator[unittest.TestCase]:
    """The tests of a suite in the order they run."""
    if isinstance(suite, unittest.TestSuite):
        for part in suite:
            yield from flattened(part)
    else:
        yield suite


def loose_folders(root: str) -> list[str]:
    """Folders with test modules that discovery from `root` does not enter: no `__init__.py`."""
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(
            name
            for name in folders
            if name.isidentifier() and not os.path.exists(os.path.join(folder, name, "pyvenv.cfg"))
        )
        if folder == root:
            continue
        if "__init__.py" in files:
            # Reached from its parent, or from the loose folder that holds it.
            if _is_package(os.path.dirname(folder), root):
                folders.clear()
        elif any(name.startswith("test") and name.endswith(".py") for name in files):
            found.append(folder)
    return found


def _is_package(folder: str, root: str) -> bool:
    return folder == root or os.path.exists(os.path.join(folder, "__init__.py"))


class Program(unittest.TestProgram):
    """Reads the arguments of `python -m unittest`, and loads without running."""

    test: unittest.TestSuite

    def runTests(self) -> None:
        """Running is the caller's part."""


def load(config: dict[str, Any]) -> unittest.TestSuite:
    """The suite that `python -m unittest ARGUMENTS` would run; without arguments, all there is."""
    root: str = config["root"]
    program = Program(module=None, argv=["python -m unittest", *config["arguments"]], exit=False)
    suite = unittest.TestSuite([program.test])
    if not config["arguments"]:
        for folder in loose_folders(root):
            # A loader of its own each: discovery remembers the first top-level folder.
            suite.addTest(unittest.TestLoader().discover(folder, PATTERN, folder))
    return suite


def arranged(
    suite: unittest.TestSuite, config: dict[str, Any], ids: Ids
) -> unittest.TestSuite | None:
    """The wanted tests in the wanted order; None where the suite can run as it is."""
    if config["tests"] is None and not config["reverse_files"]:
        return None
    wanted = None if config["tests"] is None else set(config["tests"])
    by_file: dict[str, list[unittest.TestCase]] = {}
    for test in flattened(suite):
        test_id = ids.of(test)
        file = test_id.partition("::")[0]
        if wanted is None or test_id in wanted or file in wanted:
            by_file.setdefault(file, []).append(test)
    files = list(by_file)
    if config["reverse_files"]:
        files.reverse()
    return unittest.TestSuite(unittest.TestSuite(by_file[file]) for file in files)


def resemble_command_line(arguments: list[str]) -> None:
    """Look like `python -m unittest`: programs under test read sys.argv."""
    sys.argv[:] = [os.path.join(os.path.dirname(inspect.getfile(unittest)), "__main__.py")]
    sys.argv.extend(arguments)


def main(config: dict[str, Any]) -> int:
    """A plain run."""
    results: Results = config["results"]
    ids = Ids(config["root"])
    watch(config, results)
    resemble_command_line(config["arguments"])
    loaded = load(config)
    suite = arranged(loaded, config, ids) or loaded
    planned = list(flattened(suite))
    results.add("collected", tests=[ids.of(test) for test in planned])
    kept = {"config": config, "results": results, "ids": ids, "planned": planned}
    runner = unittest.TextTestRunner(resultclass=type("Reporter", (Reporter,), kept))
    outcome = runner.run(suite)
    results.add("modules", modules=provenance.loaded_modules(config))
    code = 5 if not planned else 0 if outcome.wasSuccessful() else 1
    results.add("end", exit_code=code)
    return code
