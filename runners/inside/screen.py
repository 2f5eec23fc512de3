"""Entry of the screening servers: requests as lines on stdin, answers as lines on stdout."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from typing import Any

from . import cold, warm


class Channel:
    """The two pipes to our side, taken away from everything that runs in this process later."""

    def __init__(self) -> None:
        self._input = os.fdopen(os.dup(0), "rb")
        self._output = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.dup2(nothing, 1)
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


def main(config: dict[str, Any]) -> int:
    """Serve until the other side closes."""
    channel = Channel()
    # The other framework may not be installed here.
    framework = importlib.import_module(f".{config['framework']}_tests", __package__)
    server = cold if config["way"] == "cold" else warm
    code: int = server.serve(config, channel, framework.collect)
    return code
