"""Only a person at a terminal is asked."""

import io
import os
import pty
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agent_core.terminal.asking import agrees


@contextmanager
def typed(line: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal at which somebody types that line."""
    try:
        ours, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"this machine gives nobody a terminal: {error}")
    with os.fdopen(theirs, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        os.write(ours, f"{line}\n".encode())
        yield
    os.close(ours)


@pytest.mark.parametrize(
    ("line", "agreed"), [("y", True), (" YES", True), ("n", False), ("", False)]
)
def test_a_person_is_asked(
    line: str, *, agreed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with typed(line, monkeypatch):
        assert agrees("May it?") is agreed
    assert capsys.readouterr().out == "May it? [y/N] "


def test_where_nobody_can_be_asked_the_answer_is_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert not agrees("May it?")
    assert capsys.readouterr().out == ""
