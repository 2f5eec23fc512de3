"""A run of some tests, one traced after the other; what was seen is written after each."""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from types import FrameType
from typing import Any

from .results import Results
from .tracer import Tracer

PATIENCE_S = 3.0
"""Seconds behind the time limit after which a test that cannot be interrupted ends the process."""


class TooLong(BaseException):
    """Raised inside a test that ran past its time."""


class Watch:
    """Interrupts a test at its limit; what holds on even then ends the process."""

    def __init__(self, limit_s: float, recorder: Recorder) -> None:
        self._limit_s = limit_s
        self._recorder = recorder
        self._deadline = float("inf")
        self.rang = False
        # Taken now: a test may put its own in place.
        self._monotonic = time.monotonic
        self._sleep = time.sleep
        threading.Thread(target=self._stand_by, daemon=True).start()

    def start(self) -> None:
        """A test begins."""
        self.rang = False
        self._deadline = self._monotonic() + self._limit_s
        signal.signal(signal.SIGALRM, self._ring)
        # Again and again: the first may be swallowed by the test's own handlers.
        signal.setitimer(signal.ITIMER_REAL, self._limit_s, 0.2)

    def stop(self) -> None:
        """A test ended."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        self._deadline = float("inf")

    def _ring(self, _signal: int, _frame: FrameType | None) -> None:
        if self._deadline != float("inf"):
            self.rang = True
            raise TooLong("the time of this test is over")

    def _stand_by(self) -> None:
        while True:
            self._sleep(0.2)
            if self._monotonic() > self._deadline + PATIENCE_S:
                self._recorder.hang()
                os._exit(3)


class Recorder:
    """Writes a line when a test begins and one when it ended."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._results: Results = config["results"]
        files = {test.partition("::")[0] for test in config["tests"]}
        root = os.path.realpath(config["root"])
        self._tracer = Tracer(root, values=config["values"], without_values=files)
        self._watch = Watch(config["per_test_s"], self)
        self._test = ""
        self._began = 0.0

    def imported(self, lines: dict[str, list[int]]) -> None:
        """What ran while the tests were collected."""
        self._results.add("imported", lines=lines)

    def begun(self, test: str) -> None:
        """A test begins."""
        self._test = test
        self._results.add("begin", id=test)
        self._began = time.perf_counter()
        self._watch.start()
        self._tracer.start()

    def finished(self, test: str, status: str, _place: Any) -> None:
        """A test ended."""
        lines = self._tracer.stop()
        self._watch.stop()
        self._write(test, status, lines, hanging=self._watch.rang)

    def hang(self) -> None:
        """The test that runs cannot be interrupted: write down what it did so far."""
        self._write(self._test, "not_run", self._tracer.lines(), hanging=True)

    def _write(self, test: str, status: str, lines: dict[str, list[int]], *, hanging: bool) -> None:
        seen, self._tracer.fresh = self._tracer.fresh, []
        duration = round(time.perf_counter() - self._began, 6)
        self._results.add(
            "trace",
            test=test,
            status=status,
            lines=lines,
            duration_s=duration,
            hanging=hanging,
            seen=seen,
        )


def main(config: dict[str, Any]) -> int:
    """Trace the wanted tests in the order they are named."""
    framework = importlib.import_module("." + config["framework"] + "_tests", __package__)
    recorder = Recorder(config)
    importing = Tracer(os.path.realpath(config["root"]), values=False, without_values=set())
    importing.start()

    def use(tests: Any) -> None:
        recorder.imported(importing.stop())
        order = {test: place for place, test in enumerate(config["tests"])}
        ids = sorted(tests.ids, key=lambda test: order.get(test, len(order)))
        tests.protocol(ids, recorder.finished, recorder.begun)

    code: int = framework.collect(config, use)
    config["results"].add("end", exit_code=code)
    return code
