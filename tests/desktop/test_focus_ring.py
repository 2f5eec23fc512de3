"""The ring is there when the keyboard brought the focus, and follows its control."""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.focus_ring import GAP, WIDTH, FocusRing


def test_it_follows_the_keyboard_alone(look: Appearance, qapp: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(300, 200)
    first, second = QPushButton("one", window), QPushButton("two", window)
    first.move(20, 20)
    second.move(20, 80)
    ring = FocusRing(look, qapp, window)
    window.show()
    with qtbot.waitActive(window):
        window.activateWindow()
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert not ring.isVisible()
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus()
    assert ring.isVisible()
    out = WIDTH + GAP
    assert ring.geometry() == second.geometry().adjusted(-out, -out, out, out)
    second.move(100, 90)
    assert ring.geometry().topLeft() == QPoint(100 - out, 90 - out)
    second.hide()
    assert not ring.isVisible()
    assert QRect(window.rect()).contains(ring.geometry())
