"""A folder of files open in tabs, for tests of the tab area."""

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.editor_tabs import EditorTabs
from desktop.views.text_page import TextPage


def open_tabs(qtbot: QtBot, look: Appearance, root: Path, *paths: str) -> EditorTabs:
    """A tab area on a folder with some of its files open; it is shut down after the test."""
    tabs = EditorTabs(look)
    tabs.ask = lambda _path: "cancel"
    qtbot.addWidget(tabs, before_close_func=lambda _widget: tabs.shut_down())
    tabs.set_root(root)
    tabs.resize(800, 600)
    tabs.show()
    qtbot.waitExposed(tabs)
    for path in paths:
        tabs.open_file(path)
    return tabs


def text_page(widget: QWidget | None) -> TextPage:
    """The page as one with text."""
    assert isinstance(widget, TextPage)
    return widget
