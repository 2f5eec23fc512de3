"""Trials of candidates in forks of the collected session: in batches, alone, and in full."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from .bench import Bench
from .forks import Fork
from .subjects import Candidate, FailingTest

BATCH = 24
CHECK_EVERY = 8
"""Candidates between two looks at whether the original still fails as it did."""

ENOUGH_FAILURES = 8
"""Failing tests of one candidate after which the rest of them is not run."""

PROMISING, PROMISING_PATIENCE = 50, 3
"""How many times the fuel and the time a candidate gets once it has mended a test."""


class Batch:
    """Tries candidates on one test one after the other in one fork.

    Verdicts count only once the original has failed as ever behind them; what came after the last
    such look, and what ended the fork, is tried again alone.
    """

    def __init__(
        self, bench: Bench, test: FailingTest, candidates: Sequence[Candidate], factor: float
    ) -> None:
        self._bench = bench
        self._test = test
        self._candidates = list(candidates)
        self._factor = factor
        self._unsure: list[tuple[str, float]] = []
        self._polluted = False
        self._sure = 0
        self.quiet_s = test.quiet_s(factor)

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork."""
        direct = self._bench.prepare(self._test, self._candidates)
        remembered = self._bench.remember(direct)
        expected = self._bench.shown(direct, self._test)
        remembered.restore()
        fuel = self._test.fuel(self._factor)
        for count, candidate in enumerate(self._candidates, 1):
            began = time.perf_counter()
            candidate.swap.apply()
            verdict, _ = self._bench.judge(direct, fuel)
            candidate.swap.undo()
            remembered.restore()
            report([verdict, round(time.perf_counter() - began, 6)])
            if count % CHECK_EVERY == 0 or count == len(self._candidates):
                clean = self._bench.shown(direct, self._test) == expected
                remembered.restore()
                report(clean)
                if not clean:
                    return

    def heard(self, message: Any) -> None:
        """A verdict, or whether those so far may be believed."""
        if message is True:
            for verdict, seconds in self._unsure:
                self._candidates[self._sure].note(self._test, verdict, seconds)
                self._sure += 1
            self._unsure.clear()
        elif message is False:
            self._polluted = True
        else:
            self._unsure.append((message[0], message[1]))

    def ended(self, fork: Fork) -> list[Any]:
        """Further jobs for what is not sure yet."""
        doubtful = self._candidates[self._sure :]
        if not doubtful:
            return []
        upto = len(self._unsure) if self._polluted else len(self._unsure) + 1
        if fork.timed_out and not self._polluted and upto <= len(doubtful):
            culprit = doubtful.pop(upto - 1)
            culprit.timed_out = True
            culprit.note(self._test, "exhausted", self.quiet_s)
            upto -= 1
        alone = [
            Alone(self._bench, self._test, candidate, self._factor) for candidate in doubtful[:upto]
        ]
        rest = doubtful[upto:]
        again = [Batch(self._bench, self._test, rest, self._factor)] if rest else []
        return [*alone, *again]


class Alone:
    """Tries one candidate on one test in a fork of its own, by the surest way the test needs."""

    def __init__(
        self, bench: Bench, test: FailingTest, candidate: Candidate, factor: float
    ) -> None:
        self._bench = bench
        self._test = test
        self._candidate = candidate
        self._factor = factor
        self._heard = False
        self.quiet_s = test.quiet_s(factor)

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork."""
        fuel = self._test.fuel(self._factor)
        began = time.perf_counter()
        if self._test.direct:
            direct = self._bench.prepare(self._test, [self._candidate])
            self._candidate.swap.apply()
            verdict, _ = self._bench.judge(direct, fuel)
        else:
            self._candidate.swap.apply()
            self._candidate.show()
            verdict = self._bench.judge_whole(self._test.id, fuel)
        report([verdict, time.perf_counter() - began])

    def heard(self, message: Any) -> None:
        """The verdict."""
        self._heard = True
        self._candidate.note(self._test, message[0], message[1])

    def ended(self, fork: Fork) -> list[Any]:
        """A fork that ends without a verdict is one itself."""
        if not self._heard:
            verdict = "exhausted" if fork.timed_out else "crashed"
            self._candidate.timed_out = fork.timed_out
            self._candidate.note(self._test, verdict, 0.0)
        return []


class Confirmation:
    """Runs all failing tests with a promising candidate by the full protocol, on richer fuel.

    A right patch may well burn more than a wrong original did before it failed.
    """

    def __init__(
        self, bench: Bench, tests: Sequence[FailingTest], candidate: Candidate, factor: float
    ) -> None:
        self._bench = bench
        self._tests = {test.id: test for test in tests}
        self._candidate = candidate
        self._factor = factor * PROMISING
        self._verdicts: dict[str, str] = {}
        self._stopped = False
        self.quiet_s = max(test.quiet_s(factor) for test in tests) * PROMISING_PATIENCE

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork."""
        self._candidate.swap.apply()
        self._candidate.show()
        fuel = self._bench.fuel
        failures = [0]

        class Enough(BaseException):
            """Ends the session of this fork."""

        def begun(test: str) -> None:
            if failures[0] >= ENOUGH_FAILURES:
                raise Enough
            fuel.fill(self._tests[test].fuel(self._factor))

        def finished(test: str, status: str, _place: Any) -> None:
            verdict = "passed" if status in {"passed", "xfailed"} else "failed"
            verdict = "exhausted" if fuel.empty else verdict
            failures[0] += verdict != "passed"
            report([test, verdict, fuel.used])

        try:
            self._bench.tests.protocol(list(self._tests), finished, begun)
        except Enough:
            report(None)

    def heard(self, message: Any) -> None:
        """One test's verdict."""
        if message is None:
            self._stopped = True
        else:
            self._verdicts[message[0]] = message[1]

    def ended(self, fork: Fork) -> list[Any]:
        """Sum up."""
        candidate = self._candidate
        candidate.fixed = [test for test in self._tests if self._verdicts.get(test) == "passed"]
        candidate.verdict = self._verdict(fork)
        return []

    def _verdict(self, fork: Fork) -> str:
        left = [self._verdicts.get(test, "") for test in self._tests]
        left = [verdict for verdict in left if verdict != "passed"]
        if not left:
            return "survivor"
        ended = fork.timed_out or all(verdict == "exhausted" for verdict in left)
        if ended and "failed" not in left:
            return "exhausted"
        if self._candidate.fixed:
            return "partial"
        return "crashed" if "" in left and not self._stopped else "failed"
