"""Runs a program to its end or to a deadline, the processes it started included."""

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec


class CommandError(Exception):
    """A program the benchmark itself needs did not do its part."""


class Finished(msgspec.Struct, frozen=True):
    """How a program ended; `exit_code` is None when the deadline ended it.

    cpu_s: CPU seconds of the program and of all descendants that were waited for.
    """

    exit_code: int | None
    stdout: str
    stderr: str
    wall_s: float
    cpu_s: float


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    timeout_s: float,
    env: Mapping[str, str] | None = None,
    stdin: str = "",
) -> Finished:
    """Run `argv` in a process group of its own and kill the group at the deadline."""
    with (
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
        tempfile.TemporaryFile() as given,
    ):
        given.write(stdin.encode())
        given.seek(0)
        cpu_before, started = _children_cpu(), time.monotonic()
        process = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=given,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
        code = _wait(process, timeout_s)
        wall = time.monotonic() - started
        return Finished(
            exit_code=code,
            stdout=_text(stdout),
            stderr=_text(stderr),
            wall_s=wall,
            cpu_s=_children_cpu() - cpu_before,
        )


def end_children_on_sigterm() -> None:
    """Let SIGTERM unwind this program, so that what it is running is ended with it."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))


def must(argv: Sequence[str], *, cwd: Path, timeout_s: float = 600) -> str:
    """Run a preparation step and return what it printed.

    Raises:
        CommandError: it ended with an error or not in time.
    """
    done = run(argv, cwd=cwd, timeout_s=timeout_s)
    if done.exit_code != 0:
        tail = (done.stderr or done.stdout)[-2000:]
        raise CommandError(f"{' '.join(argv)} in {cwd} ended with {done.exit_code}:\n{tail}")
    return done.stdout


def _wait(process: subprocess.Popen[bytes], timeout_s: float) -> int | None:
    try:
        return process.wait(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.returncode is None:  # the deadline, or somebody stopped the benchmark
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", errors="replace")


def _children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
