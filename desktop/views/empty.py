"""A page that has nothing to show yet says in its middle what will be there."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.views.labels import label

MARGIN = 48


def empty_or_full(page: QWidget, words: str, full: QWidget) -> QStackedLayout:
    """The layout of a page: first the words, then, at index 1, all that it shows."""
    empty = label(words, tone="quiet", wrap=True)
    empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
    empty.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
    stack = QStackedLayout(page)
    stack.addWidget(empty)
    stack.addWidget(full)
    return stack
