"""Calls that return nothing give None back: some releases of PySide6 do not, and die of it."""

import sys

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

CALLS = 5000


def test_the_count_of_none_does_not_drift(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for number in range(CALLS):
        widget.setObjectName(str(number))
        widget.update()
    assert abs(sys.getrefcount(None) - before) < CALLS / 10
