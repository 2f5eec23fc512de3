"""A pytest plugin that writes one line of JSON for each test to the file OUTCOMES_FILE names.

OUTCOMES_LIMIT is the number of seconds after which a test that hangs is made to fail.
"""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

LIMIT_S = float(os.environ.get("OUTCOMES_LIMIT", "0"))


def _too_long(_number: int, _frame: FrameType | None) -> None:
    pytest.fail(f"the test ran for more than {LIMIT_S:.0f} s")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Iterator[None]:
    """Send an alarm to a test that takes too long, again and again until it ends."""
    if not LIMIT_S:
        return (yield)
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S, 1.0)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def pytest_runtest_logreport(report: Any) -> None:
    """Note each phase; the reader folds them into one status."""
    word = "xfailed" if hasattr(report, "wasxfail") and report.skipped else report.outcome
    line = json.dumps({"test": report.nodeid, "phase": report.when, "outcome": word})
    with Path(os.environ["OUTCOMES_FILE"]).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
