"""The results file: a seal and one JSON object a line, whose `event` says which kind."""

from __future__ import annotations

import hashlib
import json
import os

SEAL_BYTES = 16


class Results:
    """Appends events to a file, whatever the tests do to files, processes and the os module.

    The seal is a keyed digest of all that was written so far: without the key nobody can add a
    line, nor take one out.
    """

    def __init__(self, path: str, key: str) -> None:
        self._path = path
        self._seal = hashlib.blake2b(key=bytes.fromhex(key), digest_size=SEAL_BYTES)
        # Taken now: a test may have a fake file system in place when its result is written.
        self._open, self._write, self._close = os.open, os.write, os.close
        self._getpid = os.getpid
        self._owner = os.getpid()

    def add(self, event: str, **fields: object) -> None:
        """Append one event; a forked copy of the test process writes nothing."""
        if self._getpid() != self._owner:
            return
        content = json.dumps({"event": event, **fields}, ensure_ascii=False)
        data = content.encode("utf-8", "replace")
        seal = self._seal.copy()
        seal.update(data)
        # Opened each time: tests close file descriptors that are not theirs.
        descriptor = self._open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._write(descriptor, b"%s %s\n" % (seal.hexdigest().encode("ascii"), data))
        finally:
            self._close(descriptor)
        # Only now: what could not be written is in nobody's digest.
        self._seal = seal
