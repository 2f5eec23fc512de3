"""The first page: recent folders with their state, samples, a folder dropped."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.welcome import Earlier, Recent, Sample, Welcome

RECENT = (
    Recent(Path("/home/ada/tinydb"), "ready", "ready: fixed"),
    Recent(Path("/home/ada/old"), "gone", "the folder is gone"),
    Recent(Path("/home/ada/new"), "new", "no session yet"),
)


def page(look: Appearance, qtbot: QtBot) -> Welcome:
    welcome = Welcome(look)
    qtbot.addWidget(welcome)
    welcome.set_recent(RECENT)
    welcome.set_samples([Sample("larder", "A cache with limits")])
    welcome.resize(900, 600)
    welcome.show()
    return welcome


def card(welcome: Welcome, name: str) -> QPushButton:
    return next(
        button
        for button in welcome.findChildren(QPushButton)
        if button.accessibleName().startswith(name)
    )


def words(welcome: Welcome) -> list[str]:
    return [label.text() for label in welcome.findChildren(QLabel) if label.isVisible()]


def test_a_click_tells_which_folder_or_sample(look: Appearance, qtbot: QtBot) -> None:
    welcome = page(look, qtbot)
    with qtbot.waitSignal(welcome.recent_chosen) as folder:
        card(welcome, "tinydb").click()
    assert folder.args == [Path("/home/ada/tinydb")]
    with qtbot.waitSignal(welcome.sample_chosen) as sample:
        QTest.keyClick(card(welcome, "larder"), Qt.Key.Key_Space)
    assert sample.args == ["larder"]


EARLIER = Earlier(
    Path("/home/ada/tinydb"),
    "20260101-abcdef",
    "Make the failing tests pass.",
    "tinydb · 3 tests turned green · query.py · Built-in · 12:01",
    "ready",
    "ready: fixed",
)


def test_a_session_of_before_is_told_by_what_it_changed_and_opens(
    look: Appearance, qtbot: QtBot
) -> None:
    welcome = page(look, qtbot)
    assert "1  Open" in words(welcome)
    welcome.set_recent(RECENT, (EARLIER,))
    qtbot.waitUntil(lambda: EARLIER.about in words(welcome))
    assert "1  Open" not in words(welcome)
    with qtbot.waitSignal(welcome.session_chosen) as chosen:
        card(welcome, "Make the failing").click()
    assert chosen.args == [EARLIER.folder, EARLIER.session]


def test_enter_opens_the_card_that_has_the_keyboard(look: Appearance, qtbot: QtBot) -> None:
    welcome = page(look, qtbot)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        with qtbot.waitSignal(welcome.recent_chosen, timeout=1000) as chosen:
            QTest.keyClick(card(welcome, "tinydb"), key)
        assert chosen.args == [Path("/home/ada/tinydb")]


def test_tab_goes_from_folders_to_sessions_to_samples(look: Appearance, qtbot: QtBot) -> None:
    welcome = page(look, qtbot)
    welcome.set_recent(RECENT, (EARLIER,))
    names: list[str] = []
    with qtbot.waitActive(welcome):
        welcome.activateWindow()
    qtbot.waitUntil(card(welcome, "tinydb").isVisible)
    card(welcome, "tinydb").setFocus()
    for _ in range(5):
        focused = welcome.focusWidget()
        assert isinstance(focused, QPushButton)
        names.append(focused.accessibleName().partition(",")[0])
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert names == ["tinydb", "old", "new", EARLIER.goal, "larder"]


def test_the_keyboard_stays_at_its_card_when_a_session_comes(
    look: Appearance, qtbot: QtBot
) -> None:
    welcome = page(look, qtbot)
    with qtbot.waitActive(welcome):
        welcome.activateWindow()
    qtbot.waitUntil(card(welcome, "new").isVisible)
    card(welcome, "new").setFocus()
    welcome.set_recent(RECENT, (EARLIER,))
    focused = welcome.focusWidget()
    assert focused is not None
    assert focused.hasFocus()
    assert focused.accessibleName().startswith("new,")


def test_a_gone_folder_is_said(look: Appearance, qtbot: QtBot) -> None:
    welcome = page(look, qtbot)
    assert "the folder is gone" in words(welcome)
    assert card(welcome, "old").accessibleDescription() == "the folder is gone"


def test_a_folder_at_home_is_named_as_a_user_writes_it(look: Appearance, qtbot: QtBot) -> None:
    welcome = page(look, qtbot)
    places = ("shops/tea", "wool")
    welcome.set_recent([Recent(Path.home() / place, "new", "") for place in places])
    assert card(welcome, "tea").accessibleName() == "tea, ~/shops"
    assert card(welcome, "wool").accessibleName() == "wool, ~"


def test_it_says_what_the_built_in_model_can_and_cannot_do(look: Appearance, qtbot: QtBot) -> None:
    said = " ".join(words(page(look, qtbot)))
    assert "It can turn red Python tests green" in said
    assert "It cannot write features" in said


def test_without_folders_it_says_how_to_begin(look: Appearance, qtbot: QtBot) -> None:
    welcome = page(look, qtbot)
    welcome.set_recent(())
    qtbot.waitUntil(lambda: "1  Open" in words(welcome))
    assert "Recent folders" not in words(welcome)


def test_a_dropped_folder_is_told_and_a_file_is_not_taken(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    welcome = page(look, qtbot)
    (tmp_path / "file").touch()
    told: list[Path] = []
    welcome.folder_chosen.connect(told.append)
    for path, taken in ((tmp_path, True), (tmp_path / "file", False)):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, left, none)
        enter.ignore()
        welcome.dragEnterEvent(enter)
        assert enter.isAccepted() is taken
        welcome.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, none))
    assert told == [tmp_path]
