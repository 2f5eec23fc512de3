"""Open a file of the project by a few letters of its path."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.dialogs.picker import Picker
from runners.problems import UserProblem


class QuickOpen(Picker):
    """The source files of one folder; listed anew each time it opens, beside the window."""

    def __init__(self, look: Appearance, window: QWidget, background: Background) -> None:
        super().__init__(look, window, background, title="Type part of a file's name")
        self._background = background
        self._root: Path | None = None
        self._files: tuple[str, ...] = ()

    def offer(self, root: Path) -> None:
        """Show the files as listed last, and those there are now as soon as they are known."""
        if root != self._root:
            self._root, self._files = root, ()
        self.open(self._files, {})
        self._background.submit(lambda: _listed(root), lambda files: self._listed(root, files))

    def _listed(self, root: Path, files: tuple[str, ...]) -> None:
        if root == self._root and files != self._files:
            self._files = files
            self.set_names(files, {})


def _listed(root: Path) -> tuple[str, ...]:
    from editors.sources import list_sources  # noqa: PLC0415  (what starts git is slow to load)

    try:
        return list_sources(root).files
    except (UserProblem, OSError):  # the tree beside it says what is wrong with the folder
        return ()
