"""What the built-in solver has tried, and where it suspects the fault; survivors can be chosen."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from agent_core.counting import counted
from agent_core.history import History
from agent_core.results import CandidatesTried, EditApplied, FaultLocated
from desktop.appearance import Appearance
from desktop.models.candidates_rows import CandidateRow, candidates, counts, suspects, told
from desktop.models.candidates_tables import CandidatesTable, SuspectsTable
from desktop.views.empty import empty_or_full
from desktop.views.labels import in_parts, label
from desktop.views.rows import INDENT, TIMED, RowView

PLACE, CHANGE, TIME = 1, 2, 3
NARROWEST, WIDEST = 112, 196
"""The column of places and its widths, in unscaled pixels."""
ROOMY = 560
"""Width of a page from which the column of places may take what it needs."""
TOLD_LINES = 4
"""Lines of the chosen candidate before they scroll."""
AT_REST: Final = frozenset({"stopped", "done"})
"""States of the agent in which another survivor can be tried."""
TRY: Final = "Try this one"
EMPTY: Final = (
    "Nothing has been tried yet.\n\nThe built-in model first measures which lines the failing "
    "tests point to, then tries small changes there. Both appear here."
)


class CandidatesPage(QWidget):
    """Two tables, one above the other. Enter or a double click jumps to the place."""

    jump = Signal(str, int)
    try_asked = Signal(int)
    """The number of a survivor that is to be proven in place of the change."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._history: History | None = None
        self._blob: Callable[[str], bytes] | None = None
        self._seen: tuple[int, ...] = ()
        self._agent_state = ""
        self.candidates = CandidatesTable(look, self)
        self.suspects = SuspectsTable(look, self)
        self.tried = self._table(self.candidates, "Candidates tried")
        self.places = self._table(self.suspects, "Suspected places")
        self.tried.selectionModel().currentRowChanged.connect(self._tell)
        self.candidates.modelReset.connect(self._tell)
        self.chosen = QPlainTextEdit(self)
        self.chosen.setReadOnly(True)
        self.chosen.setTabChangesFocus(True)
        self.chosen.setAccessibleName("Chosen candidate")
        self.trying = QPushButton(TRY)
        self.trying.setAutoDefault(True)  # Enter presses it as well
        self.trying.clicked.connect(self.try_chosen)
        self.hint = label("", tone="quiet", wrap=True)
        self.offer = QWidget(self)
        self.counts = label("", tone="quiet", wrap=True)
        self.where = label("", tone="quiet")
        self._stack = self._lay_out()
        self.setFocusProxy(self.tried)
        look.changed.connect(self._restyle)
        self._restyle()
        self._tell()

    def set_history(self, history: History, blob: Callable[[str], bytes]) -> None:
        """Show what a session has tried; it may be called after every event."""
        self._history, self._blob = history, blob
        if self.isVisible():
            self._refresh()

    def clear(self) -> None:
        """Show no session."""
        self._history, self._blob, self._seen = None, None, ()
        self.candidates.set_rows(())
        self.suspects.set_rows(())
        self._stack.setCurrentIndex(0)

    def set_agent_state(self, state: str) -> None:
        """What can be asked of the agent: a survivor can be tried while it is at rest."""
        self._agent_state = state
        self._offer()

    def can_try(self) -> bool:
        """Whether the chosen candidate is a survivor that can be tried now."""
        row = self._chosen() if self.isVisible() else None
        return row is not None and row.open and self._agent_state in AT_REST

    def try_chosen(self) -> None:
        """Ask for the proof of the chosen survivor."""
        row = self._chosen()
        if row is not None and self.can_try():
            self.try_asked.emit(row.number)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().showEvent(event)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().resizeEvent(event)
        self._restyle()

    def _refresh(self) -> None:
        history, blob = self._history, self._blob
        if history is None or blob is None:
            return
        learnt = CandidatesTried, FaultLocated, EditApplied
        seen = tuple(len(history.results(kind)) for kind in learnt)
        if seen == self._seen:
            return
        self._seen = seen
        self._show_rows(candidates(history, blob))
        places = suspects(history)
        self.suspects.set_rows(places)
        self.counts.setText(in_parts(counts(history)) or "No candidate has been tried yet")
        self.where.setText(counted(len(places), "suspected place"))
        self._stack.setCurrentIndex(1 if any(seen[:2]) else 0)
        self._restyle()

    def _show_rows(self, rows: tuple[CandidateRow, ...]) -> None:
        """Show these with the same candidate chosen as before."""
        before = self._chosen()
        self.candidates.set_rows(rows)
        known = (
            n for n, row in enumerate(rows) if before and row.patch and row.patch == before.patch
        )
        if (at := next(known, None)) is not None:
            self.tried.setCurrentIndex(self.candidates.index(at, 0))

    def _table(self, model: QAbstractItemModel, name: str) -> QTreeView:
        # The line's number ends a place, and what is new ends a change: these tell rows apart.
        mode = Qt.TextElideMode
        ends = {PLACE: mode.ElideLeft, CHANGE: mode.ElideMiddle}
        table = RowView(self._look, name, self, elide=ends)
        table.setModel(model)
        table.activated.connect(self._jump)
        return table

    def _jump(self, index: QModelIndex) -> None:
        path, line = index.data(Qt.ItemDataRole.UserRole)
        self.jump.emit(path, line)

    def _chosen(self) -> CandidateRow | None:
        at = self.tried.currentIndex().row()
        return self.candidates.rows[at] if at >= 0 else None

    def _tell(self) -> None:
        """Show the chosen candidate whole, as its row has no room for that."""
        row = self._chosen()
        self.chosen.setPlainText(told(row) if row else "")
        self.chosen.setVisible(row is not None)
        self._offer()

    def _offer(self) -> None:
        """Below a survivor: whether it can be tried, and what that does or why it cannot be."""
        row = self._chosen()
        self.offer.setVisible(row is not None and row.number > 0)
        if row is not None:
            self.hint.setText(_hint(row, self._agent_state))
            self.trying.setEnabled(row.open and self._agent_state in AT_REST)

    def _lay_out(self) -> QStackedLayout:
        line = QHBoxLayout(self.offer)
        line.setContentsMargins(12, 4, 12, 8)
        line.setSpacing(12)
        line.addWidget(self.trying)
        line.addWidget(self.hint, 1)
        parts = QSplitter(Qt.Orientation.Vertical, self)
        for words, table in ((self.counts, self.tried), (self.where, self.places)):
            part = QWidget(self)
            column = QVBoxLayout(part)
            column.setContentsMargins(0, 8, 0, 0)
            column.setSpacing(4)
            words.setContentsMargins(12, 0, 12, 0)
            column.addWidget(words)
            column.addWidget(table, 1)
            if table is self.tried:
                column.addWidget(self.chosen)
                column.addWidget(self.offer)
            parts.addWidget(part)
        parts.setChildrenCollapsible(False)
        parts.setSizes([600, 400])
        return empty_or_full(self, EMPTY, parts)

    def _restyle(self) -> None:
        px = self._look.px
        self.chosen.setFont(self._look.code_font())
        line = self.chosen.fontMetrics().lineSpacing()
        self.chosen.document().setDocumentMargin(px(12))
        self.chosen.setFixedHeight(TOLD_LINES * line + 2 * px(12))
        timed = self.width() >= px(TIMED)
        self.tried.setColumnHidden(TIME, not timed)
        for table, first in ((self.tried, 164), (self.places, 92)):
            table.setIndentation(px(INDENT))
            table.header().setStretchLastSection(False)
            table.header().setSectionResizeMode(CHANGE, QHeaderView.ResizeMode.Stretch)
            table.header().resizeSection(0, px(first))
            place = max(px(NARROWEST), table.sizeHintForColumn(PLACE) + px(8))
            widest = WIDEST if self.width() >= px(ROOMY) else NARROWEST
            table.header().resizeSection(PLACE, min(place, px(widest)))
        self.tried.header().resizeSection(TIME, px(72))


def _hint(row: CandidateRow, state: str) -> str:
    """What trying a survivor does, or why it cannot be tried."""
    if row.place == "applied":
        return "This is the change as it stands."
    if not row.open:
        return "The code has moved on since this was found."
    if state == "read_only":
        return "This can only be looked at."
    if state in AT_REST:
        what = "Applies this" if row.place == "fits" else "Puts this in place of the change"
        return f"{what}, and runs every test on it, twice."
    return "Another one can be tried once the agent has come to its stop."
