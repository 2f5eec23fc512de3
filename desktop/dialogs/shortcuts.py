"""All commands with their keys and what they do, on one page."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop import actions
from desktop.appearance import Appearance
from desktop.commands import Registry


class Shortcuts(QDialog):
    """A table by menu; Escape closes it."""

    def __init__(self, look: Appearance, registry: Registry, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(look.px(720), look.px(560))
        self._table = table = QTreeWidget(self)
        table.setAccessibleName("Commands and their keys")
        table.setHeaderLabels(["Command", "Keys", "What it does"])
        table.setRootIsDecorated(False)
        groups: dict[str, QTreeWidgetItem] = {}
        for command, title, keys in actions.lines(registry):
            name = actions.plain(command.menu) or "Elsewhere"
            if name not in groups:
                groups[name] = QTreeWidgetItem(table, [name])
                groups[name].setFont(0, look.font(bold=True))
                groups[name].setSizeHint(2, QSize(0, look.row_height()))
            row = QTreeWidgetItem(groups[name], [title, keys, command.help])
            row.setSizeHint(2, QSize(0, look.row_height()))
        table.expandAll()
        for place in range(2):
            table.resizeColumnToContents(place)
            table.setColumnWidth(place, table.columnWidth(place) + look.px(16))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(table)

    def lines(self) -> int:
        """How many commands are listed."""
        groups = [self._table.topLevelItem(row) for row in range(self._table.topLevelItemCount())]
        return sum(group.childCount() for group in groups if group is not None)
