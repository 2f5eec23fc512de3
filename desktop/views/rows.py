"""Rows of tables and trees at the design's height, each column shortened where it matters least."""

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTreeView

from desktop.appearance import Appearance

Index = QModelIndex | QPersistentModelIndex
INDENT = 8
"""What stands before the rows of a flat table, in unscaled pixels."""


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
        """Say which end goes."""
        super().initStyleOption(option, index)
        if (mode := self._elide.get(index.column())) is not None:
            option.textElideMode = mode


def prepare(
    look: Appearance,
    view: QTreeView,
    name: str,
    *,
    elide: Mapping[int, Qt.TextElideMode] | None = None,
) -> None:
    """Give a tree or a table what all of them have in common."""
    view.setItemDelegate(RowDelegate(look, view, elide or {}))
    view.setUniformRowHeights(True)
    view.setAllColumnsShowFocus(True)
    view.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
    view.setAccessibleName(name)
