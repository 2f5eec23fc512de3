"""How a user steers a running session from outside its loop."""

import asyncio


class Control:
    """Pause, go on, stop. Belongs to the event loop the session runs in."""

    def __init__(self) -> None:
        self._running = asyncio.Event()
        self._running.set()
        self._task: asyncio.Task[object] | None = None
        self.stop_asked = False

    @property
    def paused(self) -> bool:
        """Whether the next step has to wait."""
        return not self._running.is_set()

    def pause(self) -> None:
        """Hold before the next step."""
        self._running.clear()

    def unpause(self) -> None:
        """Let it go on."""
        self._running.set()

    async def unpaused(self) -> None:
        """Return once it may go on."""
        await self._running.wait()

    def attach(self, task: "asyncio.Task[object] | None") -> None:
        """Say which task a stop cancels: None once there is nothing left to cut off."""
        self._task = task
        self.stop_asked = False

    def stop(self) -> None:
        """Stop now: the call under way is cut off and taken back."""
        if self._task is not None and not self.stop_asked:
            # Once only: a second cancel would cut off the taking back.
            self.stop_asked = True
            self._task.cancel()
