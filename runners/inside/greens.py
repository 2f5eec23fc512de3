"""Whether passing tests stay green with a patch, in forks of the collected session."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .bench import Bench
from .forks import Fork
from .live import Swap


class Enough(BaseException):
    """Ends the session of this fork."""


class GreenCheck:
    """Runs passing tests with one patch until one of them fails, or takes the process with it."""

    def __init__(
        self,
        bench: Bench,
        swap: Swap,
        tests: Sequence[str],
        quiet_s: float,
        answer: Callable[[dict[str, Any]], None],
    ) -> None:
        self._bench = bench
        self._swap = swap
        self._left = list(tests)
        self._answer = answer
        self._ran = False
        self.quiet_s = quiet_s

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork."""
        self._swap.apply()
        self._bench.fuel.fill(sys.maxsize)
        known = set(self._bench.tests.ids)
        tests = [test for test in self._left if test in known]

        broken = [False]

        def begun(_test: str) -> None:
            if broken[0]:
                raise Enough

        def finished(test: str, status: str, _place: Any) -> None:
            broken[0] = broken[0] or status in {"failed", "error"}
            report([test, status])

        with contextlib.suppress(Enough):
            self._bench.tests.protocol(tests, finished, begun)
        report(None)

    def heard(self, message: Any) -> None:
        """One test's status, or None once all have run."""
        if message is None:
            self._ran = True
            return
        test, status = message
        self._left.remove(test)
        self._answer({"test": test, "status": status})

    def ended(self, _fork: Fork) -> list[Any]:
        """The test that ended the fork failed."""
        if self._left and not self._ran:
            self._answer({"test": self._left[0], "status": "failed"})
        return []
