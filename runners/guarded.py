"""A command under its guardian, as the event loop sees it: pipes, the control socket, the end."""

import asyncio
import os
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

import msgspec

from runners import ourselves
from runners.problems import JourneymanError
from runners.streams import Reader, Writer

KILL_S = 6.0
"""How long a guardian may take over a kill order: as long as it tries itself, and a little."""
LATE_S = 10.0
"""How long after the deadline we stop believing that the guardian will act on it."""


class CannotStart(JourneymanError):  # noqa: N818  (says what happened, like its neighbours)
    """The command could not be started; `errno` as the system gave it."""

    def __init__(self, program: str, place: str, errno: int) -> None:
        super().__init__(f"{program} could not be started in {place}: {os.strerror(errno)}")
        self.errno = errno


class GuardianLost(JourneymanError):  # noqa: N818
    """The guardian was killed from outside; the command has been killed with it."""


class End(msgspec.Struct, frozen=True):
    """What the guardian reported: why it ended, wait status, seconds, and bytes at the most."""

    reason: str
    status: int
    cpu_s: float
    wall_s: float
    peak_bytes: int


class Guarded:
    """One started command. `stdin` takes data; output goes to the callbacks as it comes."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        timeout_s: float,
        memory_limit: int | None,
        on_stdout: Callable[[bytes], None],
        on_stderr: Callable[[bytes], None],
    ) -> None:
        self._program, self._cwd = argv[0], cwd
        self._timeout_s = timeout_s
        self._report = b""
        order = _order(argv, cwd, env, timeout_s, memory_limit)
        with ExitStack() as ours, ExitStack() as theirs:
            control, order_socket = socket.socketpair()
            theirs.enter_context(order_socket)
            ours.enter_context(control)
            read_in, write_in = _pipe(reading=theirs, writing=ours)
            read_out, write_out = _pipe(reading=ours, writing=theirs)
            read_err, write_err = _pipe(reading=ours, writing=theirs)
            guardian = ourselves.guardian(order_socket.fileno())
            try:
                self._guardian = subprocess.Popen(
                    guardian,
                    stdin=read_in,
                    stdout=write_out,
                    stderr=write_err,
                    pass_fds=(order_socket.fileno(),),
                    env={"LC_ALL": "C.UTF-8"},
                    cwd="/",
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotStart(guardian[0], "/", error.errno or 0) from error
            ours.pop_all()
        self.stdin = Writer(write_in)
        self.stdout = Reader(read_out, on_stdout)
        self.stderr = Reader(read_err, on_stderr)
        descriptor = control.detach()
        self._orders = Writer(os.dup(descriptor))
        self._reports = Reader(descriptor, self._take_report)
        self._orders.write(order)

    def _take_report(self, chunk: bytes) -> None:
        self._report += chunk

    @property
    def pid(self) -> int | None:
        """The command's process id, once the guardian has started it."""
        words = self._line(b"started")
        return int(words[0]) if words else None

    def _line(self, word: bytes) -> list[str]:
        for line in self._report.decode().splitlines():
            name, *rest = line.split()
            if name == word.decode():
                return rest
        return []

    def kill(self) -> None:
        """Order the end; `end` tells when it has come."""
        self._orders.write(b"k")

    async def end(self) -> End:
        """Wait until nothing is left of the command, kill it if we are cancelled meanwhile."""
        try:
            async with asyncio.timeout(self._timeout_s + LATE_S):
                await self._reports.ended.wait()
        except TimeoutError:
            await self.put_down()
        except asyncio.CancelledError:
            await self.put_down()
            raise
        finally:
            self._close()
        return self._typed_end()

    async def put_down(self) -> None:
        """Kill and wait, at most KILL_S, whatever else is cancelled meanwhile."""
        self.kill()
        waiting = asyncio.ensure_future(self._gone())
        while not waiting.done():
            try:
                await asyncio.shield(waiting)
            except asyncio.CancelledError:
                continue
        self._close()

    async def _gone(self) -> None:
        try:
            async with asyncio.timeout(KILL_S):
                await self._reports.ended.wait()
        except TimeoutError:
            self._guardian.kill()

    def _close(self) -> None:
        """Collect the guardian; the pipes are at their end unless something escaped it."""
        if self._guardian.returncode is None:
            self._orders.close()
            self._reports.drain()
            self._guardian.wait()
            self._kill_what_a_lost_guardian_left()
        self.stdin.close()
        self.stdout.drain()
        self.stderr.drain()

    def _kill_what_a_lost_guardian_left(self) -> None:
        pid = self.pid
        if pid is not None and not self._line(b"ended"):
            try:
                os.killpg(pid, 9)
            except (ProcessLookupError, PermissionError):
                return

    def _typed_end(self) -> End:
        refused = self._line(b"refused")
        if refused:
            raise CannotStart(self._program, self._cwd, int(refused[1]))
        ended = self._line(b"ended")
        if not ended:
            raise GuardianLost(f"the guardian of {self._program} was killed from outside")
        reason, status, cpu_s, wall_s, peak = ended
        return End(
            reason=reason,
            status=int(status),
            cpu_s=float(cpu_s),
            wall_s=float(wall_s),
            peak_bytes=int(peak),
        )


def _pipe(*, reading: ExitStack, writing: ExitStack) -> tuple[int, int]:
    """A pipe whose ends belong to these two."""
    read, write = os.pipe()
    reading.callback(os.close, read)
    writing.callback(os.close, write)
    return read, write


def _order(
    argv: Sequence[str],
    cwd: str,
    env: Mapping[str, str],
    timeout_s: float,
    memory_limit: int | None,
) -> bytes:
    fields = [repr(float(timeout_s)), str(memory_limit or 0), cwd, str(len(argv)), *argv]
    fields += [f"{name}={value}" for name, value in env.items()]
    if any("\0" in field for field in fields):
        raise ValueError("a command line or environment cannot contain NUL")
    body = b"\0".join(os.fsencode(field) for field in fields)
    return b"%010d" % len(body) + body
