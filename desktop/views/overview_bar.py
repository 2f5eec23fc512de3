"""The whole file as a narrow strip beside the scrollbar: where something is worth going to."""

from collections.abc import Iterable, Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.appearance import Appearance

KINDS: Final = {
    "added": "good", "changed": "accent", "deleted": "bad", "heat": "heat", "hit": "warning",
    "failure": "bad",
    "rejected": "text3", "accepted": "good", "asked": "text3", "pending": "accent",
    "conflict": "warning",
}  # fmt: skip
"""What is marked and in which colour; later kinds lie on top of earlier ones, hunks come last."""


class OverviewBar(QWidget):
    """Marks by kind at the height of their lines; a click asks for the line there."""

    line_asked = Signal(int)

    def __init__(self, look: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._line_count = 1
        self._marks: dict[str, tuple[int, ...]] = {}
        self.setAccessibleName("Overview of the file")
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_line_count(self, count: int) -> None:
        """Say how many lines the strip stands for."""
        if count != self._line_count:
            self._line_count = count
            self.update()

    def set_marks(self, kind: str, lines: Iterable[int]) -> None:
        """Replace the marks of one of `KINDS`; lines count from 1."""
        self._marks[kind] = tuple(lines)
        self.update()

    def marks(self) -> Mapping[str, tuple[int, ...]]:
        """What is marked now."""
        return self._marks

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Ask for no place of its own: the editor gives it one."""
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint one bar for each pixel row and kind that has a mark."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._look.colour("surface"))
        thick = max(2, self._look.px(3))
        for kind, token in KINDS.items():
            colour = self._look.colour(token)
            narrow = kind in {"added", "changed", "deleted"}
            left, width = (0, self.width() // 2) if narrow else (1, self.width() - 2)
            for y in {self._y_of(line) for line in self._marks.get(kind, ())}:
                painter.fillRect(left, y, width, thick, colour)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Ask for the line under the mouse."""
        share = event.position().y() / max(1, self.height())
        self.line_asked.emit(min(self._line_count, int(share * self._line_count) + 1))

    def _y_of(self, line: int) -> int:
        return (line - 1) * max(1, self.height() - 2) // max(1, self._line_count)
