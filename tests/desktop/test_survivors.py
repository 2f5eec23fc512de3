"""Another survivor tried from the window: the command, the run, and what is shown of it."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_core.events import SurvivorChosen
from desktop.appearance import Appearance
from desktop.models.candidates_rows import CandidateRow
from desktop.workspace_view import WorkspaceView
from tests.desktop.windows import opened, project, window

LONG_MS = 60_000


def select(workspace: WorkspaceView, row: CandidateRow) -> None:
    page = workspace.candidates
    page.tried.setCurrentIndex(page.candidates.index(page.candidates.rows.index(row), 0))


def card(workspace: WorkspaceView) -> tuple[str, ...]:
    """Where the newest verdict leads."""
    view = workspace.timeline.view
    return view._line(len(view.rows) - 1).links


def test_a_survivor_is_chosen_by_keys_and_becomes_the_proved_change(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    with window(look, qtbot) as made:
        workspace = opened(made, project(tmp_path / "sums"))
        chip = workspace.composer.toolchain_chip
        qtbot.waitUntil(lambda: "Python 3." in chip.text(), timeout=LONG_MS)
        assert not made.registry.is_enabled("candidates.try")
        workspace.composer.send.click()
        qtbot.waitUntil(lambda: workspace.agent_state == "done", timeout=LONG_MS)
        assert "3 other patches do as well →" in card(workspace)
        workspace.timeline.candidates_asked.emit()
        page = workspace.candidates
        assert page.isVisible()
        current, other = (row for row in page.candidates.rows if row.number in {1, 2})
        select(workspace, current)
        assert (current.outcome[0], made.registry.is_enabled("candidates.try")) == (
            "is the change",
            False,
        )
        select(workspace, other)
        assert made.registry.is_enabled("candidates.try")
        keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(page.tried, Qt.Key.Key_Return, keys)
        qtbot.waitUntil(lambda: workspace.agent_state == "running", timeout=LONG_MS)
        assert not page.trying.isEnabled()
        qtbot.waitUntil(lambda: workspace.agent_state == "done", timeout=LONG_MS)
        history = workspace.link.history
        assert [event.number for event in history.all(SurvivorChosen)] == [2]
        assert page.chosen.toPlainText().startswith(f"adding.py:{other.line} · is the change")
        assert page.hint.text() == "This is the change as it stands."
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        (added,) = (
            line.text
            for file in workspace.review.review.files
            for hunk in file.diff.hunks
            for line in hunk.lines
            if line.op == "+"
        )
        assert added != b"    return a + b\n"
