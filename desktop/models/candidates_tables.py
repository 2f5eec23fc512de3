"""Candidates and suspected lines as flat tables for Qt's views."""

from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent_core.results import Suspect
from desktop.appearance import Appearance
from desktop.models.candidates_rows import CandidateRow
from desktop.models.tests_rows import seconds

Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()
R = TypeVar("R", CandidateRow, Suspect)


class _Table(QAbstractTableModel, Generic[R]):
    """Rows that do not change; `UserRole` gives (path, line)."""

    columns: tuple[str, ...] = ()

    def __init__(self, look: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.rows: Sequence[R] = ()

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        return self._aligned(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row.file, row.line
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._aligned(index.column())
        return self.shown(row, index.column(), role)

    def _aligned(self, column: int) -> Qt.AlignmentFlag:
        right = self.columns[column] == "Time"
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def shown(self, row: R, column: int, role: int) -> Any:
        """What a cell has for a role."""
        raise NotImplementedError


class CandidatesTable(_Table[CandidateRow]):
    """Candidates: what became of each, where it is, what it changes, how long it took."""

    columns = ("Outcome", "Place", "Change", "Time")

    def shown(self, row: CandidateRow, column: int, role: int) -> Any:  # noqa: D102
        words, icon, ink = row.outcome
        match role:
            case Qt.ItemDataRole.DisplayRole:
                change = f"{row.change} ({row.note})" if row.note else row.change
                return (words, f"{row.file}:{row.line}", change, seconds(row.seconds))[column]
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return self.look.icon(icon, ink)
            case Qt.ItemDataRole.ForegroundRole:
                return self.look.colour(ink if column == 0 else "text2" if column == 3 else "text")
            case _:
                return None


class SuspectsTable(_Table[Suspect]):
    """Suspected lines, with a suspicion from 0 to 1."""

    columns = ("Suspicion", "Place", "Why")

    def shown(self, row: Suspect, column: int, role: int) -> Any:  # noqa: D102
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return (f"{row.suspicion:.2f}", f"{row.file}:{row.line}", row.reason)[column]
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return self._flame(row.suspicion)
            case Qt.ItemDataRole.ForegroundRole:
                return self.look.colour("text2" if column == 2 else "text")
            case _:
                return None

    def _flame(self, suspicion: float) -> Any:
        ink = "heat" if suspicion >= 0.75 else "warning" if suspicion >= 0.4 else "text3"
        return self.look.icon("flame", ink)
