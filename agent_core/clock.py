"""The time that one stretch of running may spend."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Runs towards `deadline`, on the monotonic clock, and stands still while the user pauses.

    `limit` is an async context manager that raises TimeoutError at the deadline, once.
    """

    def __init__(self, minutes: float) -> None:
        self.deadline = time.monotonic() + 60 * minutes
        self.limit = asyncio.timeout_at(self.deadline)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Spend nothing meanwhile; only inside of `limit`."""
        began = time.monotonic()
        self.limit.reschedule(None)
        try:
            yield
        finally:
            self.deadline += time.monotonic() - began
            self.limit.reschedule(self.deadline)
