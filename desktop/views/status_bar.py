"""The line at the foot: which model, how well shut in, what it cost, what is going on."""

import time
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from desktop.appearance import Appearance
from desktop.views.buttons import IconButton
from desktop.views.labels import Elided, label
from desktop.views.states import state_icon

STEPS: Final = 8
STEP_MS: Final = 250
SILENT_S: Final = 10
"""What has said nothing for so long is said to be silent."""


class StatusBar(QWidget):
    """Plain words and one spinner, which turns while something runs and can be seen."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setObjectName("statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._place = Elided(tone="quiet")
        self._place.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._spinner = Spinner(look)
        self._doing = Elided(tone="quiet")
        self._silence = label("", tone="warning")
        self._heard = time.monotonic()
        self._cost = label("", tone="quiet")
        self._isolation = label("", tone="quiet")
        self._model = label("", tone="quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(16)
        row.addWidget(self._place)
        row.addWidget(self._spinner)
        row.addWidget(self._doing, 1)
        for part in (self._silence, self._cost, self._isolation, self._model):
            row.addWidget(part)
            part.hide()
        self._spinner.turned.connect(self._listen)
        self._follow = self._make_follow()
        row.addWidget(self._follow)
        look.changed.connect(self._restyle)
        self._restyle()

    follow_asked = Signal(bool)

    def set_following(self, *, on: bool) -> None:
        """Say whether the editor follows the agent."""
        self._follow.setChecked(on)

    def set_place(self, folder: str, branch: str) -> None:
        """Name the folder, and the branch it is on if it is on one."""
        self._place.show_text(f"{folder} · {branch}" if branch else folder)

    def set_model(self, name: str) -> None:
        """Name the model that decides."""
        _say(self._model, name)

    def set_isolation(self, kind: str) -> None:
        """Say what keeps the project's programs away from the rest of the machine."""
        _say(self._isolation, f"isolation: {kind}")
        self._isolation.setToolTip(
            "The project's own programs run with your rights." if kind == "none" else ""
        )

    def set_cost(self, *, tokens: int, money: float | None) -> None:
        """Say what the model has cost; `money` in US dollars, None where no price is known."""
        words = f"{_short(tokens)} tokens" if tokens else ""
        _say(self._cost, f"{words} · ${money:.2f}" if tokens and money is not None else words)

    def set_doing(self, text: str, *, running: bool, state: str = "") -> None:
        """Say what is going on; the spinner turns while it runs, else the state's icon is there."""
        self._doing.show_text(text)
        self.sign_of_life()
        self._spinner.set_running(running)
        self._spinner.show_state(state)

    def sign_of_life(self) -> None:
        """What runs has said something."""
        self._heard = time.monotonic()
        _say(self._silence, "")

    def _make_follow(self) -> IconButton:
        follow = IconButton(self._look, "Follow", self)
        follow.setProperty("tone", "chip")
        follow.setFlat(True)
        follow.setCheckable(True)
        follow.setAccessibleName("Follow the agent")
        follow.setToolTip("Show in the editor what the agent reads and edits (F7)")
        follow.clicked.connect(self.follow_asked)
        return follow

    def _restyle(self) -> None:
        self._follow.setIcon(self._look.icon("eye"))

    def _listen(self) -> None:
        """Say how long nothing was heard; told by the spinner, which turns all the while."""
        silent = time.monotonic() - self._heard
        if silent >= SILENT_S:
            _say(self._silence, f"silent for {silent:.0f} s")

    @property
    def spinner(self) -> "Spinner":
        """The sign that something runs."""
        return self._spinner

    def words(self) -> str:
        """All that is shown, as one line."""
        parts = (self._place, self._doing, self._silence, self._cost, self._isolation, self._model)
        return " · ".join(part.text() for part in parts if part.text())


class Spinner(QWidget):
    """An arc that moves in steps; still and unseen it costs nothing."""

    turned = Signal()

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._running = False
        self._state = ""
        self._step = 0
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._turn)
        self._resize()
        look.changed.connect(self._resize)

    def set_running(self, running: bool) -> None:  # noqa: FBT001  (a setter)
        """Turn or be gone."""
        if running != self._running:
            self._running = running
            self._settle()
            self.update()

    def show_state(self, state: str) -> None:
        """Show a state's icon while it does not turn."""
        if state != self._state:
            self._state = state
            self.update()

    def turning(self) -> bool:
        """Whether its timer runs."""
        return self._timer.isActive()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Go on where it can be seen."""
        super().showEvent(event)
        self._settle()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Stop where it cannot."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        """Draw the arc."""
        painter = QPainter(self)
        if not self._running:
            if self._state:
                state_icon(self._look, self._state).paint(painter, self.rect())
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("accent"), 2))
        sixteenth = 360 * 16 // STEPS
        painter.drawArc(self.rect().adjusted(2, 2, -2, -2), -self._step * sixteenth, 270 * 16)

    def _settle(self) -> None:
        if self._running and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _turn(self) -> None:
        self._step = (self._step + 1) % STEPS
        self.update()
        self.turned.emit()

    def _resize(self) -> None:
        self.setFixedSize(self._look.px(16), self._look.px(16))


def _short(number: int) -> str:
    """999, 12.4k, 3.1M."""
    for unit, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= unit:
            return f"{number / unit:.1f}{letter}"
    return str(number)


def _say(part: QLabel, text: str) -> None:
    part.setText(text)
    part.setVisible(bool(text))
