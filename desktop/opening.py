"""A folder is opened a small piece a turn, so that the window answers meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

from desktop.appearance import Appearance

if TYPE_CHECKING:
    from desktop.folder_views import FolderViews

MODULES: Final = (
    "asyncio",
    "runners.cutoff",
    "editors.diff",
    "editors.snapshots",
    "editors.accept",
    "runners.toolchains",
    "runners.suite_runs",
    "agent_core.overview",
    "agent_core.gate",
    "agent_core.repair.candidates",
    "agent_core.loop",
    "agent_core.session",
    "desktop.agent_bridge",
    "desktop.views.composer",
    "desktop.views.timeline",
    "desktop.views.editor",
    "desktop.views.editor_tabs",
    "desktop.views.review",
    "desktop.review_link",
    "desktop.views.candidates",
    "desktop.views.port",
    "desktop.views.project_tree",
    "desktop.views.tests",
    "desktop.workspace_view",
)
"""What is loaded for the first folder, those first that others need: none takes long by itself."""


class Opening(QObject):
    """Loads modules and makes views while the first page stays; no timer is left afterwards."""

    def __init__(self, look: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look
        self._views: FolderViews | None = None
        self._pieces: Iterator[None] = iter(())
        self._done: Callable[[FolderViews], object] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def start(self, done: Callable[[FolderViews], object]) -> None:
        """Hand over the views once all are made; of several requests the newest is answered."""
        self._done = done
        if not self._timer.isActive():
            self._pieces = self._work()
            self._timer.start(0)

    def stop(self) -> None:
        """Make no more, and let go of what was made."""
        self._timer.stop()
        views, self._views = self._views, None
        if views is not None:
            views.shut_down()

    def _go_on(self) -> None:
        try:
            next(self._pieces)
        except StopIteration:
            self._timer.stop()
            views, self._views = self._views, None
            if views is not None and self._done is not None:
                self._done(views)

    def _work(self) -> Iterator[None]:
        for name in MODULES:
            import_module(name)
            yield
        from desktop.folder_views import FolderViews  # noqa: PLC0415  (only now is it quick)

        self._views = FolderViews(self._look)
        yield from self._views.make_in_turn()
