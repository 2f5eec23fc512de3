"""A field and a list under it: type a few letters, choose with arrows and Enter."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.models.fuzzy import Match, search

MANY: Final = 5000
"""From so many names on, the search is done beside the window's thread."""
WIDTH: Final = 560
ROWS: Final = 12

_MATCH: Final = Qt.ItemDataRole.UserRole
_DETAIL: Final = Qt.ItemDataRole.UserRole + 1
_STEPS: Final = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: ROWS,
    Qt.Key.Key_PageUp: -ROWS,
}


class Picker(QFrame):
    """Lies over its window until something is chosen, Escape is pressed or the focus goes."""

    chosen = Signal(str)

    def __init__(
        self, look: Appearance, window: QWidget, background: Background, *, title: str
    ) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._background = background
        self._names: Sequence[str] = ()
        self._details: Mapping[str, str] = {}
        self._before: QWidget | None = None
        self.setObjectName("picker")
        self._field = QLineEdit(self)
        self._field.setPlaceholderText(title)
        self._field.setAccessibleName(title)
        self._field.textChanged.connect(self._search)
        self._field.installEventFilter(self)
        self._list = QListWidget(self)
        self._list.setAccessibleName(f"{title}: matches")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps the keys
        self._list.setItemDelegate(_Row(look, self._list))
        self._list.setUniformItemSizes(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemClicked.connect(self._choose)
        self._empty = QLabel("Nothing matches", self)
        self._empty.setTextFormat(Qt.TextFormat.PlainText)
        self._empty.setProperty("tone", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        for part in (self._field, self._list, self._empty):
            column.addWidget(part)
        window.installEventFilter(self)
        look.changed.connect(self._place)
        self.hide()

    def open(self, names: Sequence[str], details: Mapping[str, str], *, text: str = "") -> None:
        """Show the names to choose from; `details` are shown at the right of some."""
        self.set_names(names, details)
        if not self.isVisible():
            self._before = self.window().focusWidget()
        self._field.setText(text)
        self._place()
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def set_names(self, names: Sequence[str], details: Mapping[str, str]) -> None:
        """Change what can be chosen; the typed letters stay."""
        self._names, self._details = names, details
        self._search()

    def shown(self) -> list[str]:
        """The matches as listed."""
        return [self._list.item(row).data(_MATCH).text for row in range(self._list.count())]

    def close_picker(self) -> None:
        """Go away and give the focus back."""
        if self.isVisible():
            self.hide()
            if self._before is not None and self._before.isVisible():
                self._before.setFocus(Qt.FocusReason.PopupFocusReason)
            self._before = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows, Enter and Escape in the field; the window's size."""
        if watched is not self._field:
            if event.type() is QEvent.Type.Resize and self.isVisible():
                self._place()
        elif isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        elif event.type() is QEvent.Type.FocusOut and self.isVisible():
            self.hide()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS:
            last = self._list.count() - 1
            self._list.setCurrentRow(min(max(self._list.currentRow() + _STEPS[key], 0), last))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if (item := self._list.currentItem()) is not None:
                self._choose(item)
        elif key is Qt.Key.Key_Escape:
            self.close_picker()
        else:
            return False
        return True

    def _choose(self, item: QListWidgetItem) -> None:
        match: Match = item.data(_MATCH)
        self.close_picker()
        self.chosen.emit(match.text)

    def _search(self) -> None:
        wanted, names = self._field.text(), self._names
        if len(names) < MANY:
            self._fill(search(wanted, names))
        else:
            self._background.submit(
                lambda: search(wanted, names),
                lambda found: self._fill(found) if wanted == self._field.text() else None,
            )

    def _fill(self, matches: Sequence[Match]) -> None:
        self._list.clear()
        for match in matches:
            item = QListWidgetItem(match.text)
            item.setData(_MATCH, match)
            item.setData(_DETAIL, self._details.get(match.text, ""))
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._list.setVisible(bool(matches))
        self._empty.setVisible(not matches)
        self._place()

    def _place(self) -> None:
        window = self._window
        width = min(self._look.px(WIDTH), window.width() - 2 * self._look.px(16))
        rows = min(self._list.count(), ROWS)
        self._list.setFixedHeight(max(1, rows) * self._look.row_height() + 2)
        self.setGeometry((window.width() - width) // 2, self._look.px(48), width, 0)
        self.resize(width, self.sizeHint().height())


class _Row(QStyledItemDelegate):
    """One match: its letters bold, its detail at the right."""

    def __init__(self, look: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(  # noqa: N802
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        """As high as any row."""
        return QSize(option.rect.width(), self._look.row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw it."""
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._look.colour("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, self._look.colour("hover"))
        area = option.rect.adjusted(8, 0, -8, 0)
        detail = index.data(_DETAIL)
        painter.setFont(self._look.font())
        painter.setPen(self._look.colour("text2"))
        painter.drawText(area, _ALIGNED_RIGHT, detail)
        taken = painter.fontMetrics().horizontalAdvance(detail)
        area.setRight(area.right() - taken - (12 if taken else 0))
        self._draw_match(painter, area, index.data(_MATCH))
        painter.restore()

    def _draw_match(self, painter: QPainter, area: QRect, match: Match) -> None:
        plain, bold = self._look.font(), self._look.font(bold=True)
        painter.setClipRect(area)
        painter.setPen(self._look.colour("text"))
        x = area.x()
        marked = set(match.at)
        for place, letter in enumerate(match.text):
            font = bold if place in marked else plain
            painter.setFont(font)
            width = QFontMetrics(font).horizontalAdvance(letter)
            painter.drawText(QRect(x, area.y(), width + 1, area.height()), _ALIGNED_LEFT, letter)
            x += width


_ALIGNED_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ALIGNED_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
