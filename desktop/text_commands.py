"""Undo, copy and their like, done to whatever text has the keyboard."""

from functools import partial
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QMainWindow

from desktop.commands import Command, Registry

COMMANDS: Final = (
    ("undo", "&Undo", ("Ctrl+Z",), "Take back what was typed last", "undo"),
    ("redo", "R&edo", ("Ctrl+Shift+Z", "Ctrl+Y"), "Type it again", "redo"),
    ("cut", "Cu&t", ("Ctrl+X",), "Move what is selected to the clipboard", "cut"),
    ("copy", "&Copy", ("Ctrl+C",), "Put what is selected on the clipboard", "copy"),
    ("paste", "&Paste", ("Ctrl+V",), "Put in what is on the clipboard", "paste"),
    ("select_all", "Select &all", ("Ctrl+A",), "Select the whole text", "selectAll"),
)
"""Name, title, keys, help, and the method that Qt's texts have for it."""


def add_text_commands(registry: Registry, window: QMainWindow, menu: str) -> None:
    """Register them all."""
    for name, title, keys, help_, method in COMMANDS:
        registry.add(
            Command(f"edit.{name}", title, menu, keys, help_),
            partial(_run, window, method),
            enabled=partial(_can, window, method),
        )


def _can(window: QMainWindow, method: str) -> bool:
    focused = window.focusWidget()
    listed = isinstance(focused, QAbstractItemView)
    return method == "copy" if listed else callable(getattr(focused, method, None))


def _run(window: QMainWindow, method: str) -> None:
    focused = window.focusWidget()
    if isinstance(focused, QAbstractItemView):
        QGuiApplication.clipboard().setText(str(focused.currentIndex().data() or ""))
    else:
        getattr(focused, method)()
