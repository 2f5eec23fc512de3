"""What git ignores is run with the rest and is no part of the change, so it proves nothing."""

from contextlib import closing
from pathlib import Path

from agent_core.events import SessionStopped, ToolFinished, WorkspaceReady
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import ToolFailure
from tests.agent_core.projects import run_once, shop

FINISH = call("finish", summary="done")
PASS_ALL = "def pytest_pyfunc_call(pyfuncitem):\n    return True\n"
RATE = {"path": "gen/x.py", "new": "RATE = 1\n"}
IMPORT = {"path": "shop/prices.py", "old": '"""Prices."""\n', "new": "from gen import x\n"}
USE = {"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate * x.RATE"}
WRITE = {
    "path": "shop/prices.py",
    "old": '"""Prices."""\n',
    "new": "from pathlib import Path\nPath('gen').mkdir(exist_ok=True)\n"
    "Path('gen/x.py').write_text('RATE = 1')\n",
}
Outcome = tuple[SessionStopped, list[ToolFinished], WorkspaceReady]


async def outcome(origin: Path, *edits: dict[str, object]) -> Outcome:
    """One turn of calls on a project, `finish` the last; what came of it."""
    calls = [call("edit_file", **edit) if edit else call("run_tests") for edit in edits]
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=(*calls, FINISH))]))
    with closing(session):
        ready = session.history.last(WorkspaceReady)
        assert ready is not None
        return stopped, session.history.all(ToolFinished), ready


async def test_an_ignored_file_is_not_edited(tmp_path: Path) -> None:
    origin = shop(tmp_path / "p", **{".gitignore": "gen/\n"})
    (origin / "gen").mkdir()
    (origin / "gen" / "old.py").write_text("RATE = 2\n")
    edits: list[dict[str, object]] = [
        {"edits": [RATE, IMPORT, USE]},
        {"edits": [{"path": "shop/prices.py", "move_to": "gen/prices.py"}]},
        {"edits": [{"path": "gen/old.py", "old": "2", "new": "3"}]},
        {"edits": [{"path": "gen/old.py", "delete": True}]},
    ]
    stopped, calls, ready = await outcome(origin, *edits)
    assert ready.ignored == ("gen/old.py",)
    for refused in calls[:-1]:
        assert isinstance(refused.data, ToolFailure)
        assert "Nothing was changed: git ignores gen/" in refused.text
        assert "no part of the change" in refused.text
    assert (stopped.verdict.state, stopped.patch) == ("failing", "")


async def test_what_an_earlier_run_left_behind_does_not_count(tmp_path: Path) -> None:
    origin = shop(tmp_path / "p", **{".gitignore": "gen/\n"})
    write: dict[str, object] = {"edits": [WRITE]}
    back: dict[str, object] = {"take_back": True}
    stopped, calls, _ = await outcome(origin, write, {}, back, {"edits": [IMPORT, USE]})
    assert [isinstance(each.data, ToolFailure) for each in calls] == [False] * 5
    assert stopped.verdict.state == "failing"


async def test_a_file_that_the_change_has_git_ignore_proves_nothing(tmp_path: Path) -> None:
    texts = {".gitignore": "conftest.py\n", "conftest.py": PASS_ALL}
    together: dict[str, object] = {
        "edits": [{"path": path, "new": text} for path, text in texts.items()]
    }
    stopped, _, ready = await outcome(shop(tmp_path / "p"), together)
    assert ready.ignored == ()
    assert stopped.verdict.state == "unknown"
    assert stopped.verdict.reason.startswith("conftest.py is ignored by git")


async def test_a_file_made_ignored_is_gone_after_a_run(tmp_path: Path) -> None:
    edits: list[dict[str, object]] = [
        {"edits": [{"path": "conftest.py", "new": PASS_ALL}]},
        {"edits": [{"path": ".gitignore", "new": "conftest.py\n"}]},
        {},
    ]
    stopped, _, _ = await outcome(shop(tmp_path / "p"), *edits)
    assert stopped.verdict.state == "failing"


async def test_tests_that_write_ignored_files_are_no_hindrance(tmp_path: Path) -> None:
    writes = (
        "from pathlib import Path\n\n\ndef test_log():\n"
        "    assert not Path('out/log').exists()\n"
        "    Path('out').mkdir(exist_ok=True)\n    Path('out/log').write_text('x')\n"
    )
    origin = shop(tmp_path / "p", **{".gitignore": "out/\n", "tests/test_log.py": writes})
    mend: dict[str, object] = {"edits": [{**USE, "new": "1 + rate"}]}
    stopped, _, _ = await outcome(origin, mend)
    assert stopped.verdict.state == "fixed"
    assert not (origin / "out").exists()
