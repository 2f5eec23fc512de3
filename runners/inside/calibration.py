"""How the failing tests of the original fail, and the quickest way to run them again."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from .bench import Bench, own_modules
from .forks import Fork
from .reach import Reach
from .subjects import HANG_FUEL, FailingTest

LATER_HANG_FUEL = 100_000
"""What counts as a test that never ends, once some have not ended."""

SOME_HANGS = 4


class Reference:
    """Runs the failing tests of the original by the full protocol, one fork for all of them."""

    def __init__(self, bench: Bench, tests: Sequence[FailingTest]) -> None:
        self._bench = bench
        self._tests = {test.id: test for test in tests}
        self._left = [test.id for test in tests]
        self.quiet_s = 10.0
        self.modules: list[str] = []

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork."""
        fuel = self._bench.fuel
        reach = Reach(self._bench.root)
        before = set(sys.modules)
        began = [0.0]
        hangs = [0]

        def begun(_test: str) -> None:
            fuel.fill(HANG_FUEL if hangs[0] < SOME_HANGS else LATER_HANG_FUEL)
            reach.reset()
            began[0] = time.perf_counter()

        def finished(test: str, status: str, place: Any) -> None:
            seconds = time.perf_counter() - began[0]
            ticks = None if fuel.empty else fuel.used
            hangs[0] += fuel.empty
            seen = [status, place, ticks, seconds, reach.outside, reach.late]
            report({"test": test, "seen": seen})

        self._bench.tests.protocol(self._left, finished, begun)
        late = [name for name in own_modules(self._bench.root) if name not in before]
        report({"modules": late})

    def heard(self, message: Any) -> None:
        """Note what one test did."""
        if "modules" in message:
            self.modules = message["modules"]
            return
        test = self._tests[message["test"]]
        test.status, test.place, test.ticks, test.seconds, *reach = message["seen"]
        test.outside, test.late = reach
        if test.id in self._left:
            self._left.remove(test.id)

    def ended(self, fork: Fork) -> list[Any]:
        """Go on behind a test that took the process with it."""
        if not self._left:
            return []
        lost = self._tests[self._left.pop(0)]
        lost.status = "failed"
        lost.seconds = self.quiet_s if fork.timed_out else 0.0
        return [self] if self._left else []


class Calibration:
    """Finds the quickest way to run one test that still shows the original's failure."""

    quiet_s = 20.0

    def __init__(self, bench: Bench, test: FailingTest) -> None:
        self._bench = bench
        self._test = test

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork: once for the direct call, twice more for batches."""
        if self._test.late or self._bench.tests.direct(self._test.id) is None:
            # A module that is run anew holds the code on disk, whatever was swapped before.
            return
        direct = self._bench.prepare(self._test, [])
        remembered = self._bench.remember(direct)
        seen = []
        for turn in range(3):
            shown = self._bench.shown(direct, self._test)
            remembered.restore()
            if turn == 0:
                report(["direct", self._same(shown)])
            seen.append(shown)
        report(["batch", remembered.complete and seen[0] == seen[1] == seen[2]])

    def _same(self, shown: tuple[Any, ...]) -> bool:
        verdict, place = shown[0], shown[1]
        if self._test.ticks is None:
            return bool(verdict == "exhausted")
        return bool(verdict == "failed" and _plain(place) == self._test.place)

    def heard(self, message: Any) -> None:
        """Note what is safe."""
        kind, safe = message
        if kind == "direct":
            self._test.direct = safe
        else:
            self._test.batch = safe and self._test.direct

    def ended(self, _fork: Fork) -> list[Any]:
        """What was not reported stays unsafe."""
        return []


def _plain(value: Any) -> Any:
    """Tuples as lists, as they come back from a report."""
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
