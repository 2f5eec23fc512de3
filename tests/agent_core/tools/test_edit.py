"""Applying a candidate's bytes."""

from pathlib import Path

from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import EditApplied, ToolFailure
from tests.agent_core.projects import FAULTY, RIGHT, run_once, shop


async def test_a_patch_is_applied_and_one_for_a_file_that_is_gone_is_answered(
    tmp_path: Path,
) -> None:
    start = FAULTY.index("1 - rate")
    patch = {"file": "shop/prices.py", "start": start, "end": start + 8, "text": "1 + rate"}
    calls = (
        call("edit_file", patch=[patch, {**patch, "file": "gone.py"}]),
        call("edit_file", patch=[patch]),
    )
    stopped, session = await run_once(shop(tmp_path / "shop"), ScriptedModel([Turn(calls=calls)]))
    (failure,) = session.history.results(ToolFailure)
    assert failure.kind == "failed"
    assert "gone.py" in session.history.done()[0].finished.text
    assert len(session.history.results(EditApplied)) == 1
    assert (session.premises.workspace_folder / "shop/prices.py").read_text() == RIGHT
    assert stopped.reason == "model_failed"  # the script has run out
    session.close()


async def test_an_edit_of_what_judges_it_is_told_at_once(tmp_path: Path) -> None:
    judges = ("tests/test_prices.py", "pytest.ini")
    back = call("edit_file", take_back=True)
    calls = (
        call("edit_file", edits=[{"path": judges[0], "old": "33.0", "new": "27.0"}]),
        back,
        call("edit_file", edits=[{"path": judges[1], "new": "[pytest]\n"}]),
        back,
        call("edit_file", edits=[{"path": "tests/test_new.py", "new": "def test_a(): pass\n"}]),
    )
    _, session = await run_once(shop(tmp_path / "shop"), ScriptedModel([Turn(calls=calls)]))
    told = [done.finished.text for done in session.history.done()]
    never = ["can never end fixed" in text for text in told]
    assert never == [True, False, True, False, False]
    assert all(path in told[2 * place] for place, path in enumerate(judges))
    backs = [edit.taken_back for edit in session.history.results(EditApplied)]
    assert backs == [False, True, False, True, False]
    session.close()
