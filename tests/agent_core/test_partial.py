"""The verdict of a part of the change, found out in a copy while the workspace stays as it is."""

import asyncio
import time

import pytest

from agent_core.events import HunksJudged
from agent_core.partial import judge_hunks
from agent_core.review import accept
from agent_core.session import Session
from editors.hunks import Hunk
from runners.problems import UserProblem
from tests.agent_core import grammar


def soon() -> float:
    return time.monotonic() + 60


async def test_each_set_has_its_own_verdict_and_is_run_once(
    session: Session, tax: Hunk, name: Hunk
) -> None:
    workspace = session.premises.workspace_folder
    before = {path: path.read_bytes() for path in workspace.rglob("*.py")}
    with_name = await judge_hunks(session, [name.id], deadline=soon())
    assert with_name.state == "failing"
    assert with_name.still_failing == ("tests/test_prices.py::test_total",)
    with_tax = await judge_hunks(session, [tax.id], deadline=soon())
    assert (with_tax.state, with_tax.passed, with_tax.total) == ("fixed", 3, 3)
    seen: list[str] = []
    again = await judge_hunks(
        session, [tax.id], deadline=soon(), on_case=lambda case: seen.append(case.id)
    )
    assert (again, seen) == (with_tax, [])
    assert {path: path.read_bytes() for path in workspace.rglob("*.py")} == before
    assert not (session.folder / "judging").exists()
    assert len(session.history.all(HunksJudged)) == 2
    grammar.check(session.log.events)


async def test_the_whole_change_has_the_verdict_it_was_finished_with(
    session: Session, tax: Hunk, name: Hunk
) -> None:
    seen: list[str] = []
    verdict = await judge_hunks(
        session, [name.id, tax.id], deadline=soon(), on_case=lambda case: seen.append(case.id)
    )
    assert (verdict.state, verdict.snapshot, seen) == ("fixed", session.history.snapshot, [])


async def test_what_was_accepted_so_far_is_judged_and_nothing_is_refused(
    session: Session, tax: Hunk
) -> None:
    with pytest.raises(UserProblem, match="Nothing has been accepted"):
        await judge_hunks(session, deadline=soon())
    accept(session, hunks=[tax.id], force=False)
    assert (await judge_hunks(session, deadline=soon())).state == "fixed"


async def test_a_judgement_out_of_time_is_no_word_and_can_be_asked_again(
    session: Session, tax: Hunk
) -> None:
    with pytest.raises(UserProblem, match="took too long"):
        await judge_hunks(session, [tax.id], deadline=time.monotonic())
    assert session.history.all(HunksJudged) == []
    assert (await judge_hunks(session, [tax.id], deadline=soon())).state == "fixed"


async def test_a_judgement_that_is_cancelled_leaves_nothing(session: Session, tax: Hunk) -> None:
    started = asyncio.Event()
    task = asyncio.create_task(
        judge_hunks(session, [tax.id], deadline=soon(), on_case=lambda _: started.set())
    )
    await asyncio.wait_for(started.wait(), 60)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (session.folder / "judging").exists()
    assert session.history.all(HunksJudged) == []
