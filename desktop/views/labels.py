"""Plain text on the screen: labels in a tone, one that is shortened, and tool tips."""

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def label(text: str, *, tone: str = "", wrap: bool = False) -> QLabel:
    """A label; tones are those of `style.qss`: title, head, quiet, caption, good, bad, warning."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if tone:
        made.setProperty("tone", tone)
    return made


def in_parts(text: str) -> str:
    """A text of parts with dots between them that breaks there alone."""
    return " · ".join(part.replace(" ", "\u00a0") for part in text.split(" · "))


def set_tone(widget: QWidget, tone: str) -> None:
    """Change a label's tone."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Elided(QLabel):
    """One line that loses its middle, or its end, where it does not fit; its tip has all of it."""

    def __init__(self, text: str = "", *, tone: str = "", at_end: bool = False) -> None:
        super().__init__()
        modes = Qt.TextElideMode
        self._mode = modes.ElideRight if at_end else modes.ElideMiddle
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        if tone:
            self.setProperty("tone", tone)
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show another text."""
        self.setText(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as need be."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw what fits."""
        area = self.contentsRect()
        whole = self.text()
        shown = self.fontMetrics().elidedText(whole, self._mode, area.width())
        self.setToolTip(tip(whole) if shown != whole else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(area, self.alignment() | Qt.TextFlag.TextSingleLine, shown)


def tip(text: str) -> str:
    """A tool tip that shows a text as it is; Qt would take some texts for HTML."""
    return f"<span>{escape(text).replace(chr(10), '<br>')}</span>" if text else ""
