"""Which tests of pytest run, in which order, and under which ids they are reported."""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from . import failures

PYTEST_MAJOR = int(pytest.__version__.split(".")[0])

NEUTRAL: dict[str, object] = {
    # Accounting needs every test, in this process, in a known order.
    "maxfail": 0,
    "continue_on_collection_errors": True,
    "stepwise": False,
    "stepwise_skip": False,
    "numprocesses": 0,
    "dist": "no",
    "tx": [],
    "looponfail": False,
    "testmon": False,
    "randomly_reorganize": False,
    "randomly_seed": 0,
    "random_order_bucket": "none",
    # A second try hides a test that wavers, and telling which do is the gate's job.
    "reruns": 0,
    # A benchmark repeats its body for a second; once is enough to see whether it passes.
    "benchmark_disable": True,
    # A debugger would wait for a keyboard that is not there.
    "usepdb": False,
    "trace": False,
}
"""Options of pytest and of plugins that would break the accounting, and their harmless values."""


class Ids:
    """Test ids relative to the workspace, whatever folder pytest took for its root."""

    def __init__(self, root: str, pytest_root: str) -> None:
        self._prefix = os.path.relpath(os.path.realpath(pytest_root), os.path.realpath(root))

    def of(self, nodeid: str) -> str:
        """The id under which a pytest node is reported."""
        if self._prefix == os.curdir:
            return nodeid
        file, separator, rest = nodeid.partition("::")
        prefix = self._prefix.replace(os.sep, "/")
        return posixpath.normpath(posixpath.join(prefix, file)) + separator + rest


def file_of(test_id: str) -> str:
    """The file part of an id."""
    return test_id.partition("::")[0]


def with_parents(files: Iterable[str]) -> set[str]:
    """The files and every folder above them."""
    places: set[str] = set()
    for file in files:
        place = file
        while place and place not in places:
            places.add(place)
            place = posixpath.dirname(place)
    return places


class Selection:
    """Makes pytest run the wanted tests, all of them, one after the other."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._root: str = config["root"]
        self._reverse: bool = config["reverse_files"]
        tests = config["tests"]
        # A bare file, as a collection error is reported under, stands for all its tests.
        self._wanted: set[str] | None = None if tests is None else set(tests)
        self._places = with_parents(file_of(test) for test in tests or ())
        self.ids = Ids(self._root, self._root)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Iterator[None]:
        # Measuring coverage slows every test and its report could fail a green run.
        early = early_config.known_args_namespace
        if getattr(early, "cov_source", None):
            early.cov_source, early.no_cov = [], True
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Iterator[None]:
        for name, value in NEUTRAL.items():
            if hasattr(config.option, name):
                setattr(config.option, name, value)
        yield

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        self.ids = Ids(self._root, str(config.rootpath))

    def unwanted(self, path: str) -> bool | None:
        """True for a file or folder that holds no wanted test; None leaves it to pytest."""
        if self._wanted is None:
            return None
        place = failures.relative(path, self._root)
        if not place or os.path.basename(path) in {"__init__.py", "conftest.py"}:
            return None
        return None if place in self._places else True

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if self._wanted is not None:
            kept: list[pytest.Item] = []
            dropped: list[pytest.Item] = []
            for item in items:
                test_id = self.ids.of(item.nodeid)
                wanted = test_id in self._wanted or file_of(test_id) in self._wanted
                (kept if wanted else dropped).append(item)
            items[:] = kept
            if dropped:
                config.hook.pytest_deselected(items=dropped)
        if self._reverse:
            items[:] = files_reversed(items)
        # Imported by now if any test uses it: the same examples in every run.
        hypothesis_core = sys.modules.get("hypothesis.core")
        if hypothesis_core is not None:
            hypothesis_core.global_force_seed = 0  # type: ignore[attr-defined]


if PYTEST_MAJOR >= 7:

    class FileSelection(Selection):
        """Selection under pytest 7 and later."""

        def pytest_ignore_collect(self, collection_path: Any) -> bool | None:
            return self.unwanted(str(collection_path))

else:

    class FileSelection(Selection):  # type: ignore[no-redef]
        """Selection under pytest 6, where the hook has another parameter."""

        def pytest_ignore_collect(self, path: Any) -> bool | None:
            return self.unwanted(str(path))


def files_reversed(items: list[pytest.Item]) -> list[pytest.Item]:
    """The files in reverse order, the order within each kept."""
    by_file: dict[str, list[pytest.Item]] = {}
    for item in items:
        by_file.setdefault(file_of(item.nodeid), []).append(item)
    return [item for file in reversed(list(by_file)) for item in by_file[file]]
