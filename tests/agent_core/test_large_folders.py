"""A folder with more in it than the budget allows to copy: the stretch ends in time, honestly."""

import asyncio
import os
import time
from pathlib import Path

import pytest

from agent_core.events import WorkspaceReady
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.task import Budget
from runners.problems import UserProblem
from tests.agent_core import grammar
from tests.agent_core.projects import assign, shop

LARGE = 300_000_000
GIVE_UP = ScriptedModel([Turn(calls=(call("give_up", tried="nothing"),))])


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A project that tracks a file of 300 MB: seconds to copy, more to take a snapshot of."""
    root = shop(tmp_path / "shop-project", **{"data.bin": "small when it was committed"})
    block = os.urandom(1_000_000)
    with (root / "data.bin").open("wb") as stream:
        for _ in range(LARGE // len(block)):
            stream.write(block)
    return root


async def test_the_budget_ends_a_stretch_that_still_prepares(origin: Path) -> None:
    session = assign(origin, minutes=2 / 60)
    began = time.monotonic()
    stopped = await session.run(GIVE_UP)
    assert time.monotonic() - began < 2.5
    assert (stopped.reason, stopped.verdict.state) == ("budget_spent", "unknown")
    assert session.history.last(WorkspaceReady) is None
    # What was left of the copy is in nobody's way.
    (origin / "data.bin").write_text("small again")
    stopped = await session.run(GIVE_UP, budget=Budget(minutes=1))
    assert (stopped.reason, stopped.verdict.state) == ("nothing_found", "failing")
    grammar.check(session.log.events)
    session.close()


@pytest.mark.parametrize("after_s", [0.7, 2.0])
async def test_a_stop_is_heard_at_once_whatever_is_being_prepared(
    origin: Path, after_s: float
) -> None:
    session = assign(origin)
    running = asyncio.create_task(session.run(GIVE_UP))
    await asyncio.sleep(after_s)
    session.control.stop()
    asked = time.monotonic()
    stopped = await running
    assert time.monotonic() - asked < 1.0
    assert (stopped.reason, stopped.detail) == ("user_stopped", "stopped by the user")
    session.close()


async def test_a_pipe_that_git_would_wait_for_is_named(tmp_path: Path) -> None:
    origin = shop(tmp_path / "shop-project")
    os.mkfifo(origin / "shop/.gitignore")
    session = assign(origin)
    began = time.monotonic()
    with pytest.raises(UserProblem, match=r"shop/\.gitignore.* is a pipe"):
        await session.run(GIVE_UP)
    assert time.monotonic() - began < 3.0
    session.close()
