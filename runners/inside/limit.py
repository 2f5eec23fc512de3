"""A time limit for each test of a plain run: a test that hangs fails where it hangs."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any

AGAIN_S = 0.5
"""The first interruption may be swallowed by a handler of the test's own: ring again."""
ALLOWED = 1
"""Tests that may take the whole limit; after these, a suite that hangs often gets less each."""
SHARE = 6


class TooSlow(BaseException):
    """Raised inside a test that ran past its limit; no `except Exception` stops it."""


class Limit:
    """Interrupts tests of the main thread after `limit_s` seconds each; None never does.

    A test or plugin that uses the alarm signal itself keeps it, and has no limit of ours.
    """

    def __init__(self, config: dict[str, Any]) -> None:
        self._limit_s: float | None = config.get("test_limit_s")
        self._rung = 0
        self._running = False
        self._held = False
        self._rang = False

    def hold(self) -> None:
        """What runs now is the framework's own, which an interruption would break: ring later."""
        self._held = True

    def release(self) -> None:
        """What runs now is the test's."""
        self._held = False

    def start(self) -> None:
        """A test begins."""
        if self._limit_s is None or not hasattr(signal, "setitimer"):
            return
        if signal.getsignal(signal.SIGALRM) not in (signal.SIG_DFL, self._ring):
            return
        seconds = self._limit_s if self._rung < ALLOWED else self._limit_s / SHARE
        self._running, self._rang = True, False
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_S)

    def stop(self) -> None:
        """A test ended."""
        if self._running:
            self._running = False
            signal.setitimer(signal.ITIMER_REAL, 0)
            if signal.getsignal(signal.SIGALRM) == self._ring:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
            self._rung += self._rang

    def _ring(self, _signal: int, _frame: FrameType | None) -> None:
        if self._running and not self._held:
            self._rang = True
            raise TooSlow("the test was still running at its time limit")
