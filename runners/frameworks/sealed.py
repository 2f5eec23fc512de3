"""The results file from our side: only lines that carry the writer's seal are believed.

The seal of a line is a keyed digest of all lines so far, this one included (see
`inside/results.py`). The key reaches the interpreter through its standard input and is in no file,
no environment and no command line, so what the tests run cannot add, change, repeat or take out a
line by way of the file. Code that searches the interpreter's own memory for the writer still can.
"""

import hashlib
import hmac
from pathlib import Path

SEAL_BYTES = 16


class SealedLines:
    """Reads a results file as it grows. `tampered` tells that a line was not the writer's own."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._offset = 0
        self._seal = hashlib.blake2b(key=bytes.fromhex(key), digest_size=SEAL_BYTES)
        self.tampered = False

    def read(self) -> list[bytes]:
        """What the whole lines say that came since the last call, up to one tampered with."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as stream:
            stream.seek(self._offset)
            added = stream.read()
        whole = added[: added.rfind(b"\n") + 1]
        self._offset += len(whole)
        believed = []
        for line in whole.split(b"\n")[:-1]:
            seal, _, content = line.partition(b" ")
            self._seal.update(content)
            if not hmac.compare_digest(seal, self._seal.hexdigest().encode()):
                self.tampered = True
            if not self.tampered:
                believed.append(content)
        return believed
