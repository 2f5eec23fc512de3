"""A button with an icon before its words, at a distance of the design's and not of Qt's."""

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QIcon, QPaintEvent
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from desktop.appearance import Appearance

ICON: Final = 14
GAP: Final = 6
"""Size of the icon and what lies between it and the words, in unscaled pixels."""


class IconButton(QPushButton):
    """Ground and words are the style's; only where icon and words stand is decided here."""

    def __init__(self, look: Appearance, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self._look = look
        self.setAutoDefault(False)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """What the words and the icon need within the style's padding."""
        option = self._option()
        inner = QSize(self._content(option), option.fontMetrics.height())
        kind = QStyle.ContentsType.CT_PushButton
        return self.style().sizeFromContents(kind, option, inner, self)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The same: words are not cut."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the ground, then the icon and the words as one block in the middle."""
        painter, option = QStylePainter(self), self._option()
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self)
        width = self._content(option)
        left = room.left() + max(0, (room.width() - width) // 2)
        size = self._look.px(ICON)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        place = QRect(left, room.center().y() - size // 2 + 1, size, size)
        self.icon().paint(painter, place, mode=mode)
        before = size + self._look.px(GAP)
        option.rect = QRect(left + before, room.top(), width - before, room.height())
        painter.drawControl(QStyle.ControlElement.CE_PushButtonLabel, option)

    def _content(self, option: QStyleOptionButton) -> int:
        words = option.fontMetrics.horizontalAdvance(self.text())
        return self._look.px(ICON) + self._look.px(GAP) + words + 1

    def _option(self) -> QStyleOptionButton:
        """What the style needs to know, without the icon."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.icon = QIcon()
        return option
