"""The strips at the foot of a review: what is known of the accepted, and the keys that work."""

from collections.abc import Collection, Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from desktop.appearance import Appearance
from desktop.models.review import Status, Strip
from desktop.models.session_words import rivals_words
from desktop.views.labels import label

MOVES: Final = (("J K", "hunk"), ("[ ]", "file"))
KEYS: Final[dict[Status, tuple[tuple[str, str], ...]]] = {
    "pending": (
        ("A", "accept"), ("R", "reject"), ("Shift \u2191\u2193", "lines"), ("C", "comment"),
        ("E", "editor"), ("W", "why"),
    ),
    "asked": (("W", "why"),),
    "conflict": (("R", "keep mine"), ("T", "take the agent's"), ("E", "editor"), ("W", "why")),
    "accepted": (("U", "undo"), ("S", "show"), ("E", "editor"), ("W", "why")),
    "rejected": (("U", "undo"), ("S", "show"), ("E", "editor"), ("W", "why")),
}  # fmt: skip
ALWAYS: Final = (("D", "side by side"), ("P", "plain text"))
DIMMED: Final = 0.5
"""How strongly keys are painted that do not work where the keyboard is."""


class AcceptedStrip(QWidget):
    """Says of exactly what has been accepted so far whether it holds."""

    check_asked = Signal()
    candidates_asked = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._strip = Strip()
        self._read_only = False
        self._icon = QLabel()
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._button = QPushButton("Check now")
        self._button.setAccessibleName("Check what was accepted so far")
        self._button.clicked.connect(self.check_asked)
        self._rivals = label("", tone="quiet", wrap=True)
        self._see = QPushButton("Candidates")
        self._see.setAccessibleName("See the other patches")
        self._see.setAutoDefault(True)  # Enter presses it as well
        self._see.clicked.connect(self.candidates_asked)
        self._grid = QGridLayout(self)
        self._grid.addWidget(self._icon, 0, 0)
        self._grid.addWidget(self._words, 0, 1)
        self._grid.addWidget(self._button, 0, 2)
        self._grid.addWidget(self._rivals, 1, 1)
        self._grid.addWidget(self._see, 1, 2)
        self._grid.setColumnStretch(1, 1)
        self.set_rivals(0)
        look.changed.connect(self._show)
        self._show()

    def set_strip(self, strip: Strip) -> None:
        """Show what is known."""
        self._strip = strip
        self._show()

    def set_rivals(self, rivals: int) -> None:
        """Say how many other patches do the same, as far as the tests can tell."""
        self._rivals.setText(f"{rivals_words(rivals)}." if rivals else "")
        self._rivals.setVisible(rivals > 0)
        self._see.setVisible(rivals > 0)

    def set_read_only(self, *, on: bool) -> None:
        """Offer no check, as another Journeyman has the folder."""
        self._read_only = on
        self._show()

    def words(self) -> str:
        """What the strip says."""
        return self._words.text()

    def _show(self) -> None:
        look, px = self._look, self._look.px
        strip = self._strip
        name, token = _sign(strip)
        self._icon.setPixmap(look.icon(name, token).pixmap(px(16), px(16)))
        self._words.setText(strip.sentence())
        self._words.setToolTip(strip.verdict.sentence() if strip.verdict else "")
        self._words.setFont(look.font())
        self._button.setVisible(strip.state == "unchecked" and not self._read_only)
        self._button.setFont(look.font())
        self._grid.setContentsMargins(px(12), px(4), px(12), px(4))
        self._grid.setSpacing(px(8))
        self.setMinimumHeight(px(36))


def _sign(strip: Strip) -> tuple[str, str]:
    """The icon of a strip and its colour."""
    if strip.state == "checked" and strip.verdict is not None:
        if strip.verdict.state == "fixed":
            return "circle-check", "good"
        if strip.verdict.state == "failing":
            return "circle-x", "bad"
        return "circle-help", "warning"
    return ("clock" if strip.state == "checking" else "circle-dashed"), "text3"


class KeysStrip(QWidget):
    """The keys that work here and now; what has no room is left out from the end."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._keys: Sequence[tuple[str, str]] = MOVES + ALWAYS
        self._live = False
        self.setAccessibleName("Keys")
        look.changed.connect(self._changed)
        self._changed()

    def set_keys(
        self,
        status: Status | None,
        *,
        selecting: bool = False,
        barred: Collection[str] = (),
    ) -> None:
        """Show the keys for a hunk that stands so, less the barred ones; None is no hunk."""
        here = [each for each in (KEYS[status] if status else ()) if each[0] not in barred]
        keys = [*MOVES, *here, *ALWAYS]
        if selecting:
            keys.insert(len(MOVES), ("Esc", "whole hunk"))
        if keys != self._keys:
            self._keys = keys
            self.setAccessibleDescription(", ".join(f"{key}: {what}" for key, what in keys))
            self.update()

    @property
    def live(self) -> bool:
        """Whether the keys work now."""
        return self._live

    def set_live(self, *, on: bool) -> None:
        """Whether what has the keyboard minds these keys; else they are dimmed."""
        if on != self._live:
            self._live = on
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """One row."""
        return QSize(self._look.px(200), self._look.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Paint each key as a cap with its word beside it."""
        del event
        look, px = self._look, self._look.px
        painter = QPainter(self)
        painter.setOpacity(1.0 if self._live else DIMMED)
        font = look.font(11)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        x, height = px(12), px(18)
        top = (self.height() - height) // 2
        for key, what in self._keys:
            cap = QRect(x, top, metrics.horizontalAdvance(key) + px(10), height)
            word = QRect(cap.right() + px(6), 0, metrics.horizontalAdvance(what), self.height())
            if word.right() > self.width() - px(8):
                break
            painter.setPen(look.colour("separator"))
            painter.setBrush(look.colour("raised"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawRoundedRect(cap, px(4), px(4))
            painter.setPen(look.colour("text2"))
            painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), key)
            painter.setPen(look.colour("text3"))
            painter.drawText(word, int(Qt.AlignmentFlag.AlignVCenter), what)
            x = word.right() + px(14)

    def _changed(self) -> None:
        self.setFixedHeight(self._look.px(28))
        self.update()
