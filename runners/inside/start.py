"""One start of the test framework in a fork, with patched files given to the import system."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from . import forks
from .bench import own_modules
from .fuel import Fuel
from .overrides import Overrides
from .spread import kind_of
from .trials import ENOUGH_FAILURES


class Start:
    """One start of the framework in a fork, with some files replaced; the failing tests run.

    `statuses` are what the tests ended as; `passed`, `exhausted`, or anything else.
    """

    def __init__(
        self,
        collect: Callable[[Any, Any], int],
        config: dict[str, Any],
        replaced: dict[str, bytes],
        tests: Sequence[str],
        *,
        fuel: int,
        quiet_s: float,
        measure: bool = False,
        keep: bool = False,
    ) -> None:
        """`measure` counts ticks in all files, `keep` keeps bytecode of what collecting imports."""
        self._collect = collect
        self._config = config
        self._root = os.path.realpath(config["root"])
        self._replaced = replaced
        self._tests = list(tests)
        self._fuel = fuel
        self._measure = measure
        self._keep = keep
        self.quiet_s = quiet_s
        self.statuses: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.costs: dict[str, float] = {}
        self.served: list[str] = []
        self.modules: list[str] = []
        self.ticks = 0
        self.seconds = 0.0
        self.ended_early = True
        self.timed_out = False
        self.enough = ENOUGH_FAILURES if replaced else len(self._tests) + 1

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork."""
        overrides = Overrides(self._root, self._replaced, measure=self._measure)
        overrides.install()
        fuel = Fuel()
        fuel.fill(self._fuel)
        before = set(sys.modules)
        failures, began = [0], [0.0]

        def end() -> None:
            loaded = set(sys.modules) - before if self._measure else set()
            foreign = sorted(name for name in loaded if _is_foreign(name, self._root))
            served = _own_files(self._root) if self._keep else overrides.served
            report({"served": sorted(served), "modules": foreign})

        def begun(_test: str) -> None:
            fuel.fill(self._fuel)
            began[0] = time.perf_counter()

        def finished(test: str, status: str, place: Any) -> None:
            green = status in {"passed", "xfailed"} and not fuel.empty
            verdict = "exhausted" if fuel.empty else "passed" if green else "failed"
            cost = time.perf_counter() - began[0]
            said = {"test": test, "verdict": verdict, "ticks": fuel.used}
            report({**said, "kind": kind_of(place), "cost": round(cost, 2)})
            failures[0] += not green
            if failures[0] >= self.enough:
                end()
                os._exit(0)

        def use(tests: Any) -> None:
            # What a test writes and imports may change within one time stamp of a file.
            sys.dont_write_bytecode = True
            tests.protocol(tests.ids, finished, begun)

        sys.dont_write_bytecode = not self._keep
        self._collect({**self._config, "tests": self._tests}, use)
        end()

    def heard(self, message: Any) -> None:
        """A test's verdict, or the end."""
        if "test" in message:
            self.statuses[message["test"]] = message["verdict"]
            self.kinds[message["test"]] = message["kind"]
            self.costs[message["test"]] = message["cost"]
            # One that never ends tells nothing of what the others need.
            if message["verdict"] != "exhausted":
                self.ticks = max(self.ticks, message["ticks"])
        else:
            self.served = message["served"]
            self.modules = message["modules"]
            self.ended_early = False

    def ended(self, fork: forks.Fork) -> list[Any]:
        """Note how."""
        self.timed_out = fork.timed_out
        self.seconds = fork.seconds
        return []

    def green(self, test: str) -> bool:
        """Whether this test passed; for a file, whether all its tests did."""
        if "::" in test:
            return self.statuses.get(test) == "passed"
        inside = [
            verdict for name, verdict in self.statuses.items() if name.partition("::")[0] == test
        ]
        return bool(inside) and all(verdict == "passed" for verdict in inside)


def _own_files(root: str) -> set[str]:
    """Files of the workspace that are loaded as modules."""
    return {os.path.realpath(str(names["__file__"])) for names in own_modules(root).values()}


def _is_foreign(name: str, root: str) -> bool:
    path = getattr(sys.modules[name], "__file__", None)
    if not isinstance(path, str):
        return False
    return not os.path.realpath(path).startswith(root + os.sep) or "site-packages" in path
