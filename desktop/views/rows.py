"""Rows of tables and trees at the design's height, each column shortened where it matters least."""

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from desktop.appearance import Appearance
from desktop.views.diff_paint import ring

Index = QModelIndex | QPersistentModelIndex
INDENT = 8
"""What stands before the rows of a flat table, in unscaled pixels."""
TIMED = 440
"""Width of a page from which times have a column, in unscaled pixels."""


class RowDelegate(QStyledItemDelegate):
    """Gives rows their height; `elide` says for a column which end of its text may go."""

    def __init__(
        self, look: Appearance, view: QTreeView, elide: Mapping[int, Qt.TextElideMode]
    ) -> None:
        super().__init__(view)
        self._look = look
        self._elide = elide

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """The width that the cell needs, the height of every row."""
        return QSize(super().sizeHint(option, index).width(), self._look.row_height())

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Say which end goes; icons grow with the words, and focus is the row's, not the cell's."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        side = self._look.px(16)
        option.decorationSize = QSize(side, side)
        if (mode := self._elide.get(index.column())) is not None:
            option.textElideMode = mode


class RowView(QTreeView):
    """A tree or a table whose rows are chosen whole, with the design's ring around the current."""

    def __init__(
        self,
        look: Appearance,
        name: str,
        parent: QWidget,
        *,
        elide: Mapping[int, Qt.TextElideMode],
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.setItemDelegate(RowDelegate(look, self, elide))
        self.setUniformRowHeights(True)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(name)

    def drawRow(  # noqa: N802  (Qt's name)
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Draw the row, and the ring in place of the style's shaded frame."""
        super().drawRow(painter, option, index)
        current = self.currentIndex()
        if self.hasFocus() and index.row() == current.row() and index.parent() == current.parent():
            ring(painter, option.rect.adjusted(-1, 0, 1, 0), self._look)
