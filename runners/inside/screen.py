"""Entry of the screening servers."""

from __future__ import annotations

import importlib
from typing import Any

from . import cold, warm
from .channel import Channel


def main(config: dict[str, Any]) -> int:
    """Serve until the other side closes."""
    channel = Channel()
    # The other framework may not be installed here.
    framework = importlib.import_module(f".{config['framework']}_tests", __package__)
    server = cold if config["way"] == "cold" else warm
    code: int = server.serve(config, channel, framework.collect)
    return code
