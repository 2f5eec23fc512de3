"""Cut blocking work off, as a session does, and say how long it took to let go."""

import asyncio
import time
from collections.abc import Callable

from runners.cutoff import in_thread


def seconds_to_let_go(
    work: Callable[[], object], begun: Callable[[], object], *, wait_s: float = 10
) -> float:
    """Start work in a thread, cut it off once `begun` says true, and wait for its end."""

    def wait_until_begun() -> None:
        end = time.monotonic() + wait_s
        while not begun():
            assert time.monotonic() < end, "the work never began"
            time.sleep(0.002)

    async def cut() -> float:
        task = asyncio.create_task(in_thread(work))
        await asyncio.to_thread(wait_until_begun)
        assert not task.done(), "the work was over too soon to be cut off"
        task.cancel()
        asked = time.monotonic()
        await asyncio.wait([task])
        assert task.cancelled()
        return time.monotonic() - asked

    return asyncio.run(cut())
