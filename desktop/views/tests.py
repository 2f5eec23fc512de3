"""The project's tests: how each was before the change, how it is now, and why it is red."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QHeaderView,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from agent_core.history import History
from desktop.appearance import Appearance
from desktop.models.tests_rows import (
    Filter,
    TestRow,
    TestTable,
    first_told,
    shown,
    summary,
    tells,
)
from desktop.models.tests_tree import TIMES, TestsTree
from desktop.views.empty import empty_or_full
from desktop.views.labels import in_parts, label
from desktop.views.rows import TIMED, RowView
from desktop.views.tests_failure import FailurePage

BESIDE: Final = 900
"""Width from which the failure stands beside the tree and not below it."""
UNFOLD: Final = 300
"""So many tests are shown unfolded from the start."""
FILTERS: Final[tuple[tuple[Filter, str], ...]] = (
    ("all", "All"),
    ("red", "Red"),
    ("changed", "Changed"),
)
NONE: Final[dict[Filter, str]] = {
    "all": "",
    "red": "Nothing is red.",
    "changed": "No test has changed its colour.",
}
"""What stands there where a filter leaves no test."""
EMPTY: Final = (
    "No test has been run yet.\n\nOnce a task is started, every test of the project appears here: "
    "how it was before, how it is now, and why it is red."
)


class TestsPage(QWidget):
    """A tree of files and tests with the chosen test's failure."""

    __test__ = False

    jump = Signal(str, int)

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._history: History | None = None
        self._table: TestTable | None = None
        self._seen = -1
        self._rows: tuple[TestRow, ...] = ()
        self._filter: Filter = "all"
        self.model = TestsTree(look, self)
        self.tree = self._make_tree()
        self.failure = FailurePage(look, self)
        self.failure.jump.connect(self.jump)
        self.counts = label("", tone="quiet", wrap=True)
        self.none = label("", tone="quiet")
        self.filters = QButtonGroup(self)
        self._parts = QSplitter(Qt.Orientation.Vertical, self)
        self._stack = self._lay_out()
        self.setFocusProxy(self.tree)
        look.changed.connect(self._restyle)
        self._restyle()

    def set_history(self, history: History, blob: Callable[[str], bytes]) -> None:
        """Show what a session knows of its tests; it may be called after every event."""
        if self._history is None or history.events[:1] != self._history.events[:1]:
            self._table, self._seen = TestTable(blob), -1
        self._history = history
        if self.isVisible():
            self._refresh()

    def clear(self) -> None:
        """Show no session."""
        self._history, self._table, self._seen = None, None, -1
        self._show_rows(())

    def set_filter(self, which: Filter) -> None:
        """Show all tests, the red ones, or those whose colour has changed."""
        self._filter = which
        number = [each for each, _ in FILTERS].index(which)
        self.filters.button(number).setChecked(True)
        self._fill()

    def show_test(self, test: str) -> None:
        """Choose a test."""
        if (index := self.model.index_of(test)).isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().showEvent(event)
        self._refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().resizeEvent(event)
        beside = event.size().width() >= self._look.px(BESIDE)
        self._parts.setOrientation(Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical)
        self._restyle()

    def _refresh(self) -> None:
        if self._history is None or self._table is None:
            return
        told = sum(map(tells, self._history.events))
        if told != self._seen:
            self._seen = told
            self._show_rows(self._table.rows(self._history))

    def _show_rows(self, rows: tuple[TestRow, ...]) -> None:
        self._rows = rows
        self.counts.setText(in_parts(summary(rows)) if rows else "")
        self._stack.setCurrentIndex(1 if rows else 0)
        self._fill()

    def _fill(self) -> None:
        """Fill the tree anew, with the same test chosen; else the one that tells most."""
        chosen = self._chosen()
        rows = shown(self._rows, self._filter)
        self.model.set_rows(rows)
        self._parts.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.none.setText(NONE[self._filter])
        if len(rows) <= UNFOLD:
            self.tree.expandAll()
        for index in self.model.notable():
            self.tree.expand(index)
        stays = chosen is not None and any(row.id == chosen.id for row in rows)
        self.show_test(chosen.id if chosen and stays else first_told(rows))
        self.failure.show_test(self._chosen())

    def _chosen(self) -> TestRow | None:
        row = self.tree.currentIndex().data(Qt.ItemDataRole.UserRole)
        return row if isinstance(row, TestRow) else None

    def _choose(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self.failure.show_test(self._chosen())

    def _activate(self, _index: QModelIndex) -> None:
        """Jump to where the chosen test fails."""
        row = self._chosen()
        if row and row.failure and row.failure.file:
            self.jump.emit(row.failure.file, row.failure.line)

    def _make_tree(self) -> QTreeView:
        # Of a parametrised test the parameters, at its end, tell it from the next one.
        tree = RowView(self._look, "Tests", self, elide={0: Qt.TextElideMode.ElideMiddle})
        tree.setModel(self.model)
        tree.activated.connect(self._activate)
        tree.selectionModel().currentChanged.connect(self._choose)
        head = tree.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        return tree

    def _lay_out(self) -> QStackedLayout:
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 4, 12, 4)
        bar.addWidget(self.counts, 1)
        for number, (which, name) in enumerate(FILTERS):
            bar.addWidget(self._filter_button(number, which, name))
        full, column = QWidget(self), QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        self._parts.addWidget(self.tree)
        self._parts.addWidget(self.failure)
        self._parts.setChildrenCollapsible(False)
        self._parts.setSizes([500, 500])
        column.addWidget(self._parts, 1)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.none, 1)
        full.setLayout(column)
        return empty_or_full(self, EMPTY, full)

    def _filter_button(self, number: int, which: Filter, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(name)
        button.setCheckable(True)
        button.setChecked(which == self._filter)
        button.setAccessibleName(f"Show {name.lower()} tests")
        button.clicked.connect(lambda: self.set_filter(which))
        self.filters.addButton(button, number)
        return button

    def _restyle(self) -> None:
        px, head = self._look.px, self.tree.header()
        timed = self.width() >= px(TIMED)  # the chosen test tells its own times in any case
        self.tree.setIndentation(px(16))
        head.resizeSection(1, px(132 if timed else 116))
        for column in TIMES:
            self.tree.setColumnHidden(column, not timed)
            head.resizeSection(column, px(72))
