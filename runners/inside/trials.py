"""Jobs of the warm server: one kind of trial each, run in forks of the collected session."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from . import forks, signatures
from .fuel import Exhausted, Fuel
from .live import LiveFunctions, Swap
from .overrides import Overrides, replacements
from .reach import Reach
from .state import Remembered

BATCH = 24
CHECK_EVERY = 8
"""Candidates between two looks at whether the original still fails as it did."""

ENOUGH_FAILURES = 8
"""Failing tests of one candidate after which the rest of them is not run."""

HANG_FUEL = 2_000_000
"""Ticks after which a failing test of the original counts as one that never ends."""

LATER_HANG_FUEL = 100_000
"""The same, once some tests have not ended."""

SOME_HANGS = 4

PROMISING, PROMISING_PATIENCE = 50, 3
"""How many times the fuel and the time a candidate gets once it has mended a test."""

FUEL_FLOOR = 30_000
FUEL_CEILING = 50_000_000
QUIET_FLOOR_S = 2.0


class FailingTest:
    """What is known of one failing test of the task.

    `ticks` is None where it never ends; `whole` where only the full protocol runs it; `outside`
    where it starts Python in another process; `late` where it runs a module anew.
    """

    def __init__(self, test: str, order: int) -> None:
        self.id = test
        self.order = order
        self.status = "not_run"
        self.place: list[Any] = []
        self.ticks: int | None = None
        self.seconds = 0.0
        self.direct = False
        self.batch = False
        self.whole = False
        self.outside = False
        self.late = False

    def fuel(self, factor: float) -> int:
        """Ticks that a candidate gets for this test."""
        return int(min(FUEL_CEILING, max(FUEL_FLOOR, 20 * (self.ticks or 0)) * factor))

    def quiet_s(self, factor: float) -> float:
        """Seconds after which a candidate that burns no fuel is given up."""
        return (QUIET_FLOOR_S + 20 * (0.0 if self.ticks is None else self.seconds)) * factor

    def cost(self) -> tuple[bool, int, bool, int, int]:
        """Cheapest first; wall time only by powers of ten, so that the order is firm.

        A test that starts Python elsewhere comes last whatever it costs: it sees no patch.
        """
        slow = sum(self.seconds > limit for limit in (0.1, 1.0, 10.0))
        ticks = HANG_FUEL if self.ticks is None else self.ticks
        return (self.outside, slow, self.whole, ticks, self.order)


class Candidate:
    """One patch under trial: its swap and what is known of it so far."""

    def __init__(self, number: int, swap: Swap, root: str, edits: Sequence[Any]) -> None:
        self.number = number
        self.swap = swap
        self._root = root
        self._edits = edits
        self.verdict = "failed"
        self.fixed: list[str] = []
        self.seconds = 0.0
        self.timed_out = False

    def show(self) -> None:
        """In a fork: imports that are still to come read the patched text."""
        Overrides(self._root, replacements(self._root, self._edits)).install()


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


def own_modules(root: str) -> dict[str, dict[str, Any]]:
    """Globals of the loaded modules whose files lie in the workspace, by name."""
    found = {}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and os.path.realpath(path).startswith(root + os.sep):
            found[name] = vars(module)
    return found


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

    def ended(self, fork: forks.Fork) -> list[Any]:
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
            shown = self._show(direct)
            remembered.restore()
            if turn == 0:
                report(["direct", self._same(shown)])
            seen.append(shown)
        report(["batch", remembered.complete and seen[0] == seen[1] == seen[2]])

    def _show(self, direct: Any) -> tuple[Any, ...]:
        return shown(self._bench, direct, self._test)

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

    def ended(self, _fork: forks.Fork) -> list[Any]:
        """What was not reported stays unsafe."""
        return []


def shown(bench: Bench, direct: Any, test: FailingTest) -> tuple[Any, ...]:
    """All that one direct call of the original shows: equal while nothing is polluted."""
    verdict, error = bench.judge(direct, test.fuel(1.0))
    if verdict == "exhausted":
        return (verdict, (), "", 0)
    place = signatures.place_of(error, bench.root)
    return (verdict, place, signatures.text_of(error), bench.fuel.used)


def _plain(value: Any) -> Any:
    """Tuples as lists, as they come back from a report."""
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


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
        expected = shown(self._bench, direct, self._test)
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
                clean = shown(self._bench, direct, self._test) == expected
                remembered.restore()
                report(clean)
                if not clean:
                    return

    def heard(self, message: Any) -> None:
        """A verdict, or whether those so far may be believed."""
        if message is True:
            for verdict, seconds in self._unsure:
                _note(self._candidates[self._sure], self._test, verdict, seconds)
                self._sure += 1
            self._unsure.clear()
        elif message is False:
            self._polluted = True
        else:
            self._unsure.append((message[0], message[1]))

    def ended(self, fork: forks.Fork) -> list[Any]:
        """Further jobs for what is not sure yet."""
        doubtful = self._candidates[self._sure :]
        if not doubtful:
            return []
        upto = len(self._unsure) if self._polluted else len(self._unsure) + 1
        if fork.timed_out and not self._polluted and upto <= len(doubtful):
            culprit = doubtful.pop(upto - 1)
            culprit.timed_out = True
            _note(culprit, self._test, "exhausted", self.quiet_s)
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
            verdict = protocol_verdict(self._bench, self._test.id, fuel)
        report([verdict, time.perf_counter() - began])

    def heard(self, message: Any) -> None:
        """The verdict."""
        self._heard = True
        _note(self._candidate, self._test, message[0], message[1])

    def ended(self, fork: forks.Fork) -> list[Any]:
        """A fork that ends without a verdict is one itself."""
        if not self._heard:
            verdict = "exhausted" if fork.timed_out else "crashed"
            self._candidate.timed_out = fork.timed_out
            _note(self._candidate, self._test, verdict, 0.0)
        return []


def protocol_verdict(bench: Bench, test: str, fuel: int) -> str:
    """Run one test with everything the framework does around it."""
    verdicts = ["crashed"]

    def finished(_test: str, status: str, _place: Any) -> None:
        verdicts.append("passed" if status in {"passed", "xfailed"} else "failed")

    bench.fuel.fill(fuel)
    bench.tests.protocol([test], finished)
    return "exhausted" if bench.fuel.empty else verdicts[-1]


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

    def ended(self, fork: forks.Fork) -> list[Any]:
        """Sum up."""
        candidate = self._candidate
        candidate.fixed = [test for test in self._tests if self._verdicts.get(test) == "passed"]
        candidate.verdict = self._verdict(fork)
        return []

    def _verdict(self, fork: forks.Fork) -> str:
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

    def ended(self, _fork: forks.Fork) -> list[Any]:
        """Go on behind the test that ended the fork."""
        if not self._left or self._ran:
            return []
        self._answer({"test": self._left.pop(0), "status": "failed"})
        return [self] if self._left else []


def _note(candidate: Candidate, test: FailingTest, verdict: str, seconds: float) -> None:
    candidate.seconds += seconds
    if verdict == "passed":
        candidate.fixed.append(test.id)
    elif candidate.verdict == "failed" or verdict == "crashed":
        candidate.verdict = verdict
