"""What the agent does, line by line: the rows, finding in them, and the same as plain text."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QVBoxLayout, QWidget

from agent_core.events import Progress, Record
from desktop.appearance import Appearance
from desktop.models.timeline_text import plain
from desktop.views.buttons import IconButton
from desktop.views.timeline_find import TimelineFind
from desktop.views.timeline_view import TimelineView

PLAIN_KEY = "Alt+F1"
"""Turns a painted view into plain text that a screen reader can go through, and back."""


class Timeline(QWidget):
    """The session's rows with a find bar above (Ctrl+F) and plain text behind them."""

    file_asked = Signal(str, int)
    review_asked = Signal()
    tests_asked = Signal()
    candidates_asked = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.view = TimelineView(look, self)
        self.finder = TimelineFind(look, self)
        self.text = self._make_text()
        self.newer = self._make_newer()
        self._stack = self._make_stack()
        self._wire()
        self.finder.hide()
        look.changed.connect(self._restyle)
        self._restyle()

    def set_records(self, records: Sequence[Record]) -> None:
        """Show another session."""
        self.view.set_records(records)
        self.finder.set_rows(self.view.rows)
        self._tell_plain()

    def append(self, records: Sequence[Record]) -> None:
        """Show what has happened since."""
        oldest = self.view.append(records)
        self.finder.grown(oldest)
        if self._stack.currentWidget() is self.text:
            # Below what is there, so that whoever reads it keeps their place.
            rows = self.view.rows
            self.text.appendPlainText(plain(rows[oldest:], rows[0].began.at))

    def set_progress(self, progress: Progress | None) -> None:
        """Show a sign of life of what is under way."""
        self.view.set_progress(progress)

    def set_running(self, running: bool) -> None:  # noqa: FBT001  (a setter)
        """Whether something works on the session now."""
        self.view.set_running(running)

    def set_rivals(self, rivals: int) -> None:
        """Say on the newest verdict how many other patches do as well."""
        self.view.set_rivals(rivals)

    def delta(self, text: str) -> None:
        """Show more of what the model is saying."""
        self.view.delta(text)

    def show_step(self, step: int) -> None:
        """Go to a step, its text unfolded: why the agent did what it did then."""
        row = self.view.model.of_step(step)
        if row is not None:
            self._stack.setCurrentWidget(self.view)
            self.view.reveal(row)
            self.view.unfold(row)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_find(self) -> None:
        """Open the find bar."""
        self._stack.setCurrentWidget(self.view)
        self.finder.show()
        self.finder.start()

    def hide_find(self) -> None:
        """Close the find bar."""
        self.finder.hide()
        self.finder.stop()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_plain(self) -> None:
        """Show the rows as plain text, or paint them again."""
        shown = self.text if self._stack.currentWidget() is self.view else self.view
        self._stack.setCurrentWidget(shown)
        self._tell_plain()
        shown.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _tell_plain(self) -> None:
        if self._stack.currentWidget() is self.text:
            rows = self.view.rows
            self.text.setPlainText(plain(rows, rows[0].began.at if rows else 0.0))

    def _wire(self) -> None:
        self.view.file_asked.connect(self.file_asked)
        self.view.review_asked.connect(self.review_asked)
        self.view.tests_asked.connect(self.tests_asked)
        self.view.candidates_asked.connect(self.candidates_asked)
        self.view.unseen_changed.connect(self._tell_newer)
        self.view.find_asked.connect(self.show_find)
        self.finder.needle_changed.connect(self.view.set_needle)
        self.finder.match_chosen.connect(self.view.reveal)
        self.finder.closed.connect(self.hide_find)
        self.setFocusProxy(self.view)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(PLAIN_KEY), self, self.toggle_plain, context=inside)

    def _make_text(self) -> QPlainTextEdit:
        text = QPlainTextEdit(self)
        text.setReadOnly(True)
        text.setAccessibleName("Timeline as plain text")
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        return text

    def _make_newer(self) -> IconButton:
        newer = IconButton(self._look, parent=self)
        newer.setAccessibleName("Go to the newest row")
        newer.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        newer.clicked.connect(self.view.scroll_to_end)
        newer.hide()
        return newer

    def _make_stack(self) -> QStackedLayout:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.finder)
        stack = QStackedLayout()
        stack.addWidget(self.view)
        stack.addWidget(self.text)
        column.addLayout(stack, 1)
        return stack

    def _tell_newer(self, count: int) -> None:
        self.newer.setText(f"{count:,} new")
        self.newer.setVisible(count > 0)
        self._place_newer()

    def _place_newer(self) -> None:
        self.newer.adjustSize()
        x = (self.width() - self.newer.width()) // 2
        self.newer.move(x, self.height() - self.newer.height() - self._look.px(12))
        self.newer.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().resizeEvent(event)
        self._place_newer()

    def _restyle(self) -> None:
        self.text.setFont(self._look.code_font())
        self.newer.setIcon(self._look.icon("arrow-down", "accent"))
        self._place_newer()
