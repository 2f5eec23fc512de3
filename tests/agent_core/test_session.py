import asyncio
from pathlib import Path

import pytest

from agent_core import conversation
from agent_core.events import (
    Paused,
    SessionStopped,
    Steered,
    StretchStarted,
    ToolCall,
    ToolFinished,
    ToolIntended,
    Unpaused,
)
from agent_core.models.protocol import ModelFailed, Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import EditApplied, FinishAsked, TestsRan, ToolFailure
from agent_core.review import accept, change_set
from agent_core.session import Session
from runners.problems import UserProblem
from tests.agent_core import grammar
from tests.agent_core.projects import FAULTY, RIGHT, TESTS, assign, run_once, shop, until, write

MEND = call(
    "edit_file",
    edits=[{"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"}],
)
FINISH = call("finish", summary="The tax was taken off instead of added.")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop-project")


async def test_a_right_edit_is_proved_and_shown_and_nothing_is_written(origin: Path) -> None:
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=(MEND, FINISH))]))
    assert (stopped.reason, stopped.verdict.state) == ("verdict_holds", "fixed")
    assert stopped.verdict.fixed == ("tests/test_prices.py::test_total",)
    assert "+    return round(result * (1 + rate), 2)" in stopped.patch
    assert (origin / "shop/prices.py").read_text() == FAULTY
    grammar.check(session.log.events)
    session.close()


async def test_finish_is_refused_with_the_evidence_until_the_gate_holds(origin: Path) -> None:
    script = [Turn(calls=(FINISH,)), Turn(calls=(MEND, FINISH))]
    stopped, session = await run_once(origin, ScriptedModel(script))
    first, second = session.history.results(FinishAsked)
    assert (first.verdict.state, second.verdict.state) == ("failing", "fixed")
    assert "test_total" in first.verdict.reason
    assert stopped.reason == "verdict_holds"
    session.close()


async def test_breaking_another_test_is_never_fixed(origin: Path) -> None:
    breaks = call(
        "edit_file",
        edits=[
            {"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"},
            {"path": "shop/prices.py", "old": "min(", "new": "max("},
        ],
    )
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=(breaks, FINISH))]))
    assert stopped.verdict.state == "failing"
    assert stopped.verdict.newly_broken == ("tests/test_prices.py::test_cheapest",)
    session.close()


async def test_changing_the_test_instead_is_never_fixed(origin: Path) -> None:
    cheat = call(
        "edit_file",
        edits=[{"path": "tests/test_prices.py", "old": "33.0", "new": "27.0"}],
    )
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=(cheat, FINISH))]))
    assert stopped.verdict.state == "unknown"
    assert "tests/test_prices.py" in stopped.verdict.reason
    session.close()


async def test_an_edit_is_taken_back_exactly(origin: Path) -> None:
    script = [
        Turn(calls=(MEND,)),
        Turn(calls=(call("edit_file", take_back=True),)),
        Turn(calls=(FINISH,)),
    ]
    stopped, session = await run_once(origin, ScriptedModel(script))
    first, second = session.history.results(EditApplied)
    baseline = session.history.baseline
    assert baseline is not None
    assert first.snapshot != baseline.snapshot == second.snapshot
    assert stopped.patch == ""
    session.close()


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("read_file", {"path": "../outside"}, "outside"),
        ("read_file", {"path": "missing.py"}, "missing.py"),
        ("read_file", {"line": 1}, "arguments of read_file do not fit"),
        ("edit_file", {}, "names no edit"),
        ("search_text", {"text": "(", "regex": True}, "no regular expression"),
        ("fly", {}, "there is no tool fly"),
    ],
)
async def test_a_wrong_call_is_answered_and_changes_nothing(
    origin: Path, tool: str, arguments: dict[str, object], said: str
) -> None:
    model = ScriptedModel([Turn(calls=(call(tool, **arguments),))])
    stopped, session = await run_once(origin, model)
    (failure,) = session.history.results(ToolFailure)
    assert failure.kind in {"arguments", "refused", "not_found"}
    assert said in session.history.done()[-1].finished.text
    assert stopped.patch == ""
    session.close()


async def test_what_tests_write_into_the_tree_is_no_part_of_the_change(tmp_path: Path) -> None:
    litter = TESTS + "\n\ndef test_litter():\n    open('left-behind.txt', 'w').write('x')\n"
    origin = shop(tmp_path / "p", **{"tests/test_prices.py": litter})
    calls = (call("locate_fault"), call("try_candidates", limit=3), MEND, FINISH)
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=calls)]))
    assert stopped.verdict.state == "fixed"
    assert [diff.path for diff in change_set(session)] == ["shop/prices.py"]
    session.close()


async def test_a_model_that_fails_ends_the_stretch_and_a_new_one_goes_on(origin: Path) -> None:
    script: list[Turn | ModelFailed] = [Turn(calls=(MEND,)), ModelFailed("no answer")]
    stopped, session = await run_once(origin, ScriptedModel(script))
    assert (stopped.reason, stopped.detail) == ("model_failed", "no answer")
    assert stopped.verdict.state == "unknown"
    again = await session.run(ScriptedModel([Turn(), Turn(calls=(FINISH,))]))
    assert again.verdict.state == "fixed"
    assert len(session.history.all(StretchStarted)) == 2
    grammar.check(session.log.events)
    session.close()


async def test_steps_run_out(origin: Path) -> None:
    session = assign(origin, steps=2)
    look = [Turn(calls=(call("list_files", pattern=str(number)),)) for number in range(5)]
    stopped = await session.run(ScriptedModel(look))
    assert (stopped.reason, session.history.step) == ("budget_spent", 2)
    session.close()


async def test_going_in_circles_is_stuck(origin: Path) -> None:
    same = [Turn(calls=(call("list_files"),))] * 10
    stopped, session = await run_once(origin, ScriptedModel(same))
    assert stopped.reason == "stuck"
    session.close()


async def test_saying_nothing_is_stuck(origin: Path) -> None:
    stopped, session = await run_once(origin, ScriptedModel([Turn(text="done!")] * 10))
    assert stopped.reason == "stuck"
    session.close()


async def test_stop_cuts_off_the_call_and_keeps_the_session(tmp_path: Path) -> None:
    slow = TESTS + "\n\nimport time\n\ndef test_slow():\n    time.sleep(2)\n"
    origin = shop(tmp_path / "p", **{"tests/test_prices.py": slow})
    session = assign(origin)
    script = ScriptedModel([Turn(calls=(MEND,)), Turn(calls=(call("run_tests"),)), Turn()])
    running = asyncio.create_task(session.run(script))
    await until(session, lambda: session.history.step == 2)
    session.control.stop()
    stopped = await asyncio.wait_for(running, 5)
    assert stopped.reason == "user_stopped"
    assert "+    return round(result * (1 + rate), 2)" in stopped.patch
    assert not session.history.results(TestsRan)
    grammar.check(session.log.events)
    session.close()


async def test_stopping_twice_stops_once(tmp_path: Path) -> None:
    slow = TESTS + "\n\nimport time\n\ndef test_slow():\n    time.sleep(2)\n"
    session = assign(shop(tmp_path / "p", **{"tests/test_prices.py": slow}))
    running = asyncio.create_task(session.run(ScriptedModel([Turn(calls=(call("run_tests"),))])))
    await until(session, lambda: bool(session.history.all(ToolIntended)))
    for _ in range(50):
        session.control.stop()
        await asyncio.sleep(0)
    assert (await asyncio.wait_for(running, 5)).reason == "user_stopped"
    session.control.stop()
    again = await session.run(ScriptedModel([]))
    assert again.reason == "model_failed"
    session.close()


async def test_words_after_the_end_are_heard_by_the_next_stretch(origin: Path) -> None:
    session = assign(origin)
    script = ScriptedModel(
        [Turn(calls=(call("give_up", tried="all"),)), Turn(calls=(MEND, FINISH))]
    )
    assert (await session.run(script)).reason == "nothing_found"
    assert (await session.run(script)).reason == "nothing_found"
    session.steer("the tax is added, not taken off")
    assert (await session.run(script)).verdict.state == "fixed"
    session.close()


async def test_pause_holds_the_next_step_and_words_arrive_before_it(origin: Path) -> None:
    session = assign(origin)
    session.control.pause()
    running = asyncio.create_task(session.run(ScriptedModel([Turn(calls=(MEND, FINISH))])))
    await until(session, lambda: bool(session.history.all(Paused)))
    session.steer("mind the tax")
    await asyncio.sleep(0.1)
    assert session.history.step == 0
    session.control.unpause()
    assert (await running).verdict.state == "fixed"
    kinds = [type(event) for event in session.log.events]
    assert kinds.index(Paused) < kinds.index(Steered) < kinds.index(Unpaused)
    grammar.check(session.log.events)
    session.close()


async def test_time_runs_out_inside_a_call(tmp_path: Path) -> None:
    slow = TESTS + "\n\nimport time\n\ndef test_slow():\n    time.sleep(30)\n"
    origin = shop(tmp_path / "p", **{"tests/test_prices.py": slow})
    session = assign(origin, minutes=0.05)
    began = asyncio.get_running_loop().time()
    stopped = await session.run(ScriptedModel([]))
    assert stopped.reason == "budget_spent"
    assert asyncio.get_running_loop().time() - began < 6
    session.close()


async def test_a_gate_that_was_cut_off_is_said_with_what_was_known(tmp_path: Path) -> None:
    origin = shop(tmp_path / "p")
    session = assign(origin)
    tests = call("run_tests", tests=["tests/test_prices.py"])
    calls = (MEND, tests, FINISH)
    running = asyncio.create_task(session.run(ScriptedModel([Turn(calls=calls)])))
    await until(session, lambda: _asked_for(session, "finish"))
    session.control.stop()
    reason = (await running).verdict.reason
    assert reason.startswith("the gate was cut off before it had judged this tree")
    assert " passed, 0 failed" in reason
    session.close()


def _asked_for(session: Session, tool: str) -> bool:
    return any(event.call.tool == tool for event in session.history.all(ToolIntended))


async def test_accepting_writes_the_change_once_it_is_proved(origin: Path) -> None:
    _, session = await run_once(origin, ScriptedModel([Turn(calls=(MEND, FINISH))]))
    accepted = accept(session, hunks=None, force=False)
    assert accepted.result.written == ("shop/prices.py",)
    assert (origin / "shop/prices.py").read_text() == RIGHT
    grammar.check(session.log.events)
    session.close()


async def test_accepting_what_is_not_proved_wants_force(origin: Path) -> None:
    _, session = await run_once(origin, ScriptedModel([Turn(calls=(MEND,)), ModelFailed("gone")]))
    with pytest.raises(UserProblem, match="not proved"):
        accept(session, hunks=None, force=False)
    assert (origin / "shop/prices.py").read_text() == FAULTY
    accept(session, hunks=None, force=True)
    assert (origin / "shop/prices.py").read_text() == RIGHT
    session.close()


async def test_accepting_into_a_folder_that_is_gone_is_refused(origin: Path) -> None:
    _, session = await run_once(origin, ScriptedModel([Turn(calls=(MEND, FINISH))]))
    await asyncio.to_thread(origin.rename, origin.with_name("elsewhere"))
    events = len(session.log.events)
    with pytest.raises(UserProblem, match="is gone"):
        accept(session, hunks=None, force=False)
    assert len(session.log.events) == events
    session.close()


async def test_a_line_the_user_changed_meanwhile_stays(origin: Path) -> None:
    _, session = await run_once(origin, ScriptedModel([Turn(calls=(MEND, FINISH))]))
    theirs = FAULTY.replace("1 - rate", "1 - rate / 2").replace("Prices.", "All prices.")
    write(origin, {"shop/prices.py": theirs})
    accepted = accept(session, hunks=None, force=False)
    assert accepted.result.conflicts
    assert (origin / "shop/prices.py").read_text() == theirs
    session.close()


async def test_the_same_session_is_read_back_whole(origin: Path) -> None:
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=(MEND, FINISH))]))
    name, records = session.folder.name, list(session.log.records)
    session.close()
    again = Session.open(name, write=False)
    assert again.log.records == records
    assert isinstance(again.log.events[-1], SessionStopped)
    assert again.log.events[-1] == stopped
    again.close()


def test_an_unknown_session_is_named() -> None:
    with pytest.raises(UserProblem, match="no session 20200101-000000"):
        Session.open("20200101-000000", write=False)


@pytest.mark.parametrize(
    "arguments",
    [
        '{"items": [{"text": "a", "zz": ' + "[" * 2000 + "]" * 2000 + "}]}",
        '{"edits": ' + "[" * 100_000,
    ],
)
async def test_arguments_nested_without_end_are_answered(tmp_path: Path, arguments: str) -> None:
    asked = ToolCall(tool="update_plan", arguments=arguments)
    model = ScriptedModel([Turn(calls=(asked,)), Turn(calls=(MEND, FINISH))])
    stopped, session = await run_once(shop(tmp_path / "p"), model)
    assert stopped.verdict.holds
    assert "do not fit" in session.history.all(ToolFinished)[0].text
    conversation.Conversation().messages(session.history)
    session.close()


async def test_a_path_without_end_is_refused(tmp_path: Path) -> None:
    deep = call("edit_file", edits=[{"path": "a/" * 1500 + "x.txt", "new": "x"}])
    model = ScriptedModel([Turn(calls=(deep,)), Turn(calls=(MEND, FINISH))])
    stopped, session = await run_once(shop(tmp_path / "p"), model)
    assert stopped.verdict.holds
    assert "too deep" in session.history.all(ToolFinished)[0].text
    session.close()
