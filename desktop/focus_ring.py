"""The ring around the control that the keyboard has brought the focus to."""

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QMenu, QWidget

from desktop.appearance import Appearance

WIDTH: Final = 2
GAP: Final = 1
RADIUS: Final = 6

_MOVES: Final = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}


class FocusRing(QWidget):
    """Lies over one window and follows the focus in it; the mouse does not see it."""

    def __init__(self, look: Appearance, app: QApplication, window: QWidget) -> None:
        super().__init__(window)
        self._look = look
        self._over = window
        self._watched: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app.focusChanged.connect(self._follow)
        look.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("accent"), WIDTH))
        inset = WIDTH / 2
        area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, RADIUS, RADIUS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep around the control while it moves."""
        if event.type() in _MOVES:
            self._place()
        return super().eventFilter(watched, event)

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = list(self._up(now)) if now is not None and self._shown_for(now) else []
        for widget in self._watched:
            widget.installEventFilter(self)
        self._place()

    def _shown_for(self, widget: QWidget) -> bool:
        brought = self._over.testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        return brought and widget.window() is self._over and not isinstance(widget, QMenu)

    def _up(self, widget: QWidget | None) -> Iterator[QWidget]:
        while widget is not None and widget is not self._over:
            yield widget
            widget = widget.parentWidget()

    def _place(self) -> None:
        if not self._watched or not self._watched[0].isVisible():
            self.hide()
            return
        widget, window = self._watched[0], self._over
        # A pane fills its place to the edge: around it there is no room.
        out = 0 if isinstance(widget, QAbstractScrollArea) else WIDTH + GAP
        area = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        self.setGeometry(area.adjusted(-out, -out, out, out) & window.rect())
        self.raise_()
        self.show()
