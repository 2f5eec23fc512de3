"""What a program with a window costs until it stands still, seen from outside."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[2]
BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
window.show()
app.exec()
"""
STILL_S = 0.6
"""So long without work, and a program has come to rest."""
STILL_CPU_S = 0.002
WAIT_S = 60.0


class Standing(msgspec.Struct, frozen=True):
    """CPU seconds of all threads from the start to rest, and the memory held at rest.

    rss: resident bytes; pss: the same, with each shared page divided by those who share it.
    """

    cpu_s: float
    rss: int
    pss: int


def bare() -> tuple[str, ...]:
    """The command of a main window with nothing in it."""
    return (sys.executable, "-c", BARE)


def journeyman(*arguments: str) -> tuple[str, ...]:
    """The command that opens our window."""
    return (sys.executable, "-m", "desktop.entry", *arguments)


def stand(argv: Sequence[str], environ: Mapping[str, str]) -> Standing:
    """Start a program, wait until it is at rest, and end it."""
    with subprocess.Popen(list(argv), cwd=ROOT, env=dict(environ)) as process:
        try:
            cpu = _at_rest(process)
            return Standing(cpu, _memory(process.pid, "Rss"), _memory(process.pid, "Pss"))
        finally:
            process.send_signal(signal.SIGTERM)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process with all its threads, those that ended included."""
    return time.clock_gettime((~pid << 3) | 2)  # Linux's clock of another process's CPU


def _at_rest(process: subprocess.Popen[bytes]) -> float:
    deadline = time.monotonic() + WAIT_S
    before = 0.0
    while time.monotonic() < deadline:
        time.sleep(STILL_S)
        if process.poll() is not None:
            raise ChildProcessError(f"{process.args!r} ended with {process.returncode}")
        now = cpu_seconds(process.pid)
        # An interpreter that waits for its disk has not begun yet.
        if now - before < STILL_CPU_S and now > 10 * STILL_CPU_S:
            return before
        before = now
    raise TimeoutError(f"{process.args!r} did not come to rest in {WAIT_S:.0f} s")


def _memory(pid: int, field: str) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    line = next(line for line in rollup.splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024
