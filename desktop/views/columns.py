"""The window's three columns, side by side."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from desktop.appearance import Appearance

LEFT, MIDDLE = 240, 420
"""Widths of the first columns, in unscaled pixels."""
SHARE: Final = 3 / 5
"""What they take of a narrow window at most."""


class Columns(QSplitter):
    """The first two keep their widths, and give way to the third where there is no room."""

    def __init__(
        self,
        look: Appearance,
        parts: Sequence[QWidget],
        kept: Sequence[int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        left, middle = (
            kept[:2] if len(kept) >= 2 and min(kept) > 0 else map(look.px, (LEFT, MIDDLE))
        )
        self._wanted = (left, middle)
        for part in parts:
            self.addWidget(part)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._take)

    def widths(self) -> tuple[int, int]:
        """Of the first two columns, as the user has chosen them."""
        return self._wanted

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """Share the new width out."""
        super().resizeEvent(event)
        width = self.width() - 2 * self.handleWidth()
        scale = min(1.0, width * SHARE / sum(self._wanted))
        left, middle = (round(wanted * scale) for wanted in self._wanted)
        self.setSizes([left, middle, width - left - middle])

    def _take(self) -> None:
        left, middle, _ = self.sizes()
        self._wanted = (left, middle)
