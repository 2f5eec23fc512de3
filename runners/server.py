"""One screening server in the user's interpreter: its process, and requests to it."""

import json
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Literal, Self

from runners import process
from runners.problems import JourneymanError
from runners.suite import Suite
from runners.suite_runs import configuration, launch_command

Way = Literal["warm", "cold"]

GRACE_S = 0.3
"""Seconds a server gets to answer behind a deadline before it counts as dead."""

LIFETIME_S = 24 * 3600.0


class ServerDied(JourneymanError):  # noqa: N818  (says what happened)
    """The server's process ended, or no longer answers."""


class Server:
    """A running server. `hello` is what it said at its start, `last` the end of its last answer."""

    def __init__(self, child: process.Child, temporary: "list[Any]") -> None:
        self._child = child
        self._temporary = temporary
        self.hello: dict[str, Any] = {}
        self.last: dict[str, Any] = {}
        self.fresh = True

    @classmethod
    async def start(
        cls,
        suite: Suite,
        way: Way,
        *,
        failing: Sequence[str],
        scratch: Path,
        deadline_s: float,
    ) -> Self:
        """Start one and wait until it is ready. Raises ServerDied with what it printed."""
        began = time.monotonic()
        server = await cls._begin(suite, way, failing, scratch, deadline_s, preload=way == "cold")
        if server.hello.get("preload", True) is False and way == "cold":
            # Modules loaded before the framework changed what the tests do: do without.
            await server.close()
            left = deadline_s - (time.monotonic() - began)
            server = await cls._begin(suite, way, failing, scratch, left, preload=False)
        return server

    @classmethod
    async def _begin(
        cls,
        suite: Suite,
        way: Way,
        failing: Sequence[str],
        scratch: Path,
        deadline_s: float,
        *,
        preload: bool,
    ) -> Self:
        own = tempfile.TemporaryDirectory(prefix=f"{way}-", dir=scratch)
        temporary = tempfile.TemporaryDirectory(prefix="journeyman-", ignore_cleanup_errors=True)
        folder = Path(own.name)
        config = configuration(
            suite, mode="screen", results=folder / "results.jsonl", scratch=folder
        )
        config |= {"way": way, "failing": list(failing), "seconds": deadline_s, "preload": preload}
        command = launch_command(suite, config, temporary=temporary.name, deadline_s=LIFETIME_S)
        server = cls(await process.start(command), [own, temporary])
        try:
            server.hello = (await server._receive(deadline_s))["hello"]
        except BaseException:
            await server.close()
            raise
        return server

    async def ask(self, request: dict[str, Any], deadline: float) -> AsyncIterator[dict[str, Any]]:
        """The messages that answer a request, up to the one that ends it. Raises ServerDied."""
        self.fresh = False
        seconds = max(0.0, deadline - time.monotonic())
        self._child.send(json.dumps({**request, "seconds": seconds}).encode())
        while True:
            message = await self._receive(deadline + GRACE_S - time.monotonic())
            if "done" in message:
                self.last = message
                return
            yield message

    async def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            line = await self._child.receive(max(0.0, seconds))
        except TimeoutError:
            raise ServerDied("The screening server does not answer in time") from None
        if line is None:
            printed = self._child.stderr_tail.decode("utf-8", "replace").strip()
            raise ServerDied(f"The screening server ended: {printed[-2000:]}")
        message: dict[str, Any] = json.loads(line)
        return message

    async def close(self) -> None:
        """End the process with everything it started."""
        await self._child.close()
        for folder in self._temporary:
            folder.cleanup()
