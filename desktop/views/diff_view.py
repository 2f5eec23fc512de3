"""The scroll of a review: every hunk of every file, painted only where it is in view."""

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from agent_core.verdict import Verdict
from desktop.appearance import Appearance
from desktop.models.review import STATUSES, Review
from desktop.models.review_layout import Block, Layout
from desktop.models.review_selection import Selection
from desktop.views.diff_blocks import BlockPainter, Seen
from desktop.views.diff_paint import ring
from desktop.views.overview_bar import OverviewBar
from desktop.views.review_heads import Button

OVERVIEW: Final = 8
"""Width of the strip of hunks beside the scroll bar, in unscaled pixels."""
EMPTY: Final = "Nothing to review yet.\nWhat the agent changes appears here, hunk by hunk."

_WIDE: Final = frozenset({"lines", "collision"})


class DiffView(QAbstractScrollArea):
    """Shows a review and where the reader is in it: the current hunk, and perhaps some lines."""

    acted = Signal(str, int)
    """A painted button was pressed: what it asks for, and of which hunk or file."""
    moved = Signal()
    """Another hunk is current, or other lines are selected."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.review = Review()
        self._verdict: Verdict | None = None
        self._side_by_side = self._read_only = False
        self._shown: set[int] = set()
        self._current = -1
        self._selection = Selection()
        self._hovered: tuple[Block, str] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Hunks of the change")
        self.viewport().setMouseTracking(True)
        self.overview = OverviewBar(look, self)
        self.overview.setAccessibleName("Overview of the hunks")
        self.overview.line_asked.connect(self._show_place)
        look.changed.connect(self._lay_out)
        self._lay_out()

    @property
    def current(self) -> int:
        """The number of the current hunk, -1 where there is none."""
        return self._current

    def set_review(self, review: Review) -> None:
        """Show a review; the current hunk stays current, its head where it was on the screen."""
        before = self.review
        here = before.hunks[self._current].hunk.id if self._current >= 0 else ""
        was_at = self._layout.head_of(self._current).top if self._current >= 0 else 0
        unfolded = {before.hunks[number].hunk.id for number in self._shown}
        found = {hunk.hunk.id: hunk.number for hunk in review.hunks}
        self.review = review
        self._shown = {found[name] for name in unfolded if name in found}
        same = here in found and review.hunks[found[here]] == before.hunks[self._current]
        self._current = found[here] if here in found else _first(review)
        if not same:
            self._selection.clear()
        self._hovered = None
        self._lay_out()
        if here in found:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self._layout.head_of(self._current).top - was_at)
        self.moved.emit()

    def set_verdict(self, verdict: Verdict | None) -> None:
        """What the gate says of the whole change."""
        self._verdict = verdict
        self._lay_out()

    def set_read_only(self, *, on: bool) -> None:
        """Offer no button that decides."""
        self._read_only = on
        self._hovered = None
        self._lay_out()

    def go_to(self, hunk: int) -> None:
        """Make a hunk current and bring it into view."""
        if not 0 <= hunk < len(self.review.hunks):
            return
        self._current = hunk
        self._selection.clear()
        self._bring(self._top_of(hunk), self._layout.end_of(hunk))
        self._changed()

    def go_to_file(self, file: int) -> None:
        """Show a file's head and make its first hunk that waits current, else its first."""
        if not 0 <= file < len(self.review.files):
            return
        hunks = self.review.of_file(self.review.files[file])
        waiting = [hunk.number for hunk in hunks if hunk.status in {"pending", "conflict"}]
        self._current = (waiting or [hunks[0].number])[0]
        self._selection.clear()
        self.verticalScrollBar().setValue(self._layout.file_head(file).top)
        self._bring(self._top_of(self._current), self._layout.end_of(self._current))
        self._changed()

    def toggle_shown(self, hunk: int) -> None:
        """Unfold a decided hunk, or fold it again."""
        self._shown ^= {hunk}
        self._lay_out()

    def select(self, *, down: bool) -> None:
        """Extend the selection of lines in the current hunk by one changed line."""
        block = self._layout.lines_of(self._current) if self._current >= 0 else None
        if block is None:
            return
        line = self._selection.extend(self.review.hunks[self._current], down=down)
        if line is not None:
            top = block.top + self._painter.row_of(self._current, line) * self._layout.measures.line
            self._bring(top, top + self._layout.measures.line)
            self._changed()

    def set_side_by_side(self, on: bool) -> None:  # noqa: FBT001  (a setter)
        """Show what was beside what is, or one below the other."""
        self._side_by_side = on
        self._lay_out()
        if self._current >= 0:
            self._bring(self._top_of(self._current), self._layout.end_of(self._current))

    def clear_selection(self) -> None:
        """Select no lines."""
        self._selection.clear()
        self._changed()

    def selected_lines(self) -> set[int]:
        """Indices of the changed lines of the current hunk that are selected."""
        if self._current < 0:
            return set()
        return self._selection.lines(self.review.hunks[self._current])

    def chosen(self) -> str:
        """The reference to the current hunk, or to its selected lines; "" where there is none."""
        if self._current < 0:
            return ""
        return self._selection.chosen(self.review.hunks[self._current])

    def layout_of(self, hunk: int) -> Block | None:
        """Where the lines of a hunk are in the scroll; None while it is folded."""
        return self._layout.lines_of(hunk)

    def button_place(self, hunk: int, action: str) -> QPoint | None:
        """The middle of a painted button in the viewport, None where it is not."""
        block = self._layout.head_of(hunk)
        y = block.top - self.verticalScrollBar().value() + block.height // 2
        for button in self._buttons(block):
            if button.action == action:
                return QPoint(button.x + button.width // 2, y)
        return None

    def _top_of(self, hunk: int) -> int:
        """Where to begin to read: the file's head, where a hunk is the first of its file."""
        file = self.review.hunks[hunk].file
        first = self.review.files[file].first == hunk
        return (self._layout.file_head(file) if first else self._layout.head_of(hunk)).top

    def _bring(self, top: int, end: int) -> None:
        """Scroll no further than needed; what is too tall shows its top."""
        bar, view, margin = self.verticalScrollBar(), self.viewport().height(), self._look.px(16)
        if top < bar.value() or end - top + margin > view:
            bar.setValue(top)
        elif end + margin > bar.value() + view:
            bar.setValue(end + margin - view)

    def _changed(self) -> None:
        self.viewport().update()
        self.moved.emit()

    def _lay_out(self) -> None:
        self._painter = BlockPainter(
            self._look,
            self.review,
            self._verdict,
            side_by_side=self._side_by_side,
            read_only=self._read_only,
        )
        self._layout = Layout(
            self.review,
            self._painter.measures,
            self._shown,
            side_by_side=self._side_by_side,
        )
        unfolded = {block.hunk for block in self._layout.blocks if block.kind in _WIDE}
        self._code_width = self._painter.code_width(unfolded)
        self._set_overview()
        self._set_bars()
        self.viewport().update()

    def _set_overview(self) -> None:
        """Mark beside the scroll bar where hunks begin and how they stand; off where all fit."""
        wide = self._look.px(OVERVIEW) if self._layout.height > self.height() else 0
        self.setViewportMargins(0, 0, wide, 0)
        port = self.viewport().geometry()
        self.overview.setGeometry(port.right() + 1, port.top(), wide, port.height())
        line = self._layout.measures.line
        self.overview.set_line_count(max(1, self._layout.height // line))
        for status in STATUSES:
            of_it = (hunk.number for hunk in self.review.hunks if hunk.status == status)
            places = (self._layout.head_of(number).top // line + 1 for number in of_it)
            self.overview.set_marks(status, places)

    def _show_place(self, line: int) -> None:
        place = line * self._layout.measures.line
        self.verticalScrollBar().setValue(place - self.viewport().height() // 2)

    def _set_bars(self) -> None:
        view = self.viewport().size()
        vertical, sideways = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, self._layout.height - view.height()))
        vertical.setPageStep(max(1, view.height() - self._painter.measures.line))
        vertical.setSingleStep(3 * self._painter.measures.line)
        room = view.width() // 2 if self._side_by_side else view.width()
        sideways.setRange(0, max(0, self._code_width - room))
        sideways.setPageStep(max(1, room - self._painter.text_left))
        sideways.setSingleStep(4 * self._painter.letter)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Keep the scroll bars right."""
        super().resizeEvent(event)
        self._set_overview()
        self._set_bars()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802  (Qt's name)
        """Paint anew: heads do not move sideways with the code."""
        del dx, dy
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint what is in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._look.colour("surface"))
        if not self.review.files:
            painter.setFont(self._look.font())
            painter.setPen(self._look.colour("text2"))
            painter.drawText(self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter), EMPTY)
            return
        top, seen = self.verticalScrollBar().value(), self._seen()
        for block in self._layout.between(
            top + event.rect().top(), top + event.rect().bottom() + 1
        ):
            rect = QRect(0, block.top - top, self.viewport().width(), block.height)
            self._painter.paint(painter, block, rect, seen)
        self._paint_current(painter, top)

    def _seen(self) -> Seen:
        hovered = self._hovered
        return Seen(
            current=self._current,
            selected=frozenset(self.selected_lines()),
            shown=frozenset(self._shown),
            hovered=(hovered[0].top, hovered[1]) if hovered else (-1, ""),
            offset=self.horizontalScrollBar().value(),
            bottom=self.viewport().height(),
        )

    def _paint_current(self, painter: QPainter, top: int) -> None:
        if self._current < 0:
            return
        head = self._layout.head_of(self._current)
        end = self._layout.end_of(self._current)
        bar = QRect(0, head.top - top, self._look.px(3), end - head.top)
        painter.fillRect(bar, self._look.colour("accent"))
        if self.hasFocus():
            # Clear of the bar at the left and of the edge at the right.
            width = self.viewport().width() - bar.width() - self._look.px(4)
            place = QRect(bar.right() + 1, head.top - top, width, head.height)
            ring(painter, place, self._look)

    def _buttons(self, block: Block) -> list[Button]:
        width = self.viewport().width()
        return self._painter.buttons(block, width, shown=block.hunk in self._shown)

    def _button_at(self, place: QPoint) -> tuple[Block, str] | None:
        block = self._layout.at(place.y() + self.verticalScrollBar().value())
        for button in self._buttons(block) if block else ():
            if block is not None and button.x <= place.x() < button.x + button.width:
                return block, button.action
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Light up the button under the mouse."""
        hovered = self._button_at(event.position().toPoint())
        if hovered != self._hovered:
            self._hovered = hovered
            shape = Qt.CursorShape.PointingHandCursor if hovered else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Press a button, or make a hunk current; in its lines select the one pressed."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = event.position().toPoint()
        pressed = self._button_at(place)
        block = self._layout.at(place.y() + self.verticalScrollBar().value())
        if pressed is not None:
            found, action = pressed
            self.acted.emit(action, found.file if found.kind == "file" else found.hunk)
        elif block is not None and block.hunk >= 0:
            self._current = block.hunk
            self._selection.clear()
            self._changed()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  (Qt's name)
        """Nothing is under the mouse any more."""
        super().leaveEvent(event)
        if self._hovered is not None:
            self._hovered = None
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Arrows with Shift select lines, all else scrolls or is the page's."""
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and event.key() in {
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        }:
            self.select(down=event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)


def _first(review: Review) -> int:
    """The hunk to begin with: the first that waits, else the first, -1 where there is none."""
    waiting = review.next_open(-1)
    if waiting is not None:
        return waiting
    return 0 if review.hunks else -1
