"""Why one test is red: the assertion with its values, the line, and the way there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from agent_core.words import printable
from desktop.appearance import Appearance
from desktop.models.tests_rows import WORDS, TestRow
from desktop.views.labels import Elided, label, set_tone
from runners.reports import Failure, Frame

LONGEST = 200_000
"""Characters of a message that are shown."""
LEAD = 2
"""Lines of the source that are shown before the one that fails."""
FRAMES = 6
"""Lines of a traceback before it scrolls."""

_PLACE = Qt.ItemDataRole.UserRole


class FailurePage(QWidget):
    """One test's failure. Enter or a click on a line of the traceback jumps there."""

    jump = Signal(str, int)

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.title = Elided("", tone="head")
        self.state = label("", tone="quiet", wrap=True)
        self.message = QPlainTextEdit(self)
        self.message.setReadOnly(True)
        self.message.setTabChangesFocus(True)
        self.message.setAccessibleName("Assertion and values")
        self.frames = QListWidget(self)
        self.frames.setAccessibleName("Traceback")
        self.frames.setUniformItemSizes(True)
        self.frames.itemActivated.connect(self._jump)
        self.frames.itemClicked.connect(self._jump)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        for widget in (self.title, self.state):
            column.addWidget(widget)
        column.addWidget(self.message, 3)
        self._way = label("Traceback, innermost last", tone="caption")
        column.addWidget(self._way)
        column.addWidget(self.frames, 1)
        column.addStretch(0)  # takes the room where there is no failure to show
        look.changed.connect(self._restyle)
        self._restyle()
        self.show_test(None)

    def show_test(self, row: TestRow | None) -> None:
        """Show a test, or that there is none to show."""
        failure = row.failure if row else None
        self.title.show_text(row.name if row else "")
        self.state.setText(_state(row))
        set_tone(self.state, WORDS[row.now][2] if row and row.now in _TONED else "quiet")
        self.message.setPlainText(_told(failure) if failure else "")
        for widget in (self.message, self._way, self.frames):
            widget.setVisible(failure is not None)
        self.frames.clear()
        for frame in _frames(failure):
            item = QListWidgetItem(f"{frame.file}:{frame.line}  {frame.function}")
            item.setData(_PLACE, (frame.file, frame.line))
            self.frames.addItem(item)
        self.frames.setCurrentRow(self.frames.count() - 1)
        self._fit_frames()

    def _fit_frames(self) -> None:
        """No higher than its lines; the message has the rest."""
        shown = min(max(self.frames.count(), 1), FRAMES)
        line = max(self.frames.sizeHintForRow(0), 1)
        self.frames.setMaximumHeight(shown * line + self._look.px(12))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Begin at the top: wrapped for no width yet, the text was thought to be at its end."""
        super().resizeEvent(event)
        self.message.verticalScrollBar().setValue(0)

    def _jump(self, item: QListWidgetItem) -> None:
        path, line = item.data(_PLACE)
        self.jump.emit(path, line)

    def _restyle(self) -> None:
        self.message.setFont(self._look.code_font())
        self.frames.setFont(self._look.code_font())
        self._fit_frames()


_TONED = frozenset({"passed", "failed", "error"})


def _state(row: TestRow | None) -> str:
    if row is None:
        return "Choose a test to see why it is red."
    told = " · ".join(part for part in (row.words, row.times) if part)
    if row.failure and not row.after_failure and row.after:
        return f"{told} · this is how it failed at the start"
    return told


def _told(failure: Failure) -> str:
    phase = "" if failure.phase == "call" else f" in {failure.phase}"
    where = f"{failure.file}:{failure.line}" if failure.file else ""
    parts = [f"{failure.exception}{phase}: {failure.message}"]
    if failure.excerpt:
        parts.append(f"{where}\n{_around(failure.excerpt)}")
    return printable("\n\n".join(parts))[:LONGEST]


def _around(excerpt: str) -> str:
    """An excerpt that begins shortly before the line that fails, which is marked."""
    lines = excerpt.rstrip().splitlines()
    failing = next((n for n, line in enumerate(lines) if line.startswith(">")), 0)
    return "\n".join(lines[max(0, failing - LEAD) :])


def _frames(failure: Failure | None) -> list[Frame]:
    """The frames inside the project; the failing line itself where a framework told no others."""
    if failure is None:
        return []
    inside = [frame for frame in failure.frames if frame.file]
    if not inside and failure.file:
        return [Frame(failure.file, failure.line, "")]
    return inside
