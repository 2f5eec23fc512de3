"""The rows of the project tree: how they are walked, and how they are painted."""

import time
from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from desktop.appearance import Appearance
from desktop.models.folder import Node
from desktop.models.names import shown_name
from desktop.models.tree_model import LETTERS, NODE, Index, TreeModel
from desktop.views.labels import tip
from editors.status import Badge

_TYPING_S: Final = 1.0
_COLOURS: Final[Mapping[Badge, str]] = {
    "modified": "warning", "added": "good", "untracked": "good", "deleted": "bad",
    "conflicted": "bad",
}  # fmt: skip
_AGENT: Final = {"added": "+", "changed": "~", "deleted": "−"}  # noqa: RUF001  (a minus sign)


class TreeRows(QTableView):
    """The rows; arrows, Enter and letters move through them."""

    file_chosen = Signal(object)

    def __init__(self, look: Appearance, model: TreeModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._tree = model
        self._typed = ""
        self._typed_at = 0.0
        self.setModel(model)
        self.setItemDelegate(RowPainter(look, model, self))
        self.setAccessibleName("Project files")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        look.changed.connect(self._restyle)
        self._restyle()

    def go_to(self, row: int) -> None:
        """Make a row the current one and bring it on screen."""
        index = self._tree.index(row, 0)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Walk the tree as trees are walked."""
        row = self.currentIndex().row()
        node = self._tree.node(row)
        key = event.key()
        if key == Qt.Key.Key_Home:
            self.go_to(0)
        elif key == Qt.Key.Key_End:
            self.go_to(self._tree.rowCount() - 1)
        elif node is None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Right and node.folder:
            self._inward(row, node)
        elif key == Qt.Key.Key_Left:
            self._outward(row, node)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose(row, node)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Go to the next row that starts with what is typed."""
        now = time.monotonic()
        fresh = now - self._typed_at > _TYPING_S
        self._typed_at = now
        self._typed = search if fresh else self._typed + search
        row = self._tree.find(self._typed, max(self.currentIndex().row(), 0) + fresh)
        if row >= 0:
            self.go_to(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Open what was clicked."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        node = self._tree.node(index.row())
        if event.button() == Qt.MouseButton.LeftButton and node is not None:
            self._choose(index.row(), node)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As wide as the design has it."""
        return QSize(self._look.px(240), self._look.px(320))

    def _choose(self, row: int, node: Node) -> None:
        if not node.folder:
            self.file_chosen.emit(node.path)
        elif node.expanded:
            self._tree.collapse(row)
        else:
            self._tree.expand(row)

    def _inward(self, row: int, node: Node) -> None:
        below = self._tree.node(row + 1)
        if not node.expanded:
            self._tree.expand(row)
        elif below is not None and below.parent is node:
            self.go_to(row + 1)

    def _outward(self, row: int, node: Node) -> None:
        if node.expanded:
            self._tree.collapse(row)
        elif node.parent is not None and node.parent.path:
            self.go_to(self._tree.row_of(node.parent.path))

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._look.row_height())
        self.setFont(self._look.font())
        self.viewport().update()


class RowPainter(QStyledItemDelegate):
    """Paints a row: chevron, icon, name, and at the right what changed."""

    def __init__(self, look: Appearance, model: TreeModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._tree = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        node = index.data(NODE)
        if not isinstance(node, Node):
            return
        look, tree = self._look, self._tree
        area: QRect = option.rect
        self._paint_ground(painter, option, area)
        step, icon = look.px(12), look.px(16)
        left = area.left() + look.px(8) + node.depth * step
        middle = area.center().y() - icon // 2 + 1
        if node.folder:
            chevron = "chevron-down" if node.expanded else "chevron-right"
            look.icon(chevron, "text3").paint(painter, QRect(left, middle, icon, icon))
        left += icon
        name = ("folder-open" if node.expanded else "folder") if node.folder else "file"
        look.icon(name, "text3").paint(painter, QRect(left, middle, icon, icon))
        left += icon + look.px(6)
        right = self._paint_badges(painter, node, area)
        badge = tree.badge(node)
        token = "text3" if tree.ignores(node.path) else _COLOURS[badge] if badge else "text"
        painter.setFont(look.font())
        painter.setPen(look.colour(token))
        place = QRect(left, area.top(), max(0, right - left), area.height())
        shown = painter.fontMetrics().elidedText(
            shown_name(node.name), Qt.TextElideMode.ElideMiddle, place.width()
        )
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)

    def helpEvent(  # noqa: N802
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        _option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        """Say in words what a row shows; a file's name is never read as HTML."""
        text = index.data(Qt.ItemDataRole.ToolTipRole)
        QToolTip.showText(event.globalPos(), tip(text or ""), view)
        return True

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, self._look.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, self._look.colour("hover"))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._look.colour("accent"))
            painter.drawRect(area.adjusted(0, 0, -1, -1))

    def _paint_badges(self, painter: QPainter, node: Node, area: QRect) -> int:
        """Paint the letters at the right; returns where the name has to end."""
        look, tree = self._look, self._tree
        right = area.right() - look.px(10)
        painter.setFont(look.font(11, bold=True))
        badge, agent = tree.badge(node), tree.agent_badge(node)
        letters = []
        if badge:
            letters.append((LETTERS[badge], _COLOURS[badge]))
        elif tree.holds_changes(node):
            letters.append(("•", "text3"))
        if agent:
            letters.append((_AGENT.get(agent, "~"), "accent"))
        for letter, token in letters:
            place = QRect(right - look.px(14), area.top(), look.px(14), area.height())
            painter.setPen(look.colour(token))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letter)
            right -= look.px(14)
        return right - look.px(4)
