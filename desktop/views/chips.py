"""Chips: buttons that say a fact and open a small editor for it, in rows that wrap."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.appearance import Appearance
from desktop.views.buttons import IconButton
from desktop.views.labels import label, tip


class Chip(IconButton):
    """One fact; what it is about is in its accessible name, why it is so in its tooltip."""

    def __init__(self, look: Appearance, about: str, icon: str, parent: QWidget) -> None:
        super().__init__(look, parent=parent)
        self._about = about
        self._icon = icon
        self._warns = False
        self.setProperty("tone", "chip")
        look.changed.connect(self._restyle)
        self._restyle()

    def say(self, text: str, *, why: str = "", warns: bool = False) -> None:
        """Show a fact; `warns` where it needs a look."""
        self._warns = warns
        self.setText(text)
        self.setAccessibleName(f"{self._about}: {text}")
        self.setAccessibleDescription(why)
        self.setToolTip(tip("\n".join(part for part in (self._about, why) if part)))
        self._restyle()

    def _restyle(self) -> None:
        name, ink = ("triangle-alert", "warning") if self._warns else (self._icon, "text2")
        self.setIcon(self._look.icon(name, ink))


class ChipBar(QWidget):
    """Chips one beside the other, on as many lines as they need."""

    resized = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._chips: list[QWidget] = []

    def add(self, chip: QWidget) -> None:
        """Put a chip at the end."""
        chip.setParent(self)
        self._chips.append(chip)

    def place(self) -> None:
        """Lay the chips out anew, after one of them has changed."""
        gap, x, y, line = self._look.px(6), 0, 0, 0
        for chip in self._chips:
            if chip.isHidden():
                continue
            size = chip.sizeHint()
            width = min(size.width(), max(self.width(), 1))
            if x and x + width > self.width():
                x, y, line = 0, y + line + gap, 0
            line = max(line, size.height(), self._chips[0].sizeHint().height())
            chip.setGeometry(x, y, width, line)
            x += width + gap
        self.setFixedHeight(y + line)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802, D102  (Qt's name)
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.place()

    def sizeHint(self) -> QSize:  # noqa: N802, D102  (Qt's name)
        return QSize(self._look.px(300), self.height())


class ChipEditor(QDialog):
    """A small form above a chip. Enter takes what it says, Escape leaves all as it was."""

    changed = Signal()

    def __init__(self, look: Appearance, title: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.look = look
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)
        self.column.addWidget(self.caption(title, head=True))
        self.accepted.connect(self.changed)

    def caption(self, text: str, *, head: bool = False, quiet: bool = False) -> QLabel:
        """A line of words in the form."""
        return label(text, tone="caption" if quiet else "head" if head else "", wrap=True)

    def add_done(self) -> None:
        """Add the button that takes what the form says."""
        done = QPushButton("Done", self)
        done.setDefault(True)
        done.clicked.connect(self.accept)
        self.column.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)

    def open_at(self, chip: QWidget) -> None:
        """Show the form above a chip, or below where there is no room above."""
        self.setFixedWidth(self.look.px(340))
        self.adjustSize()
        at = chip.mapToGlobal(QPoint(0, -self.height() - 4))
        screen = chip.screen().availableGeometry()
        if at.y() < screen.top():
            at = chip.mapToGlobal(QPoint(0, chip.height() + 4))
        at.setX(max(screen.left(), min(at.x(), screen.right() - self.width())))
        self.move(at)
        self.open()
