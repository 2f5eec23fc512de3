"""The warm server: screens patches in forks of a process that has collected the tests."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from . import sources
from .bench import Bench
from .calibration import Calibration, Reference
from .forks import Minder, cpu_s
from .greens import GreenCheck
from .live import CannotSwap, LiveFunctions
from .spread import kind_of, spread
from .subjects import Candidate, FailingTest
from .swapping import Inapplicable, Swapper
from .trials import BATCH, Alone, Batch, Confirmation

TRIED_FIRST = 3
"""Failing tests that every candidate is tried on; the others only see what passes one of them."""

WIDTH = 2


class WarmServer:
    """Answers requests about the tests of one collected session."""

    def __init__(self, tests: Any, config: dict[str, Any]) -> None:
        self._root = os.path.realpath(config["root"])
        self._deadline = time.monotonic() + config["seconds"]
        failing: Sequence[str] = config["failing"]
        known = set(tests.ids)
        self.missing = [test for test in failing if test not in known]
        wanted = set(failing)
        self.failing = [
            FailingTest(test, order) for order, test in enumerate(tests.ids) if test in wanted
        ]
        self._first: list[FailingTest] = []
        self._live = LiveFunctions(self._root)
        self._swapper = Swapper(self._root, self._live)
        self._bench = Bench(tests, self._root, self._live)
        self._seen: dict[str, str] = {}
        if self.failing:
            self._calibrate()

    def _calibrate(self) -> None:
        late = self._refer()
        if late:
            # Many tests import in their body what they test. Held here, its code can be swapped.
            for name in late:
                _import(name)
            self._live.refresh()
            self._bench.find_modules()
            self._refer()
        for test in self.failing:
            test.whole = self._bench.tests.direct(test.id) is None
        ordered = sorted(self.failing, key=FailingTest.cost)
        quick = [test for test in ordered if not (test.whole or test.outside)]
        self._first = _first(quick or ordered)
        jobs = [Calibration(self._bench, test) for test in self._first]
        Minder(width=WIDTH, deadline=self._deadline).run(jobs)

    def _refer(self) -> list[str]:
        """Run the failing tests as they are; the modules of the workspace that they imported."""
        gc.collect()
        gc.freeze()
        reference = Reference(self._bench, self.failing)
        Minder(width=1, deadline=self._deadline).run([reference])
        return reference.modules

    def hello(self) -> dict[str, Any]:
        """What the server knows after its start."""
        return {
            "missing": self.missing,
            "green": [test.id for test in self.failing if test.status in {"passed", "xfailed"}],
            "direct": [test.id for test in self.failing if test.direct],
            "batch": [test.id for test in self.failing if test.batch],
        }

    def screen(self, request: dict[str, Any], answer: Any) -> None:
        """Try the patches of one request; `answer` gets one message a patch, in any order."""
        factor = float(request["fuel_factor"])
        minder = Minder(width=WIDTH, deadline=time.monotonic() + request["seconds"])
        self._seen.update(request["seen"])
        candidates = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, patch in enumerate(request["patches"]):
                made = self._candidate(number, patch, answer)
                if made is not None:
                    candidates.append(made)
        complete = self._try(candidates, factor, minder)
        if complete:
            for candidate in candidates:
                answer(self._outcome(candidate))
        answer({"done": complete, "cpu_s": cpu_s()})

    def _candidate(self, number: int, patch: dict[str, Any], answer: Any) -> Candidate | None:
        try:
            swap, digest = self._swapper.swap(patch["edits"])
        except (CannotSwap, sources.Unplaced):
            answer({"number": number, "status": "cold"})
            return None
        except Inapplicable:
            answer({"number": number, "status": "inapplicable"})
            return None
        first = self._seen.setdefault(digest, patch["id"])
        if first != patch["id"]:
            answer({"number": number, "status": "duplicate"})
            return None
        answer({"digest": digest, "patch": patch["id"]})
        return Candidate(number, swap, self._root, patch["edits"])

    def _try(self, candidates: list[Candidate], factor: float, minder: Minder) -> bool:
        left = candidates
        for test in self._first:
            # One that burned its time on one test would on the next: it costs seconds a test.
            left = [each for each in left if not each.fixed and not each.timed_out]
            if not minder.run(self._jobs(test, left, factor)):
                return False
        promising = [candidate for candidate in candidates if candidate.fixed]
        return minder.run(
            [Confirmation(self._bench, self.failing, each, factor) for each in promising]
        )

    def _jobs(self, test: FailingTest, candidates: list[Candidate], factor: float) -> list[Any]:
        if not test.batch:
            return [Alone(self._bench, test, each, factor) for each in candidates]
        return [
            Batch(self._bench, test, candidates[at : at + BATCH], factor)
            for at in range(0, len(candidates), BATCH)
        ]

    def _outcome(self, candidate: Candidate) -> dict[str, Any]:
        verdict = candidate.verdict
        left = [test for test in self.failing if test.id not in candidate.fixed]
        if left and all(test.outside for test in left):
            # What other processes run is the file on disk: these tests cannot speak here.
            verdict = {"failed": "inapplicable", "partial": "survivor"}.get(verdict, verdict)
        return {
            "number": candidate.number,
            "status": verdict,
            "fixed": candidate.fixed,
            "seconds": candidate.seconds,
        }

    def still_green(self, request: dict[str, Any], answer: Any) -> None:
        """Run passing tests with a patch; answers each test's status as it ends."""
        try:
            swap, _ = self._swapper.swap(request["edits"])
        except (CannotSwap, sources.Unplaced, Inapplicable):
            answer({"done": True, "cold": True})
            return
        minder = Minder(width=1, deadline=time.monotonic() + request["seconds"])
        job = GreenCheck(self._bench, swap, request["tests"], request["quiet_s"], answer)
        answer({"done": minder.run([job])})


def _first(ordered: list[FailingTest]) -> list[FailingTest]:
    """The tests that every candidate is tried on: of about the least cost, and of all kinds.

    A test that never ends, or takes long, is not among them where there is a quick one: it would
    cost seconds a candidate.
    """
    quick = [test for test in ordered if test.is_as_quick_as(ordered[0])]
    cheap = [test for test in quick if test.is_about_as_cheap_as(ordered[0])]
    names = spread([(test.id, kind_of(test.place)) for test in cheap], TRIED_FIRST)
    chosen = [test for test in cheap if test.id in names]
    return [*chosen, *(test for test in quick if test not in chosen)][:TRIED_FIRST]


def _import(name: str) -> None:
    try:
        importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001  (the user's module may raise anything)
        sys.stderr.write("{} cannot be imported before its test: {!r}\n".format(name, error))


def serve(config: dict[str, Any], channel: Any, collect: Callable[[Any, Any], int]) -> int:
    """Collect the tests, then answer requests until the other side closes."""

    def use(tests: Any) -> None:
        server = WarmServer(tests, config)
        channel.answer({"hello": server.hello()})
        for request in channel.requests():
            if request["do"] == "screen":
                server.screen(request, channel.answer)
            else:
                server.still_green(request, channel.answer)

    return collect(config, use)
