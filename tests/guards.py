"""What every test is held to besides its assertions: nothing left running, nothing logged aloud."""

import logging
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path

GRACE_S = 2.0  # what is already on its way out may take this long


class LoudRecords(logging.Handler):
    """Keeps the log records a user would be alarmed by."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)


class Watch:
    """From construction to `complaints`, what one test leaves behind."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())
        self._children = children()
        self._loud = LoudRecords()
        logging.getLogger().addHandler(self._loud)

    def complaints(self, *, judge_logs: bool = True, grace_s: float = GRACE_S) -> list[str]:
        """One text for each thing wrong: what, where, and what to do. Ends the watch."""
        logging.getLogger().removeHandler(self._loud)
        deadline = time.monotonic() + grace_s
        while (self._new_threads() or self._new_children()) and time.monotonic() < deadline:
            time.sleep(0.005)
        found = [_thread_complaint(thread) for thread in self._new_threads()]
        found += [_child_complaint(pid) for pid in sorted(self._new_children())]
        if judge_logs:
            found += [_log_complaint(record) for record in self._loud.records]
        return found

    def _new_threads(self) -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread not in self._threads]

    def _new_children(self) -> set[int]:
        return children() - self._children


def children() -> set[int]:
    """Process ids of this process's children, those that ended but were not waited for included."""
    found: set[int] = set()
    for listing in Path("/proc/self/task").glob("*/children"):
        try:
            found.update(int(pid) for pid in listing.read_text().split())
        except OSError:  # the thread ended while we looked; its children passed to another one
            continue
    return found


def _thread_complaint(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)
    place = "".join(traceback.format_stack(frame, limit=3)) if frame else "    (no Python frame)\n"
    return (
        f"left a thread running: {thread.name!r}, now at\n{place}"
        "Join it, or close what owns it, before the test ends."
    )


def _child_complaint(pid: int) -> str:
    if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
        os.waitpid(pid, 0)
        return f"left child process {pid}, which has ended: wait for it (`wait()`, or await it)."
    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return (
        f"left child process {pid} running: {command}\n"
        "End it and wait for it before the test ends; the guard has killed it now."
    )


def _log_complaint(record: logging.LogRecord) -> str:
    return (
        f"logged {record.levelname} by {record.name!r} at {record.pathname}:{record.lineno}: "
        f"{record.getMessage()}\n"
        "Mend the cause; a test that means it asks for `caplog` and asserts the record."
    )
