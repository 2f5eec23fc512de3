"""Forked copies of this process that report lines of JSON, and a loop that minds several."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import time
import warnings
from collections.abc import Callable
from typing import Any

MEMORY_HEADROOM = 1 << 30
"""Bytes of heap that a fork may add to what this process has."""

OUTPUT_LIMIT = 256 << 20
"""Bytes of the largest file that a fork may write."""

FIND_DEAD_S = 0.05

ENOUGH_SHARE = 0.6
"""Share of a core below which a copy that wants to run was kept from it."""

_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
_STATM = "/proc/self/statm"


def cpu_s() -> float:
    """CPU seconds of this process and of all its copies so far."""
    return sum(os.times()[:4])


class Fork:
    """One forked copy. `timed_out` tells that it was killed for being quiet."""

    def __init__(self, work: Callable[[Callable[[object], None]], None], quiet_s: float) -> None:
        """Run `work(report)` in the copy; it is killed after `quiet_s` without a report."""
        self._quiet_s = quiet_s
        self._buffer = b""
        self.timed_out = False
        self.seconds = 0.0
        self._extensions = 3
        self._began = time.monotonic()
        self.alive = True
        self.descriptor, writer = os.pipe()
        with warnings.catch_warnings():
            # A thread that the tests' imports started is no reason to fail.
            warnings.simplefilter("ignore")
            self.pid = os.fork()
        if self.pid == 0:
            _live_as_copy(work, self.descriptor, writer)
        os.close(writer)
        with contextlib.suppress(OSError):
            # The copy does the same; whoever is first, a kill never misses it.
            os.setpgid(self.pid, self.pid)
        self._deadline = time.monotonic() + quiet_s

    def seconds_left(self) -> float:
        """How long this copy may still be quiet; more on a machine that does not let it run."""
        left = self._deadline - time.monotonic()
        if left <= 0 and self._extensions > 0 and self._is_starved():
            self._extensions -= 1
            self._deadline += self._quiet_s
            left += self._quiet_s
        return left

    def _is_starved(self) -> bool:
        path = "/proc/{}/stat".format(self.pid)
        if not os.path.exists(path):
            return False
        with open(path, encoding="utf-8", errors="replace") as stream:
            fields = stream.read().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        share = (ticks / _CLOCK_TICKS) / (time.monotonic() - self._began)
        return fields[0] == "R" and share < ENOUGH_SHARE

    def read(self) -> list[Any]:
        """Take what has arrived; the end of the pipe is the end of the copy."""
        data = os.read(self.descriptor, 1 << 16)
        if not data:
            self.end()
            return []
        self._deadline = time.monotonic() + self._quiet_s
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def has_died(self) -> bool:
        """Whether the process is gone though something it started still holds the pipe."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def rest(self) -> list[Any]:
        """What a dead process had still written; ends the copy."""
        messages: list[Any] = []
        while self.alive and select.select([self.descriptor], [], [], 0)[0]:
            messages.extend(self.read())
        self.end()
        return messages

    def end(self, *, timed_out: bool = False) -> None:
        """Kill the copy with everything in its process group, and reap it."""
        if not self.alive:
            return
        self.alive = False
        self.timed_out = timed_out
        self.seconds = time.monotonic() - self._began
        os.close(self.descriptor)
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        except PermissionError:
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _live_as_copy(
    work: Callable[[Callable[[object], None]], None], reader: int, writer: int
) -> None:
    code = 1
    try:
        os.setpgid(0, 0)
        os.close(reader)
        _limit()
        write, dumps = os.write, json.dumps
        owner, getpid = os.getpid(), os.getpid

        def report(message: object) -> None:
            data = dumps(message).encode("ascii") + b"\n"
            while data and getpid() == owner:
                data = data[write(writer, data) :]

        work(report)
        code = 0
    finally:
        # Never into the code of the process this one is a copy of.
        os._exit(code)


def _limit() -> None:
    if os.path.exists(_STATM):
        with open(_STATM, encoding="ascii") as stream:
            used = int(stream.read().split()[5]) * resource.getpagesize()
        _lower(resource.RLIMIT_DATA, used + MEMORY_HEADROOM)
    _lower(resource.RLIMIT_FSIZE, OUTPUT_LIMIT)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, limit: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(kind, (limit, hard))


class Minder:
    """Runs jobs in forks, `width` at a time, in the order given.

    A job is an object with `work(report)`, `quiet_s`, `heard(message)` and `ended(fork)`; both
    latter may hand back further jobs, which come before the waiting ones.
    """

    def __init__(self, *, width: int, deadline: float) -> None:
        self._width = width
        self._deadline = deadline

    def run(self, jobs: list[Any]) -> bool:
        """Whether all jobs ended before the deadline; at the deadline everything is killed."""
        waiting = list(reversed(jobs))
        running: list[tuple[Fork, Any]] = []
        try:
            while waiting or running:
                if time.monotonic() >= self._deadline:
                    return False
                while waiting and len(running) < self._width:
                    job = waiting.pop()
                    running.append((Fork(job.work, job.quiet_s), job))
                self._listen(running)
                for fork, job in running:
                    if not fork.alive:
                        waiting.extend(reversed(job.ended(fork)))
                running = [(fork, job) for fork, job in running if fork.alive]
        finally:
            for fork, _ in running:
                fork.end()
        return True

    def _listen(self, running: list[tuple[Fork, Any]]) -> None:
        patience = min(fork.seconds_left() for fork, _ in running)
        patience = min(patience, self._deadline - time.monotonic(), FIND_DEAD_S)
        descriptors = [fork.descriptor for fork, _ in running]
        ready, _, _ = select.select(descriptors, [], [], max(0.0, patience))
        for fork, job in running:
            if fork.descriptor in ready:
                for message in fork.read():
                    job.heard(message)
            elif fork.has_died():
                for message in fork.rest():
                    job.heard(message)
            elif fork.seconds_left() <= 0:
                fork.end(timed_out=True)


def run_one(
    work: Callable[[Callable[[object], None]], None], quiet_s: float
) -> tuple[list[Any], Fork]:
    """Run one copy to its end; its messages and how it ended."""
    messages: list[Any] = []
    fork = Fork(work, quiet_s)
    while fork.alive:
        ready, _, _ = select.select([fork.descriptor], [], [], min(FIND_DEAD_S, quiet_s))
        if ready:
            messages.extend(fork.read())
        elif fork.has_died():
            messages.extend(fork.rest())
        elif fork.seconds_left() <= 0:
            fork.end(timed_out=True)
    return messages, fork
