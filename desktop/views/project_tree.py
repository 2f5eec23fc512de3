"""The project's files as a tree, with what git and the agent say of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.models.tree_model import TreeModel
from desktop.views.tree_rows import TreeRows
from desktop.watching import Changes, FolderWatch
from editors.git import GitFailed
from editors.status import FolderStatus, folder_status
from runners.problems import UserProblem

_STATUS_DELAY_MS: Final = 250


class ProjectTree(QWidget):
    """Shows a folder lazily and keeps up with what happens in it."""

    file_activated = Signal(object)
    """A file was chosen with Enter or a click; its path, a str with whatever bytes it has."""
    files_changed = Signal(object)
    """frozenset of paths that changed on the disk; {""} for possibly all, ".git" for a commit."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root: Path | None = None
        self._wanted = ""
        self._asking = False
        self._ask_again = False
        self._background = Background(self)
        self._watch = FolderWatch(self._background, self)
        self.model = TreeModel(self._background)
        self.view = TreeRows(look, self.model, self)
        self._timer = QTimer(self, singleShot=True, interval=_STATUS_DELAY_MS)
        self._timer.timeout.connect(self._ask_status)
        self._watch.changed.connect(self._changed)
        self.model.folder_read.connect(self._go_on_revealing)
        self.view.file_chosen.connect(self.file_activated)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)

    def set_root(self, root: Path) -> None:
        """Show another folder."""
        self._root = root
        self._wanted = ""
        self.model.set_root(root)
        self._watch.watch(root)
        self._ask_status()

    def set_agent_files(self, files: Mapping[str, str]) -> None:
        """Show what the agent did in its copy: path -> "added", "changed" or "deleted"."""
        self.model.set_agent_files(files)

    def reveal(self, path: str) -> None:
        """Open the folders above a path and select it, as soon as they are read."""
        self._wanted = path
        self._go_on_revealing()

    def is_busy(self) -> bool:
        """Whether git is being asked, or the watch is not set up yet."""
        return self._asking or self._timer.isActive() or self._watch.starting

    def refresh(self) -> None:
        """Look at the disk again."""
        self.model.refresh()
        self._timer.start()

    def shut_down(self) -> None:
        """Join the threads."""
        self._timer.stop()
        self._watch.close()
        self._background.close()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Look again when the window comes to the front, where nothing is watched."""
        super().changeEvent(event)
        activated = event.type() == QEvent.Type.ActivationChange and self.isActiveWindow()
        if activated and self._watch.limited and self._root is not None:
            self.refresh()

    def _changed(self, changes: Changes) -> None:
        self.model.refresh(changes.folders)
        # What git ignores is often written all the time, and changes nothing that git says.
        if not all(self.model.ignores(path) for path in changes.paths):
            self._timer.start()
        self.files_changed.emit(changes.paths)

    def _ask_status(self) -> None:
        root = self._root
        if root is None:
            return
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self._background.submit(lambda: _status(root), lambda found: self._take(root, found))

    def _take(self, root: Path, found: FolderStatus | None) -> None:
        self._asking = False
        if found is not None and root == self._root:
            self.model.set_status(found)
        if self._ask_again:
            self._ask_again = False
            self._ask_status()

    def _go_on_revealing(self) -> None:
        parts = self._wanted.split("/") if self._wanted else []
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            row = self.model.row_of(folder)
            if row < 0:
                return
            self.model.expand(row)
            if not self.model.is_read(folder):
                return
        row = self.model.row_of(self._wanted)
        if row >= 0:
            self._wanted = ""
            self.view.go_to(row)


def _status(root: Path) -> FolderStatus | None:
    try:
        return folder_status(root)
    except (GitFailed, UserProblem, OSError):  # a repository that is broken or being rewritten
        return None
