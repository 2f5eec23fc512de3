"""The thread the agent lives in: an event loop of its own that does nothing but await."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class AgentThread:
    """Runs coroutines from any thread, from construction to `close`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # A program that has to end does not wait for it: children die with their guardians.
        self._thread = threading.Thread(target=self._serve, name="journeyman-agent", daemon=True)
        self._thread.start()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop, for measuring it."""
        return self._loop

    def submit(self, work: Callable[[], Coroutine[Any, Any, T]]) -> "Future[T]":
        """Begin work on the loop; its result can be waited for in any thread but this one."""

        async def begin() -> T:
            return await work()

        return asyncio.run_coroutine_threadsafe(begin(), self._loop)

    def close(self, *, timeout_s: float) -> bool:
        """End what still runs and the loop; whether the thread has ended in time."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._finish())
        finally:
            asyncio.set_event_loop(None)
            self._loop.close()

    async def _finish(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
