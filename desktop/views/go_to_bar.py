"""One field that asks for a line."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIntValidator, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop.appearance import Appearance
from desktop.views.editor import Editor


class GoToBar(QWidget):
    """Goes to a line of one editor with Enter; Escape closes."""

    def __init__(self, look: Appearance, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._label = QLabel("Go to line", self)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self.line = QLineEdit(self)
        self.line.setAccessibleName("Line")
        self.line.setValidator(QIntValidator(1, 99_999_999, self))
        self.line.setMaximumWidth(look.px(120))
        self.line.returnPressed.connect(self._go)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(8), look.px(4), look.px(8), look.px(4))
        row.setSpacing(look.px(8))
        row.addWidget(self._label)
        row.addWidget(self.line)
        row.addStretch()
        self.hide()

    def open_bar(self) -> None:
        """Ask for a line, the current one to start with."""
        self._label.setText(f"Go to line (1 to {self._editor.blockCount():,})")
        self.line.setText(str(self._editor.current_line()))
        self.show()
        self.line.selectAll()
        self.line.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Close with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _go(self) -> None:
        if self.line.text():
            self._editor.go_to(int(self.line.text()))
        self._leave()

    def _leave(self) -> None:
        self.hide()
        self._editor.setFocus()
