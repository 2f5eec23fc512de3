"""The window: a first page or one open folder, with menus, palette and quick open over it."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QPoint, QRect
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow, QStackedWidget

from agent_core import places, samples
from desktop.actions import Actions
from desktop.appearance import Appearance
from desktop.background import Background
from desktop.commands import Registry
from desktop.dialogs.message import tell
from desktop.focus_ring import FocusRing
from desktop.opening import Opening
from desktop.settings import Keeper
from desktop.views.welcome import Earlier, Recent, Sample, Welcome, dropped_folder
from desktop.window_commands import register

if TYPE_CHECKING:
    from desktop.dialogs.palette import Palette
    from desktop.dialogs.quick_open import QuickOpen
    from desktop.folder_views import FolderViews
    from desktop.workspace_view import WorkspaceView

SHOWN_RECENT = 6
TITLE_BAR, EDGE = 40, 4
"""What a window's frame takes above it and at its other sides, as long as Qt cannot say it."""


class MainWindow(QMainWindow):
    """Composes; what a folder needs is in `WorkspaceView`.

    What the first page does not show is loaded when it is asked for, so that a start stays quick.
    """

    def __init__(self, app: QApplication, look: Appearance, keeper: Keeper) -> None:
        super().__init__()
        self.look, self.keeper = look, keeper
        self.workspace: WorkspaceView | None = None
        self._background = Background(self)
        self._opening = Opening(look, self)
        self._stack = QStackedWidget(self)
        self._welcome = Welcome(look)
        self._stack.addWidget(self._welcome)
        self.setCentralWidget(self._stack)
        self.setAcceptDrops(True)
        self.registry = Registry()
        register(self.registry, self)
        self._actions = Actions(self.registry, self)
        self._ring = FocusRing(look, app, self)
        self._wire()
        self._welcome.set_samples(
            [Sample(name, samples.description(name)) for name in samples.names()]
        )
        self._restore_place()
        self.show_welcome()

    @cached_property
    def quick_open(self) -> QuickOpen:
        """The list of the folder's files."""
        from desktop.dialogs.quick_open import QuickOpen  # noqa: PLC0415

        made = QuickOpen(self.look, self, self._background)
        made.chosen.connect(self._open_file)
        return made

    @cached_property
    def _palette(self) -> Palette:
        from desktop.dialogs.palette import Palette  # noqa: PLC0415

        return Palette(self.look, self, self._background, self.registry)

    def open_soon(self, folder: Path, session: str = "") -> None:
        """Show a folder after a few turns in which the window answers, with a session of it."""
        if folder.is_dir():
            self._opening.start(
                lambda views: self.open_folder(folder, views=views, session=session)
            )
        else:
            self.open_folder(folder)

    def open_folder(
        self, folder: Path, *, views: FolderViews | None = None, session: str = ""
    ) -> bool:
        """Show a folder in place of what is shown; False where that has to stay, or it is gone."""
        shown = self._show_folder(folder, views, session)
        if views is not None and (self.workspace is None or self.workspace.tabs is not views.tabs):
            views.shut_down()
        return shown

    def _show_folder(self, folder: Path, views: FolderViews | None, session: str) -> bool:
        folder = folder.expanduser().absolute()
        if not folder.is_dir():
            tell(self, f"{folder} is no folder any more", "It was taken off the list.")
            self.keeper.forget_folder(folder)
            self.show_recent()
            return False
        folder = folder.resolve()
        if self.workspace is not None and self.workspace.folder == folder:
            return True
        if not self.close_folder():
            return False
        from desktop.workspace_view import WorkspaceView  # noqa: PLC0415

        self.workspace = WorkspaceView(self.look, self.keeper, folder, views=views, session=session)
        self._stack.addWidget(self.workspace)
        self._stack.setCurrentWidget(self.workspace)
        self.keeper.remember_folder(folder)
        self._retitle()
        self.workspace.composer.setFocus()
        return True

    def ask_folder(self) -> None:
        """Let the user choose a folder to open."""
        start = str(self.workspace.folder.parent if self.workspace else Path.home())
        if name := QFileDialog.getExistingDirectory(self, "Open folder", start):
            self.open_soon(Path(name))

    def open_sample(self, name: str) -> None:
        """Open a fresh copy of a bundled sample."""
        self.open_soon(samples.copy(name))

    def close_folder(self) -> bool:
        """Go back to the first page; False where unsaved text is to be kept."""
        workspace = self.workspace
        if workspace is None:
            return True
        if not workspace.may_close():
            return False
        workspace.shut_down()
        self.workspace = None
        self._stack.removeWidget(workspace)
        workspace.deleteLater()
        self.show_welcome()
        return True

    def show_welcome(self) -> None:
        """Show the first page."""
        self._stack.setCurrentWidget(self._welcome)
        self._retitle()
        self.show_recent()

    def show_recent(self) -> None:
        """List the folders of before with their state, found out beside the window."""
        names = self.keeper.current.recent[:SHOWN_RECENT]
        if names or places.sessions().is_dir():
            self._background.submit(lambda: _first_page(names), self._show_before)
        else:
            self._show_before(((), ()))

    def show_palette(self) -> None:
        """Offer every command."""
        self._palette.offer()

    def show_quick_open(self) -> None:
        """Offer every file of the folder."""
        if self.workspace is not None:
            self.quick_open.offer(self.workspace.folder)

    def show_shortcuts(self) -> None:
        """Show all keys on a page."""
        from desktop.dialogs.shortcuts import Shortcuts  # noqa: PLC0415

        Shortcuts(self.look, self.registry, self).show()

    def show_about(self) -> None:
        """Say which program this is."""
        from desktop.dialogs.about import about  # noqa: PLC0415

        about(self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take folders."""
        if dropped_folder(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open the folder that was dropped."""
        if folder := dropped_folder(event):
            event.acceptProposedAction()
            self.open_soon(folder)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Look again when the window comes to the front: is the folder free, what has run."""
        super().changeEvent(event)
        activated = event.type() is QEvent.Type.ActivationChange and self.isActiveWindow()
        if activated and self.workspace is not None and self.workspace.read_only:
            self.workspace.claim()
        if activated and self.workspace is not None:
            self.workspace.find_branch()
        elif activated:
            self.show_recent()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """End what runs; the session is kept, and goes on when asked to."""
        if self.workspace is not None and not self.workspace.may_close():
            event.ignore()
            return
        if self.workspace is not None:
            self.workspace.shut_down()
            self.workspace = None
        self.keeper.change(geometry=bytes(self.saveGeometry().toBase64().data()).decode())
        self._opening.stop()
        self._background.close()
        event.accept()

    def _wire(self) -> None:
        self._welcome.folder_asked.connect(self.ask_folder)
        self._welcome.folder_chosen.connect(self.open_soon)
        self._welcome.recent_chosen.connect(self.open_soon)
        self._welcome.session_chosen.connect(self.open_soon)
        self._welcome.sample_chosen.connect(self.open_sample)

    def _show_before(self, found: tuple[tuple[Recent, ...], tuple[Earlier, ...]]) -> None:
        self._welcome.set_recent(*found)

    def _open_file(self, path: str) -> None:
        if self.workspace is not None:
            self.workspace.tabs.open_file(path)

    def _restore_place(self) -> None:
        kept = QByteArray.fromBase64(QByteArray(self.keeper.current.geometry.encode()))
        restored = self.restoreGeometry(kept)
        if not restored:
            self.resize(1280, 800)
        if not self.isMaximized():
            room = self.screen().availableGeometry().adjusted(EDGE, TITLE_BAR, -EDGE, -EDGE)
            self.resize(self.size().boundedTo(room.size()))
            if restored:
                self.move(_inside(self.geometry(), room))

    def _retitle(self) -> None:
        name = f"{self.workspace.folder.name} · " if self.workspace else ""
        self.setWindowTitle(f"{name}Journeyman")


def _inside(place: QRect, room: QRect) -> QPoint:
    """Where the frame of a window has to be so that the window lies in its room."""
    left = max(room.left(), min(place.left(), room.right() - place.width() + 1))
    top = max(room.top(), min(place.top(), room.bottom() - place.height() + 1))
    return QPoint(left - EDGE, top - TITLE_BAR)


def _first_page(names: tuple[str, ...]) -> tuple[tuple[Recent, ...], tuple[Earlier, ...]]:
    """What `first_page` finds; loaded in the thread that asks for it."""
    from desktop.first_page import first_page  # noqa: PLC0415

    return first_page(names)
