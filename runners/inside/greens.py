"""Whether passing tests stay green with a patch, in forks of the collected session."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from .bench import Bench
from .forks import Fork
from .live import Swap


class GreenCheck:
    """Runs passing tests with one patch, on behind a test that takes the process with it."""

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

        def finished(test: str, status: str, _place: Any) -> None:
            report([test, status])

        self._bench.tests.protocol(tests, finished)
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
        """Go on behind the test that ended the fork."""
        if not self._left or self._ran:
            return []
        self._answer({"test": self._left.pop(0), "status": "failed"})
        return [self] if self._left else []
