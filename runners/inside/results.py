"""The results file: one JSON object a line, `event` says which kind."""

from __future__ import annotations

import json
import os


class Results:
    """Appends events to a file, whatever the tests do to files, processes and the os module."""

    def __init__(self, path: str) -> None:
        self._path = path
        # Taken now: a test may have a fake file system in place when its result is written.
        self._open, self._write, self._close = os.open, os.write, os.close
        self._getpid = os.getpid
        self._owner = os.getpid()

    def add(self, event: str, **fields: object) -> None:
        """Append one event; a forked copy of the test process writes nothing."""
        if self._getpid() != self._owner:
            return
        text = json.dumps({"event": event, **fields}, ensure_ascii=False) + "\n"
        # Opened each time: tests close file descriptors that are not theirs.
        descriptor = self._open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._write(descriptor, text.encode("utf-8", "replace"))
        finally:
            self._close(descriptor)
