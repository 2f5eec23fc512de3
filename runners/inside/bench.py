"""Where tests are tried: the collected session, the fuel, and the modules under test."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from . import signatures
from .fuel import Exhausted, Fuel
from .live import LiveFunctions
from .state import Remembered
from .subjects import Candidate, FailingTest


class Bench:
    """What all jobs share: the tests of the session and the fuel of the process."""

    def __init__(self, tests: Any, root: str, live: LiveFunctions) -> None:
        self.tests = tests
        self.root = root
        self.fuel = Fuel()
        self._live = live
        self._modules: dict[str, dict[str, Any]] = {}
        self.fuel.fill(sys.maxsize)
        self.find_modules()

    def find_modules(self) -> None:
        """Look which modules of the workspace are loaded."""
        self._modules = own_modules(self.root)

    def prepare(self, test: FailingTest, candidates: Sequence[Candidate]) -> Any:
        """Set the test up, in a fork; the swaps then reach what its fixtures brought to life."""
        direct = self.tests.direct(test.id)
        direct.prepare()
        if self._live.refresh():
            for candidate in candidates:
                candidate.swap = self._live.swap(candidate.swap.parts)
        return direct

    def judge(self, direct: Any, fuel: int) -> tuple[str, BaseException | None]:
        """Call the test's body once: passed, failed or exhausted, and what it raised."""
        self.fuel.fill(fuel)
        error = direct.call()
        if self.fuel.empty or isinstance(error, Exhausted):
            return "exhausted", error
        return ("passed" if error is None else "failed"), error

    def remember(self, direct: Any) -> Remembered:
        """Everything plain that the test or the code under test could leave changed."""
        names = set(self._modules)
        whole = Remembered([*direct.roots(), *self._modules.values()], names)
        return whole if whole.complete else Remembered(direct.roots(), names)

    def shown(self, direct: Any, test: FailingTest) -> tuple[Any, ...]:
        """All that one direct call of the original shows: equal while nothing is polluted."""
        verdict, error = self.judge(direct, test.fuel(1.0))
        if verdict == "exhausted":
            return (verdict, (), "", 0)
        place = signatures.place_of(error, self.root)
        return (verdict, place, signatures.text_of(error), self.fuel.used)

    def judge_whole(self, test: str, fuel: int) -> str:
        """Run one test with everything the framework does around it; as `judge`, or crashed."""
        verdicts = ["crashed"]

        def finished(_test: str, status: str, _place: Any) -> None:
            verdicts.append("passed" if status in {"passed", "xfailed"} else "failed")

        self.fuel.fill(fuel)
        self.tests.protocol([test], finished)
        return "exhausted" if self.fuel.empty else verdicts[-1]


def own_modules(root: str) -> dict[str, dict[str, Any]]:
    """Globals of the loaded modules whose files lie in the workspace, by name."""
    found = {}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and os.path.realpath(path).startswith(root + os.sep):
            found[name] = vars(module)
    return found
