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
