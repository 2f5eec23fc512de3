"""The warm server inside pytest: it takes the place of the loop that would run the tests."""

from __future__ import annotations

from typing import Any

import pytest

from . import pytest_run
from .pytest_tests import Listener, PytestTests
from .warm import WarmServer, serve_requests


class Takeover:
    """A plugin that serves requests once the tests are collected, and runs none by itself."""

    def __init__(
        self, config: dict[str, Any], channel: Any, listener: Listener, selection: Any
    ) -> None:
        self._config = config
        self._channel = channel
        self._listener = listener
        self._selection = selection

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        tests = PytestTests(session, self._listener, self._selection)
        serve_requests(WarmServer(tests, self._config), self._channel)
        return True


def serve(config: dict[str, Any], channel: Any) -> int:
    """Collect, then serve until the other side closes."""
    selection = pytest_run.FileSelection(config)
    listener = Listener(config["root"], selection)
    takeover = Takeover(config, channel, listener, selection)
    return pytest_run.run(config, [selection, listener, takeover])
