"""A running session on a terminal: a line an event, and one line that is rewritten meanwhile."""

import shutil
import time
from typing import TextIO

from agent_core import words
from agent_core.events import Progress, Record

EVERY_S = 0.1
"""How often the progress line may be redrawn."""


class Live:
    """Prints to a stream; the progress line only where somebody can watch it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._watched = stream.isatty()
        self._began = time.monotonic()
        self._drawn = 0.0
        self._dirty = False

    def record(self, record: Record) -> None:
        """Print an event's line."""
        text = words.line(record.event)
        if not text:
            return
        self._clear()
        stamp = f"{time.monotonic() - self._began:6.1f} s  "
        indent = " " * len(stamp)
        lines = words.printable(text).split("\n")
        self._stream.write(stamp + f"\n{indent}".join(lines) + "\n")
        self._stream.flush()

    def progress(self, progress: Progress) -> None:
        """Redraw the progress line, at most ten times a second."""
        now = time.monotonic()
        if not self._watched or now - self._drawn < EVERY_S:
            return
        self._drawn = now
        count = f"{progress.done}/{progress.total} " if progress.total else ""
        count = count or (f"{progress.done} " if progress.done else "")
        text = f"          {count}{words.printable(progress.text)}"
        width = shutil.get_terminal_size().columns - 1
        self._stream.write("\r\x1b[K" + text.replace("\n", " ")[:width])
        self._stream.flush()
        self._dirty = True

    def end(self) -> None:
        """Take the progress line away."""
        self._clear()
        self._stream.flush()

    def _clear(self) -> None:
        if self._dirty:
            self._stream.write("\r\x1b[K")
            self._dirty = False
