"""The loaded tests of a unittest suite, run one by one."""

from __future__ import annotations

import io
import unittest
from collections.abc import Sequence
from typing import Any, Callable

from . import signatures, unittest_run

Finished = Callable[[str, str, "tuple[Any, ...]"], None]


class _Events:
    """Takes the place of the results file: passes what is written to it on."""

    def __init__(self, finished: Finished, begun: Callable[[str], None]) -> None:
        self._finished = finished
        self._begun = begun
        self.place: tuple[Any, ...] = ()

    def add(self, event: str, **fields: Any) -> None:
        if event == "begin":
            self.place = ()
            self._begun(fields["id"])
        elif event == "case":
            self._finished(fields["id"], fields["status"], self.place)


class _Result(unittest_run.Reporter):
    def _red(self, error: BaseException, status: str = "failed", phase: str = "call") -> None:
        events: Any = self.results
        events.place = signatures.place_of(error, self.config["root"])
        super()._red(error, status, phase)


def _nothing(_ignored: str) -> None:
    pass


class UnittestTests:
    """The tests of one loaded suite by workspace-relative id."""

    def __init__(self, suite: unittest.TestSuite, config: dict[str, Any]) -> None:
        self._config = config
        self._ids = unittest_run.Ids(config["root"])
        self._tests = {self._ids.of(test): test for test in unittest_run.flattened(suite)}

    @property
    def ids(self) -> list[str]:
        """All tests in the order they were loaded; what could not be loaded is none."""
        return [test for test in self._tests if "::" in test]

    def protocol(
        self, ids: Sequence[str], finished: Finished, begun: Callable[[str], None] = _nothing
    ) -> None:
        """Run these tests in order, with the fixtures of their classes and modules."""
        planned = [self._tests[test] for test in ids]
        kept = {
            "config": self._config,
            "results": _Events(finished, begun),
            "ids": self._ids,
            "planned": planned,
        }
        runner = unittest.TextTestRunner(
            stream=io.StringIO(), resultclass=type("Result", (_Result,), kept)
        )
        runner.run(unittest.TestSuite(planned))

    def direct(self, _test: str) -> None:
        """No unittest test is called without what its case does around the method."""
        return


def collect(config: dict[str, Any], use: Callable[[UnittestTests], None]) -> int:
    """Load the wanted tests and call `use` with them."""
    unittest_run.resemble_command_line(config["arguments"])
    loaded = unittest_run.load(config)
    if config["tests"] is not None:
        wanted, ids = set(config["tests"]), unittest_run.Ids(config["root"])
        chosen = [
            test
            for test in unittest_run.flattened(loaded)
            if ids.of(test) in wanted or ids.of(test).partition("::")[0] in wanted
        ]
        loaded = unittest.TestSuite(chosen)
    use(UnittestTests(loaded, config))
    return 0
