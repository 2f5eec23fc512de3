"""An editor for code: numbers, colours of what is on screen, brackets, indentation, go to line."""

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.highlighting import Highlighter
from desktop.models.change_marks import Mark
from desktop.models.typing_help import partner, unit_of
from desktop.views.editor_typing import type_code
from desktop.views.gutter import Gutter
from desktop.views.overview_bar import OverviewBar
from editors.alignment import changes

Stretch = tuple[int, int]
"""First and last-plus-one position of a stretch of the text, in UTF-16 units."""


class Editor(QPlainTextEdit):
    """One text, shown and edited. Lines count from 1, positions from 0."""

    marks_changed = Signal()

    def __init__(
        self, look: Appearance, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._background = background
        self._highlighter: Highlighter | None = None
        self._unit = "    "
        self._hits: Sequence[Stretch] = ()
        self._hits_shown: tuple[int, int] = (0, 0)
        self.gutter = Gutter(look, self, self)
        self.overview = OverviewBar(look, self)
        self.overview.line_asked.connect(self.go_to)
        self.setAccessibleName("Code")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setCursorWidth(2)
        self.setCornerWidget(QWidget(self))  # else the style paints a square of its own
        self.blockCountChanged.connect(self._arrange)
        self.updateRequest.connect(self._follow)
        self.cursorPositionChanged.connect(self._decorate)
        look.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, text: str, path: str) -> None:
        """Show another text; the file's name tells its language."""
        self.setPlainText(text)
        self._unit = unit_of(text)
        if self._highlighter is not None:
            self._highlighter.deleteLater()
        self._highlighter = Highlighter(self.document(), self._look, self._background, path)
        self._highlighter.coloured.connect(self.viewport().update)
        self._tab_stops()
        self._decorate()  # the cursor has not moved, but the old marks went with the text

    def stop(self) -> None:
        """Colour no more text that changes."""
        if self._highlighter is not None:
            self._highlighter.stop()

    @property
    def language(self) -> str:
        """The name of the language, "" for plain text."""
        return self._highlighter.language if self._highlighter else ""

    @property
    def indent_unit(self) -> str:
        """What the Tab key types."""
        return self._unit

    def text(self) -> str:
        """The whole text, its lines ended by "\\n"."""
        return self.document().toRawText().replace("\u2029", "\n")

    def replace_text(self, text: str) -> None:
        """Make the text another one by changing the lines that differ: one step to undo.

        Cursor and scroll position stay where they are in the text.
        """
        old, new = self.text().split("\n"), text.split("\n")
        top = self.verticalScrollBar().value()
        moved = 0
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for first, last, new_first, new_last in reversed(changes(old, new)):
            if first < top:
                moved += (new_last - new_first) - (min(last, top) - first)
            _replace_lines(cursor, first, last, new[new_first:new_last])
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(top + moved)

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor into a line and show it in the middle."""
        block = self.document().findBlockByNumber(min(max(line, 1), self.blockCount()) - 1)
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(max(column, 1), block.length()) - 1)
        self.setTextCursor(cursor)
        self.centerCursor()

    def go_to_mark(self, step: int) -> None:
        """Go to the next line (1) or the one before (-1) that the overview marks, and round."""
        here = self.current_line()
        marked = sorted({line for lines in self.overview.marks().values() for line in lines})
        if step < 0:
            marked = marked[::-1]
        ahead = [line for line in marked if (line - here) * step > 0]
        for line in (ahead or marked)[:1]:
            self.go_to(line)

    def select(self, stretch: Stretch) -> None:
        """Select a stretch of the text and bring it on screen."""
        cursor = self.textCursor()
        cursor.setPosition(stretch[0])
        cursor.setPosition(stretch[1], QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        if not self.viewport().rect().contains(self.cursorRect()):
            self.centerCursor()
        self.ensureCursorVisible()

    def set_heat(self, heat: Mapping[int, float]) -> None:
        """Show how suspicious lines are: line -> 0 to 1."""
        self.gutter.set_heat(heat)
        self.overview.set_marks("heat", (line for line, value in heat.items() if value >= 0.5))
        self.marks_changed.emit()

    def set_changes(self, marks: Mapping[int, Mark]) -> None:
        """Show which lines differ from the last commit."""
        self.gutter.set_marks(marks)
        for kind in ("added", "changed", "deleted"):
            self.overview.set_marks(kind, (line for line, mark in marks.items() if mark == kind))
        self.marks_changed.emit()

    def set_failures(self, lines: Iterable[int]) -> None:
        """Mark lines in the overview at which tests fail."""
        self.overview.set_marks("failure", lines)

    def set_hits(self, hits: Sequence[Stretch]) -> None:
        """Show what a search found, in order."""
        self._hits = hits
        lines = {self.document().findBlock(start).blockNumber() + 1 for start, _ in hits}
        self.overview.set_marks("hit", lines)
        self._decorate()

    def visible_blocks(self) -> list[tuple[QTextBlock, int, int]]:
        """Each block on screen with its top and its height in pixels."""
        found = []
        block = self.firstVisibleBlock()
        top = self.contentOffset().y()
        bottom = self.viewport().height()
        while block.isValid() and top <= bottom:
            height = self.blockBoundingRect(block).height()
            if block.isVisible():
                found.append((block, round(top), round(height)))
            top += height
            block = block.next()
        return found

    def current_line(self) -> int:
        """The line of the cursor, from 1."""
        return self.textCursor().blockNumber() + 1

    def select_line(self, line: int, *, extend: bool) -> None:
        """Select a line, or everything from the selection to it."""
        block = self.document().findBlockByNumber(line - 1)
        cursor = self.textCursor()
        start, end = block.position(), block.position() + block.length() - 1
        if not extend:
            cursor.setPosition(start)
        elif cursor.anchor() > start:
            start, end = end, start
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Colour what is about to be painted, then paint it."""
        blocks = self.visible_blocks()
        if self._highlighter is not None and blocks:
            self._highlighter.colour(blocks[0][0], blocks[-1][0])
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the strips beside the text."""
        super().resizeEvent(event)
        self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Indent as one writes code, go from mark to mark; everything else as usual."""
        alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
        if alt and event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            self.go_to_mark(1 if event.key() == Qt.Key.Key_Down else -1)
        elif self.isReadOnly() or not type_code(self, event, self._unit, self.language):
            super().keyPressEvent(event)

    def _decorate(self) -> None:
        """Show the current line, the brackets at the cursor and the hits on screen."""
        decorated = [self._current_line(), *self._brackets(), *self._hits_on_screen()]
        self.setExtraSelections(decorated)
        self.gutter.update()

    def _current_line(self) -> QTextEdit.ExtraSelection:
        made = QTextCharFormat()
        made.setBackground(self._look.colour("hover"))
        made.setProperty(QTextFormat.Property.FullWidthSelection, True)  # noqa: FBT003
        cursor = self.textCursor()
        cursor.clearSelection()
        return _selection(cursor, made)

    def _brackets(self) -> list[QTextEdit.ExtraSelection]:
        at = self.textCursor().position()
        start = max(0, at - 20_000)
        near = QTextCursor(self.document())
        near.setPosition(start)
        last = min(self.document().characterCount() - 1, at + 20_000)
        near.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
        text = near.selectedText()
        for place in (at - 1 - start, at - start):
            other = partner(text, place)
            if other is not None:
                made = QTextCharFormat()
                made.setBackground(self._look.colour("selection"))
                made.setFontWeight(600)
                both = (start + place, start + other)
                return [_selection(self._stretch((one, one + 1)), made) for one in both]
        return []

    def _hits_on_screen(self) -> list[QTextEdit.ExtraSelection]:
        if not self._hits:
            return []
        start, end = self._screen()
        self._hits_shown = (start, end)
        made = QTextCharFormat()
        made.setBackground(self._look.colour("added_strong"))
        return [
            _selection(self._stretch(hit), made)
            for hit in self._hits
            if hit[0] < end and hit[1] > start
        ]

    def _screen(self) -> Stretch:
        blocks = self.visible_blocks()
        last = blocks[-1][0]
        return blocks[0][0].position(), last.position() + last.length()

    def _stretch(self, stretch: Stretch) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(stretch[0])
        cursor.setPosition(stretch[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _follow(self, area: QRect, dy: int) -> None:
        if dy:
            self.gutter.scroll(0, dy)
            if self._hits and self._hits_shown != self._screen():
                self._decorate()
        else:
            self.gutter.update(0, area.y(), self.gutter.width(), area.height())

    def _arrange(self) -> None:
        left, right = self.gutter.width_for(self.blockCount()), self._look.px(10)
        self.setViewportMargins(left, 0, right, 0)
        inside = self.contentsRect()
        port = self.viewport().geometry()
        self.gutter.setGeometry(inside.left(), port.top(), left, port.height())
        self.overview.setGeometry(port.right() + 1, port.top(), right, port.height())
        self.overview.set_line_count(self.blockCount())

    def _restyle(self) -> None:
        self.setFont(self._look.code_font())
        self._tab_stops()
        self._arrange()
        self._decorate()

    def _tab_stops(self) -> None:
        width = 4 if self._unit == "\t" else len(self._unit)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * width)


def _replace_lines(cursor: QTextCursor, first: int, last: int, lines: Sequence[str]) -> None:
    """Replace lines [first:last] of the cursor's document, counted from 0."""
    document = cursor.document()
    count = document.blockCount()
    start = document.findBlockByNumber(first)
    if first < last:
        end = document.findBlockByNumber(last - 1)
        cursor.setPosition(start.position())
        cursor.setPosition(end.position() + end.length() - 1, QTextCursor.MoveMode.KeepAnchor)
        if lines:
            cursor.insertText("\n".join(lines))
        else:
            cursor.removeSelectedText()
            cursor.deleteChar() if last < count else cursor.deletePreviousChar()
    elif first < count:
        cursor.setPosition(start.position())
        cursor.insertText("".join(f"{line}\n" for line in lines))
    else:
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText("".join(f"\n{line}" for line in lines))


def _selection(cursor: QTextCursor, made: QTextCharFormat) -> QTextEdit.ExtraSelection:
    found = QTextEdit.ExtraSelection()
    found.cursor, found.format = cursor, made
    return found
