"""The two pipes to our side: requests as lines on stdin, answers as lines on stdout."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any


class Channel:
    """Takes both pipes away from everything that runs in this process later."""

    def __init__(self, *, prints_to: int | None = None) -> None:
        """What is printed later goes to the descriptor `prints_to`, or nowhere."""
        self._input = os.fdopen(os.dup(0), "rb")
        self._output = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing if prints_to is None else prints_to, 1)
        os.close(nothing)

    def requests(self) -> Iterator[dict[str, Any]]:
        """Requests until our side closes the pipe."""
        for line in self._input:
            yield json.loads(line)

    def answer(self, message: dict[str, Any]) -> None:
        """Send one message."""
        data = json.dumps(message).encode("ascii") + b"\n"
        while data:
            data = data[os.write(self._output, data) :]
