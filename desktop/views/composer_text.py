"""The composer's text: Enter sends it, Shift+Enter begins a line, it grows with its text."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent, Qt
from PySide6.QtWidgets import QPlainTextEdit, QWidget

SMALLEST, LARGEST = 3, 9
"""Lines shown."""


class ComposerText(QPlainTextEdit):
    """Plain text; what an input method is still composing is never sent."""

    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._composing = False
        self.setProperty("tone", "field")
        self.setTabChangesFocus(True)
        self.setAccessibleName("Task")
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802, D102  (Qt's name)
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if enter and plain == Qt.KeyboardModifier.NoModifier:
            if not self._composing:
                self.entered.emit()
            return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:  # noqa: N802, D102  (Qt's name)
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)

    def restyle(self) -> None:
        """Measure anew after the font has changed."""
        self._grow()

    def _grow(self) -> None:
        lines = min(max(int(self.document().size().height()), SMALLEST), LARGEST)
        margins = 2 * self.document().documentMargin() + 8
        self.setFixedHeight(round(lines * self.fontMetrics().lineSpacing() + margins))
