"""The heads of files and hunks in a review, with their painted buttons."""

from typing import Final

import msgspec
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from agent_core.verdict import Verdict
from desktop.appearance import Appearance
from desktop.models.review import OPEN, HunkReview, Review, changed_words, file_words
from desktop.models.review_layout import Block, note
from desktop.views.diff_paint import say

STATUS_WORDS: Final = {
    "accepted": "Accepted",
    "rejected": "Rejected",
    "asked": "Writing…",
    "conflict": "Conflict",
}
STATUS_ICONS: Final = {
    "accepted": ("circle-check", "good"),
    "rejected": ("circle-x", "text3"),
    "conflict": ("triangle-alert", "warning"),
    "asked": ("circle-dashed", "text3"),
    "pending": ("circle-dot", "accent"),
}
FILE_ICONS: Final = {
    "created": ("file-plus", "good"),
    "deleted": ("file-x", "bad"),
    "renamed": ("file-text", "text2"),
    "modified": ("file-diff", "text2"),
    "unchanged": ("file", "text2"),
}


class Button(msgspec.Struct, frozen=True):
    """A painted button: what it asks for, and where it is in the row of its head."""

    action: str
    label: str
    x: int
    width: int
    strong: bool = False


class HeadPainter:
    """Paints heads, and knows where their buttons are."""

    def __init__(
        self, look: Appearance, review: Review, verdict: Verdict | None, *, read_only: bool
    ) -> None:
        self.read_only = read_only
        self.look = look
        self.review = review
        self.verdict = verdict
        self.text = look.font()
        self.bold = look.font(bold=True)

    def file_buttons(self, block: Block, width: int) -> list[Button]:
        """What can be asked of a whole file: only where several hunks are pending."""
        file = self.review.files[block.file]
        bulk = self.review.bulk(file)
        if bulk.number < 2 or self.read_only:
            return []
        accept = f"Accept {bulk.number}"
        full = f"{accept} · {bulk.verdict_words(self.verdict)}"
        if 3 * QFontMetrics(self.text).horizontalAdvance(full) < width:
            accept = full
        return self._placed(
            width, [("accept_file", accept), ("reject_file", f"Reject {bulk.number}")]
        )

    def hunk_buttons(self, block: Block, width: int, *, shown: bool) -> list[Button]:
        """What can be asked of a hunk where it stands."""
        status = self.review.hunks[block.hunk].status
        showing = ("show", "Hide" if shown else "Show")
        if self.read_only:
            return self._placed(width, [] if status in OPEN else [showing])
        if status == "pending":
            return self._placed(width, [("accept", "Accept"), ("reject", "Reject")])
        if status == "conflict":
            asked = [("reject", "Keep mine"), ("take", "Take the agent's"), ("open", "Open")]
            return self._placed(width, asked)
        if status == "asked":
            return []
        return self._placed(width, [showing, ("undo", "Undo")])

    def _placed(self, width: int, asked: list[tuple[str, str]]) -> list[Button]:
        px = self.look.px
        metrics = QFontMetrics(self.text)
        x = width - px(12)
        buttons = []
        for action, label in reversed(asked):
            wide = metrics.horizontalAdvance(label) + px(20)
            x -= wide
            buttons.append(Button(action, label, x, wide))
            x -= px(8)
        return buttons[::-1]

    def file_head(self, painter: QPainter, rect: QRect, block: Block, hovered: str) -> None:
        """A file's path, what became of it, and its counts."""
        look, px = self.look, self.look.px
        file = self.review.files[block.file]
        painter.fillRect(rect, look.colour("raised"))
        name, token = FILE_ICONS[file.diff.status]
        side = px(16)
        icon = QRect(rect.left() + px(12), rect.top() + (rect.height() - side) // 2, side, side)
        look.icon(name, token).paint(painter, icon)
        buttons = self.file_buttons(block, rect.width())
        self.buttons(painter, rect, buttons, hovered)
        right = buttons[0].x - px(12) if buttons else rect.width() - px(12)
        metrics = QFontMetrics(self.text)
        kind = "" if file.diff.status == "modified" else file.diff.status
        facts = "  ".join(part for part in (kind, file_words(file.diff)) if part)
        x = icon.right() + px(8)
        room = max(px(40), right - x - metrics.horizontalAdvance(facts) - px(12))
        bold = QFontMetrics(self.bold)
        path = bold.elidedText(file.diff.path, Qt.TextElideMode.ElideLeft, room)
        painter.setFont(self.bold)
        painter.setPen(look.colour("text"))
        say(painter, x, rect, path)
        x += bold.horizontalAdvance(path) + px(12)
        painter.setFont(self.text)
        painter.setPen(look.colour("text2"))
        facts = metrics.elidedText(facts, Qt.TextElideMode.ElideRight, max(0, right - x))
        say(painter, x, rect, facts)

    def hunk_head(
        self,
        painter: QPainter,
        rect: QRect,
        block: Block,
        *,
        shown: bool,
        hovered: str,
        selected: str,
    ) -> None:
        """A hunk's place and counts; of a decided one that is all that stays."""
        look, px = self.look, self.look.px
        hunk = self.review.hunks[block.hunk]
        painter.fillRect(rect, look.colour("surface"))
        if block.hunk != self.review.files[block.file].first:
            painter.fillRect(rect.adjusted(0, 0, 0, 1 - rect.height()), look.colour("separator"))
        side = px(14)
        icon = QRect(rect.left() + px(12), rect.top() + (rect.height() - side) // 2, side, side)
        name, token = STATUS_ICONS[hunk.status]
        look.icon(name, token).paint(painter, icon)
        buttons = self.hunk_buttons(block, rect.width(), shown=shown)
        self.buttons(painter, rect, buttons, hovered)
        x = icon.right() + px(8)
        words = selected or _hunk_words(hunk)
        right = buttons[0].x if buttons else rect.width()
        painter.setFont(self.text)
        painter.setPen(look.colour("text2" if hunk.status in OPEN else "text3"))
        words = QFontMetrics(self.text).elidedText(
            words, Qt.TextElideMode.ElideRight, max(0, right - px(8) - x)
        )
        say(painter, x, rect, words)

    def buttons(self, painter: QPainter, rect: QRect, buttons: list[Button], hovered: str) -> None:
        """The painted buttons of a head."""
        look, px = self.look, self.look.px
        height = min(px(24), rect.height() - px(4))
        painter.setFont(self.text)
        for button in buttons:
            place = QRectF(
                rect.left() + button.x + 0.5,
                rect.top() + (rect.height() - height) // 2 + 0.5,
                button.width - 1,
                height - 1,
            )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(look.colour("border"))
            painter.setBrush(look.colour("hover" if button.action == hovered else "raised"))
            painter.drawRoundedRect(place, px(6), px(6))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(look.colour("text"))
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), button.label)

    def note(self, painter: QPainter, rect: QRect, block: Block) -> None:
        """What a hunk without lines does."""
        painter.fillRect(rect, self.look.colour("surface"))
        painter.setFont(self.text)
        painter.setPen(self.look.colour("text2"))
        say(painter, rect.left() + self.look.px(34), rect, note(self.review.hunks[block.hunk]))


def _hunk_words(hunk: HunkReview) -> str:
    parts = [hunk.place()]
    if any(hunk.counts):
        parts.append(changed_words(hunk.counts))
    if hunk.status in STATUS_WORDS:
        parts.insert(0, STATUS_WORDS[hunk.status])
    if hunk.status in {"pending", "accepted"} and hunk.lines:
        done = list(hunk.lines.values()).count("accepted")
        if done < len(hunk.changed):
            parts.append(f"{done} of {len(hunk.changed)} lines accepted")
    return " · ".join(parts)
