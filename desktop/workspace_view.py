"""One open folder: files at the left, the session in the middle, editors and pages at the right."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

from agent_core import overview, samples
from agent_core.choosing import rivals
from agent_core.events import BaselineMeasured, Record, SessionStopped, ToolFinished
from agent_core.history import History
from agent_core.models.choice import ModelChoice
from agent_core.occupancy import Occupancy, Occupied, occupy
from desktop.appearance import Appearance
from desktop.background import Background
from desktop.folder_views import FolderViews
from desktop.following import Following
from desktop.handover import Handover
from desktop.models.advice import in_window
from desktop.models.agent_files import agent_files, suspicion
from desktop.models.failing_lines import failing_lines
from desktop.models.tests_rows import TestTable
from desktop.review_link import ReviewLink
from desktop.session_link import SessionLink
from desktop.settings import Keeper
from desktop.views.columns import Columns
from editors.opening import branch_of
from runners.problems import UserProblem

RESULTS = (BaselineMeasured, ToolFinished, SessionStopped)
"""Events that pages, tree and editors learn from."""


class WorkspaceView(QWidget):
    """Everything there is about one folder. `shut_down` before it goes."""

    def __init__(
        self,
        look: Appearance,
        keeper: Keeper,
        folder: Path,
        *,
        views: FolderViews | None = None,
        session: str = "",
    ) -> None:
        """`views` were made before, else they are made now; `session` is shown first."""
        super().__init__()
        self.folder = folder
        self._first = session
        self._look, self._keeper = look, keeper
        self._background = Background(self)
        self._occupancy: Occupancy | None = None
        self._take_views(views or FolderViews(look))
        self._lay_out()
        self.link = SessionLink(
            folder,
            python=samples.python_of(folder),
            keeper=keeper,
            background=self._background,
            timeline=self.timeline,
            composer=self.composer,
            status=self.status,
            parent=self,
        )
        self._tests_known = TestTable(self.link.bridge.blob)
        self.review_link = ReviewLink(
            self.review, self.tabs, self.link, self._background, parent=self
        )
        self.handover = Handover(
            self.composer, self.review, self.link, self.review_link, parent=self
        )
        self.following = Following(folder, self.link, self.tabs, parent=self)
        self.set_following(on=keeper.current.follow)
        self._wire()
        self.tree.set_root(folder)
        self.tabs.set_root(folder)
        self.claim()
        self.find_branch()
        self._list_sessions(self._show_newest)

    @property
    def read_only(self) -> bool:
        """Whether another Journeyman has the folder."""
        return self.link.read_only

    @property
    def state(self) -> str:
        """Of the agent: idle, running, paused or stopping."""
        return self.link.bridge.state

    @property
    def agent_state(self) -> str:
        """What the composer offers: idle, running, paused, stopping, stopped or read_only."""
        return self.link.agent_state

    def set_following(self, *, on: bool) -> None:
        """Whether the editor shows what the agent reads and edits."""
        self.following.on = on
        self.status.set_following(on=on)
        self._keeper.change(follow=on)

    def claim(self) -> None:
        """Take the right to work on the folder, or say who has it."""
        if self._occupancy is not None:
            return
        try:
            self._occupancy = occupy(self.folder)
        except (Occupied, OSError) as problem:
            self._set_read_only(on=True)
            self.show_problem(problem, {"Try again": self.claim})
            return
        if self.read_only:
            self._set_read_only(on=False)
            self.notice.hide()

    def find_branch(self) -> None:
        """Say anew which branch the folder is on."""
        folder = self.folder
        self._background.submit(
            lambda: branch_of(folder), lambda branch: self.status.set_place(folder.name, branch)
        )

    def show_problem(
        self, problem: Exception, answers: dict[str, Callable[[], None]] | None = None
    ) -> None:
        """Say above the timeline what is wrong and what to do."""
        tone = "warning" if isinstance(problem, UserProblem) else "bad"
        self.notice.say(in_window(str(problem)), answers or {"Dismiss": lambda: None}, tone=tone)

    def show_page(self, page: QWidget) -> None:
        """Bring a fixed page to the front."""
        self.tabs.show_page(page)

    def may_close(self) -> bool:
        """Ask about unsaved text; False where the folder has to stay open."""
        return self.tabs.may_close()

    def shut_down(self) -> None:
        """Stop the run and its children, join the threads, let go of the folder."""
        self._keeper.change(columns=self._columns.widths())
        self.link.close()
        self.tabs.shut_down()
        self.tree.shut_down()
        self._background.close()
        if self._occupancy is not None:
            self._occupancy.release()
            self._occupancy = None

    def _take_views(self, views: FolderViews) -> None:
        self.tree, self.sessions = views.tree, views.sessions
        self.notice, self.timeline, self.composer = views.notice, views.timeline, views.composer
        self.tabs, self.status = views.tabs, views.status
        self.review, self.tests, self.candidates = views.review, views.tests, views.candidates
        self.port = views.port
        self.tabs.add_page(self.review, "Review", "file-diff")
        self.tabs.add_page(self.tests, "Tests", "flask-conical")
        self.tabs.add_page(self.candidates, "Candidates", "list-tree")
        self.tabs.add_page(self.port, "Port", "git-compare")
        self.tabs.offer_page(self.port, on=False)

    def _lay_out(self) -> None:
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self.tree)
        left.addWidget(self.sessions)
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 2)
        left.setSizes([300, 200])
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.timeline, 1)
        column.addWidget(separator())
        column.addWidget(self.composer)
        kept = self._keeper.current.columns
        self._columns = Columns(self._look, (left, middle, self.tabs), kept, self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._columns, 1)
        whole.addWidget(self.status)

    def _wire(self) -> None:
        link, tabs = self.link, self.tabs
        self.tree.file_activated.connect(tabs.open_file)
        self.tree.files_changed.connect(tabs.check_files)
        self.tree.files_changed.connect(self._files_changed)
        tabs.current_file_changed.connect(self._follow_file)
        self.timeline.file_asked.connect(tabs.open_file)
        self.timeline.review_asked.connect(lambda: self.show_page(self.review))
        self.timeline.tests_asked.connect(lambda: self.show_page(self.tests))
        self.timeline.candidates_asked.connect(lambda: self.show_page(self.candidates))
        self.review.candidates_asked.connect(lambda: self.show_page(self.candidates))
        self.tests.jump.connect(tabs.open_file)
        self.candidates.jump.connect(tabs.open_file)
        self.candidates.try_asked.connect(link.bridge.try_survivor)
        self.sessions.session_chosen.connect(self._open_session)
        self.sessions.resume_asked.connect(link.resume)
        self.sessions.new_asked.connect(self.new_session)
        self.status.follow_asked.connect(lambda on: self.set_following(on=on))
        link.history_changed.connect(self._history_changed)
        link.session_changed.connect(self._session_changed)
        link.settled.connect(self._settled)
        link.agent_state_changed.connect(self.candidates.set_agent_state)
        link.bridge.state_changed.connect(self._relist)
        self.composer.choice_changed.connect(self._choice_changed)
        self._choice_changed(self.composer.choice())
        link.bridge.problem.connect(self.show_problem)
        self.review_link.problem.connect(self.show_problem)
        self.review.comment_asked.connect(self.composer.mention)
        self.review_link.step_asked.connect(self.timeline.show_step)

    def new_session(self) -> None:
        """Make room for another task."""
        self.link.show_none()
        self.composer.setFocus()

    def _set_read_only(self, *, on: bool) -> None:
        self.link.set_read_only(on=on)
        self.sessions.set_read_only(on=on)
        self.review.set_read_only(on=on)

    def _open_session(self, session: str) -> None:
        if session == self.link.session:
            return
        if self.state == "idle":
            self.link.bridge.open(session)
        else:
            hint = "Stop it, or let it come to its end, to look at another session."
            self.show_problem(UserProblem("The agent is at work", hint=hint))

    def _files_changed(self, paths: frozenset[str]) -> None:
        if paths & {"", ".git"}:
            self.find_branch()

    def _follow_file(self, path: str) -> None:
        if path:
            self.tree.reveal(path)

    def _history_changed(self, history: History, records: tuple[Record, ...]) -> None:
        if records and not any(isinstance(record.event, RESULTS) for record in records):
            return
        self.tests.set_history(history, self.link.bridge.blob)
        self.candidates.set_history(history, self.link.bridge.blob)
        others = rivals(history)
        self.timeline.set_rivals(others)
        self.review.strip.set_rivals(others)
        self.tabs.offer_page(self.port, on=bool(history.events) and history.task.port)
        self.port.set_history(history, self.link.certificate)
        self.tree.set_agent_files(agent_files(history.events))
        self.tabs.set_heat(suspicion(history.events))
        self.tabs.set_failures(failing_lines(self._tests_known.rows(history)))

    def _session_changed(self) -> None:
        self.tests.clear()
        self.candidates.clear()
        self.port.clear()
        self._relist()

    def _settled(self) -> None:
        self.tabs.check_files()
        self._relist()

    def _choice_changed(self, choice: ModelChoice) -> None:
        self.review.set_commenting(on=choice.speaks)

    def _relist(self) -> None:
        self._list_sessions(self._show_rows)

    def _list_sessions(self, show: Callable[[tuple[overview.SessionRow, ...]], None]) -> None:
        folder = self.folder
        self._background.submit(lambda: overview.rows(folder), show)

    def _show_rows(self, rows: tuple[overview.SessionRow, ...]) -> None:
        shown, now = self.link.session, self.link.standing()
        if now is not None:
            rows = tuple(
                msgspec.structs.replace(row, state=now[0], words=now[1])
                if row.session == shown
                else row
                for row in rows
            )
        self.sessions.set_rows(rows, current=shown)

    def _show_newest(self, rows: tuple[overview.SessionRow, ...]) -> None:
        """Show where the user left off; nothing goes on by itself."""
        self._show_rows(rows)
        first = self._first
        if not first and rows and rows[0].state not in {"accepted", "unreadable"}:
            first = rows[0].session
        if first and not self.link.session:
            self._open_session(first)
            self.sessions.set_rows(rows, current=first)


def separator() -> QFrame:
    """A line one pixel high."""
    line = QFrame()
    line.setObjectName("separator")
    line.setFixedHeight(1)
    return line
