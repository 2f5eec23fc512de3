"""The blocks of a review on the screen: what is in them is looked up when they come into view."""

from collections.abc import Iterable, Iterator
from functools import cache, cached_property

import msgspec
from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from agent_core.verdict import Verdict
from desktop.appearance import Appearance
from desktop.models.review import Review
from desktop.models.review_colours import Run, coloured
from desktop.models.review_layout import Block, Measures, collision_rows
from desktop.models.review_lines import Pair, ShownLine, paired, shown_lines
from desktop.views.conflict import paint_collision_row
from desktop.views.diff_paint import LinePainter
from desktop.views.review_heads import Button, HeadPainter


class Seen(msgspec.Struct, frozen=True):
    """What the painting depends on besides the review: the reader's place, the mouse, the scroll.

    hovered: a block's top and the action of its button under the mouse. bottom: of the viewport.
    """

    current: int
    selected: frozenset[int]
    shown: frozenset[int]
    hovered: tuple[int, str]
    offset: int
    bottom: int


class BlockPainter:
    """Paints blocks of one review in one look."""

    def __init__(
        self,
        look: Appearance,
        review: Review,
        verdict: Verdict | None,
        *,
        side_by_side: bool,
        read_only: bool,
    ) -> None:
        self._look = look
        self._review = review
        self._side_by_side = side_by_side
        self._heads = HeadPainter(look, review, verdict, read_only=read_only)
        self.code = LinePainter(look, review)
        self._lines_of = cache(self._shown_lines)
        self._runs_of = cache(self._coloured)
        self._pairs_of = cache(self._paired)

    @cached_property
    def measures(self) -> Measures:
        """Heights of the rows."""
        return self.code.measures

    @property
    def text_left(self) -> int:
        """Where code begins on its side, not scrolled."""
        return self.code.text_left(1 if self._side_by_side else 2)

    def code_width(self, hunks: Iterable[int]) -> int:
        """What the longest line of these hunks needs, its numbers included."""
        longest = self.code.widest(hunks)
        return self.text_left + self.letter * (longest + 2) if longest else 0

    @property
    def letter(self) -> int:
        """The width of one letter of code."""
        return self.code.code_metrics.horizontalAdvance("0")

    def row_of(self, hunk: int, line: int) -> int:
        """The row of its block in which a line is shown."""
        if not self._side_by_side:
            return line
        return next(row for row, pair in enumerate(self._pairs_of(hunk)) if line in pair)

    def buttons(self, block: Block, width: int, *, shown: bool) -> list[Button]:
        """The painted buttons of a block."""
        if block.kind == "file":
            return self._heads.file_buttons(block, width)
        if block.kind == "hunk":
            return self._heads.hunk_buttons(block, width, shown=shown)
        return []

    def paint(self, painter: QPainter, block: Block, rect: QRect, seen: Seen) -> None:
        """Paint a block where it is in the viewport."""
        hovered = seen.hovered[1] if seen.hovered[0] == block.top else ""
        if block.kind == "file":
            self._heads.file_head(painter, rect, block, hovered)
        elif block.kind == "hunk":
            self._heads.hunk_head(
                painter,
                rect,
                block,
                shown=block.hunk in seen.shown,
                hovered=hovered,
                selected=self._selection_words(block.hunk, seen),
            )
        elif block.kind == "note":
            self._heads.note(painter, rect, block)
        elif block.kind == "lines":
            self._paint_lines(painter, block, rect, seen)
        elif block.kind == "collision":
            self._paint_collision(painter, block, rect, seen)

    def _selection_words(self, hunk: int, seen: Seen) -> str:
        count = len(seen.selected) if hunk == seen.current else 0
        return f"{count} of {len(self._review.hunks[hunk].changed)} lines selected" if count else ""

    def _paint_lines(self, painter: QPainter, block: Block, rect: QRect, seen: Seen) -> None:
        lines = self._lines_of(block.hunk)
        if self._side_by_side:
            for number, row in self._rows(rect, len(self._pairs_of(block.hunk)), seen):
                pair = self._pairs_of(block.hunk)[number]
                self._paint_pair(painter, row, block.hunk, pair, seen)
        else:
            for index, row in self._rows(rect, len(lines), seen):
                numbers = (lines[index].old, lines[index].new)
                self._paint_line(painter, row, (block.hunk, index), numbers, seen)

    def _paint_pair(
        self, painter: QPainter, row: QRect, number: int, pair: Pair, seen: Seen
    ) -> None:
        half = row.width() // 2
        places = (row.adjusted(0, 0, half - row.width(), 0), row.adjusted(half + 1, 0, 0, 0))
        for side, (index, place) in enumerate(zip(pair, places, strict=True)):
            if index is None:
                self.code.nothing(painter, place)
            else:
                line = self._lines_of(number)[index]
                of_side = ((line.old, line.new)[side],)
                self._paint_line(painter, place, (number, index), of_side, seen)

    def _paint_line(
        self,
        painter: QPainter,
        row: QRect,
        which: tuple[int, int],
        numbers: tuple[int | None, ...],
        seen: Seen,
    ) -> None:
        number, index = which
        hunk = self._review.hunks[number]
        self.code.line(
            painter,
            row,
            self._lines_of(number)[index],
            numbers=numbers,
            offset=seen.offset,
            selected=number == seen.current and index in seen.selected,
            decided=hunk.lines.get(index, "") if hunk.status == "pending" else "",
            runs=self._runs_of(number)[index],
        )

    def _paint_collision(self, painter: QPainter, block: Block, rect: QRect, seen: Seen) -> None:
        rows = collision_rows(self._review.hunks[block.hunk].collisions[block.part])
        for index, row in self._rows(rect, len(rows), seen):
            paint_collision_row(painter, row, rows[index], self._look, offset=seen.offset)

    def _rows(self, rect: QRect, count: int, seen: Seen) -> Iterator[tuple[int, QRect]]:
        """The rows of a block that are in view."""
        height = self.measures.line
        first = max(0, -rect.top() // height)
        last = min(count, (seen.bottom - rect.top()) // height + 1)
        for index in range(first, last):
            yield index, QRect(rect.left(), rect.top() + index * height, rect.width(), height)

    def _shown_lines(self, number: int) -> tuple[ShownLine, ...]:
        return shown_lines(self._review.hunks[number].hunk)

    def _coloured(self, number: int) -> tuple[tuple[Run, ...], ...]:
        return coloured(self._review.hunks[number].hunk.path, self._lines_of(number))

    def _paired(self, number: int) -> tuple[Pair, ...]:
        return paired(self._review.hunks[number].hunk.lines)
