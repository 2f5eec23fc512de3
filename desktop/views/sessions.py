"""The sessions of this folder, the newest first, each with its state; one can be gone on with."""

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from agent_core.overview import RESUMABLE, SessionRow
from desktop.appearance import Appearance
from desktop.models.session_words import details, state_words, told
from desktop.models.session_words import when as said_when
from desktop.views.labels import label, tip
from desktop.views.states import TONES, state_icon

_ROW: Final = Qt.ItemDataRole.UserRole
_COLOURS: Final = {"good": "good", "bad": "bad", "warning": "warning"}


class SessionsList(QWidget):
    """A list; Enter or a click shows a session, *Resume* goes on with the chosen one."""

    session_chosen = Signal(str)
    resume_asked = Signal(str)
    new_asked = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = QListWidget()
        self._list.setAccessibleName("Sessions of this folder")
        self._list.setItemDelegate(_Row(look, self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.itemActivated.connect(self._choose)
        self._list.itemClicked.connect(self._choose)
        self._list.currentItemChanged.connect(self._settle)
        self._resume = QPushButton("Resume")
        self._resume.clicked.connect(self._ask_resume)
        self._new = QPushButton("New session")
        self._new.clicked.connect(self.new_asked)
        self._empty = label("No session yet.", tone="caption")
        self._empty.setContentsMargins(12, 0, 12, 8)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 8, 8, 8)
        buttons.setSpacing(8)
        buttons.addWidget(self._resume)
        buttons.addWidget(self._new)
        head = label("Sessions", tone="caption")
        head.setContentsMargins(12, 8, 12, 4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._empty)
        column.addWidget(self._list, 1)
        column.addStretch(0)
        column.addLayout(buttons)
        look.changed.connect(self._list.viewport().update)
        self._read_only = False
        self.set_rows(())

    def set_rows(self, rows: Sequence[SessionRow], *, current: str = "") -> None:
        """Show these sessions; `current` is the one that is open."""
        self._list.clear()
        for row in rows:
            item = QListWidgetItem(row.goal)
            item.setData(_ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(told(row)))
            item.setToolTip(tip("\n".join((*told(row), f"{_date(row.when)}, {row.session}"))))
            self._list.addItem(item)
            if row.session == current:
                self._list.setCurrentItem(item)
        self._list.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self.setFocusProxy(self._list if rows else self._new)
        self._settle()

    def set_read_only(self, *, on: bool) -> None:
        """Offer nothing that would change a session."""
        self._read_only = on
        self._settle()

    def rows(self) -> tuple[SessionRow, ...]:
        """The sessions as listed."""
        return tuple(self._list.item(at).data(_ROW) for at in range(self._list.count()))

    def current(self) -> SessionRow | None:
        """The chosen session."""
        item = self._list.currentItem()
        row: SessionRow | None = item.data(_ROW) if item is not None else None
        return row

    def _choose(self, item: QListWidgetItem) -> None:
        row: SessionRow = item.data(_ROW)
        if row.state != "unreadable":
            self.session_chosen.emit(row.session)

    def _ask_resume(self) -> None:
        row = self.current()
        if row is not None:
            self.resume_asked.emit(row.session)

    def _settle(self) -> None:
        row = self.current()
        offered = row is not None and row.state in RESUMABLE and not self._read_only
        self._resume.setVisible(offered)
        self._new.setEnabled(not self._read_only)


class _Row(QStyledItemDelegate):
    """Three lines: the goal and the time; the state; what was changed and by which model."""

    def __init__(self, look: Appearance, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(  # noqa: N802
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002
    ) -> QSize:
        """Three lines with less air between them than rows have."""
        return QSize(option.rect.width(), 3 * self._look.row_height() - self._look.px(14))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw it."""
        row: SessionRow = index.data(_ROW)
        look = self._look
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, look.colour("selection"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, look.colour("hover"))
        area = option.rect.adjusted(look.px(12), look.px(4), -look.px(8), -look.px(4))
        icon = look.px(16)
        state_icon(look, row.state).paint(painter, area.x(), area.y() + look.px(1), icon, icon)
        area.setLeft(area.left() + icon + look.px(8))
        line = area.height() // 3
        upper, middle, lower = (
            QRect(area.x(), area.y() + at * line, area.width(), line) for at in range(3)
        )
        painter.setFont(look.font(11))
        when = said_when(row.when)
        taken = painter.fontMetrics().horizontalAdvance(when) + look.px(8)
        painter.setPen(look.colour("text3"))
        painter.drawText(upper, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, when)
        _draw(painter, lower, " · ".join(details(row)))
        painter.setPen(look.colour(_COLOURS.get(TONES.get(row.state, ""), "text2")))
        _draw(painter, middle, state_words(row))
        painter.setFont(look.font())
        painter.setPen(look.colour("text"))
        _draw(painter, upper.adjusted(0, 0, -taken, 0), row.goal)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(look.colour("accent"))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), 4, 4)
        painter.restore()


def _draw(painter: QPainter, area: QRect, text: str) -> None:
    line = text.split("\n", 1)[0]
    shown = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _date(at: float) -> str:
    return time.strftime("%d %b %Y %H:%M", time.localtime(at))
