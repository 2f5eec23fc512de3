"""What the gate says of a port: its routes by verdict, and everything behind it."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from agent_core.history import History
from agent_core.words import printable
from desktop.appearance import Appearance
from desktop.models.port_rows import PortFacts, port_facts
from desktop.models.port_table import NUMBERS, ROUTE, STATE, RoutesTable
from desktop.views.empty import empty_or_full
from desktop.views.labels import in_parts, label
from desktop.views.rows import INDENT, RowView

WIDE: Final = 560
"""Width of the page from which every count has a column, in unscaled pixels."""
EMPTY: Final = (
    "The port has not been judged yet.\n\nThe gate compiles it, sends it and the original the same "
    "requests, and measures both. What came of that appears here."
)


class PortPage(QWidget):
    """The verdict, a table of routes, and below it the sequences and figures in plain text."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._page: Path | None = None
        self._facts: PortFacts | None = None
        self.icon = label("")
        self.word = label("", tone="head")
        self.why = label("", wrap=True)
        self.facts = label("", tone="quiet", wrap=True)
        self.open = QPushButton("Open the certificate", self)
        self.open.setAutoDefault(True)  # Enter presses it as well
        self.open.clicked.connect(self._open)
        self.routes = RoutesTable(look, self)
        # The end of a rule tells it from its neighbours.
        self.table = RowView(look, "Routes", self, elide={ROUTE: Qt.TextElideMode.ElideMiddle})
        self.table.setModel(self.routes)
        self.details = QPlainTextEdit(self)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setAccessibleName("What was found")
        self._parts = QSplitter(Qt.Orientation.Vertical, self)
        self._stack = self._lay_out()
        self.setFocusProxy(self.table)
        look.changed.connect(self._restyle)
        self._restyle()

    def set_history(self, history: History, page: Path | None) -> None:
        """Show what a session's gate said last; `page` is its certificate, if there is one."""
        self._page = page
        self.open.setVisible(page is not None)
        facts = port_facts(history)
        if facts == self._facts:
            return
        self._facts = facts
        self._stack.setCurrentIndex(0 if facts is None else 1)
        if facts is not None:
            self._show(facts)

    def clear(self) -> None:
        """Show no session."""
        self._facts = self._page = None
        self._stack.setCurrentIndex(0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().resizeEvent(event)
        self._restyle()

    def _show(self, facts: PortFacts) -> None:
        self.word.setText(facts.word)
        self._show_icon()
        self.why.setText(printable(facts.why[:1].upper() + facts.why[1:]))
        self.facts.setText(in_parts(" · ".join(facts.facts)))
        self.facts.setVisible(bool(facts.facts))
        self.routes.set_rows(facts.routes)
        self.table.setVisible(bool(facts.routes))
        self._fit_table()
        self.details.setPlainText(printable(facts.details))

    def _fit_table(self) -> None:
        """No higher than its rows and its head; the details have the rest."""
        self.table.setMaximumHeight((len(self.routes.rows) + 2) * self._look.row_height())

    def _show_icon(self) -> None:
        if self._facts is not None:
            side = self._look.px(20)
            icon = self._look.icon(self._facts.icon, self._facts.tone)
            self.icon.setPixmap(icon.pixmap(side, side))

    def _open(self) -> None:
        if self._page is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._page)))

    def _lay_out(self) -> QStackedLayout:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.icon)
        top.addWidget(self.word, 1)
        top.addWidget(self.open)
        head = QVBoxLayout()
        head.setContentsMargins(12, 12, 12, 12)
        head.setSpacing(4)
        head.addLayout(top)
        head.addWidget(self.why)
        head.addWidget(self.facts)
        self._parts.addWidget(self.table)
        self._parts.addWidget(self.details)
        self._parts.setChildrenCollapsible(False)
        self._parts.setSizes([500, 500])
        full, column = QWidget(self), QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._parts, 1)
        full.setLayout(column)
        return empty_or_full(self, EMPTY, full)

    def _restyle(self) -> None:
        px, header = self._look.px, self.table.header()
        self.details.setFont(self._look.code_font())
        self.details.document().setDocumentMargin(px(12))
        self.table.setIndentation(px(INDENT))
        header.setStretchLastSection(False)
        header.setSectionResizeMode(ROUTE, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(STATE, px(148))
        for column in NUMBERS:
            header.resizeSection(column, px(84))
            self.table.setColumnHidden(column, self.width() < px(WIDE) and column != NUMBERS[-1])
        self._show_icon()
        self._fit_table()
