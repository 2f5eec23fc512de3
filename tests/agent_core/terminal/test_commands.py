"""What each command prints, writes and answers with."""

import asyncio
import io
import json
import re
import sys
import tempfile
from pathlib import Path

import pytest

from agent_core.events import Progress, Record, SessionStopped, Steered
from agent_core.models.protocol import ModelFailed, Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.session import Session
from agent_core.terminal import cli, commands
from agent_core.terminal.live import Live
from tests.agent_core import grammar
from tests.agent_core.projects import FAULTY, RIGHT, run_once, shop

MEND = call(
    "edit_file",
    edits=[{"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"}],
)
TWO_PLACES = call(
    "edit_file",
    edits=[
        {"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"},
        {"path": "shop/prices.py", "old": "Prices.", "new": "All prices."},
    ],
)
FINISH = call("finish", summary="The tax was taken off instead of added.")
DONE = ScriptedModel([Turn(calls=(MEND, FINISH))])
UNPROVED = ScriptedModel([Turn(calls=(MEND,)), ModelFailed("no answer")])


def assigned(origin: Path, model: ScriptedModel) -> str:
    """Run a session and leave it; returns its name."""
    _, session = asyncio.run(run_once(origin, model))
    session.close()
    return session.folder.name


def events_of(name: str) -> list[object]:
    session = Session.open(name, write=False)
    try:
        grammar.check(session.log.events)
        return list(session.log.events)
    finally:
        session.close()


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return shop(tmp_path / "shop")


def test_json_ends_with_the_stop_and_show_prints_the_same_events(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["fix", str(origin), "--python", sys.executable, "--json"]) == cli.FIXED
    printed = capsys.readouterr().out
    events = [json.loads(line) for line in printed.splitlines()]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    last = events[-1]
    assert (last["type"], last["reason"]) == ("SessionStopped", "verdict_holds")
    assert last["verdict"]["state"] == "fixed"
    assert last["snapshot"] == last["verdict"]["snapshot"]
    assert "+    return round(result * (1 + rate), 2)" in last["patch"]
    assert last["tried"] > 0

    assert cli.main(["show", events[0]["session"], "--json"]) == cli.FIXED
    assert capsys.readouterr().out == printed


def test_sessions_lists_the_newest_first_in_words_and_as_json(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["sessions"]) == cli.FIXED
    assert capsys.readouterr().out.startswith("No sessions yet")
    names = [assigned(origin, DONE), assigned(origin, UNPROVED)]
    assert cli.main(["sessions"]) == cli.FIXED
    newest, older = capsys.readouterr().out.splitlines()
    assert newest.startswith(names[1])
    assert "the model failed: unknown" in newest
    assert older.startswith(names[0])
    assert "ready: fixed" in older
    assert str(origin) in older
    assert cli.main(["sessions", "--json"]) == cli.FIXED
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["session"] for row in rows] == names[::-1]


def test_show_prints_the_timeline_and_the_change_with_its_hunks(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = assigned(origin, DONE)
    assert cli.main(["show", "last"]) == cli.FIXED
    out = capsys.readouterr().out
    assert "step 1" in out
    assert "edit_file: shop/prices.py +1 -1" in out
    assert re.search(r"^shop/prices\.py  hunks: \w+$", out, re.MULTILINE)
    assert "+    return round(result * (1 + rate), 2)" in out
    # A log that is being looked at stays as it is.
    assert isinstance(events_of(name)[-1], SessionStopped)


def test_accept_writes_what_is_proved_and_says_so(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = assigned(origin, DONE)
    assert cli.main(["accept", name]) == cli.FIXED
    undo = f"To undo this: journeyman accept {name} --undo\n"
    assert capsys.readouterr().out == f"Written: shop/prices.py\n{undo}"
    assert (origin / "shop/prices.py").read_text() == RIGHT
    cli.main(["sessions"])
    assert "accepted" in capsys.readouterr().out
    assert events_of(name)


def test_accept_wants_force_for_what_is_not_proved(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = assigned(origin, UNPROVED)
    assert cli.main(["accept", name]) == cli.BAD_INPUT
    assert "not proved" in capsys.readouterr().err
    assert (origin / "shop/prices.py").read_text() == FAULTY
    assert cli.main(["accept", name, "--force"]) == cli.FIXED
    assert (origin / "shop/prices.py").read_text() == RIGHT


def test_accept_writes_only_the_hunks_that_are_named(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = assigned(origin, ScriptedModel([Turn(calls=(TWO_PLACES, FINISH))]))
    cli.main(["show", name])
    found = re.search(r"hunks: (\w+), (\w+)", capsys.readouterr().out)
    assert found is not None
    before = events_of(name)
    assert cli.main(["accept", name, "--hunks", "none-such"]) == cli.BAD_INPUT
    assert "none-such" in capsys.readouterr().err
    assert events_of(name) == before
    assert cli.main(["accept", name, "--hunks", found[2]]) == cli.FIXED
    assert (origin / "shop/prices.py").read_text() == RIGHT
    assert cli.main(["accept", name, "--hunks", found[1]]) == cli.FIXED
    assert (origin / "shop/prices.py").read_text() == RIGHT.replace("Prices.", "All prices.")
    assert events_of(name)


def test_a_conflict_is_said_and_answered_with_1(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = assigned(origin, DONE)
    theirs = FAULTY.replace("1 - rate", "1 - rate / 2")
    (origin / "shop/prices.py").write_text(theirs)
    assert cli.main(["accept", name]) == cli.NOT_SOLVED
    said = capsys.readouterr().out
    assert "Conflict in shop/prices.py" in said
    assert "The window shows the conflict; --hunks ID accepts the others." in said
    assert (origin / "shop/prices.py").read_text() == theirs


def test_resuming_what_is_done_runs_nothing_again(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = assigned(origin, DONE)
    before = events_of(name)
    assert cli.main(["resume", name]) == cli.FIXED
    assert f"journeyman accept {name}" in capsys.readouterr().out
    added = events_of(name)[len(before) :]
    assert [type(event).__name__ for event in added] == ["StretchStarted", "SessionStopped"]


def test_resuming_what_stopped_goes_on_with_the_budget_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    green = shop(tmp_path / "shop", **{"shop/prices.py": RIGHT})
    name = assigned(green, ScriptedModel([ModelFailed("no answer")]))
    assert cli.main(["resume", name, "--json", "--budget-minutes", "2"]) == cli.NOT_SOLVED
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (events[0]["type"], events[0]["budget_minutes"]) == ("StretchStarted", 2.0)
    assert events[-1]["reason"] == "nothing_found"
    assert events[-1]["verdict"]["state"] == "no_regression"


def test_a_fault_of_our_own_is_told_from_not_solved(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = cli.parser().parse_args(["sessions"])
    asked.command = "no such command"
    assert commands.run(asked) == cli.BROKE
    assert "something broke" in capsys.readouterr().err


def test_doctor_says_what_works(origin: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor"]) == cli.FIXED
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("ok  ") for line in lines)
    for word in ("Python 3", "git version", "data folder", "model: built-in"):
        assert any(word in line for line in lines), word
    assert cli.main(["doctor", str(origin)]) == cli.FIXED
    assert str(origin) in capsys.readouterr().out


def test_doctor_names_what_does_not_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli.main(["doctor", str(tmp_path / "missing")]) == cli.NOT_SOLVED
    assert re.search(r"^NO  .*missing", capsys.readouterr().out, re.MULTILINE)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JOURNEYMAN_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cli.main(["doctor"]) == cli.NOT_SOLVED
    out = capsys.readouterr().out
    assert "NO  the data folder" in out
    assert "NO  git is not installed" in out


def test_without_arguments_a_copy_of_the_sample_is_repaired(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert cli.main([]) == cli.FIXED
    out = capsys.readouterr().out
    copy = re.search(r"copied to (\S+)\.$", out, re.MULTILINE)
    assert copy is not None
    assert Path(copy[1]).is_relative_to(tmp_path)
    written = re.findall(r"^Written: (\S+)$", out, re.MULTILINE)
    assert written
    assert all((Path(copy[1]) / path).is_file() for path in written)


class Screen(io.StringIO):
    """A terminal somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("make", [io.StringIO, Screen])
def test_nothing_printed_steers_the_terminal(make: type[io.StringIO]) -> None:
    stream = make()
    live = Live(stream)
    live.progress(Progress(call_id="", text="t.py::test[\x1b[2J\x07]", done=1, total=3))
    live.record(Record(seq=1, at=0.0, event=Steered(text="a\x1b]0;owned\x07b\n\x9bc \u202ed")))
    text = stream.getvalue()
    assert "a\\x1b]0;owned\\x07b" in text
    assert "\\x9bc \\u202ed" in text
    ours = text.replace("\r\x1b[K", "")
    assert all(char.isprintable() or char == "\n" for char in ours)
    assert ("1/3 t.py::test[\\x1b[2J\\x07]" in text) is stream.isatty()
