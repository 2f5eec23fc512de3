"""Line numbers beside an editor, with what is known of each line: changed, suspected."""

from collections.abc import Mapping
from typing import Final, Protocol

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextBlock,
)
from PySide6.QtWidgets import QToolTip, QWidget

from desktop.appearance import Appearance
from desktop.models.change_marks import Mark

_TOKENS: Final[dict[Mark, str]] = {"added": "good", "changed": "accent", "deleted": "bad"}
WARM: Final = 0.3
"""Suspicion up to which a line is only hinted at: so much has each that ran at import."""


class Lines(Protocol):
    """What the gutter needs of its editor: the blocks on screen and where they are."""

    def visible_blocks(self) -> list[tuple[QTextBlock, int, int]]:
        """Each block on screen with its top and its height in pixels."""

    def current_line(self) -> int:
        """The line of the cursor, from 1."""

    def select_line(self, line: int, *, extend: bool) -> None:
        """Select a line, or everything from the selection to it."""


class Gutter(QWidget):
    """The strip to the left of the code. Suspicion is shown by colour and by width."""

    def __init__(self, look: Appearance, lines: Lines, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._lines = lines
        self._heat: Mapping[int, float] = {}
        self._marks: Mapping[int, Mark] = {}
        self.setAccessibleName("Line numbers")

    def set_heat(self, heat: Mapping[int, float]) -> None:
        """Show how suspicious lines are: line -> 0 to 1."""
        self._heat = heat
        self.update()

    def set_marks(self, marks: Mapping[int, Mark]) -> None:
        """Show which lines differ from the last commit."""
        self._marks = marks
        self.update()

    def width_for(self, line_count: int) -> int:
        """The width the numbers of so many lines need."""
        digits = max(3, len(str(line_count)))
        return self._digit_width() * digits + self._look.px(24)

    def facts(self, line: int) -> str:
        """In words what the strip shows of a line, "" for nothing."""
        said = []
        if line in self._heat:
            said.append(f"suspicion {self._heat[line]:.2f}")
        mark = self._marks.get(line)
        if mark:
            said.append("lines deleted above" if mark == "deleted" else f"{mark} since the commit")
        return ", ".join(said)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """Ask for no place of its own: the editor gives it one."""
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint numbers and marks of the lines on screen."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._look.colour("surface"))
        painter.setFont(self._look.code_font())
        current = self._lines.current_line()
        right = self.width() - self._look.px(12)
        for block, top, height in self._lines.visible_blocks():
            line = block.blockNumber() + 1
            self._paint_heat(painter, line, top, height)
            painter.setPen(self._look.colour("text" if line == current else "text3"))
            place = QRect(0, top, right, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(line))
            self._paint_mark(painter, line, top, height)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select the line that was clicked."""
        line = self._line_at(event.position().toPoint())
        if line and event.button() == Qt.MouseButton.LeftButton:
            extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._lines.select_line(line, extend=extend)

    def event(self, event: QEvent) -> bool:
        """Say in a tooltip what a mark means."""
        if isinstance(event, QHelpEvent):
            facts = self.facts(self._line_at(event.pos()))
            QToolTip.showText(event.globalPos(), facts, self)
            return True
        return super().event(event)

    def _paint_heat(self, painter: QPainter, line: int, top: int, height: int) -> None:
        suspicion = self._heat.get(line)
        if suspicion is None:
            return
        strength = max(0.0, (suspicion - WARM) / (1.0 - WARM))
        width = self._look.px(2) + round(self._look.px(6) * strength)
        painter.fillRect(0, top, width, height, self._heat_colour(0.35 + 0.65 * strength))
        if strength:
            glow = self._heat_colour(0.06 + 0.18 * strength)
            painter.fillRect(width, top, self.width() - width, height, glow)

    def _heat_colour(self, alpha: float) -> QColor:
        colour = QColor(self._look.colour("heat"))
        colour.setAlphaF(alpha)
        return colour

    def _paint_mark(self, painter: QPainter, line: int, top: int, height: int) -> None:
        mark = self._marks.get(line)
        if mark is None:
            return
        colour = self._look.colour(_TOKENS[mark])
        left, width = self.width() - self._look.px(6), self._look.px(3)
        if mark == "deleted":
            painter.fillRect(left, top - 1, self._look.px(6), self._look.px(3), colour)
        elif mark == "added":
            painter.fillRect(left, top, width, height, colour)
        else:
            for y in range(top, top + height, 4):
                painter.fillRect(left, y, width, 2, colour)

    def _line_at(self, place: QPoint) -> int:
        for block, top, height in self._lines.visible_blocks():
            if top <= place.y() < top + height:
                return block.blockNumber() + 1
        return 0

    def _digit_width(self) -> int:
        return QFontMetrics(self._look.code_font()).horizontalAdvance("9")
