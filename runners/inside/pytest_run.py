"""A run of pytest that reports one case a test into the results file."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from . import failures, provenance
from .limit import Limit
from .pytest_selection import FileSelection, Selection
from .results import Results
from .watch import watch

WRAPPERS = {"CollectError", "ConftestImportFailure"}
"""What pytest wraps around an exception that came out of an import."""


class Reporter:
    """Folds the phases of each test into one case and writes it down."""

    def __init__(self, config: dict[str, Any], selection: Selection) -> None:
        self._config = config
        self._root: str = config["root"]
        self._results: Results = config["results"]
        watch(config, self._results)
        self._limit = Limit(config)
        self._selection = selection
        self._reports: list[pytest.TestReport] = []
        self._failures: dict[str, dict[str, Any]] = {}

    # The hooks of collection.

    @pytest.hookimpl(hookwrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        outcome = yield
        report: pytest.CollectReport = outcome.get_result()
        test_id = self._selection.ids.of(collector.nodeid)
        if report.failed:
            call = getattr(report, "call", None)
            error = None if call is None or call.excinfo is None else call.excinfo.value
            failure = self._collect_failure(error, report)
            if os.path.isdir(os.path.join(self._root, test_id)):
                # A folder whose conftest.py cannot be imported.
                test_id = failure["file"] or test_id
            self._add(test_id, "error", 0.0, failure)
        elif report.skipped:
            self._add(test_id, "skipped", 0.0, None)

    def _collect_failure(
        self, error: BaseException | None, report: pytest.CollectReport
    ) -> dict[str, Any]:
        if error is None:
            text = str(report.longrepr)
            return failures.placed("CollectError", failures.fold(text), "collect", [], self._root)
        if type(error).__name__ in WRAPPERS and error.__cause__ is not None:
            error = error.__cause__
        return failures.describe(error, "collect", self._root)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        ids = [self._selection.ids.of(item.nodeid) for item in session.items]
        self._results.add("collected", tests=ids)

    # The hooks of one test.

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._reports, self._failures = [], {}
        self._results.add("begin", id=self._selection.ids.of(nodeid))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Any:
        outcome = yield
        report: pytest.TestReport = outcome.get_result()
        if call.when == "setup":
            # The first phase, or that of another try: what an earlier try showed is over.
            self._reports, self._failures = [], {}
        if report.failed and report.when not in self._failures:
            self._failures[report.when] = self._failure(call, report)

    def _failure(self, call: pytest.CallInfo[None], report: pytest.TestReport) -> dict[str, Any]:
        if call.excinfo is None:
            # Such as a test that was expected to fail, strictly, and passed.
            text = failures.fold(str(report.longrepr))
            return failures.placed("Failed", text, report.when, [], self._root)
        return failures.describe(call.excinfo.value, report.when, self._root)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(report)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        self._limit.hold()
        self._limit.start()
        yield
        self._limit.stop()

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        self._limit.release()
        yield
        self._limit.hold()

    pytest_runtest_call = pytest_runtest_setup
    pytest_runtest_teardown = pytest_runtest_setup

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self._limit.stop()
        status, phase = folded(self._reports)
        duration = sum(report.duration for report in self._reports)
        failure = None if phase is None else self._failures.get(phase)
        self._add(self._selection.ids.of(nodeid), status, duration, failure)

    # The end of the session.

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        manager = session.config.pluginmanager
        plugin = manager.get_plugin("hypothesispytest")
        if plugin is not None and "hypothesis" not in sys.modules:
            # Its summary would import hypothesis, which no test did: 0.7 s for nothing to say.
            manager.unregister(plugin)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        error = excinfo.value
        self._results.add(
            "interrupted", exception=type(error).__name__, message=failures.message_of(error)
        )

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        failure = failures.describe(excinfo.value, "call", self._root)
        self._results.add("internal_error", failure=failure)

    def _add(
        self, test_id: str, status: str, duration: float, failure: dict[str, Any] | None
    ) -> None:
        self._results.add(
            "case", id=test_id, status=status, duration_s=round(duration, 6), failure=failure
        )

    def end(self, exit_code: int) -> None:
        """Write down what was loaded and how pytest judged the session."""
        self._results.add("modules", modules=provenance.loaded_modules(self._config))
        self._results.add("end", exit_code=exit_code)


def folded(reports: list[pytest.TestReport]) -> tuple[str, str | None]:
    """One status for the phases of a test, and the phase whose failure explains it."""
    for report in reports:
        if report.failed and report.when == "call":
            return "failed", "call"
    for report in reports:
        if report.failed:
            return "error", report.when
    status = "not_run"
    for report in reports:
        if hasattr(report, "wasxfail"):
            return ("xfailed" if report.skipped else "xpassed"), None
        if report.skipped:
            status = "skipped"
        elif report.when == "call" and report.passed and status == "not_run":
            status = "passed"
    return status, None


def arguments(config: dict[str, Any]) -> list[str]:
    """The command line of pytest: the user's own, then what keeps the workspace clean."""
    cache = os.path.join(config["scratch"], "cache")
    # Not `-p no:cacheprovider`: the cache fixture and --lf in somebody's addopts need it.
    return [*config["arguments"], "-o", "cache_dir=" + cache]


def resemble_command_line(argv: list[str]) -> None:
    """Look like `python -m pytest`: programs under test read sys.argv and `__main__`."""
    spec = importlib.util.find_spec("pytest.__main__")
    main_module = sys.modules["__main__"]
    if spec is not None and spec.origin:
        main_module.__spec__ = spec
        main_module.__file__ = spec.origin
        sys.argv[:] = [spec.origin, *argv]


def run(config: dict[str, Any], plugins: list[object]) -> int:
    """Run pytest with these plugins of ours beside those of the user."""
    argv = arguments(config)
    resemble_command_line(argv)
    return int(pytest.main(argv, plugins=plugins))


def main(config: dict[str, Any]) -> int:
    """A plain run."""
    selection = FileSelection(config)
    reporter = Reporter(config, selection)
    code = run(config, [selection, reporter])
    reporter.end(code)
    return code
