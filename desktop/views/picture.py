"""A picture, shown no larger than it is."""

from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.appearance import Appearance


class Picture(QWidget):
    """Fits into its place and says its size below."""

    def __init__(self, look: Appearance, data: bytes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._image = QImage.fromData(QByteArray(data))
        self.setAccessibleName(f"Picture, {self.caption}")
        look.changed.connect(self.update)

    @property
    def caption(self) -> str:
        """Its size in pixels, or that it cannot be read."""
        if self._image.isNull():
            return "This picture cannot be read."
        return f"{self._image.width()} by {self._image.height()} pixels"

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint picture and caption."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        margin = self._look.px(24)
        room = self.rect().adjusted(margin, margin, -margin, -2 * margin)
        size = self._image.size()
        ratio = self.devicePixelRatio()
        if size.width() > room.width() * ratio or size.height() > room.height() * ratio:
            size.scale(room.size() * ratio, Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, round(size.width() / ratio), round(size.height() / ratio))
        place.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)
        painter.setFont(self._look.font(11))
        painter.setPen(self._look.colour("text2"))
        below = QRect(0, self.height() - 2 * margin, self.width(), 2 * margin)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.caption)
