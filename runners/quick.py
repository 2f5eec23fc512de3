"""Run a short command and block until its end: git, and probes of interpreters.

Without a guardian, which takes longer to start than most of these to run. On Linux the kernel
kills the child when the thread that waits for it dies, and so when we are killed.
"""

import contextlib
import errno
import os
import selectors
import shutil
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import IO, Final, Self

from runners import cutoff
from runners.guarded import CannotStart
from runners.process import EndedBy, ProcessOutcome

_TICK_S: Final = 0.05
"""How often a running child is reason to ask whether anybody still waits for it."""
_LAST_WORDS_S: Final = 1.0
"""How long a killed child's pipes are read: something outside its group may hold them open."""
_CHUNK: Final = 1 << 20
_PARTS: Final = 64
_NOT_EXECUTED: Final = {126: errno.EACCES, 127: errno.ENOENT}
"""What `setpriv` exits with where it cannot become the command."""
_REFUSED: Final = b"setpriv: failed to execute"


def run_quick(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdin: Iterable[bytes] = (),
    timeout_s: float = 30,
) -> ProcessOutcome:
    """Run and block until the end; its process group is killed at the deadline.

    `stdin` is written part by part, so that much of it need not lie in memory twice. Output is kept
    whole. CPU time is not measured (0.0). Raises CannotStart, CutOff.
    """
    began = time.monotonic()
    ended_by: EndedBy = "itself"
    leash = _leash() if shutil.which(argv[0], path=env.get("PATH")) else ()
    with _started((*leash, *argv), cwd, env) as process, _Pipes(process, stdin) as pipes:
        try:
            if not pipes.until_ended(began + timeout_s):
                ended_by = "deadline"
                _kill_group(process)
                pipes.drain(time.monotonic() + _LAST_WORDS_S)
        except BaseException:
            _kill_group(process)
            raise
    (stdout, stderr), code = pipes.output(), process.returncode
    if leash and code in _NOT_EXECUTED and stderr.startswith(_REFUSED):
        raise CannotStart(argv[0], str(cwd), _NOT_EXECUTED[code])
    return ProcessOutcome(
        argv=tuple(argv),
        exit_code=code if code >= 0 else None,
        signal=-code if code < 0 else None,
        ended_by=ended_by,
        stdout=stdout,
        stderr=stderr,
        cut_bytes=0,
        wall_s=time.monotonic() - began,
        cpu_s=0.0,
    )


def _started(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise CannotStart(argv[0], str(cwd), error.errno or 0) from error


@cache
def _leash() -> tuple[str, ...]:
    """What to put before a command so that it dies with us; nothing where the system has none."""
    program = shutil.which("setpriv")
    if program is None:
        return ()
    leash = (program, "--pdeathsig", "KILL")
    # Another program of this name may not know the option.
    tried = subprocess.run((*leash, program, "--help"), capture_output=True, check=False)
    return leash if tried.returncode == 0 else ()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class _Pipes:
    """The three pipes of a child, fed and read side by side."""

    def __init__(self, process: subprocess.Popen[bytes], stdin: Iterable[bytes]) -> None:
        self._process = process
        self._input = deque(memoryview(part) for part in stdin)
        self._read: dict[IO[bytes], list[bytes]] = {}
        self._open = selectors.DefaultSelector()

    def __enter__(self) -> Self:
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                self._read[stream] = []
                self._open.register(stream, selectors.EVENT_READ, partial(self._take, stream))
        if (stream := self._process.stdin) is not None:
            os.set_blocking(stream.fileno(), False)
            self._open.register(stream, selectors.EVENT_WRITE, partial(self._feed, stream))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def output(self) -> tuple[bytes, bytes]:
        """What has been read of its output and of its error stream."""
        stdout, stderr = map(b"".join, self._read.values())
        return stdout, stderr

    def until_ended(self, deadline: float) -> bool:
        """Whether the child closed its pipes and ended in time; raises CutOff."""
        while self._open.get_map() or self._running():
            cutoff.check()
            if time.monotonic() >= deadline:
                return False
            self._exchange(deadline)
        return True

    def drain(self, deadline: float) -> None:
        """Read what is left."""
        while self._open.get_map() and time.monotonic() < deadline:
            self._exchange(deadline)

    def _running(self) -> bool:
        try:
            self._process.wait(_TICK_S)
        except subprocess.TimeoutExpired:
            return True
        return False

    def _exchange(self, deadline: float) -> None:
        """Write and read what can be, within a tick."""
        if not self._open.get_map():
            return
        left = max(0.0, deadline - time.monotonic())
        for key, _ in self._open.select(min(_TICK_S, left)):
            key.data()

    def _feed(self, stream: IO[bytes]) -> None:
        try:
            written = os.writev(stream.fileno(), tuple(islice(self._input, _PARTS)))
        except BrokenPipeError:  # it wants no more, and its end will say why
            self._input.clear()
        while self._input and written >= len(self._input[0]):
            written -= len(self._input.popleft())
        if self._input:
            self._input[0] = self._input[0][written:]
        else:
            self._close(stream)

    def _take(self, stream: IO[bytes]) -> None:
        chunk = os.read(stream.fileno(), _CHUNK)
        if chunk:
            self._read[stream].append(chunk)
        else:
            self._close(stream)

    def _close(self, stream: IO[bytes]) -> None:
        self._open.unregister(stream)
        stream.close()
