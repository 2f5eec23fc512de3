import asyncio
import threading
import time

import pytest

from runners.cutoff import CutOff, check, in_thread
from tests.cutting import seconds_to_let_go


def test_work_is_waited_for_until_it_has_let_go() -> None:
    started, said = threading.Event(), []

    def work() -> None:
        started.set()
        try:
            while True:
                check()
                time.sleep(0.001)
        except CutOff:
            time.sleep(0.1)
            said.append("ended")
            raise

    async def ask_twice() -> None:
        task = asyncio.create_task(in_thread(work))
        await asyncio.to_thread(started.wait)
        task.cancel()
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(ask_twice())
    assert said == ["ended"]


def test_work_returns_and_raises_as_any_other() -> None:
    assert asyncio.run(in_thread(divmod, 7, 2)) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(in_thread(divmod, 7, 0))


def test_what_goes_wrong_while_it_is_cut_off_is_not_said() -> None:
    started = threading.Event()

    def work() -> None:
        started.set()
        time.sleep(0.05)
        raise ZeroDivisionError

    assert seconds_to_let_go(work, started.is_set) < 1.0


def test_a_deadline_cuts_off() -> None:
    def forever() -> None:
        while True:
            check()
            time.sleep(0.001)

    async def limited() -> None:
        async with asyncio.timeout(0.05):
            await in_thread(forever)

    with pytest.raises(TimeoutError):
        asyncio.run(limited())


def test_work_is_cut_off_alone() -> None:
    async def side_by_side() -> None:
        other = asyncio.create_task(in_thread(time.sleep, 0.05))
        await asyncio.sleep(0.01)
        other.cancel()
        await in_thread(check)
        with pytest.raises(asyncio.CancelledError):
            await other
        await in_thread(check)

    check()
    asyncio.run(side_by_side())
    check()
