"""How the lines of a review are painted: numbers, bar and sign, and the code in its colours."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen

from desktop.appearance import Appearance
from desktop.models.review import Review
from desktop.models.review_colours import Run
from desktop.models.review_layout import Measures
from desktop.models.review_lines import LONGEST, ShownLine

MINUS: Final = "\N{MINUS SIGN}"
GLYPHS: Final[Mapping[str, str]] = {"+": "+", "-": MINUS, " ": ""}


class LinePainter:
    """Paints lines of hunks. Made anew when the look or the review changes."""

    def __init__(self, look: Appearance, review: Review) -> None:
        self.look = look
        self.review = review
        self.code = look.code_font()
        self.caption = look.font(11)

    @cached_property
    def code_metrics(self) -> QFontMetrics:
        """Measures of the code font."""
        return QFontMetrics(self.code)

    @cached_property
    def measures(self) -> Measures:
        """Heights of the rows."""
        px = self.look.px
        line = round(self.code_metrics.height() * 1.1)
        font = self.code.pixelSize()
        return Measures(line=max(line, round(1.45 * font)), file=px(40), hunk=px(32), gap=px(16))

    @cached_property
    def numbers(self) -> int:
        """The width of one column of line numbers."""
        hunks = (hunk.hunk for hunk in self.review.hunks)
        ends = (max(hunk.old_start, hunk.new_start) + len(hunk.lines) for hunk in hunks)
        largest = max(ends, default=1)
        return self.code_metrics.horizontalAdvance("0") * max(3, len(str(largest)))

    def widest(self, numbers: Iterable[int]) -> int:
        """Letters of the longest line of these hunks."""
        shown = (self.review.hunks[number].hunk for number in numbers)
        hunks = (hunk for hunk in shown if hunk.kind == "lines")
        longest = max((len(line.text) for hunk in hunks for line in hunk.lines), default=0)
        return min(longest, LONGEST)

    def text_left(self, columns: int = 2) -> int:
        """Where code begins after so many columns of numbers, not scrolled sideways."""
        glyph = self.code_metrics.horizontalAdvance("+")
        return self.bar_left(columns) + self.look.px(12) + glyph + self.look.px(8)

    def bar_left(self, columns: int = 2) -> int:
        """Where the bar of an added or removed line begins."""
        return self.look.px(12) + columns * (self.numbers + self.look.px(8))

    def line(
        self,
        painter: QPainter,
        rect: QRect,
        line: ShownLine,
        *,
        numbers: Sequence[int | None],
        offset: int,
        selected: bool,
        decided: str,
        runs: Sequence[Run] = (),
    ) -> None:
        """One line of a hunk after its numbers, `offset` pixels scrolled to the left."""
        look, px = self.look, self.look.px
        tint = {"+": "added", "-": "removed"}.get(line.op)
        painter.fillRect(rect, look.colour(tint or "surface"))
        left = self.text_left(len(numbers))
        if selected:
            gutter = QRect(rect.left(), rect.top(), left - px(8), rect.height())
            painter.fillRect(gutter, look.colour("selection"))
        painter.setFont(self.code)
        painter.setPen(look.colour("text" if selected else "text3"))
        base = baseline(rect, self.code_metrics)
        x = rect.left() + px(12)
        for number in numbers:
            text = "" if number is None else str(number)
            wide = self.code_metrics.horizontalAdvance(text)
            painter.drawText(x + self.numbers - wide, base, text)
            x += self.numbers + px(8)
        self._bar(painter, QRect(x, rect.top(), px(6), rect.height()), line.op)
        painter.setPen(look.colour({"+": "good", "-": "bad"}.get(line.op, "text3")))
        glyph = {"accepted": "\N{CHECK MARK}", "rejected": "\N{MULTIPLICATION X}"}.get(decided)
        painter.drawText(x + px(12), base, glyph or GLYPHS[line.op])
        painter.save()
        painter.setClipRect(rect.adjusted(left, 0, 0, 0))
        x = rect.left() + left - offset
        self._code(painter, rect, line, x, runs, dim=bool(decided))
        painter.restore()

    def nothing(self, painter: QPainter, rect: QRect) -> None:
        """The place beside a line that has no other."""
        painter.fillRect(rect, self.look.colour("window"))

    def _code(
        self,
        painter: QPainter,
        rect: QRect,
        line: ShownLine,
        left: int,
        runs: Sequence[Run],
        *,
        dim: bool,
    ) -> None:
        """The text in its colours, over the words that differ."""
        metrics = self.code_metrics
        strong = self.look.colour("added_strong" if line.op == "+" else "removed_strong")
        for first, last in line.strong:
            x = left + metrics.horizontalAdvance(line.text[:first])
            width = metrics.horizontalAdvance(line.text[first:last])
            painter.fillRect(x, rect.top() + 1, width, rect.height() - 2, strong)
        base = baseline(rect, metrics)
        plain = (Run(0, len(line.text), ""),)
        for run in plain if dim else runs or plain:
            token = "text3" if dim else f"syntax.{run.capture}" if run.capture else "text"
            painter.setPen(self.look.colour(token))
            x = left + metrics.horizontalAdvance(line.text[: run.start])
            painter.drawText(x, base, line.text[run.start : run.end])
        if line.note:
            painter.setFont(self.caption)
            painter.setPen(self.look.colour("text3"))
            x = left + metrics.horizontalAdvance(line.text) + self.look.px(12)
            painter.drawText(x, base, line.note)

    def _bar(self, painter: QPainter, rect: QRect, op: str) -> None:
        """Solid for what comes, hatched for what goes: colour is never alone."""
        if op == "+":
            painter.fillRect(rect, self.look.colour("good"))
        elif op == "-":
            stripe = self.look.px(2)  # Qt's own patterns are too fine to be seen on a dense screen
            for y in range(rect.top(), rect.bottom(), 2 * stripe):
                painter.fillRect(rect.left(), y, rect.width(), stripe, self.look.colour("bad"))


def baseline(rect: QRect, metrics: QFontMetrics) -> int:
    """Where letters stand that are to be in the middle of a row."""
    return rect.top() + (rect.height() + metrics.ascent() - metrics.descent()) // 2


def say(painter: QPainter, x: int, rect: QRect, text: str) -> None:
    """Draw a text in the middle of a row, in the painter's font."""
    painter.drawText(x, baseline(rect, painter.fontMetrics()), text)


def ring(painter: QPainter, rect: QRect, look: Appearance) -> None:
    """The focus ring: two pixels, with one between it and what it rings."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(look.colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 4, 4)
    painter.restore()
