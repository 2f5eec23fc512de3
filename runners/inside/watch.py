"""Shortly before the deadline, writes down where a test that still runs is."""

from __future__ import annotations

import faulthandler
import os
import time
from typing import Any


class Watch:
    """A timer of the interpreter's own, which works in endless loops and in C code alike."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._due: float | None = None
        after = config.get("dump_after_s")
        if after is not None:
            self._due = time.monotonic() + after
            self._file = open(os.path.join(config["scratch"], "hang.txt"), "wb")
        self._now = time.monotonic

    def arm(self) -> None:
        """Set the timer, for each test anew: pytest cancels it when a test fails."""
        if self._due is not None:
            left = max(0.01, self._due - self._now())
            faulthandler.dump_traceback_later(left, file=self._file)
