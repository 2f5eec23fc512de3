"""The timeline under the reader's hands: keys, mouse, clipboard, and where a row leads."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QMenu

from desktop.models.session_words import rivals_words
from desktop.models.timeline_text import Target, row_text, spoken, target
from desktop.views.timeline_canvas import TimelineCanvas


class TimelineView(TimelineCanvas):
    """Up and down go through rows and their lines, right and left unfold and fold."""

    file_asked = Signal(str, int)
    review_asked = Signal()
    tests_asked = Signal()
    candidates_asked = Signal()
    find_asked = Signal()

    def reveal(self, row: int, line: int = -1) -> None:
        """Go to a row, or to one of its lines, unfolding it."""
        piece = -1
        if line >= 0:
            self.unfold(row)
            piece = self._piece_of(row, line)
        self._go(row, piece)

    def target(self, row: int) -> Target:
        """Where a row leads."""
        return target(self.rows[row]) if 0 <= row < len(self.rows) else ""

    def _piece_of(self, row: int, line: int) -> int:
        """The piece of a line that has what is looked for; else its first."""
        pieces = self._unfolded.get(row, [])
        places = [place for place, each in enumerate(pieces) if each.number == line]
        marked = [place for place in places if self._needle in pieces[place].text.casefold()]
        return next(iter([*marked, *places]), -1)

    def follow(self) -> None:
        """Go where the row or line under the cursor leads."""
        row, piece = self._cursor
        if row < 0:
            return
        if piece >= 0:
            line = self._unfolded[row][piece].line
            if line.path:
                self.file_asked.emit(line.path, line.line)
            return
        match self.target(row):
            case "review":
                self.review_asked.emit()
            case "tests":
                self.tests_asked.emit()
            case (str(path), int(line_number)):
                self.file_asked.emit(path, line_number)

    def event(self, event: QEvent) -> bool:  # noqa: D102  (Qt's name)
        own = isinstance(event, QKeyEvent) and (event.matches(_FIND) or event.matches(_COPY))
        if own and event.type() == QEvent.Type.ShortcutOverride:
            # While the list has the keyboard, whatever the window does on these keys.
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802, D102  (Qt's name)
        step = _STEPS.get(Qt.Key(event.key()))
        if event.matches(_COPY):
            self.copy()
        elif event.matches(_FIND):
            self.find_asked.emit()
        elif event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.follow()
        elif event.key() in _ENTER:
            self._enter()
        elif step is not None and not event.modifiers() & _CHORD:
            step(self)
        else:
            super().keyPressEvent(event)

    def copy(self) -> None:
        """Put the row, or the line, under the cursor on the clipboard."""
        row, piece = self._cursor
        if row < 0:
            return
        if piece >= 0:
            text = self._unfolded[row][piece].line.text
        else:
            text = row_text(self.rows[row], self.model.start, full=row in self._unfolded)
        QGuiApplication.clipboard().setText(text)

    def _enter(self) -> None:
        row, piece = self._cursor
        if piece >= 0 and self._unfolded[row][piece].line.path:
            self.follow()
        elif row >= 0:
            self._toggle(row)

    def _toggle(self, row: int) -> None:
        if row in self._unfolded:
            self.fold(row)
        else:
            self.unfold(row)

    def _down(self) -> None:
        row, piece = self._cursor
        if piece + 1 < len(self._unfolded.get(row, ())):
            self._go(row, piece + 1)
        elif row + 1 < len(self.rows):
            self._go(row + 1)

    def _up(self) -> None:
        row, piece = self._cursor
        if piece >= 0:
            self._go(row, piece - 1)
        elif row > 0:
            self._go(row - 1, len(self._unfolded.get(row - 1, ())) - 1)

    def _page(self, rows: int) -> None:
        visible = max(1, self.viewport().height() // self._paint.row - 1)
        self._go(min(max(self._cursor[0] + rows * visible, 0), len(self.rows) - 1))

    def _left(self) -> None:
        row, piece = self._cursor
        if piece >= 0:
            self._go(row)
        else:
            self.fold(row)

    def _right(self) -> None:
        row, piece = self._cursor
        if row in self._unfolded and piece < 0:
            self._go(row, 0)
        elif row >= 0:
            self.unfold(row)

    def _last(self) -> None:
        self._go(len(self.rows) - 1)
        self.scroll_to_end()

    def _go(self, row: int, piece: int = -1) -> None:
        if not 0 <= row < len(self.rows):
            return
        self._cursor = (row, piece)
        rect = self._row_rect(row) if piece < 0 else self._piece_rect(row, piece)
        bar = self.verticalScrollBar()
        bottom = rect.bottom() + (self._base(row) if piece < 0 else 0)
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif bottom >= self.viewport().height():
            bar.setValue(bar.value() + bottom + 1 - self.viewport().height())
        line = self._unfolded[row][piece].line.text if piece >= 0 else spoken(self.rows[row])
        if piece < 0 and self.has_rivals(row):
            line = f"{line}, {rivals_words(self._rivals)}"
        self.setAccessibleDescription(line)
        QAccessible.updateAccessibility(
            QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
        )
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802, D102  (Qt's name)
        row, piece = self._hit(event.position().toPoint())
        if row < 0:
            return
        self._go(row, piece)
        if event.button() != Qt.MouseButton.LeftButton:
            return
        link = self._link_at(row, event.position().toPoint()) if piece < 0 else -1
        if link == RIVALS:
            self.candidates_asked.emit()
        elif piece >= 0 or link >= 0:
            self.follow()
        else:
            self._toggle(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802, D102  (Qt's name)
        row, piece = self._hit(event.position().toPoint())
        self._hover(row if piece < 0 else -1)
        if piece >= 0:
            linked = bool(self._unfolded[row][piece].line.path)
        else:
            linked = row >= 0 and self._link_at(row, event.position().toPoint()) >= 0
        shape = Qt.CursorShape.PointingHandCursor if linked else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row == self._hovered:
            return
        for each in (row, self._hovered):
            if 0 <= each < len(self.rows):
                self.viewport().update(self._row_rect(each))
        self._hovered = row

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802, D102  (Qt's name)
        row, _ = self._cursor
        if row < 0:
            return
        menu = QMenu(self)
        menu.addAction("Copy", self.copy)
        fold = "Fold" if row in self._unfolded else "Unfold"
        menu.addAction(fold, lambda: self._toggle(row))
        if self.target(row):
            menu.addAction(self._target_words(row), self.follow)
        if self.has_rivals(row):
            menu.addAction("Show the other patches", self.candidates_asked.emit)
        menu.exec(event.globalPos())

    def _target_words(self, row: int) -> str:
        match self.target(row):
            case "review":
                return "Review the change"
            case "tests":
                return "Show the tests"
            case (path, _):
                return f"Open {path}"
            case _:
                return "Open"


RIVALS: Final = 1
"""The number of the link to the other patches on the card of a verdict."""
_ENTER: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_COPY: Final = QKeySequence.StandardKey.Copy
_FIND: Final = QKeySequence.StandardKey.Find
_CHORD: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)
_STEPS: Final[Mapping[Qt.Key, Callable[[TimelineView], None]]] = {
    Qt.Key.Key_Down: TimelineView._down,
    Qt.Key.Key_Up: TimelineView._up,
    Qt.Key.Key_Left: TimelineView._left,
    Qt.Key.Key_Right: TimelineView._right,
    Qt.Key.Key_Home: lambda view: view._go(0),
    Qt.Key.Key_End: TimelineView._last,
    Qt.Key.Key_PageDown: lambda view: view._page(1),
    Qt.Key.Key_PageUp: lambda view: view._page(-1),
}
