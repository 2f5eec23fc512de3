"""Run one command: bounded output, a deadline, and the whole process tree gone at the end.

All of it works under a guardian (see `runners.guardian`), from any event loop in any thread. What
is short and has to be waited for in a thread is run by `runners.quick`.
"""

import asyncio
import contextlib
import os
import signal as signals
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal, cast

import msgspec

from runners.guarded import CannotStart, End, Guarded, GuardianLost
from runners.problems import JourneymanError
from runners.streams import Bounded

__all__ = [
    "CannotStart",
    "Child",
    "Command",
    "GuardianLost",
    "LineTooLong",
    "ProcessOutcome",
    "run",
    "start",
]

EndedBy = Literal["itself", "deadline", "cancel", "memory"]

LINE_LIMIT = 64_000_000
BACKLOG = 1_000_000
"""Bytes of unread lines after which a child has to wait for us."""
CLOSE_S = 0.5
"""How long a child may take to end after its input has been closed."""


class LineTooLong(JourneymanError):  # noqa: N818  (says what happened)
    """A child sent a line above LINE_LIMIT: it does not speak our protocol."""


class Command(msgspec.Struct, frozen=True):
    """What to run. `env` is the whole environment; limits are seconds and bytes.

    `output_limit` bytes are kept of each stream, half of its head and half of its tail;
    `memory_limit` is for the whole process tree.
    """

    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]
    timeout_s: float
    output_limit: int = 4_000_000
    stdin: bytes = b""
    memory_limit: int | None = None


class ProcessOutcome(msgspec.Struct, frozen=True):
    """How a command ended: `exit_code` or `signal` is set, never both; CPU time of the tree.

    `peak_bytes` is the most that one process of the tree held in memory at once, as the system
    counts it: not below what our guardian holds, from which it is forked. 0: not measured.
    """

    argv: tuple[str, ...]
    exit_code: int | None
    signal: int | None
    ended_by: EndedBy
    stdout: bytes
    stderr: bytes
    cut_bytes: int
    wall_s: float
    cpu_s: float
    peak_bytes: int = 0

    def sentence(self) -> str:
        """The end in one line, for a person."""
        name = Path(self.argv[0]).name
        if self.ended_by == "deadline":
            return f"{name} was stopped at its deadline after {self.wall_s:.1f} s"
        if self.ended_by == "cancel":
            return f"{name} was stopped after {self.wall_s:.1f} s"
        if self.ended_by == "memory":
            return f"{name} was stopped because it used more memory than it may"
        if self.signal is not None:
            return f"{name} was killed by {_signal_name(self.signal)} after {self.wall_s:.1f} s"
        return f"{name} ended with exit code {self.exit_code} after {self.wall_s:.1f} s"


def _signal_name(number: int) -> str:
    try:
        return signals.Signals(number).name
    except ValueError:
        return f"signal {number}"


async def run(
    command: Command, *, on_output: Callable[[bytes], None] | None = None
) -> ProcessOutcome:
    """Run to the end, its own or a forced one; cancelling this kills the whole tree.

    `on_output` gets chunks of both streams as they come. Raises CannotStart, GuardianLost.
    """
    stdout, stderr = Bounded(command.output_limit), Bounded(command.output_limit)

    def both(keep: Bounded) -> Callable[[bytes], None]:
        def take(chunk: bytes) -> None:
            keep.add(chunk)
            if on_output is not None:
                on_output(chunk)

        return take

    guarded = _guarded(command, on_stdout=both(stdout), on_stderr=both(stderr))
    guarded.stdin.write(command.stdin)
    guarded.stdin.finish()
    end = await guarded.end()
    return _outcome(command.argv, end, stdout, stderr)


def _guarded(
    command: Command,
    *,
    on_stdout: Callable[[bytes], None],
    on_stderr: Callable[[bytes], None],
) -> Guarded:
    return Guarded(
        command.argv,
        cwd=command.cwd,
        env=command.env,
        timeout_s=command.timeout_s,
        memory_limit=command.memory_limit,
        on_stdout=on_stdout,
        on_stderr=on_stderr,
    )


def _outcome(argv: tuple[str, ...], end: End, stdout: Bounded, stderr: Bounded) -> ProcessOutcome:
    code = os.waitstatus_to_exitcode(end.status)
    return ProcessOutcome(
        argv=argv,
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        ended_by=cast("EndedBy", end.reason),
        stdout=stdout.value(),
        stderr=stderr.value(),
        cut_bytes=stdout.cut + stderr.cut,
        wall_s=end.wall_s,
        cpu_s=end.cpu_s,
        peak_bytes=end.peak_bytes,
    )


class Child:
    """A long-lived process that answers in lines; made by `start`, ended by `close`.

    Its deadline is the command's `timeout_s`; `outcome` is set once it has ended.
    """

    def __init__(self, command: Command) -> None:
        self._lines: deque[bytes] = deque()
        self._partial: list[bytes] = []
        self._partial_size = 0
        self._backlog = 0
        self._too_long = False
        self._news = asyncio.Event()
        self._stdout = Bounded(0)
        self._stderr = Bounded(command.output_limit)
        self._argv = command.argv
        self._guarded = _guarded(command, on_stdout=self._take, on_stderr=self._stderr.add)
        self._ending = asyncio.ensure_future(self._end())
        self.outcome: ProcessOutcome | None = None
        self._guarded.stdin.write(command.stdin)

    async def _end(self) -> None:
        try:
            end = await self._guarded.end()
            self.outcome = _outcome(self._argv, end, self._stdout, self._stderr)
        finally:
            self._news.set()

    def _take(self, chunk: bytes) -> None:
        *complete, rest = chunk.split(b"\n")
        for piece in complete:
            line = b"".join([*self._partial, piece])
            self._partial.clear()
            self._partial_size = 0
            self._lines.append(line)
            self._backlog += len(line)
        if rest:
            self._partial.append(rest)
            self._partial_size += len(rest)
        if self._partial_size > LINE_LIMIT:
            self._too_long = True
            self._partial.clear()
            self._guarded.kill()
        if self._backlog > BACKLOG:
            self._guarded.stdout.pause()
        self._news.set()

    @property
    def stderr_tail(self) -> bytes:
        """What the child has written to its error stream so far, head and tail."""
        return self._stderr.value()

    @property
    def pid(self) -> int | None:
        """The process id, once it has been started."""
        return self._guarded.pid

    def send(self, line: bytes) -> None:
        """Queue a line, without its newline. Nothing happens if the child has ended."""
        self._guarded.stdin.write(line + b"\n")

    async def receive(self, timeout_s: float) -> bytes | None:
        """The next whole line without its newline; None when the child has ended.

        Raises TimeoutError, LineTooLong, and what starting it raised.
        """
        async with asyncio.timeout(timeout_s):
            while not self._lines:
                if self._ending.done():
                    self._raise_if_failed()
                    return None
                self._news.clear()
                await self._news.wait()
        line = self._lines.popleft()
        self._backlog -= len(line)
        if self._backlog <= BACKLOG:
            self._guarded.stdout.resume()
        return line

    def _raise_if_failed(self) -> None:
        if self._too_long:
            raise LineTooLong(f"{self._argv[0]} sent a line of more than {LINE_LIMIT:,} bytes")
        self._ending.result()

    async def close(self) -> None:
        """Close its input, wait a moment for its end, then kill the whole tree."""
        self._guarded.stdin.finish()
        self._guarded.stdout.resume()
        try:
            await asyncio.wait([self._ending], timeout=CLOSE_S)
        finally:
            await self._guarded.put_down()
            with contextlib.suppress(JourneymanError):
                await self._ending


async def start(command: Command) -> Child:
    """Start a long-lived child; its start may still fail, which `receive` tells."""
    return Child(command)
