"""The list of sessions: their states, and *Resume* where there is something to resume."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from agent_core.overview import SessionRow, State
from desktop.appearance import Appearance
from desktop.views.sessions import SessionsList


def row(name: str, state: State) -> SessionRow:
    return SessionRow(name, 1.7e9, "/p", f"goal of <b>{name}</b>", state, state)


ROWS = (row("a", "running"), row("b", "interrupted"), row("c", "ready"), row("d", "unreadable"))


def made(look: Appearance, qtbot: QtBot) -> SessionsList:
    sessions = SessionsList(look)
    qtbot.addWidget(sessions)
    sessions.set_rows(ROWS, current="b")
    sessions.resize(240, 300)
    sessions.show()
    return sessions


def button(sessions: SessionsList, name: str) -> QPushButton:
    return next(b for b in sessions.findChildren(QPushButton) if b.text() == name)


def the_list(sessions: SessionsList) -> QListWidget:
    found = sessions.findChild(QListWidget)
    assert found is not None
    return found


def test_resume_is_offered_where_there_is_something_to_resume(
    look: Appearance, qtbot: QtBot
) -> None:
    sessions = made(look, qtbot)
    resume = button(sessions, "Resume")
    assert resume.isVisible()
    with qtbot.waitSignal(sessions.resume_asked) as asked:
        resume.click()
    assert asked.args == ["b"]
    the_list(sessions).setCurrentRow(2)
    assert not resume.isVisible()


def test_enter_shows_a_session_but_not_one_that_cannot_be_read(
    look: Appearance, qtbot: QtBot
) -> None:
    sessions = made(look, qtbot)
    chosen: list[str] = []
    sessions.session_chosen.connect(chosen.append)
    for at in range(4):
        the_list(sessions).setCurrentRow(at)
        QTest.keyClick(the_list(sessions), Qt.Key.Key_Return)
    assert chosen == ["a", "b", "c"]


def test_read_only_offers_nothing(look: Appearance, qtbot: QtBot) -> None:
    sessions = made(look, qtbot)
    sessions.set_read_only(on=True)
    assert not button(sessions, "Resume").isVisible()
    assert not button(sessions, "New session").isEnabled()


def test_each_row_is_read_aloud_and_its_tip_is_plain(look: Appearance, qtbot: QtBot) -> None:
    sessions = made(look, qtbot)
    items = the_list(sessions).model()
    first = items.index(0, 0, QModelIndex())
    assert (
        first.data(Qt.ItemDataRole.AccessibleTextRole)
        == "goal of <b>a</b>, running, no file changed, Built-in"
    )
    assert "&lt;b&gt;" in first.data(Qt.ItemDataRole.ToolTipRole)


def test_a_theme_can_change_while_it_is_shown(look: Appearance, qtbot: QtBot) -> None:
    sessions = made(look, qtbot)
    before = sessions.grab().toImage()
    look.set_theme("light")
    assert sessions.grab().toImage() != before


def test_the_focus_goes_to_the_list(look: Appearance, qtbot: QtBot) -> None:
    sessions = made(look, qtbot)
    sessions.activateWindow()
    sessions.setFocus()
    qtbot.waitUntil(the_list(sessions).hasFocus)
    with qtbot.waitSignal(sessions.session_chosen) as chosen:
        QTest.keyClick(the_list(sessions), Qt.Key.Key_Home)
        QTest.keyClick(the_list(sessions), Qt.Key.Key_Return)
    assert chosen.args == ["a"]
