"""The project tree as a table of the rows that are shown; a folder is read when it is opened.

A table, as Qt's tree view asks for every row of a folder before it shows the first.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktop.background import Background
from desktop.models.folder import Node, Renewed, read_again, read_children
from desktop.models.names import shown_name
from editors.status import Badge, FolderStatus

Index = QModelIndex | QPersistentModelIndex

NODE: Final = Qt.ItemDataRole.UserRole
LETTERS: Final[Mapping[Badge, str]] = {
    "modified": "M", "added": "A", "deleted": "D", "untracked": "?", "conflicted": "!",
}  # fmt: skip
_MANY: Final = 100
"""Changes of one folder above which its rows are laid out anew."""


class TreeModel(QAbstractTableModel):
    """Rows of the tree, with what git and the agent have to say of each."""

    folder_read = Signal(str)
    """A folder was read for the first time; its path."""

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._root = Path()
        self._top = Node(None, "", folder=True)
        self._rows: list[Node] = []
        self._folders: dict[str, Node] = {}
        self._status = FolderStatus()
        self._touched: frozenset[str] = frozenset()
        self._agent: Mapping[str, str] = {}

    def set_root(self, root: Path) -> None:
        """Show another folder."""
        self.beginResetModel()
        self._root = root
        self._top = Node(None, "", folder=True)
        self._rows = []
        self._folders = {"": self._top}
        self._status = FolderStatus()
        self._touched = frozenset()
        self.endResetModel()
        self._open(self._top)

    def set_status(self, status: FolderStatus) -> None:
        """Show what git says of the files."""
        if status != self._status:
            self._status = status
            self._touch()

    def set_agent_files(self, files: Mapping[str, str]) -> None:
        """Show what the agent did in its copy: path -> "added", "changed" or "deleted"."""
        self._agent = dict(files)
        self._touch()

    def node(self, row: int) -> Node | None:
        """What a row shows."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, path: str) -> int:
        """The row of a path, -1 while it is not shown."""
        folder = self._folders.get(path.rpartition("/")[0])
        found = next(
            (node for node in (folder and folder.children) or () if node.path == path), None
        )
        return self._row(found) if found else -1

    def is_read(self, path: str) -> bool:
        """Whether a folder's entries are known."""
        node = self._folders.get(path)
        return node is not None and node.children is not None

    def expand(self, row: int) -> None:
        """Open a folder; what it holds comes when it is read."""
        node = self.node(row)
        if node is not None and node.folder and not node.expanded:
            self._open(node)

    def collapse(self, row: int) -> None:
        """Close a folder; the folders in it stay as they are."""
        node = self.node(row)
        if node is None or not node.expanded:
            return
        last = self._end(row)
        if last > row + 1:
            self.beginRemoveRows(QModelIndex(), row + 1, last - 1)
            del self._rows[row + 1 : last]
            node.expanded = False
            self.endRemoveRows()
        node.expanded = False
        self._repaint(row)

    def refresh(self, folders: Iterable[str] | None = None) -> None:
        """Read known folders again, those named or all, and change only what differs."""
        for path in list(self._folders) if folders is None else folders:
            node = self._folders.get(path)
            if node is not None and node.children is not None:
                self._read_again(node)

    def find(self, start: str, after: int) -> int:
        """The next row after one, going round, whose name starts so; -1 if none does."""
        wanted = start.casefold()
        count = len(self._rows)
        for row in chain(range(after, count), range(min(after, count))):
            if self._rows[row].key.startswith(wanted, 1):
                return row
        return -1

    def badge(self, node: Node) -> Badge | None:
        """How git says a file differs."""
        changed = self._status.changed
        found = changed.get(node.path) or changed.get(f"{node.path}/")
        above = node.parent
        while found is None and above is not None and above.path:
            found = changed.get(f"{above.path}/")
            above = above.parent
        return found

    def agent_badge(self, node: Node) -> str:
        """What the agent did with a file, "" for nothing."""
        return self._agent.get(node.path, "")

    def holds_changes(self, node: Node) -> bool:
        """Whether something below a folder differs."""
        return node.folder and node.path in self._touched

    def ignores(self, path: str) -> bool:
        """Whether git ignores a path, or a folder it is in."""
        ignored = self._status.ignored
        if path in ignored:
            return True
        above = path
        while above:
            if f"{above}/" in ignored:
                return True
            above = above.rpartition("/")[0]
        return False

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802  (Qt's signature)
        """The number of rows that are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        """One."""
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, words for a screen reader, tool tip, and the node itself."""
        node = self.node(index.row())
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_name(node.name)
        if role == NODE:
            return node
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self._words(node))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join([shown_name(node.path), *self._words(node)[1:]])
        return None

    def _words(self, node: Node) -> list[str]:
        said = [shown_name(node.name)]
        if node.folder:
            said.append("open folder" if node.expanded else "folder")
        badge, agent = self.badge(node), self.agent_badge(node)
        if badge:
            said.append(badge)
        elif self.holds_changes(node):
            said.append("holds changes")
        if agent:
            said.append(f"{agent} by the agent")
        if self.ignores(node.path):
            said.append("ignored by git")
        return said

    def _open(self, node: Node) -> None:
        node.expanded = True
        if node.children is None:
            self._folders[node.path] = node
            self._read(node)
        else:
            self._insert_below(node)
        self._repaint(self._row(node))

    def _read(self, node: Node) -> None:
        root = self._root

        def take(found: list[Node]) -> None:
            if self._still_known(root, node):
                self._fill(node, found)

        self._background.submit(lambda: read_children(root, node), take)

    def _read_again(self, node: Node) -> None:
        root, version = self._root, node.version

        def take(renewed: Renewed) -> None:
            if not self._still_known(root, node):
                return
            if node.version == version:
                self._renew(node, renewed)
            else:  # somebody else was faster, so the comparison does not hold
                self._read_again(node)

        self._background.submit(lambda: read_again(root, node), take)

    def _still_known(self, root: Path, node: Node) -> bool:
        return root == self._root and self._folders.get(node.path) is node

    def _fill(self, node: Node, found: list[Node]) -> None:
        if node.children is None:
            node.children = found
            if node.expanded:
                self._insert_below(node)
            self.folder_read.emit(node.path)

    def _insert_below(self, node: Node) -> None:
        """Show what an expanded folder holds."""
        row = self._row(node)
        below = list(node.shown_below())
        if below and (row >= 0 or node is self._top):
            self.beginInsertRows(QModelIndex(), row + 1, row + len(below))
            self._rows[row + 1 : row + 1] = below
            self.endInsertRows()

    def _renew(self, node: Node, renewed: Renewed) -> None:
        if not renewed.gone and not renewed.come:
            return
        node.version += 1
        if len(renewed.gone) + len(renewed.come) > _MANY and node.expanded:
            self._lay_out_anew(node, renewed)
            return
        for child in renewed.gone:
            self._take_out(node, child)
        for child in renewed.come:
            self._put_in(node, child)

    def _lay_out_anew(self, node: Node, renewed: Renewed) -> None:
        for child in renewed.gone:
            self._forget(child)
        kept = {child.key: child for child in node.children or ()}
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        nodes = [self._rows[index.row()] for index in held]
        row = self._row(node)
        end = self._end(row)
        node.children = [kept.get(child.key, child) for child in renewed.found]
        if row >= 0 or node is self._top:
            self._rows[row + 1 : end] = node.shown_below()
        rows = [self._row(held_node) for held_node in nodes]
        places = [self.index(row, 0) if row >= 0 else QModelIndex() for row in rows]
        self.changePersistentIndexList(held, places)
        self.layoutChanged.emit()

    def _take_out(self, parent: Node, child: Node) -> None:
        if parent.children is None:
            return
        row = self._row(child)
        if row >= 0:
            last = self._end(row)
            self.beginRemoveRows(QModelIndex(), row, last - 1)
            parent.children.remove(child)
            del self._rows[row:last]
            self.endRemoveRows()
        else:
            parent.children.remove(child)
        self._forget(child)

    def _put_in(self, parent: Node, child: Node) -> None:
        if parent.children is None:
            return
        place = bisect_left(parent.children, child.key, key=lambda node: node.key)
        above = parent.children[place - 1] if place else parent
        row = self._row(above)
        shown = parent.expanded and (row >= 0 or above is self._top)
        parent.children.insert(place, child)
        if shown:
            at = self._end(row) if place else row + 1
            self.beginInsertRows(QModelIndex(), at, at)
            self._rows.insert(at, child)
            self.endInsertRows()

    def _forget(self, node: Node) -> None:
        below = f"{node.path}/"
        for path in [p for p in self._folders if p == node.path or p.startswith(below)]:
            del self._folders[path]

    def _row(self, node: Node) -> int:
        """The row of a node; -1 for the root and for what is not shown."""
        try:
            return self._rows.index(node)
        except ValueError:
            return -1

    def _end(self, row: int) -> int:
        """One past the last row that belongs to a row; for -1, the root, all of them."""
        if row < 0:
            return len(self._rows)
        depth = self._rows[row].depth
        end = row + 1
        while end < len(self._rows) and self._rows[end].depth > depth:
            end += 1
        return end

    def _touch(self) -> None:
        """Find the folders with changes below, and paint all rows that are on screen."""
        paths = [*self._status.changed, *self._agent]
        touched: set[str] = set()
        for path in paths:
            above = path.rstrip("/").rpartition("/")[0]
            while above and above not in touched:
                touched.add(above)
                above = above.rpartition("/")[0]
        self._touched = frozenset(touched)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def _repaint(self, row: int) -> None:
        if row >= 0:
            self.dataChanged.emit(self.index(row, 0), self.index(row, 0))
