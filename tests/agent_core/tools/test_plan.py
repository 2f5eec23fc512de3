"""The plan as it is told, and the two ways to end."""

from pathlib import Path

from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import GaveUp, PlanUpdated, ToolFailure
from tests.agent_core.projects import run_once, shop


async def test_the_plan_is_told_and_giving_up_names_the_suspects(tmp_path: Path) -> None:
    items = [
        {"text": "look", "state": "done"},
        {"text": "mend", "state": "doing"},
        {"text": "rest"},
        {"text": "fly", "state": "dropped"},
    ]
    calls = (
        call("update_plan", items=items),
        call("update_plan", items=[]),
        call("update_plan", items=[{"text": "x", "state": "perhaps"}]),
        call("locate_fault"),
        call("give_up", tried="Everything that came to mind."),
    )
    stopped, session = await run_once(shop(tmp_path / "shop"), ScriptedModel([Turn(calls=calls)]))
    told = [done.finished.text for done in session.history.done()]
    assert told[0] == "[x] look\n[>] mend\n[ ] rest\n[-] fly"
    assert told[1] == "The plan is empty."
    assert len(session.history.results(PlanUpdated)) == 2
    assert [failure.kind for failure in session.history.results(ToolFailure)] == ["arguments"]
    (gave_up,) = session.history.results(GaveUp)
    assert 0 < len(gave_up.suspects) <= 5
    assert (stopped.reason, stopped.detail) == ("nothing_found", "Everything that came to mind.")
    session.close()


async def test_giving_up_for_want_of_time_can_be_gone_on_with(tmp_path: Path) -> None:
    script = [
        Turn(calls=(call("give_up", tried="Half of it.", out_of_time=True),)),
        Turn(calls=(call("give_up", tried="All of it."),)),
    ]
    model = ScriptedModel(script)
    stopped, session = await run_once(shop(tmp_path / "shop"), model)
    assert stopped.reason == "budget_spent"
    again = await session.run(model)
    assert (again.reason, again.detail) == ("nothing_found", "All of it.")
    session.close()
