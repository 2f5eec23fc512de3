"""The painted rows of a session: where they lie, which are unfolded, staying with the reader."""

import time
from collections.abc import Iterable
from typing import Final

import msgspec
from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from agent_core.events import Progress, Record
from desktop.appearance import Appearance
from desktop.models.session_words import rivals_link
from desktop.models.timeline_detail import DetailLine, detail, unfolds
from desktop.models.timeline_heads import clock, duration, head
from desktop.models.timeline_layout import Layout
from desktop.models.timeline_rows import Row, Rows
from desktop.models.timeline_text import live_head, target
from desktop.models.timeline_wrap import wrapped
from desktop.views.status_bar import SILENT_S
from desktop.views.timeline_paint import Line, RowPainter

TICK_MS: Final = 1000
REVIEW: Final = "Review the change →"


class Piece(msgspec.Struct, frozen=True):
    """One line on the screen below a head: a part of an unfolded line; `number` counts those."""

    number: int
    line: DetailLine
    text: str


class TimelineCanvas(QAbstractScrollArea):
    """Rows of one height, some unfolded. The cursor is a row and one of its pieces, -1 the head."""

    unseen_changed = Signal(int)

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._paint = RowPainter(look)
        self._places = Layout()
        self.model = Rows()
        self._unfolded: dict[int, list[Piece]] = {}
        self._cursor = (-1, -1)
        self._hovered = -1
        self._unseen = 0
        self._needle = ""
        self._rivals = 0
        self._running = False
        self._progress: Progress | None = None
        self._delta = ""
        self._sign = 0.0
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._repaint_live)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Timeline")
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        look.changed.connect(self._restyle)
        self._restyle()

    @property
    def rows(self) -> list[Row]:
        """The rows shown."""
        return self.model.rows

    @property
    def unseen(self) -> int:
        """Rows that came below the part being read."""
        return self._unseen

    @property
    def current(self) -> tuple[int, int]:
        """The row and piece the keyboard is at, -1 where there is none."""
        return self._cursor

    def set_records(self, records: Iterable[Record]) -> None:
        """Show another session, from its end."""
        self.model = Rows()
        self._places.clear()
        self._unfolded.clear()
        self._cursor, self._hovered = (-1, -1), -1
        self._progress, self._delta = None, ""
        self._take(records)
        self._set_unseen(0)
        self.scroll_to_end()

    def append(self, records: Iterable[Record]) -> int:
        """Show what has happened since, and return the first row that is new or different.

        The reader stays where they are, unless at the end.
        """
        at_end = self._at_end()
        before = len(self.rows)
        oldest = self._take(records)
        if at_end:
            self.scroll_to_end()
        else:
            self._set_unseen(self._unseen + len(self.rows) - before)
        return oldest

    def set_running(self, running: bool) -> None:  # noqa: FBT001  (a setter)
        """Whether something works on the session now."""
        self._running = running
        if not running:
            self._progress, self._delta = None, ""
        self._sign = time.monotonic()
        self._set_ticking()
        self._repaint_live()

    def set_progress(self, progress: Progress | None) -> None:
        """Show a sign of life on the row that is under way."""
        self._progress, self._sign = progress, time.monotonic()
        self._repaint_live()

    def delta(self, text: str) -> None:
        """Show more of what the model is saying."""
        self._delta, self._sign = self._delta + text, time.monotonic()
        self._repaint_live()

    def set_rivals(self, rivals: int) -> None:
        """Say on the newest verdict how many other patches do as well."""
        if rivals == self._rivals:
            return
        self._rivals, at_end = rivals, self._at_end()
        if (row := self._newest_verdict()) >= 0:
            self._measure(row)
        if at_end:
            self.scroll_to_end()

    def set_needle(self, needle: str) -> None:
        """Mark a text wherever it shows; "" marks nothing."""
        self._needle = needle.casefold()
        self.viewport().update()

    def scroll_to_end(self) -> None:
        """Show the newest row and stay with it."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._set_unseen(0)

    def unfold(self, row: int) -> None:
        """Show a row's full text below it."""
        if row not in self._unfolded and (pieces := self._pieces(row)):
            self._unfolded[row] = pieces
            self._measure(row)

    def fold(self, row: int) -> None:
        """Hide a row's full text."""
        if self._unfolded.pop(row, None) is not None:
            self._measure(row)
            if self._cursor[0] == row:
                self._cursor = (row, -1)

    def is_unfolded(self, row: int) -> bool:
        """Whether a row shows its full text."""
        return row in self._unfolded

    def _take(self, records: Iterable[Record]) -> int:
        before = len(self.rows)
        changed = self.model.append(records)
        if changed or len(self.rows) > before:
            self._delta, self._progress = "", None
        self._places.count = len(self.rows)
        for row in range(before, len(self.rows)):
            if self.rows[row].kind == "verdict":
                self._places.set_below(row, self._base(row))
        for row in changed & self._unfolded.keys():
            self._unfolded[row] = self._pieces(row)
            self._measure(row)
        self._set_range()
        self._set_ticking()
        self._sign = time.monotonic()
        self.viewport().update()
        return min(changed, default=before)

    def _pieces(self, row: int) -> list[Piece]:
        columns = self._paint.columns(self.viewport().width())
        return [
            Piece(number, line, text)
            for number, line in enumerate(detail(self.rows[row]))
            for text in wrapped(line.text, columns, at_spaces=line.style not in _CODE)
        ]

    def _base(self, row: int) -> int:
        """What a row has below its first line although folded."""
        each = self.rows[row]
        if each.kind != "verdict":
            return 0
        return self._paint.card(self.viewport().width(), head(each).text, self._links(row))

    def _links(self, row: int) -> tuple[str, ...]:
        """Where the card of a verdict leads, in words; of the newest also to its rivals."""
        each = self.rows[row]
        if each.kind != "verdict" or target(each) != "review":
            return ()
        return (REVIEW, rivals_link(self._rivals)) if self.has_rivals(row) else (REVIEW,)

    def has_rivals(self, row: int) -> bool:
        """Whether a row is the verdict on a change that other patches could take the place of."""
        return self._rivals > 0 and row == self._newest_verdict()

    def _newest_verdict(self) -> int:
        rows = range(len(self.rows) - 1, -1, -1)
        return next((row for row in rows if self.rows[row].kind == "verdict"), -1)

    def _measure(self, row: int) -> None:
        pieces = self._unfolded.get(row, ())
        below = len(pieces) * self._paint.code_line + (self._paint.gap if pieces else 0)
        self._places.set_below(row, self._base(row) + below)
        self._set_range()
        self.viewport().update()

    def _set_range(self) -> None:
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._places.total - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._paint.row)

    def _restyle(self) -> None:
        self._paint.refresh()
        at = self._places.row_at(self.verticalScrollBar().value())
        self._relayout()
        if at >= 0:
            self.verticalScrollBar().setValue(self._places.top(at))

    def _relayout(self) -> None:
        count = len(self.rows)
        self._places.clear()
        self._places.row_height, self._places.count = self._paint.row, count
        for row in range(count):
            if self.rows[row].kind == "verdict":
                self._places.set_below(row, self._base(row))
        for row in self._unfolded:
            self._unfolded[row] = self._pieces(row)
            self._measure(row)
        self._set_range()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802, D102  (Qt's name)
        at_end = self._at_end()
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._relayout()
        self._set_range()
        if at_end:
            self.scroll_to_end()

    def sizeHint(self) -> QSize:  # noqa: N802, D102  (Qt's name)
        return QSize(self._look.px(420), self._look.px(400))

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum()

    def _scrolled(self) -> None:
        if self._unseen and self._at_end():
            self._set_unseen(0)
        self.viewport().update()

    def _set_unseen(self, count: int) -> None:
        if count != self._unseen:
            self._unseen = count
            self.unseen_changed.emit(count)

    def _row_rect(self, row: int) -> QRect:
        top = self._places.top(row) - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._paint.row)

    def _piece_rect(self, row: int, piece: int) -> QRect:
        left = self._paint.text_left() - self._paint.gap
        top = self._row_rect(row).top() + self._paint.row + self._base(row)
        top += piece * self._paint.code_line
        width = self.viewport().width() - left
        return QRect(left, top, width, self._paint.code_line)

    def _hit(self, at: QPoint) -> tuple[int, int]:
        """The row and piece at a point of the viewport."""
        y = at.y() + self.verticalScrollBar().value()
        row = self._places.row_at(y)
        if row < 0 or y >= self._places.total:
            return -1, -1
        below = at.y() - self._row_rect(row).bottom() - 1 - self._base(row)
        pieces = self._unfolded.get(row, ())
        if below < 0 or not pieces:
            return row, -1
        return row, min(below // self._paint.code_line, len(pieces) - 1)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, D102  (Qt's name)
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._look.colour("surface"))
        bar = self.verticalScrollBar().value()
        row = self._places.row_at(event.rect().top() + bar)
        if row < 0:
            self._paint_empty(painter)
        while 0 <= row < len(self.rows) and self._row_rect(row).top() <= event.rect().bottom():
            self._paint_row(painter, row, event.rect())
            row += 1
        painter.end()

    def _paint_empty(self, painter: QPainter) -> None:
        painter.setPen(self._look.colour("text3"))
        painter.setFont(self._look.font())
        painter.drawText(
            self.viewport().rect().adjusted(24, 24, -24, -24),
            Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap,
            "What the agent does will appear here, one line a step: what it read, ran and changed.",
        )

    def _paint_row(self, painter: QPainter, row: int, clip: QRect) -> None:
        self._paint.head(painter, self._row_rect(row), self._line(row))
        for index, piece in enumerate(self._unfolded.get(row, ())):
            rect = self._piece_rect(row, index)
            if rect.bottom() < clip.top():
                continue
            if rect.top() > clip.bottom():
                break
            if (row, index) == self._cursor:
                self._paint.cursor(painter, rect, focused=self.hasFocus())
            self._paint.detail(painter, rect, piece.line, piece.text, self._needle)

    def _line(self, row: int) -> Line:
        each = self.rows[row]
        live = self._running and row == self.model.live
        shown, took, note = head(each), None, ""
        if live:
            shown = live_head(shown, self._progress, self._delta)
            took = time.time() - each.began.at
            silent = time.monotonic() - self._sign
            note = f"silent for {silent:.0f} s" if silent >= SILENT_S else ""
        took = took if live else shown.duration_s
        return Line(
            kind=each.kind,
            head=shown,
            time=clock(each.began.at - self.model.start),
            duration=duration(took),
            unfolded=row in self._unfolded if unfolds(each) else None,
            selected=(row, -1) == self._cursor,
            focused=self.hasFocus(),
            hovered=row == self._hovered,
            live=live,
            note=note,
            links=self._links(row),
        )

    def _link_at(self, row: int, at: QPoint) -> int:
        """The number of the card's link that is at a point of the viewport, -1 for none."""
        places = self._paint.link_places(self._row_rect(row), self._line(row))
        return next((n for n, place in enumerate(places) if place.contains(at)), -1)

    def _repaint_live(self) -> None:
        live = self.model.live
        if live is not None:
            self.viewport().update(self._row_rect(live))

    def _set_ticking(self) -> None:
        if self._running and self.model.live is not None and self.isVisible():
            if not self._tick.isActive():
                self._tick.start()
        else:
            self._tick.stop()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().showEvent(event)
        self._set_ticking()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().hideEvent(event)
        self._tick.stop()


_CODE: Final = frozenset({"code", "added", "removed"})
