"""The find bar of the timeline: looks through all rows, their output and reasoning included."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from desktop.appearance import Appearance
from desktop.models.timeline_find import Match, Search
from desktop.models.timeline_rows import Row
from desktop.views.labels import label


class TimelineFind(QWidget):
    """A field, a count, and the way to the next and the last match. Searching goes by in bits."""

    needle_changed = Signal(str)
    match_chosen = Signal(int, int)
    closed = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: list[Row] = []
        self._search: Search | None = None
        self._place = -1
        self._bits = QTimer(self)
        self._bits.setInterval(0)
        self._bits.timeout.connect(self._look_further)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("Find in the timeline")
        self.field.setAccessibleName("Find in the timeline")
        self.field.textChanged.connect(self._begin)
        self.count = label("", tone="caption")
        self._buttons = [
            self._button("chevron-up", "Previous match", lambda: self.step(-1)),
            self._button("chevron-down", "Next match", lambda: self.step(1)),
            self._button("x", "Close", self.closed.emit),
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        for button, _ in self._buttons:
            row.addWidget(button)
        look.changed.connect(self._restyle)
        self._restyle()

    def set_rows(self, rows: list[Row]) -> None:
        """Look through these rows, which go on growing."""
        self._rows = rows
        self._begin()

    def grown(self, changed: int) -> None:
        """Rows from this one on are new or different."""
        if self._search is not None and self.isVisible():
            self._search.again(changed)
            self._bits.start()

    def step(self, by: int) -> None:
        """Go to a match further on, or back; around the ends."""
        if self._search is not None and (matches := self._search.matches):
            self._place = (self._place + by) % len(matches)
            self._choose(matches[self._place])

    def stop(self) -> None:
        """Look for nothing."""
        self._bits.stop()
        self._search = None
        self.needle_changed.emit("")

    def start(self) -> None:
        """Take the keyboard and look for what stands in the field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        self._begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802, D102  (Qt's name)
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.step(-1 if back else 1)
        else:
            super().keyPressEvent(event)

    def _begin(self) -> None:
        text = self.field.text()
        self._place = -1
        self._search = Search(text) if text else None
        self.needle_changed.emit(text)
        if self._search is not None:
            self._bits.start()
        self._tell()

    def _look_further(self) -> None:
        if self._search is None or not self._search.more(self._rows):
            self._bits.stop()
        self._tell()
        if self._search is not None and self._place < 0 and self._search.matches:
            self.step(1)

    def _choose(self, match: Match) -> None:
        self._tell()
        self.match_chosen.emit(match.row, match.line)

    def _tell(self) -> None:
        if self._search is None:
            self.count.setText("")
            return
        found = len(self._search.matches)
        more = " so far" if self._bits.isActive() else ""
        where = f"{self._place + 1} of {found}" if found else "no match"
        self.count.setText(where + more)

    def _button(self, icon: str, name: str, run: object) -> tuple[QToolButton, str]:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.clicked.connect(run)
        return button, icon

    def _restyle(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(self._look.icon(icon))
