"""Palette and quick open: type, arrows, Enter, Escape."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.commands import Command, Registry
from desktop.dialogs.palette import Palette
from desktop.dialogs.picker import MANY, Picker
from desktop.dialogs.quick_open import QuickOpen


@pytest.fixture
def background(qapp: object) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made).addWidget(QLineEdit(made))
    made.resize(900, 600)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def field(picker: Picker) -> QLineEdit:
    found = picker.findChild(QLineEdit)
    assert found is not None
    return found


def test_letters_arrows_and_enter_choose(
    look: Appearance, qtbot: QtBot, window: QWidget, background: Background
) -> None:
    picker = Picker(look, window, background, title="Choose")
    picker.open(["apple", "apricot", "pear"], {"pear": "green"})
    QTest.keyClicks(field(picker), "ap")
    assert picker.shown() == ["apple", "apricot"]
    QTest.keyClick(field(picker), Qt.Key.Key_Down)
    with qtbot.waitSignal(picker.chosen) as chosen:
        QTest.keyClick(field(picker), Qt.Key.Key_Return)
    assert chosen.args == ["apricot"]
    assert not picker.isVisible()


def test_escape_gives_the_focus_back(
    look: Appearance, qtbot: QtBot, window: QWidget, background: Background
) -> None:
    before = window.findChild(QLineEdit)
    assert before is not None
    before.setFocus()
    picker = Picker(look, window, background, title="Choose")
    picker.open(["a"], {})
    assert field(picker).hasFocus()
    QTest.keyClick(field(picker), Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier)
    picker.open(["a"], {})
    QTest.keyClick(field(picker), Qt.Key.Key_Escape)
    assert not picker.isVisible()
    assert before.hasFocus()


def test_it_goes_when_the_focus_goes(
    look: Appearance, qtbot: QtBot, window: QWidget, background: Background
) -> None:
    picker = Picker(look, window, background, title="Choose")
    picker.open(["a"], {})
    before = window.findChild(QLineEdit)
    assert before is not None
    before.setFocus()
    qtbot.waitUntil(lambda: not picker.isVisible())


def test_many_names_are_searched_beside_the_window(
    look: Appearance, qtbot: QtBot, window: QWidget, background: Background
) -> None:
    picker = Picker(look, window, background, title="Choose")
    picker.open([f"file_{number}" for number in range(MANY)], {}, text="4999")
    qtbot.waitUntil(lambda: picker.shown() == ["file_4999"])


def test_nothing_that_matches_is_said(
    look: Appearance, qtbot: QtBot, window: QWidget, background: Background
) -> None:
    picker = Picker(look, window, background, title="Choose")
    picker.open(["a"], {}, text="zzz")
    assert picker.shown() == []
    QTest.keyClick(field(picker), Qt.Key.Key_Return)
    assert picker.isVisible()


def test_the_palette_runs_what_can_be_done_now(
    look: Appearance, qtbot: QtBot, window: QWidget, background: Background
) -> None:
    ran: list[str] = []
    registry = Registry()
    registry.add(Command("a", "&Do it", "&File", ("Ctrl+D",)), lambda: ran.append("a"))
    registry.add(Command("b", "Not now", "&File"), lambda: ran.append("b"), enabled=lambda: False)
    palette = Palette(look, window, background, registry)
    palette.offer()
    assert palette.shown() == ["File: Do it"]
    QTest.keyClick(field(palette), Qt.Key.Key_Return)
    assert ran == ["a"]


def test_quick_open_lists_the_sources_of_the_folder(
    look: Appearance, qtbot: QtBot, window: QWidget, background: Background, tmp_path: Path
) -> None:
    (tmp_path / "one.py").touch()
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "one.pyc").touch()
    quick = QuickOpen(look, window, background)
    quick.offer(tmp_path)
    qtbot.waitUntil(lambda: quick.shown() == ["one.py"])
    (tmp_path / "two.py").touch()
    quick.close_picker()
    quick.offer(tmp_path)
    qtbot.waitUntil(lambda: quick.shown() == ["one.py", "two.py"])
