"""Survivors listed in the terminal, and another one proven, also over a kill."""

import asyncio
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent_core import words
from agent_core.events import StretchStarted
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.session import Session
from agent_core.terminal import cli, show
from tests.agent_core import grammar
from tests.agent_core.projects import run_once, shop
from tests.agent_core.solvers.shipping import FAULTY, searched, shipping


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return shipping(tmp_path / "shipping")


@pytest.fixture
def proven(origin: Path) -> str:
    """A session whose change is the first of its survivors."""
    session = asyncio.run(searched(origin))
    session.close()
    return session.folder.name


def test_show_numbers_them_and_resume_proves_the_one_that_is_named(
    origin: Path, proven: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for named, said in (
        (["--survivor", "1"], "Survivor 1 is the change as it stands"),
        (["--survivor", "99"], "has no survivor 99"),
        (["mind the rounding", "--survivor", "2"], "takes no words"),
        (["--survivor", "2", "--model", "openai:m"], "Leave out the words and --model."),
    ):
        assert cli.main(["resume", proven, *named]) == cli.BAD_INPUT
        assert said in capsys.readouterr().err
    assert cli.main(["show", proven]) == cli.FIXED
    first, second = listed(capsys.readouterr().out)
    assert first.endswith("replace `>` by `<`. It is the change as it stands.")
    assert second.endswith("replace `>` by `<=`.")
    assert cli.main(["resume", proven, "--survivor", "2"]) == cli.FIXED
    out = capsys.readouterr().out
    assert "+    return weight <= 30" in out
    assert f"journeyman accept {proven}" in out
    assert "1 other patch turns the same red tests green, so these tests do not tell" in out
    assert "\n  1  shipping.py, line 6: replace `>` by `<`\n" in out
    assert (origin / "shipping.py").read_text() == FAULTY
    assert cli.main(["show", proven]) == cli.FIXED
    out = capsys.readouterr().out
    assert f"you: prove survivor 2: {second[5:]}" in out
    assert listed(out)[1] == f"{second} It is the change as it stands."


def listed(shown: str) -> list[str]:
    """The lines of the first two survivors."""
    lines = shown.partition("while the search tried them:\n")[2].splitlines()
    assert lines[-1].startswith("To have another one proven: ")
    return lines[:2]


def test_killed_while_it_is_applied_a_plain_resume_goes_on_with_what_was_chosen(
    proven: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kill_in_second_edit(proven)
    assert cli.main(["resume", proven]) == cli.FIXED
    assert "+    return weight <= 30" in capsys.readouterr().out
    session = Session.open(proven, write=False)
    assert len(session.history.all(StretchStarted)) == 4
    grammar.check(session.log.events)
    session.close()


def kill_in_second_edit(session: str) -> None:
    """Have survivor 2 proven, and kill that as soon as it is about to write the patch."""
    command = [sys.executable, "-m", "agent_core.terminal.cli", "resume", session, "--json"]
    with subprocess.Popen(
        [*command, "--survivor", "2"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    ) as running:
        assert running.stdout is not None
        edits = (
            line for line in running.stdout if b"ToolIntended" in line and b"edit_file" in line
        )
        assert len(list(itertools.islice(edits, 2))) == 2
        running.kill()


async def test_a_part_that_is_mended_is_told_with_the_way_to_take_it(tmp_path: Path) -> None:
    more = "def test_more():\n    assert 1 == 2\n"
    edit = {"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"}
    mend = call("edit_file", edits=[edit])
    calls = (mend, call("finish", summary="x"), call("give_up", tried="The rest is beyond me."))
    origin = shop(tmp_path / "shop", **{"tests/test_more.py": more})
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=calls)]))
    told = words.line(stopped)
    assert told.startswith("a part is mended: 1 of 2 red tests is green. The rest is beyond me.")
    assert f"accept {session.folder.name} --force" in show.advice(session, stopped)
    shown = show.timeline(session.log.records)
    assert "finish: refused: still failing: tests/test_more.py::test_more" in shown
    session.close()
