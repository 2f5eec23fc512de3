"""The views of one folder, each made when it is first asked for."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from PySide6.QtWidgets import QWidget

from desktop.appearance import Appearance
from desktop.views.candidates import CandidatesPage
from desktop.views.composer import Composer
from desktop.views.editor_tabs import EditorTabs
from desktop.views.notice_bar import NoticeBar
from desktop.views.port import PortPage
from desktop.views.project_tree import ProjectTree
from desktop.views.review import ReviewPage
from desktop.views.sessions import SessionsList
from desktop.views.status_bar import StatusBar
from desktop.views.tests import TestsPage
from desktop.views.timeline import Timeline

NAMES: Final = (
    "tree", "sessions", "notice", "timeline", "composer", "tabs", "review", "tests", "candidates",
    "port", "status",
)  # fmt: skip


class FolderViews:
    """Nothing in them knows a folder yet. Whoever takes them over shuts them down."""

    def __init__(self, look: Appearance) -> None:
        self._look = look

    def make_in_turn(self) -> Iterator[None]:
        """Make all of them, with a pause after each for whoever is busy with other things."""
        for name in NAMES:
            view: QWidget = getattr(self, name)
            yield
            for part in (view, *view.findChildren(QWidget)):
                part.ensurePolished()  # which showing them would do for all at once
            yield

    def shut_down(self) -> None:
        """End the threads of those that have any and were made."""
        if "tabs" in self.__dict__:
            self.tabs.shut_down()
        if "tree" in self.__dict__:
            self.tree.shut_down()

    @cached_property
    def tree(self) -> ProjectTree:
        """The folder's files."""
        return ProjectTree(self._look)

    @cached_property
    def sessions(self) -> SessionsList:
        """The folder's sessions."""
        return SessionsList(self._look)

    @cached_property
    def notice(self) -> NoticeBar:
        """What is wrong, above the timeline."""
        return NoticeBar(self._look)

    @cached_property
    def timeline(self) -> Timeline:
        """What the session does."""
        return Timeline(self._look)

    @cached_property
    def composer(self) -> Composer:
        """The task as it is written."""
        return Composer(self._look)

    @cached_property
    def tabs(self) -> EditorTabs:
        """Editors, and the fixed pages."""
        return EditorTabs(self._look)

    @cached_property
    def review(self) -> ReviewPage:
        """The change."""
        return ReviewPage(self._look)

    @cached_property
    def tests(self) -> TestsPage:
        """The tests."""
        return TestsPage(self._look)

    @cached_property
    def candidates(self) -> CandidatesPage:
        """The patches that were tried."""
        return CandidatesPage(self._look)

    @cached_property
    def port(self) -> PortPage:
        """What the gate says of a port."""
        return PortPage(self._look)

    @cached_property
    def status(self) -> StatusBar:
        """The line at the foot."""
        return StatusBar(self._look)
