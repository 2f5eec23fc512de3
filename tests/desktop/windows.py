"""A real window over a small project, for tests of the whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import settings
from desktop.appearance import Appearance
from desktop.main_window import MainWindow
from desktop.workspace_view import WorkspaceView


def project(folder: Path) -> Path:
    """A package with a fault and the test that shows it."""
    folder.mkdir(parents=True)
    (folder / "adding.py").write_text("def add(a, b):\n    return a - b\n")
    (folder / "test_adding.py").write_text(
        "from adding import add\n\n\ndef test_add():\n    assert add(2, 2) == 4\n"
    )
    return folder


@contextmanager
def window(look: Appearance, qtbot: QtBot) -> Iterator[MainWindow]:
    """A shown window; closed in the end, whatever was left open in it."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    made = MainWindow(app, look, settings.Keeper(settings.load()))
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    try:
        yield made
    finally:
        made.close()


def opened(made: MainWindow, folder: Path) -> WorkspaceView:
    """The view of a folder opened in it."""
    assert made.open_folder(folder)
    assert made.workspace is not None
    return made.workspace
