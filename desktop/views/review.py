"""The review page: all files in one scroll with their list, decided by keys or by buttons."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from agent_core.verdict import Verdict
from desktop.appearance import Appearance
from desktop.models.review import Decision, HunkReview, Review, Strip
from desktop.models.review_layout import plain_text
from desktop.models.review_lines import shown_lines
from desktop.views.diff_view import DiffView
from desktop.views.review_files import FileList
from desktop.views.review_strips import AcceptedStrip, KeysStrip
from editors.collisions import Collision
from editors.diff import FileDiff

NARROW: Final = 760
"""Below this width the list of files stands above the hunks."""
WIDE: Final = 900
"""From this width the buttons stand beside the headline; what they say changes nothing of that."""
LISTED: Final = 5
"""Files the list shows there before it scrolls."""
DECIDING: Final = frozenset({"accept", "reject", "take", "undo", "accept_file", "reject_file"})
DECIDING_KEYS: Final = frozenset({"A", "R", "T", "U", "Shift \u2191\u2193"})
READ_ONLY: Final = "read only, another Journeyman works on this project"
STOPPABLE: Final = ("running", "paused")
WAITS: Final = "Your files are written only while the agent rests, so that what you accept stands."
BUSY: Final = {
    "running": f"The agent is at work. {WAITS}",
    "paused": f"The agent is paused in the middle. {WAITS}",
    "stopping": f"The agent is stopping; wait a moment. {WAITS}",
}
UNLIMITED: Final = 16_777_215
"""Qt's own word for no largest height."""


class ReviewPage(QWidget):
    """Shows a change and says by signals what the user decides; hunks are named by references."""

    accept_asked = Signal(tuple)
    reject_asked = Signal(tuple)
    undo_asked = Signal(tuple)
    take_asked = Signal(tuple)
    """The agent's lines are to be written over the user's, in a conflict, on this click alone."""
    why_asked = Signal(str)
    open_asked = Signal(str, int)
    comment_asked = Signal(str, int)
    """The user has something to say of a line of the change."""
    check_asked = Signal()
    candidates_asked = Signal()
    stop_and_accept_asked = Signal(tuple)
    """These hunks are to be accepted once the agent, which is at work, has stopped."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._change: tuple[FileDiff, ...] = ()
        self._decisions: Mapping[str, Decision] = {}
        self._collisions: tuple[Collision, ...] = ()
        self._asked: set[str] = set()
        self._verdict: Verdict | None = None
        self._shape: tuple[Qt.Orientation, int, bool] | None = None
        self._read_only = self._commenting = False
        self._agent = "idle"
        self.review = Review()
        self._headline = QLabel()
        self._headline.setTextFormat(Qt.TextFormat.PlainText)
        self._headline.setWordWrap(True)
        self._headline.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._accept = QPushButton()
        self._accept.setAutoDefault(True)  # Enter presses it as well, accented or not
        self._accept.clicked.connect(self.accept_all)
        self._beside = QToolButton()
        self._beside.setCheckable(True)
        self._beside.setAccessibleName("Side by side")
        self._beside.setToolTip("Side by side (D)")
        self._reject = QPushButton()
        self._reject.clicked.connect(self.reject_all)
        self.files = FileList(look)
        self.hunks = DiffView(look)
        self.strip = AcceptedStrip(look)
        self.keys = KeysStrip(look)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._lay_out()
        self.files.chosen.connect(self._file_chosen)
        self.hunks.acted.connect(self._act)
        self.hunks.moved.connect(self._moved)
        self._beside.toggled.connect(self.hunks.set_side_by_side)
        self.strip.check_asked.connect(self.check_asked)
        self.strip.candidates_asked.connect(self.candidates_asked)
        self.setFocusProxy(self.hunks)
        if isinstance(app := QApplication.instance(), QApplication):
            app.focusChanged.connect(self._focus_moved)
        look.changed.connect(self._dress)
        self._dress()
        self._show()

    def set_change(self, change: tuple[FileDiff, ...], decisions: Mapping[str, Decision]) -> None:
        """Show a change and what was decided; the next undecided hunk comes by itself."""
        self._change, self._decisions = change, dict(decisions)
        self._asked.clear()
        self._show()

    def set_verdict(self, verdict: Verdict | None) -> None:
        """What the gate says of the whole change."""
        self._verdict = verdict
        self.hunks.set_verdict(verdict)
        self._show_head()

    def set_strip(self, strip: Strip) -> None:
        """What is known of exactly the hunks that were accepted so far."""
        self.strip.set_strip(strip)

    def set_conflicts(self, collisions: Iterable[Collision]) -> None:
        """Hunks that could not be written, because the user changed the same place."""
        self._collisions = tuple(collisions)
        self._asked.clear()
        self._show()

    def set_read_only(self, *, on: bool) -> None:
        """Offer nothing that decides, as another Journeyman has the folder."""
        self._read_only = on
        self.hunks.set_read_only(on=on)
        self.strip.set_read_only(on=on)
        self._show_head()
        self._moved()

    def set_agent(self, state: str) -> None:
        """What the agent does: idle, running, paused or stopping; it writes nothing meanwhile."""
        self._agent = state
        self._show_head()

    def set_commenting(self, *, on: bool) -> None:
        """Whether a remark on a line would be read by the model."""
        self._commenting = on
        self._moved()

    def can(self, action: str) -> bool:
        """Whether the current hunk can be accepted, rejected, or its decision undone."""
        here = self.hunks.current
        if self._read_only or here < 0:
            return False
        hunk = self.review.hunks[here]
        if action == "undo":
            return bool(hunk.decided)
        return hunk.status == "pending" or (action == "reject" and hunk.status == "conflict")

    def act(self, action: str) -> None:
        """Do to the current hunk what its key does."""
        self._act(action, self.hunks.current)

    def accept_all(self) -> None:
        """Accept every hunk that is pending; the agent is stopped first where it is at work."""
        idle = self._agent == "idle"
        asked = self.accept_asked if idle else self.stop_and_accept_asked
        self._ask(asked, self.review.bulk().hunks)

    def reject_all(self) -> None:
        """Reject every hunk that is pending."""
        self._ask(self.reject_asked, self.review.bulk().hunks)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """One letter a decision; see the strip at the foot."""
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        run = self._keys().get(event.key()) if plain else None
        if run is None:
            super().keyPressEvent(event)
        else:
            run()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  (Qt's name)
        """The list of files goes above the hunks where the page is narrow."""
        super().resizeEvent(event)
        self._arrange()

    def _keys(self) -> Mapping[int, Callable[[], None]]:
        here = self.hunks.current
        return {
            Qt.Key.Key_J: lambda: self.hunks.go_to(here + 1),
            Qt.Key.Key_K: lambda: self.hunks.go_to(here - 1),
            Qt.Key.Key_BracketLeft: lambda: self._go_to_file(-1),
            Qt.Key.Key_BracketRight: lambda: self._go_to_file(1),
            Qt.Key.Key_A: lambda: self._act("accept", here),
            Qt.Key.Key_R: lambda: self._act("reject", here),
            Qt.Key.Key_T: lambda: self._act("take", here),
            Qt.Key.Key_U: lambda: self._act("undo", here),
            Qt.Key.Key_S: lambda: self._act("show", here),
            Qt.Key.Key_C: lambda: self._act("comment", here),
            Qt.Key.Key_E: lambda: self._act("open", here),
            Qt.Key.Key_W: lambda: self._act("why", here),
            Qt.Key.Key_D: self._beside.toggle,
            Qt.Key.Key_P: self.show_plain_text,
            Qt.Key.Key_Escape: self.hunks.clear_selection,
        }

    def _act(self, action: str, number: int) -> None:
        """Do what a key or a painted button asks of a hunk, or of a file."""
        if self._read_only and action in DECIDING:
            return
        if action in {"accept_file", "reject_file"}:
            bulk = self.review.bulk(self.review.files[number])
            asked = self.accept_asked if action == "accept_file" else self.reject_asked
            self._ask(asked, bulk.hunks)
        elif 0 <= number < len(self.review.hunks):
            self._act_on(action, self.review.hunks[number])

    def _act_on(self, action: str, hunk: HunkReview) -> None:
        decided = hunk.status in {"accepted", "rejected"}
        if action == "accept" and hunk.status == "pending":
            self._ask(self.accept_asked, (self._chosen(hunk),))
        elif action == "reject" and hunk.status in {"pending", "conflict"}:
            self._ask(self.reject_asked, (self._chosen(hunk),))
        elif action == "take" and hunk.status == "conflict":
            self._ask(self.take_asked, (hunk.undecided(),))
        elif action == "undo" and hunk.decided:
            self.undo_asked.emit(tuple(hunk.decided))
        elif action == "show" and decided:
            self.hunks.toggle_shown(hunk.number)
        elif action == "why":
            self.why_asked.emit(hunk.hunk.id)
        elif action == "comment" and self._commenting:
            self.comment_asked.emit(hunk.hunk.path, self._line_to_comment(hunk))
        elif action == "open":
            self.open_asked.emit(hunk.hunk.path, _line_to_open(hunk))

    def _line_to_comment(self, hunk: HunkReview) -> int:
        """The first of the selected lines, else of the changed ones, as the change has them."""
        chosen = self.hunks.selected_lines() if hunk.number == self.hunks.current else set[int]()
        first = min(chosen or hunk.changed, default=0)
        before = sum(line.op != "-" for line in hunk.hunk.lines[:first])
        return hunk.hunk.new_start + before

    def _chosen(self, hunk: HunkReview) -> str:
        return self.hunks.chosen() if hunk.number == self.hunks.current else hunk.undecided()

    def _ask(self, signal: SignalInstance, hunks: tuple[str, ...]) -> None:
        """Say what was decided; until it is on the disk the hunks are marked as being written."""
        if not hunks or self._read_only:
            return
        self._asked.update(text for text in hunks if ":" not in text)
        self._show()
        signal.emit(hunks)

    def _go_to_file(self, step: int) -> None:
        if self.review.hunks:
            file = self.review.hunks[self.hunks.current].file
            self.hunks.go_to_file(file + step)

    def _file_chosen(self, file: int) -> None:
        self.hunks.go_to_file(file)
        self.hunks.setFocus()

    def _moved(self) -> None:
        here = self.hunks.current
        if here < 0:
            self.keys.set_keys(None)
            return
        hunk = self.review.hunks[here]
        self.files.set_current(hunk.file)
        barred = {"C"} if not self._commenting else set[str]()
        self.keys.set_keys(
            hunk.status,
            selecting=bool(self.hunks.selected_lines()),
            barred=barred | (DECIDING_KEYS if self._read_only else set()),
        )

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        self.keys.set_live(on=now is not None and self.isAncestorOf(now))

    def _show(self) -> None:
        here = self.hunks.current
        was_open = here >= 0 and self.review.hunks[here].status in {"pending", "conflict"}
        self.review = Review(
            self._change, self._decisions, collisions=self._collisions, asked=self._asked
        )
        self.files.set_review(self.review)
        self.hunks.set_review(self.review)
        here = self.hunks.current
        if was_open and here >= 0 and self.review.hunks[here].status not in {"pending", "conflict"}:
            following = self.review.next_open(here)
            if following is not None:
                self.hunks.go_to(following)
        self._show_head()
        self._arrange()

    def _show_head(self) -> None:
        bulk = self.review.bulk()
        words = self.review.headline() if self.review.hunks else "Review"
        self._headline.setText(f"{words} · {READ_ONLY}" if self._read_only else words)
        self.keys.setVisible(bool(self.review.hunks))
        for button in (self._accept, self._reject):
            button.setVisible(bulk.number > 0)
            button.setEnabled(not self._read_only and self._agent == "idle")
            button.setToolTip(READ_ONLY if self._read_only else BUSY.get(self._agent, ""))
        self._beside.setVisible(bool(self.review.hunks))
        if self._agent in STOPPABLE:
            self._accept.setEnabled(not self._read_only)
            self._accept.setText(bulk.stop_words())
        else:
            self._accept.setText(bulk.accept_words(self._verdict))
        # Accented only where a proof speaks for it.
        self._accept.setDefault(self._agent == "idle" and bulk.proved(self._verdict))
        self._reject.setText(bulk.reject_words())
        self._accept.setAccessibleName(self._accept.text())
        self._reject.setAccessibleName(self._reject.text())

    def show_plain_text(self) -> None:
        """The review as plain text to read, for whoever cannot see it painted."""
        lines = [shown_lines(hunk.hunk) for hunk in self.review.hunks]
        dialog = QDialog(self)
        dialog.setWindowTitle("Review as text")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = QPlainTextEdit(plain_text(self.review, lines), dialog)
        text.setReadOnly(True)
        text.setFont(self._look.code_font())
        text.setAccessibleName("Review as text")
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        column = QVBoxLayout(dialog)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(text)
        dialog.resize(self._look.px(760), self._look.px(560))
        dialog.open()

    def _lay_out(self) -> None:
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._beside)
        self._buttons.addWidget(self._reject)
        self._buttons.addWidget(self._accept)
        self._head.addWidget(self._headline, 1)
        self._head.addLayout(self._buttons)
        self._splitter.addWidget(self.files)
        self._splitter.addWidget(self.hunks)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.strip)
        column.addWidget(self.keys)
        self.setTabOrder(self._accept, self.files)
        self.setTabOrder(self.files, self.hunks)

    def _dress(self) -> None:
        px = self._look.px
        self._headline.setFont(self._look.font(15, bold=True))
        self._head.setContentsMargins(px(12), px(8), px(12), px(8))
        self._head.setSpacing(px(8))
        self._buttons.setSpacing(px(8))
        self._beside.setIcon(self._look.icon("git-compare"))
        self._arrange()

    def _arrange(self) -> None:
        """Side by side where there is room, else one above the other."""
        px = self._look.px
        self.files.setVisible(bool(self.review.files))
        if self.width() < px(NARROW):
            rows = min(len(self.review.files), LISTED) * self._look.row_height()
            self.files.setMaximumHeight(rows + px(4))
            self._turn(Qt.Orientation.Vertical, rows + px(4))
        else:
            self.files.setMaximumHeight(UNLIMITED)
            self._turn(Qt.Orientation.Horizontal, px(220))
        way = QBoxLayout.Direction
        self._head.setDirection(way.LeftToRight if self.width() >= px(WIDE) else way.TopToBottom)

    def _turn(self, way: Qt.Orientation, list_size: int) -> None:
        """Lay the list and the hunks out anew; a size the user gave the list stays till then."""
        shape = (way, list_size, self.files.isVisibleTo(self))
        if shape != self._shape:
            self._shape = shape
            self._splitter.setOrientation(way)
            self._splitter.setSizes([list_size, 10 * list_size])


def _line_to_open(hunk: HunkReview) -> int:
    """The line of the file at which to open it: of the user's, where both sides collide."""
    if hunk.collisions:
        return hunk.collisions[0].line
    return hunk.hunk.new_start + (hunk.changed[0] if hunk.changed else 0)
