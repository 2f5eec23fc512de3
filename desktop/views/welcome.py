"""The first page: open a folder, go on where you were, or try a sample."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from agent_core.models.reach import CAN, CANNOT
from desktop.appearance import Appearance
from desktop.views.labels import Elided, label, set_tone
from desktop.views.states import TONES, state_icon

WIDE: Final = 960
STEPS: Final = (
    ("Open", "A Python project whose tests are red. A folder can be dropped here as well."),
    ("Start", "The work is done in a private copy. Watch it, pause it, stop it at any time."),
    ("Review", "A change is called fixed only after all tests were run on it, twice."),
    ("Accept", "Only now are your files written, and what was accepted can be undone."),
)
"""How a task goes, in four words with a sentence each."""


class Recent(msgspec.Struct, frozen=True):
    """A folder of before; `state` is that of its newest session (see `states`), "gone" if gone."""

    folder: Path
    state: str
    words: str


class Earlier(msgspec.Struct, frozen=True):
    """A session of before, in any folder; `about` says what it changed, where, and when."""

    folder: Path
    session: str
    goal: str
    about: str
    state: str
    words: str


class Sample(msgspec.Struct, frozen=True):
    """A bundled project to try."""

    name: str
    description: str


class Welcome(QWidget):
    """Fills the window until a folder is open; folders can be dropped on it."""

    folder_asked = Signal()
    folder_chosen = Signal(object)
    """A `Path` that was dropped."""
    recent_chosen = Signal(object)
    """A `Path`."""
    session_chosen = Signal(object, str)
    """A `Path` and the session of it that is to be shown."""
    sample_chosen = Signal(str)

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setAcceptDrops(True)
        self._open = QPushButton("Open folder…")
        self._open.setDefault(True)
        self._open.clicked.connect(self.folder_asked)
        self._recent = _Group("Recent folders")
        self._sessions = _Group("Recent sessions")
        self._steps = _steps()
        self._samples = _Group("Try a sample", across=True)
        self._icons: list[Callable[[], None]] = []
        self._shown: tuple[tuple[Recent, ...], tuple[Earlier, ...]] | None = None
        inner = QWidget()
        self._inner = inner
        page = QVBoxLayout(inner)
        page.setContentsMargins(24, 24, 24, 24)
        page.setSpacing(24)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self._recent, 1)
        columns.addWidget(self._sessions, 1)
        page.addStretch(1)
        page.addLayout(self._head())
        page.addWidget(self._steps)
        page.addLayout(columns)
        page.addWidget(self._samples)
        page.addLayout(_abilities())
        page.addStretch(2)
        scroll = QScrollArea()
        scroll.setObjectName("welcome")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        scroll.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self.set_recent(())
        self._recolour()
        look.changed.connect(self._recolour)

    def set_recent(self, recent: Sequence[Recent], sessions: Sequence[Earlier] = ()) -> None:
        """Show folders and sessions of before, the newest first.

        What is shown already keeps the keyboard.
        """
        shown = tuple(recent), tuple(sessions)
        if shown == self._shown:
            return
        self._shown = shown
        before = (*self._recent.cards, *self._sessions.cards)
        held = next((card.accessibleName() for card in before if card.hasFocus()), "")
        self._icons = []
        self._recent.fill(self._recent_card(entry) for entry in recent)
        self._sessions.fill(self._session_card(entry) for entry in sessions)
        self._sessions.setVisible(bool(sessions))
        self._steps.setVisible(not sessions)
        self._recent.setVisible(bool(recent))
        self._order()
        for card in (*self._recent.cards, *self._sessions.cards):
            if card.accessibleName() == held:
                card.show()  # which its layout does later, and what is hidden takes no keys
                card.setFocus()

    def set_samples(self, samples: Sequence[Sample]) -> None:
        """Show what can be tried."""
        self._samples.fill(self._sample_card(sample) for sample in samples)
        self._order()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take folders."""
        if dropped_folder(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open the folder that was dropped."""
        if folder := dropped_folder(event):
            event.acceptProposedAction()
            self.folder_chosen.emit(folder)

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label("Journeyman", tone="title"))
        promise = "Works in a private copy until a test run proves the task done. "
        words.addWidget(label(promise + "Your files change when you accept.", tone="quiet"))
        head = QHBoxLayout()
        head.setSpacing(24)
        head.addLayout(words, 1)
        head.addWidget(self._open, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _recent_card(self, entry: Recent) -> QWidget:
        card = _Card(entry.folder.name or str(entry.folder), place(entry.folder.parent))
        card.clicked.connect(partial(self._chose_recent, entry.folder))
        return self._in_state(card, entry.state, entry.words)

    def _session_card(self, entry: Earlier) -> QWidget:
        card = _Card(entry.goal.strip().partition("\n")[0], entry.about)
        card.clicked.connect(partial(self._chose_session, entry))
        return self._in_state(card, entry.state, entry.words)

    def _in_state(self, card: "_Card", state: str, words: str) -> QWidget:
        card.say(words, TONES.get(state, "quiet"))
        card.setAccessibleDescription(words)
        size = self._look.px
        self._icons.append(lambda: card.set_icon(state_icon(self._look, state), size(16)))
        self._icons[-1]()
        return card

    def _sample_card(self, sample: Sample) -> QWidget:
        card = _Card(sample.name, sample.description)
        card.clicked.connect(partial(self._chose_sample, sample.name))
        return card

    def _chose_recent(self, folder: Path, _: bool = False) -> None:  # noqa: FBT001, FBT002
        self.recent_chosen.emit(folder)

    def _chose_session(self, entry: Earlier, _: bool = False) -> None:  # noqa: FBT001, FBT002
        self.session_chosen.emit(entry.folder, entry.session)

    def _chose_sample(self, name: str, _: bool = False) -> None:  # noqa: FBT001, FBT002
        self.sample_chosen.emit(name)

    def _order(self) -> None:
        """Let Tab go as the eye does, whatever was filled last."""
        in_turn = (*self._recent.cards, *self._sessions.cards, *self._samples.cards)
        for before, after in pairwise((self._open, *in_turn)):
            self.setTabOrder(before, after)

    def _recolour(self) -> None:
        self._inner.setMaximumWidth(self._look.px(WIDE))
        for again in self._icons:
            again()


class _Group(QWidget):
    """A head with cards under it, one below the other or side by side."""

    def __init__(self, title: str, *, across: bool = False) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(title, tone="head"))
        self.cards: tuple[QWidget, ...] = ()
        self._across = across
        self._cards = QHBoxLayout() if across else QVBoxLayout()
        self._cards.setSpacing(8)
        column.addLayout(self._cards)
        column.addStretch(1)

    def fill(self, cards: Iterable[QWidget]) -> None:
        """Show these instead."""
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.cards = tuple(cards)
        for card in self.cards:
            self._cards.addWidget(card, int(self._across))


class _Card(QPushButton):
    """A button of a name, a line or two about it, and perhaps a state."""

    def __init__(self, name: str, about: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAutoDefault(True)  # Enter presses it as well
        self.setAccessibleName(f"{name}, {about}")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._icon = QLabel()
        self._state = label("", tone="caption")
        place_or_list = about.startswith(("/", "~")) or " · " in about
        about_label = Elided(about, tone="caption") if place_or_list else None
        inside = self._grid = QGridLayout(self)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.setHorizontalSpacing(8)
        inside.setVerticalSpacing(2)
        inside.addWidget(self._icon, 0, 0)
        inside.addWidget(Elided(name, at_end=True), 0, 1)
        inside.addWidget(self._state, 0, 2, Qt.AlignmentFlag.AlignRight)
        inside.addWidget(about_label or label(about, tone="caption", wrap=True), 1, 1, 1, 2)
        inside.setColumnStretch(1, 1)
        inside.setRowStretch(2, 1)
        self._icon.hide()
        self._state.hide()
        for inner in self.findChildren(QLabel):
            inner.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def say(self, words: str, tone: str) -> None:
        """Show a state in words."""
        self._state.setText(words)
        set_tone(self._state, tone)
        self._state.show()

    def set_icon(self, icon: QIcon, size: int) -> None:
        """Show a state's icon."""
        self._icon.setPixmap(icon.pixmap(QSize(size, size), self.devicePixelRatioF()))
        self._icon.show()

    def sizeHint(self) -> QSize:  # noqa: N802
        """What the inside needs."""
        return self._grid.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """What the inside needs at least."""
        return self._grid.minimumSize()

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Whether words wrap in it."""
        return self._grid.hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """The height at which all words are seen."""
        return self._grid.totalHeightForWidth(width)


def place(folder: Path) -> str:
    """A folder as a user would write it."""
    home = Path.home()
    return str("~" / folder.relative_to(home) if folder.is_relative_to(home) else folder)


def _steps() -> QWidget:
    """How a task goes, for whoever has not seen one."""
    group = _Group("How it goes", across=True)
    group.fill(_step(number, *step) for number, step in enumerate(STEPS, 1))
    return group


def _step(number: int, name: str, about: str) -> QWidget:
    part = QWidget()
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 12, 0)
    column.setSpacing(4)
    column.addWidget(label(f"{number}  {name}"))
    column.addWidget(label(about, tone="quiet", wrap=True))
    column.addStretch(1)
    return part


def _abilities() -> QVBoxLayout:
    """What the built-in model can do and what it cannot."""
    words = QVBoxLayout()
    words.setSpacing(4)
    words.addWidget(label("Without a language model", tone="head"))
    words.addWidget(label(f"It can {CAN}.", tone="quiet", wrap=True))
    words.addWidget(label(f"It cannot {CANNOT}.", tone="quiet", wrap=True))
    return words


def dropped_folder(event: QDropEvent) -> Path | None:
    """The one folder that is being dropped, if it is one."""
    urls = event.mimeData().urls()
    if len(urls) == 1 and urls[0].isLocalFile():
        folder = Path(urls[0].toLocalFile())
        return folder if folder.is_dir() else None
    return None
