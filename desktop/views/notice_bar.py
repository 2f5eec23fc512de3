"""One line above a page that says what happened, with what can be done about it."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.appearance import Appearance


class NoticeBar(QWidget):
    """Hidden until it has something to say; goes with Escape's button or an answer."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = "accent"
        self._buttons: list[QPushButton] = []
        self._text = QLabel(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(look.px(16), look.px(4), look.px(8), look.px(4))
        self._row.setSpacing(look.px(8))
        self._row.addWidget(self._text, 1)
        self.setAccessibleName("Notice")
        look.changed.connect(self.update)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, "" while hidden."""
        return "" if self.isHidden() else self._text.text()

    def say(
        self, text: str, answers: Mapping[str, Callable[[], None]], *, tone: str = "accent"
    ) -> None:
        """Show a text and a button for each answer; pressing one hides the bar first."""
        self._tone = tone
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = [self._answer(name, run) for name, run in answers.items()]
        self._text.setText(text)
        self.setAccessibleDescription(text)
        self.show()
        self.update()

    def answer(self, name: str) -> None:
        """Press the button of this name."""
        next(button for button in self._buttons if button.text() == name).click()

    def focus(self) -> None:
        """Put the focus on the first answer."""
        for button in self._buttons[:1]:
            button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint the ground, and a bar at the left in the colour of the matter."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._look.colour("raised"))
        painter.fillRect(0, 0, self._look.px(4), self.height(), self._look.colour(self._tone))

    def _answer(self, name: str, run: Callable[[], None]) -> QPushButton:
        button = QPushButton(name, self)

        def pressed() -> None:
            self.hide()
            run()

        button.clicked.connect(pressed)
        self._row.addWidget(button)
        return button
