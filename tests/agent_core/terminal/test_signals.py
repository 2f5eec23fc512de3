"""Stopped from outside, a run ends in words, in its log and in its exit code."""

import json
import signal
from pathlib import Path

import pytest

from agent_core.events import SessionStopped
from agent_core.session import Session
from agent_core.terminal import cli
from benchmarks.kills import leftovers, start
from tests.agent_core import grammar
from tests.agent_core.projects import PYTHON, TESTS, shop

SLOW = TESTS + "\n\nimport time\n\ndef test_slow():\n    time.sleep(60)\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("moment", ["StretchStarted", "WorkspaceReady"])
def test_a_run_that_is_told_to_end_stops_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, number: signal.Signals
) -> None:
    origin = shop(tmp_path / "p", **{"tests/test_prices.py": SLOW})
    home = tmp_path / "home"
    with start(home, "fix", str(origin), "--python", str(PYTHON)) as process:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(json.loads(line))
            if printed[-1]["type"] == moment:
                process.send_signal(number)
    assert process.returncode == cli.NOT_SOLVED
    assert (printed[-1]["type"], printed[-1]["reason"]) == ("SessionStopped", "user_stopped")
    assert printed[-1]["detail"] == "stopped by the user"
    assert leftovers(home) == []
    monkeypatch.setenv("JOURNEYMAN_HOME", str(home))
    session = Session.open(printed[0]["session"], write=False)
    grammar.check(session.log.events)
    assert isinstance(session.log.events[-1], SessionStopped)
    session.close()
