"""Sessions at a glance: each state a session can be in, and damage that hides no other."""

import os
from pathlib import Path

import pytest

from agent_core import overview, places
from agent_core.events import ToolCall
from agent_core.models.choice import ModelChoice
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.review import accept
from agent_core.session import Session
from agent_core.task import Budget, Check, Task
from tests.agent_core.projects import PYTHON, assign, run_once, shop

MEND = call("edit_file", edits=[{"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"}])
FINISH = call("finish", summary="The tax was taken off instead of added.")


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop-project")


def told(origin: Path | None = None) -> list[tuple[str, str]]:
    return [(row.state, row.words) for row in overview.rows(origin)]


def test_without_a_session_there_is_nothing() -> None:
    assert overview.rows() == ()


async def test_a_session_is_ready_and_then_accepted(origin: Path) -> None:
    _, session = await run_once(origin, ScriptedModel([Turn(calls=(MEND, FINISH))]))
    assert told(origin) == [("ready", "ready: fixed")]
    (row,) = overview.rows(origin)
    assert (row.outcome, row.files) == ("1 test turned green", ("shop/prices.py",))
    assert told(origin / "elsewhere") == []
    accept(session, hunks=None, force=False)
    session.close()
    assert told() == [("accepted", "accepted")]


async def row_of(origin: Path, *turns: Turn, check: Check | None = None) -> overview.SessionRow:
    """The row of a session in which a model took these turns."""
    task = Task("Mend it.", check or Check(), Budget(minutes=1.0, steps=20))
    session = Session.create(origin, task, choice=ModelChoice(), python=PYTHON)
    await session.run(ScriptedModel(list(turns)))
    session.close()
    (row,) = overview.rows(origin)
    return row


def rewrite(path: str, text: str) -> ToolCall:
    return call("edit_file", edits=[{"path": path, "new": text}])


async def test_what_was_taken_back_or_deleted_again_is_no_part_of_the_change(origin: Path) -> None:
    turns = (
        Turn(calls=(rewrite("notes.py", "a = 1\n"), call("edit_file", take_back=True))),
        Turn(calls=(rewrite("more.py", "b = 1\n"), MEND)),
        Turn(calls=(call("edit_file", edits=[{"path": "more.py", "delete": True}]), FINISH)),
    )
    row = await row_of(origin, *turns)
    assert (row.outcome, row.files) == ("1 test turned green", ("shop/prices.py",))


async def test_a_refused_change_has_turned_nothing_green(origin: Path) -> None:
    judge = rewrite("tests/conftest.py", "import pytest\n")
    row = await row_of(origin, Turn(calls=(MEND, judge, FINISH)), Turn())
    assert row.words.endswith(": unknown")
    assert (row.outcome, set(row.files)) == ("", {"shop/prices.py", "tests/conftest.py"})


async def test_a_check_command_is_no_test(origin: Path) -> None:
    check = Check(commands=("grep -q '1 + rate' shop/prices.py",))
    row = await row_of(origin, Turn(calls=(MEND, FINISH)), check=check)
    assert row.outcome == "1 check holds now"


async def test_giving_up_is_a_failure(origin: Path) -> None:
    _, session = await run_once(origin, ScriptedModel([]))
    session.close()
    assert [state for state, _ in told()] == ["failed"]


def test_what_never_began_can_be_gone_on_with(origin: Path) -> None:
    session = assign(origin)
    session.close()
    assert told() == [("stopped", "not begun")]
    assert overview.rows()[0].state in overview.RESUMABLE


def test_a_damaged_session_hides_no_other(origin: Path) -> None:
    assign(origin).close()
    damaged = places.sessions() / "20200101-abcdef"
    damaged.mkdir()
    (damaged / "session.db").write_bytes(b"no database")
    os.utime(damaged, (1, 1))
    assert [row.state for row in overview.rows()] == ["stopped", "unreadable"]
    assert [row.state for row in overview.rows(origin)] == ["stopped"]
