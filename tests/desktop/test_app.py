"""The program itself: started in a process of its own, ended by signals, and by mistakes not."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from desktop.app import Mishaps
from desktop.appearance import Appearance
from tests.desktop.windows import project, window

ROOT = Path(__file__).parents[2]
# Says when its window stands, which is when the loop first rests.
PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from desktop import app
from desktop.main_window import MainWindow
shown = MainWindow.showEvent
def show(self, event):
    shown(self, event)
    QTimer.singleShot(300, lambda: print("shown", flush=True))
MainWindow.showEvent = show
sys.exit(app.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_the_window_in_order(
    number: signal.Signals, tmp_path: Path, journeyman_home: Path
) -> None:
    folder = project(tmp_path / "sums")
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "shown\n"
        program.send_signal(number)
        _, said = program.communicate(timeout=30)
    assert program.returncode == 0
    assert "Traceback" not in said
    assert str(folder) in (journeyman_home / "settings.json").read_text()


def test_a_mistake_is_told_once_and_logged(
    look: Appearance, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with window(look, qtbot) as made:
        mishaps = Mishaps(made)
        for text in ("first", "second"):
            error = ValueError(text)
            mishaps.tell(ValueError, error, None)
        boxes = made.findChildren(QMessageBox)
        assert [box.text() for box in boxes] == ["Something broke: ValueError: first"]
        boxes[0].close()
        qtbot.waitUntil(lambda: not made.findChildren(QMessageBox))
    assert "second" in caplog.text
