"""Makes menus and keys of a window out of its registry of commands, and keeps them in step."""

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow

from desktop.commands import Command, Registry


class Actions(QObject):
    """One `QAction` a command, in the window's menus and in the window itself for the keys."""

    def __init__(self, registry: Registry, window: QMainWindow) -> None:
        super().__init__(window)
        self._registry = registry
        self._actions = {command.id: self._action(command, window) for command in registry.all()}
        for name, commands in registry.menus():
            menu = window.menuBar().addMenu(name)
            menu.aboutToShow.connect(self.refresh)
            menu.aboutToHide.connect(self._enable_all)
            for command in commands:
                menu.addAction(self._actions[command.id])

    def refresh(self) -> None:
        """Grey out what cannot be done now, tick what is on."""
        for id, action in self._actions.items():  # noqa: A001
            action.setEnabled(self._registry.is_enabled(id))
            action.setChecked(self._registry.is_checked(id) is True)

    def _enable_all(self) -> None:
        # Greyed out in open menus alone: for a key the registry asks when it is pressed.
        for action in self._actions.values():
            action.setEnabled(True)

    def _action(self, command: Command, window: QMainWindow) -> QAction:
        action = QAction(command.title, window)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setToolTip(command.help)
        action.setStatusTip(command.help)
        action.setCheckable(self._registry.is_checked(command.id) is not None)
        action.triggered.connect(partial(self._triggered, command.id))
        window.addAction(action)
        return action

    def _triggered(self, id: str, _: bool = False) -> None:  # noqa: A002, FBT001, FBT002
        self._registry.run(id)
        self._actions[id].setChecked(self._registry.is_checked(id) is True)


def keys_in_words(command: Command) -> str:
    """The keys as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return ", ".join(QKeySequence(key).toString(native) for key in command.keys)


def plain(title: str) -> str:
    """A title without the mark of its menu letter."""
    return title.replace("&&", "\0").replace("&", "").replace("\0", "&")


def lines(registry: Registry) -> Iterator[tuple[Command, str, str]]:
    """Each command with its plain title and its keys, as palette and shortcuts page show them."""
    for command in registry.all():
        yield command, plain(command.title), keys_in_words(command)
