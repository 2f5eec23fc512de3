"""Time spent paused is not spent."""

import asyncio
import time
from pathlib import Path

import pytest

from agent_core.clock import Clock
from agent_core.control import Control
from agent_core.events import FORMAT, SessionStarted, StretchStarted, Unpaused
from agent_core.history import History
from agent_core.loop import Loop
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel
from agent_core.store import EventLog, SessionStore
from agent_core.task import Budget, Task
from agent_core.tools.dispatch import Dispatch
from agent_core.tools.tool import ToolContext

SHORT = 0.3 / 60
"""Minutes of a budget that a test waits for."""


def no_context(call: str, history: History) -> ToolContext:
    raise AssertionError(f"{call} is run after {len(history.events)} events")


async def test_the_limit_ends_what_takes_longer() -> None:
    with pytest.raises(TimeoutError):
        async with Clock(SHORT).limit:
            await asyncio.sleep(30)


async def test_what_is_held_moves_the_deadline_on_and_the_limit_still_ends() -> None:
    clock = Clock(SHORT)
    before = clock.deadline
    began = time.monotonic()

    async def pause_and_go_on() -> None:
        async with clock.limit:
            with clock.held():
                await asyncio.sleep(0.5)
            await asyncio.sleep(30)

    with pytest.raises(TimeoutError):
        await pause_and_go_on()
    assert clock.deadline - before >= 0.5
    assert 0.7 < time.monotonic() - began < 10


async def test_a_stop_while_it_is_held_is_no_timeout() -> None:
    clock = Clock(SHORT)

    async def hold() -> None:
        async with clock.limit:
            with clock.held():
                await asyncio.sleep(30)

    task = asyncio.create_task(hold())
    await asyncio.sleep(0.4)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_pause_longer_than_the_budget_leaves_the_budget(tmp_path: Path) -> None:
    with SessionStore.open(tmp_path / "s", write=True) as store:
        log, control, clock = EventLog(store), Control(), Clock(SHORT)
        log.append(SessionStarted(format=FORMAT, session="s", origin="/", task=Task(goal="g")))
        log.append(StretchStarted(number=1, budget_minutes=SHORT))
        loop = Loop(
            model=ScriptedModel([Turn(text="hm")] * 5),
            dispatch=Dispatch((), log=log, context=no_context),
            log=log,
            budget=Budget(minutes=SHORT),
            clock=clock,
            control=control,
            on_delta=lambda _: None,
        )
        control.pause()
        asyncio.get_running_loop().call_later(0.6, control.unpause)
        async with clock.limit:
            stopped = await loop.run()
        assert History(log.events).last(Unpaused) is not None
        assert stopped.reason == "stuck"
