"""A port's routes as a flat table for Qt's views."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent_core.proofs import RouteResult
from desktop.appearance import Appearance
from desktop.models.port_rows import STATES

Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()
GAP: Final = "\N{EN SPACE}"
"""Stands between the last number and the edge."""
COLUMNS: Final = ("State", "Route", "Answers", "2xx, 3xx", f"Different{GAP}")
STATE, ROUTE = 0, 1
NUMBERS: Final = (2, 3, 4)


class RoutesTable(QAbstractTableModel):
    """One row a route: its state, and how many answers that rests on."""

    def __init__(self, look: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.rows: Sequence[RouteResult] = ()

    def set_rows(self, rows: Sequence[RouteResult]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802, D102  (Qt's name)
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802, D102  (Qt's name)
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802, D102  (Qt's name)
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return _aligned(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        icon, ink = STATES[row.state]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                counts = (f"{row.requests:,}", f"{row.successes:,}", f"{row.differences:,}{GAP}")
                return (row.state, row.route, *counts)[column]
            case Qt.ItemDataRole.DecorationRole if column == STATE:
                return self._look.icon(icon, ink)
            case Qt.ItemDataRole.ForegroundRole if column == STATE:
                return self._look.colour(ink)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _aligned(column)
            case _:
                return None


def _aligned(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in NUMBERS else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
