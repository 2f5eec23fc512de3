"""Files with their tests as a tree of two levels for Qt's views."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent_core.counting import counted
from desktop.appearance import Appearance
from desktop.models.tests_rows import WORDS, Mark, TestRow, seconds

COLUMNS: Final = ("Test", "State", "Before", "After")
TIMES: Final = (2, 3)
Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()


class TestsTree(QAbstractItemModel):
    """Files in the order of their first test; `UserRole` gives a test's row, None for a file."""

    __test__ = False

    def __init__(self, look: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._files: list[tuple[str, list[TestRow]]] = []

    def set_rows(self, rows: Sequence[TestRow]) -> None:
        """Show these tests."""
        self.beginResetModel()
        files: dict[str, list[TestRow]] = {}
        for row in rows:
            files.setdefault(row.file, []).append(row)
        self._files = list(files.items())
        self.endResetModel()

    def index_of(self, test: str) -> QModelIndex:
        """Where a test is; an invalid index if it is not shown."""
        for number, (_, rows) in enumerate(self._files):
            for place, row in enumerate(rows):
                if row.id == test:
                    return self.createIndex(place, 0, number + 1)
        return QModelIndex()

    def notable(self) -> list[QModelIndex]:
        """Files with a test that is red or has changed."""
        return [
            self.index(number, 0)
            for number, (_, rows) in enumerate(self._files)
            if any(row.red or row.changed for row in rows)
        ]

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:  # noqa: D102
        # The id is 0 for a file, else one more than the number of the test's file.
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]  # noqa: D102  (QObject.parent() is its other meaning)
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, 0)

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802, D102
        if not parent.isValid():
            return len(self._files)
        if parent.internalId() or parent.column():
            return 0
        return len(self._files[parent.row()][1])

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: ARG002, N802, D102
        return len(COLUMNS)

    def headerData(  # noqa: N802, D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _aligned(index.column())
        if number := index.internalId():
            return self._of_test(self._files[number - 1][1][index.row()], index.column(), role)
        return self._of_file(*self._files[index.row()], index.column(), role)

    def _of_test(self, row: TestRow, column: int, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                texts = (row.name, row.words, seconds(row.before_s), seconds(row.after_s))
                return texts[column]
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return self._icon(row.now)
            case Qt.ItemDataRole.ForegroundRole:
                return self._look.colour(_ink(row, column))
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.AccessibleTextRole if column == 0:
                return f"{row.name}, {row.words}"
            case _:
                return None

    def _of_file(self, file: str, rows: list[TestRow], column: int, role: int) -> Any:
        red = sum(row.red for row in rows)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                before = sum(row.before_s or 0.0 for row in rows)
                after = [row.after_s for row in rows if row.after_s is not None]
                count = counted(len(rows), "test")
                state = f"{red} of {count} red" if red else count
                took = seconds(sum(after)) if after else ""
                return (file, state, seconds(before), took)[column]
            case Qt.ItemDataRole.DecorationRole if column == 0:
                return self._look.icon("file-code", "bad" if red else "text3")
            case Qt.ItemDataRole.ForegroundRole:
                return self._look.colour("text" if column == 0 else "bad" if red else "text3")
            case _:
                return None

    def _icon(self, mark: Mark) -> Any:
        _, icon, ink = WORDS[mark]
        return self._look.icon(icon, ink)


def _ink(row: TestRow, column: int) -> str:
    if column == 1 and (row.changed or row.red):
        return WORDS[row.now][2]
    return "text2" if column else "text"


def _aligned(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
