"""The warm server on a loaded unittest suite."""

from __future__ import annotations

from typing import Any

from . import unittest_run
from .unittest_tests import UnittestTests
from .warm import WarmServer, serve_requests


def serve(config: dict[str, Any], channel: Any) -> int:
    """Load the tests, then serve until the other side closes."""
    unittest_run.resemble_command_line(config["arguments"])
    tests = UnittestTests(unittest_run.load(config), config)
    serve_requests(WarmServer(tests, config), channel)
    return 0
