"""Taking back what was accepted, the newest first, and saying what stands in the way."""

import asyncio
import re
from pathlib import Path

import pytest

from agent_core.events import HunksTakenBack
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.session import Session
from agent_core.terminal import cli
from tests.agent_core import grammar
from tests.agent_core.projects import FAULTY, RIGHT, run_once, shop

PRICES = "shop/prices.py"
BOTH = RIGHT.replace("Prices.", "All prices.")
EDITS = [
    {"path": PRICES, "old": "1 - rate", "new": "1 + rate"},
    {"path": PRICES, "old": "Prices.", "new": "All prices."},
    {"path": "notes.txt", "new": "Tax is added.\n"},
]
CHANGE = Turn(calls=(call("edit_file", edits=EDITS), call("finish", summary="Tax is added.")))


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


@pytest.fixture
def name(origin: Path) -> str:
    """A session that changed two places of a file and made another."""
    _, session = asyncio.run(run_once(origin, ScriptedModel([CHANGE])))
    session.close()
    return session.folder.name


def hunks(name: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The hunks of the prices, in their order."""
    cli.main(["show", name])
    found = re.search(rf"^{PRICES}  hunks: (\w+), (\w+)$", capsys.readouterr().out, re.MULTILINE)
    assert found is not None
    return list(found.groups())


def taken_back(name: str) -> int:
    """How often, in a log that is held to the grammar."""
    session = Session.open(name, write=False)
    try:
        grammar.check(session.log.events)
        return len(session.history.all(HunksTakenBack))
    finally:
        session.close()


def test_what_was_accepted_is_taken_back_and_can_be_accepted_again(
    origin: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["accept", name]) == cli.FIXED
    assert (origin / PRICES).read_text() == BOTH
    capsys.readouterr()
    assert cli.main(["accept", name]) == cli.FIXED
    assert capsys.readouterr().out == "Nothing was written: it is accepted already.\n"
    assert cli.main(["accept", name, "--undo"]) == cli.FIXED
    assert capsys.readouterr().out == f"Taken back: notes.txt\nTaken back: {PRICES}\n"
    assert (origin / PRICES).read_text() == FAULTY
    assert not (origin / "notes.txt").exists()
    cli.main(["sessions"])
    assert "ready: fixed" in capsys.readouterr().out
    assert cli.main(["accept", name]) == cli.FIXED
    assert (origin / PRICES).read_text() == BOTH
    cli.main(["sessions"])
    assert "accepted" in capsys.readouterr().out
    assert taken_back(name) == 1


def test_taking_back_twice_takes_back_the_accept_before_and_never_brings_back(
    origin: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = hunks(name, capsys)
    for hunk in (second, first):
        assert cli.main(["accept", name, "--hunks", hunk]) == cli.FIXED
    assert (origin / PRICES).read_text() == BOTH
    assert cli.main(["accept", name, "--undo"]) == cli.FIXED
    assert (origin / PRICES).read_text() == RIGHT
    assert cli.main(["accept", name, "--undo"]) == cli.FIXED
    assert (origin / PRICES).read_text() == FAULTY
    assert cli.main(["accept", name, "--undo"]) == cli.BAD_INPUT
    assert "nothing to take back" in capsys.readouterr().err
    assert (origin / PRICES).read_text() == FAULTY
    assert taken_back(name) == 2


def test_files_that_moved_on_are_named_and_nothing_is_taken_back(
    origin: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["accept", name])
    (origin / PRICES).write_text(BOTH + "\n# mine\n")
    assert cli.main(["accept", name, "--undo"]) == cli.BAD_INPUT
    said = capsys.readouterr().err
    assert PRICES in said
    assert "notes.txt" not in said
    assert (origin / PRICES).read_text() == BOTH + "\n# mine\n"
    assert (origin / "notes.txt").exists()
    (origin / PRICES).write_text(BOTH)
    (origin / "notes.txt").unlink()
    (origin / "notes.txt").mkdir()
    assert cli.main(["accept", name, "--undo"]) == cli.BAD_INPUT
    assert "notes.txt" in capsys.readouterr().err
    assert taken_back(name) == 0


def test_what_a_killed_take_back_had_done_is_no_hindrance(origin: Path, name: str) -> None:
    cli.main(["accept", name])
    (origin / PRICES).write_text(FAULTY)  # as it is between the writing and the event
    assert cli.main(["accept", name, "--undo"]) == cli.FIXED
    assert (origin / PRICES).read_text() == FAULTY
    assert not (origin / "notes.txt").exists()
    assert taken_back(name) == 1


def test_what_cannot_be_taken_back_is_said_and_tried_again(
    origin: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["accept", name])
    (origin / "second name").hardlink_to(origin / PRICES)
    assert cli.main(["accept", name, "--undo"]) == cli.NOT_SOLVED
    assert f"Not written: {PRICES}" in capsys.readouterr().out
    (origin / "second name").unlink()
    assert cli.main(["accept", name, "--undo"]) == cli.FIXED
    assert (origin / PRICES).read_text() == FAULTY
    assert taken_back(name) == 2


def test_nothing_is_chosen_and_taken_back_at_once() -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["accept", "20200101-000000", "--undo", "--hunks", "x"])


def test_damaged_snapshots_are_said_with_a_way_out(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["accept", name])
    session = Session.open(name, write=False)
    store = session.premises.shadow().path
    session.close()
    for file in (store / "objects").rglob("*"):
        if file.is_file():
            file.unlink()
    for command in (["show", name], ["accept", name], ["accept", name, "--undo"]):
        capsys.readouterr()
        assert cli.main(command) == cli.BAD_INPUT
        said = capsys.readouterr().err
        assert "snapshots are damaged" in said
        assert "hint: " in said
    assert cli.main(["show", name, "--json"]) == cli.FIXED
    assert "1 + rate" in capsys.readouterr().out
