"""Find and replace at the head of an editor, by keys alone or with the mouse."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from desktop.appearance import Appearance
from desktop.models.finding import Found, Query, find, replacement
from desktop.views.editor import Editor

_DELAY_MS = 80


class FindBar(QWidget):
    """Searches one editor. Enter goes on, Shift+Enter back, Escape closes."""

    closed = Signal()

    def __init__(self, look: Appearance, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._editor = editor
        self._found = Found()
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self._search)
        self.wanted = self._field("Find")
        self.by = self._field("Replace with")
        self.case = self._toggle("Aa", "Match case", "Alt+C")
        self.regex = self._toggle(".*", "Regular expression", "Alt+R")
        self.count = QLabel(self)
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.count.setAccessibleName("Number of hits")
        self._previous = self._button("Previous hit (Shift+Enter)", "chevron-up", self.go_back)
        self._next = self._button("Next hit (Enter)", "chevron-down", self.go_on)
        self._close = self._button("Close (Escape)", "x", self.close_bar)
        self.replace_one = QPushButton("Replace", self)
        self.replace_all = QPushButton("Replace all", self)
        self.replace_one.clicked.connect(self._replace_one)
        self.replace_all.clicked.connect(self._replace_all)
        self._lay_out()
        editor.textChanged.connect(self._stale)
        look.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def open_bar(self, *, replacing: bool) -> None:
        """Show the bar with what is selected, ready to type."""
        self._show_replacing(replacing and not self._editor.isReadOnly())
        selected = self._editor.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self.wanted.setText(selected)
        self.show()
        self.wanted.selectAll()
        self.wanted.setFocus()
        self._search()

    def stop(self) -> None:
        """Search no more by itself."""
        self._timer.stop()

    def close_bar(self) -> None:
        """Hide the bar and its marks, and go back to the text."""
        self.hide()
        self._timer.stop()
        self._editor.set_hits(())
        self._editor.setFocus()
        self.closed.emit()

    def go_on(self) -> None:
        """Select the next hit after the cursor, from the top again after the last."""
        self._search_now()
        at = self._editor.textCursor().selectionEnd()
        following = [hit for hit in self._found.hits if hit[0] >= at]
        self._select((following or [*self._found.hits])[:1])

    def go_back(self) -> None:
        """Select the hit before the cursor, from the end again before the first."""
        self._search_now()
        at = self._editor.textCursor().selectionStart()
        before = [hit for hit in self._found.hits if hit[1] <= at]
        self._select((before or [*self._found.hits])[-1:])

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Close with Escape, wherever in the bar the focus is."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Go from hit to hit with Enter in the fields."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                return False
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.go_back()
            elif watched is self.by:
                self._replace_one()
            else:
                self.go_on()
            return True
        return super().eventFilter(watched, event)

    def _query(self) -> Query:
        return Query(self.wanted.text(), regex=self.regex.isChecked(), case=self.case.isChecked())

    def _stale(self) -> None:
        if self.isVisible():
            self._timer.start()

    def _search_now(self) -> None:
        if self._timer.isActive():
            self._search()

    def _search(self) -> None:
        self._timer.stop()
        self._found = find(self._editor.text(), self._query())
        self._editor.set_hits(self._found.hits)
        self._tell()

    def _select(self, hits: list[tuple[int, int]]) -> None:
        for hit in hits:
            self._editor.select(hit)
        self._tell()

    def _tell(self) -> None:
        found = self._found
        cursor = self._editor.textCursor()
        here = (cursor.selectionStart(), cursor.selectionEnd())
        total = f"{len(found.hits):,}{'+' if found.more else ''}"
        if found.problem:
            said = found.problem
        elif not self.wanted.text():
            said = ""
        elif not found.hits:
            said = "no hits"
        elif here in found.hits:
            said = f"{found.hits.index(here) + 1:,} of {total}"
        else:
            said = "1 hit" if total == "1" else f"{total} hits"
        self.count.setText(said)
        for button in (self._next, self._previous, self.replace_one, self.replace_all):
            button.setEnabled(bool(found.hits))

    def _replace_one(self) -> None:
        self._search_now()
        cursor = self._editor.textCursor()
        here = (cursor.selectionStart(), cursor.selectionEnd())
        if here in self._found.hits:
            cursor.insertText(replacement(self._editor.text(), self._query(), here, self.by.text()))
            self._editor.setTextCursor(cursor)
            self._search()
        self.go_on()

    def _replace_all(self) -> None:
        self._search()
        text, query, by = self._editor.text(), self._query(), self.by.text()
        cursor = QTextCursor(self._editor.document())
        cursor.beginEditBlock()
        for hit in reversed(self._found.hits):
            cursor.setPosition(hit[0])
            cursor.setPosition(hit[1], QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(replacement(text, query, hit, by))
        cursor.endEditBlock()
        count, more = len(self._found.hits), self._found.more
        self._search()
        self.count.setText(f"{count:,} replaced{', there are more' if more else ''}")

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.installEventFilter(self)
        field.textChanged.connect(self._timer.start)
        return field

    def _toggle(self, text: str, name: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({key})")
        button.setShortcut(key)
        button.toggled.connect(self._search)
        return button

    def _button(self, name: str, icon: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name.partition(" (")[0])
        button.setToolTip(name)
        button.setProperty("icon_name", icon)
        button.clicked.connect(run)
        return button

    def _lay_out(self) -> None:
        self._replacing = QWidget(self)
        row = QHBoxLayout(self._replacing)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(self._look.px(8))
        row.addWidget(self.replace_one)
        row.addWidget(self.replace_all)
        row.addStretch()
        grid = QGridLayout(self)
        margin = self._look.px(8)
        grid.setContentsMargins(margin, margin // 2, margin, margin // 2)
        grid.setSpacing(self._look.px(4))
        grid.addWidget(self.wanted, 0, 0)
        for column, widget in enumerate(
            (self.case, self.regex, self._previous, self._next, self.count), start=1
        ):
            grid.addWidget(widget, 0, column)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(5, 1)
        grid.addWidget(self._close, 0, 6)
        grid.addWidget(self.by, 1, 0)
        grid.addWidget(self._replacing, 1, 1, 1, 6)

    def _show_replacing(self, shown: bool) -> None:  # noqa: FBT001  (a setter)
        self.by.setVisible(shown)
        self._replacing.setVisible(shown)

    def _restyle(self) -> None:
        for button in (self._previous, self._next, self._close):
            button.setIcon(self._look.icon(button.property("icon_name")))
