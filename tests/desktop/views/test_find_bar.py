"""Find and replace in the editor, by keys."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.text_page import TextPage
from tests.desktop.views.files import open_tabs, text_page
from tests.editors.repositories import write

TEXT = "Cart(1)\ncart(2) é😀 cart(3)\n"


@pytest.fixture
def page(qtbot: QtBot, look: Appearance, tmp_path: Path) -> TextPage:
    write(tmp_path, {"a.txt": TEXT})
    tabs = open_tabs(qtbot, look, tmp_path, "a.txt")
    found = text_page(tabs.currentWidget())
    QTest.keyClick(found.editor, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    return found


def selected(page: TextPage) -> tuple[str, int]:
    cursor = page.editor.textCursor()
    return cursor.selectedText(), cursor.blockNumber() + 1


def test_enter_walks_through_the_hits_and_round(page: TextPage) -> None:
    bar = page.find_bar
    QTest.keyClicks(bar.wanted, "cart")
    found = []
    for _ in range(4):
        QTest.keyClick(bar.wanted, Qt.Key.Key_Return)
        found.append((*selected(page), bar.count.text()))
    assert found == [
        ("Cart", 1, "1 of 3"), ("cart", 2, "2 of 3"), ("cart", 2, "3 of 3"), ("Cart", 1, "1 of 3"),
    ]  # fmt: skip
    QTest.keyClick(bar.wanted, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar.count.text() == "3 of 3"
    assert page.editor.overview.marks()["hit"] == (1, 2)
    QTest.keyClick(bar.wanted, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert page.editor.overview.marks()["hit"] == ()
    assert page.editor.hasFocus()


def test_case_and_expressions(page: TextPage) -> None:
    bar = page.find_bar
    QTest.keyClicks(bar.wanted, "Cart")
    bar.case.click()
    assert bar.count.text() == "1 hit"
    bar.case.click()
    bar.regex.click()
    bar.wanted.setText(r"^cart\((\d)\)")
    bar.go_on()
    assert bar.count.text() == "1 of 2"
    bar.wanted.setText("(")
    bar.go_on()
    assert bar.count.text() not in {"", "no hits"}
    assert not bar.replace_all.isEnabled()


def test_replacing_one_and_all(page: TextPage) -> None:
    bar = page.find_bar
    bar.regex.click()
    bar.wanted.setText(r"cart\((\d)\)")
    bar.by.setText(r"item[\1]")
    QTest.keyClick(bar.by, Qt.Key.Key_Return)
    QTest.keyClick(bar.by, Qt.Key.Key_Return)
    assert page.editor.text() == "item[1]\ncart(2) é😀 cart(3)\n"
    bar.replace_all.click()
    assert page.editor.text() == "item[1]\nitem[2] é😀 item[3]\n"
    assert bar.count.text() == "2 replaced"
    page.editor.undo()
    assert page.editor.text() == "item[1]\ncart(2) é😀 cart(3)\n"


def test_hits_follow_what_is_typed(qtbot: QtBot, page: TextPage) -> None:
    bar = page.find_bar
    bar.wanted.setText("cart")
    qtbot.waitUntil(lambda: bar.count.text() == "3 hits")
    page.editor.selectAll()
    page.editor.insertPlainText("cart")
    qtbot.waitUntil(lambda: bar.count.text() == "1 hit")
