"""Draws the rows of a timeline; knows colours, fonts and columns, and nothing of positions."""

from collections.abc import Sequence
from typing import Final

import msgspec
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QPainter, QPen

from desktop.appearance import Appearance
from desktop.models.timeline_detail import DetailLine, Style
from desktop.models.timeline_heads import Head
from desktop.models.timeline_rows import Kind

STYLES: Final[dict[Style, str]] = {
    "text": "text",
    "code": "text",
    "head": "text2",
    "added": "text",
    "removed": "text",
    "quiet": "text3",
    "bad": "bad",
}
TINTS: Final[dict[Style, str]] = {"added": "added", "removed": "removed"}

REASON_LINES: Final = 6
"""Lines that the reason of a verdict may take."""

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAPPED = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Line(msgspec.Struct, frozen=True):
    """How one row is to be drawn; `unfolded` is None where there is nothing to unfold."""

    kind: Kind
    head: Head
    time: str
    duration: str
    unfolded: bool | None
    selected: bool
    focused: bool
    hovered: bool
    live: bool
    note: str = ""
    links: tuple[str, ...] = ()


class RowPainter:
    """Fonts and measures of one look, and the drawing of one row with them."""

    def __init__(self, look: Appearance) -> None:
        self._look = look
        self.refresh()

    def refresh(self) -> None:
        """Take over fonts and measures after the look has changed."""
        look = self._look
        self._plain, self._bold = look.font(), look.font(bold=True)
        self._caption, self._big = look.font(11), look.font(15, bold=True)
        self.code = look.code_font()
        metrics = QFontMetrics(self.code)
        self.code_line = max(round(self.code.pixelSize() * 1.45), metrics.height())
        self.advance = max(metrics.horizontalAdvance("0"), 1)
        self.row = look.row_height()
        self.gap, self.icon = look.px(8), look.px(16)
        self.indent = self.gap + look.px(12) + self.gap // 2
        caption = QFontMetrics(self._caption)
        self._time = caption.horizontalAdvance("0:00:00")
        self._duration = caption.horizontalAdvance("119 min")

    def card(self, width: int, text: str, links: Sequence[str]) -> int:
        """What a verdict has below its first line: its reason, and where it leads."""
        place = QRect(0, 0, width, self.row)
        reason = self._reason_place(place, text).height()
        return reason + len(links) * self.row + 2 * self.gap

    def text_left(self) -> int:
        """Where the lines below a head begin."""
        return self.indent + self.icon + self.gap

    def columns(self, width: int) -> int:
        """Characters that fit below a head."""
        return (width - self.text_left() - self.gap) // self.advance

    def head(self, painter: QPainter, rect: QRect, line: Line) -> None:
        """Draw a row's first line; of a verdict the whole card."""
        if line.kind == "verdict":
            self._card(painter, rect, line)
            return
        self._ground(painter, rect, line)
        if line.kind == "step":
            painter.setPen(QPen(self._look.colour("separator"), 1))
            painter.drawLine(rect.topLeft(), rect.topRight())
        self._chevron(painter, rect, line)
        left = self._icon(painter, rect, line)
        right = self._columns(painter, rect, line)
        left = self._title(painter, rect, line, left)
        self._essence(painter, QRect(left, rect.top(), right - left, rect.height()), line)

    def detail(
        self, painter: QPainter, rect: QRect, line: DetailLine, text: str, needle: str
    ) -> None:
        """Draw one piece of an unfolded line."""
        tint = TINTS.get(line.style)
        if tint:
            painter.fillRect(rect, self._look.colour(tint))
            bar = QRect(rect.left(), rect.top(), self.gap // 2, rect.height())
            pattern = Qt.BrushStyle.SolidPattern if tint == "added" else Qt.BrushStyle.BDiagPattern
            painter.fillRect(bar, QBrush(self._look.colour(f"{tint}_strong"), pattern))
        font = QFont(self.code)
        if line.style == "head":
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        inner = rect.adjusted(self.gap, 0, 0, 0)
        if needle:
            self._marked(painter, inner, text, needle)
        painter.setPen(self._look.colour("accent" if self._linked(line) else STYLES[line.style]))
        painter.drawText(inner, _LEFT, text)

    @staticmethod
    def _linked(line: DetailLine) -> bool:
        return bool(line.path) and line.style in {"head", "bad", "text"}

    def cursor(self, painter: QPainter, rect: QRect, *, focused: bool) -> None:
        """Draw the place of the keyboard among unfolded lines."""
        painter.fillRect(rect, self._look.colour("selection"))
        if focused:
            self._ring(painter, rect)

    def _marked(self, painter: QPainter, rect: QRect, text: str, needle: str) -> None:
        """Put a ground under what was looked for."""
        metrics = painter.fontMetrics()
        folded, at = text.casefold(), 0
        while len(folded) == len(text) and (at := folded.find(needle, at)) >= 0:
            left = rect.left() + metrics.horizontalAdvance(text[:at])
            width = metrics.horizontalAdvance(text[at : at + len(needle)])
            mark = QRect(left, rect.top() + 1, width, rect.height() - 2)
            painter.fillRect(mark, _faint(self._look.colour("warning")))
            at += len(needle)

    def _ground(self, painter: QPainter, rect: QRect, line: Line) -> None:
        if line.selected:
            painter.fillRect(rect, self._look.colour("selection"))
        elif line.hovered:
            painter.fillRect(rect, self._look.colour("hover"))
        if line.selected and line.focused:
            self._ring(painter, rect)

    def _ring(self, painter: QPainter, rect: QRect) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 4, 4)
        painter.restore()

    def _chevron(self, painter: QPainter, rect: QRect, line: Line) -> None:
        if line.unfolded is None:
            return
        name = "chevron-down" if line.unfolded else "chevron-right"
        size = self._look.px(12)
        place = QRect(self.gap // 2 + 2, rect.top() + (self.row - size) // 2, size, size)
        self._look.icon(name, "text3").paint(painter, place)

    def _icon(self, painter: QPainter, rect: QRect, line: Line) -> int:
        """Draw the icon and return where the text begins."""
        place = QRect(self.indent, rect.top() + (self.row - self.icon) // 2, self.icon, self.icon)
        ink = "accent" if line.live else line.head.tone
        if line.kind in {"call", "phase", "step"} and ink not in {
            "good",
            "bad",
            "warning",
            "accent",
        }:
            ink = "text3"
        self._look.icon("loader" if line.live else line.head.icon, ink).paint(painter, place)
        return place.right() + self.gap

    def _columns(self, painter: QPainter, rect: QRect, line: Line) -> int:
        """Draw duration and time at the right and return where they begin."""
        painter.setFont(self._caption)
        painter.setPen(self._look.colour("text2" if line.selected else "text3"))
        right = rect.right() - self.gap
        time = QRect(right - self._time, rect.top(), self._time, self.row)
        painter.drawText(time, _RIGHT, line.time)
        took = QRect(time.left() - self._duration, rect.top(), self._duration, self.row)
        painter.drawText(took, _RIGHT, line.duration)
        return (took.left() if line.duration else time.left()) - self.gap

    def _title(self, painter: QPainter, rect: QRect, line: Line, left: int) -> int:
        step = line.kind == "step"
        painter.setFont(self._bold if line.kind in {"task", "words"} else self._plain)
        if step:
            painter.setFont(self._caption)
        painter.setPen(self._look.colour("text3" if step else "text"))
        width = painter.fontMetrics().horizontalAdvance(line.head.title)
        painter.drawText(QRect(left, rect.top(), width + 1, self.row), _LEFT, line.head.title)
        return left + width + self.gap

    def _essence(self, painter: QPainter, rect: QRect, line: Line) -> None:
        painter.setFont(self._plain)
        text, ink = line.head.text, line.head.tone
        if line.note:
            width = min(painter.fontMetrics().horizontalAdvance(line.note), rect.width())
            note = QRect(rect.right() - width, rect.top(), width + 1, rect.height())
            painter.setPen(self._look.colour("warning"))
            painter.drawText(note, _RIGHT, line.note)
            rect = rect.adjusted(0, 0, -width - self.gap, 0)
        painter.setPen(self._look.colour("text2" if ink == "text3" else ink))
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, max(rect.width(), 0)
        )
        painter.drawText(rect, _LEFT, shown)

    def _card(self, painter: QPainter, rect: QRect, line: Line) -> None:
        look, gap = self._look, self.gap
        below = self.card(rect.width(), line.head.text, line.links)
        card = rect.adjusted(gap, gap // 2, -gap, below - gap // 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("selection" if line.selected else "raised"))
        painter.drawRoundedRect(card, 6, 6)
        painter.setBrush(look.colour(line.head.tone))
        painter.drawRoundedRect(QRect(card.left(), card.top(), 4, card.height()), 2, 2)
        if line.selected and line.focused:
            self._ring(painter, card)
        painter.restore()
        size, left = look.px(20), card.left() + 2 * gap
        first = QRect(left, card.top() + gap // 2, card.width() - 3 * gap, self.row)
        look.icon(line.head.icon, line.head.tone).paint(
            painter, QRect(left, first.top() + (self.row - size) // 2, size, size)
        )
        self._columns(painter, first.adjusted(0, 0, gap, 0), line)
        painter.setFont(self._big)
        painter.setPen(look.colour(line.head.tone))
        title = first.adjusted(size + gap, 0, -self._time - self._duration - gap, 0)
        shown = painter.fontMetrics().elidedText(
            line.head.title, Qt.TextElideMode.ElideRight, title.width()
        )
        painter.drawText(title, _LEFT, shown)
        painter.setFont(self._plain)
        painter.setPen(look.colour("text2"))
        painter.drawText(self._reason_place(rect, line.head.text), _WRAPPED, line.head.text)
        for link, place in zip(line.links, self.link_places(rect, line), strict=True):
            painter.setPen(look.colour("accent" if link == line.links[0] else "text2"))
            mode = Qt.TextElideMode.ElideMiddle
            painter.drawText(
                place, _LEFT, painter.fontMetrics().elidedText(link, mode, place.width())
            )

    def link_places(self, rect: QRect, line: Line) -> tuple[QRect, ...]:
        """Where a card has its links: below its reason, one below the other."""
        reason = self._reason_place(rect, line.head.text)
        metrics = QFontMetrics(self._plain)
        return tuple(
            QRect(
                reason.left(),
                reason.bottom() + 1 + number * self.row,
                min(metrics.horizontalAdvance(link) + 1, reason.width()),
                self.row,
            )
            for number, link in enumerate(line.links)
        )

    def _reason_place(self, rect: QRect, text: str) -> QRect:
        """Where a card has its reason: below its first line, as high as the wrapped words."""
        metrics = QFontMetrics(self._plain)
        left = rect.left() + 4 * self.gap + self._look.px(20)
        top = rect.top() + 2 * (self.gap // 2) + self.row
        room = QRect(
            left,
            top,
            max(rect.right() - 3 * self.gap - left, 1),
            REASON_LINES * metrics.lineSpacing(),
        )
        needed = metrics.boundingRect(room, _WRAPPED, text).height()
        room.setHeight(max(self.row, min(needed, room.height())))
        return room


def _faint(colour: QColor) -> QColor:
    faint = QColor(colour)
    faint.setAlpha(90)
    return faint
