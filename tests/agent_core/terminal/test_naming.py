"""Sessions named in short, and how the program calls itself."""

import pytest

from agent_core import places
from agent_core.terminal import cli
from agent_core.terminal.naming import session_id
from agent_core.version import version
from runners.problems import UserProblem


@pytest.fixture
def ids() -> tuple[str, str]:
    names = ("20260102-c0f98d", "20260102-c0a111")
    for name in names:
        places.session_folder(name).mkdir(parents=True)
    return names


def test_an_unambiguous_beginning_or_end_is_enough(ids: tuple[str, str]) -> None:
    assert session_id("c0f98d") == session_id("20260102-c0f") == session_id(ids[0]) == ids[0]
    assert [session_id(named) for named in ("nothing", "")] == ["nothing", ""]
    with pytest.raises(UserProblem, match=f"may mean {ids[1]} or {ids[0]}"):
        session_id("2026")


def test_last_needs_a_session() -> None:
    with pytest.raises(UserProblem, match="no sessions yet"):
        session_id("last")


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"journeyman {version()}\n")


def test_usage_names_the_program_as_it_was_started(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOURNEYMAN_AS", "./run")
    with pytest.raises(SystemExit):
        cli.main(["show"])
    assert capsys.readouterr().err.startswith("usage: ./run show ")
