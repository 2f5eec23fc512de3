"""Where everything of a review stands in one long scroll: blocks with their tops, without Qt.

A block is cheap and knows only its size; what is in it is looked up when it comes into view.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

import msgspec

from desktop.models.review import OPEN, HunkReview, Review, changed_words
from desktop.models.review_lines import ShownLine, paired, readable
from editors.collisions import Collision

Kind = Literal["file", "hunk", "lines", "note", "collision", "gap"]


class Measures(msgspec.Struct, frozen=True):
    """Heights in pixels."""

    line: int
    file: int
    hunk: int
    gap: int


class Block(msgspec.Struct, frozen=True):
    """One piece of the scroll. `part` is which of several collisions of a hunk it shows."""

    kind: Kind
    top: int
    height: int
    file: int
    hunk: int = -1
    part: int = 0

    @property
    def end(self) -> int:
        """The first pixel below."""
        return self.top + self.height


class CollisionRow(msgspec.Struct, frozen=True):
    """A row of a collision: the name of a side, or one of its lines."""

    side: Literal["yours", "base", "agents"]
    text: str
    head: bool = False


class Layout:
    """All blocks of a review; `shown` are decided hunks that were unfolded."""

    def __init__(
        self,
        review: Review,
        measures: Measures,
        shown: Collection[int] = frozenset(),
        *,
        side_by_side: bool = False,
    ) -> None:
        self.review = review
        self.measures = measures
        self._side_by_side = side_by_side
        self.blocks: list[Block] = []
        self.height = 0
        self._heads: dict[int, int] = {}
        self._files: list[int] = []
        for number, file in enumerate(review.files):
            self._files.append(len(self.blocks))
            self._add("file", measures.file, number)
            for hunk in review.of_file(file):
                self._heads[hunk.number] = len(self.blocks)
                self._add("hunk", measures.hunk, number, hunk.number)
                if hunk.status in OPEN or hunk.number in shown:
                    self._add_content(hunk)
            self._add("gap", measures.gap, number)
        self._tops = [block.top for block in self.blocks]

    def between(self, top: int, end: int) -> Iterator[Block]:
        """The blocks that lie in view."""
        for index in range(max(0, bisect_right(self._tops, top) - 1), len(self.blocks)):
            block = self.blocks[index]
            if block.top >= end:
                return
            yield block

    def at(self, y: int) -> Block | None:
        """The block at a height."""
        index = bisect_right(self._tops, y) - 1
        return self.blocks[index] if index >= 0 and y < self.blocks[index].end else None

    def head_of(self, hunk: int) -> Block:
        """The head of a hunk."""
        return self.blocks[self._heads[hunk]]

    def file_head(self, file: int) -> Block:
        """The head of a file."""
        return self.blocks[self._files[file]]

    def lines_of(self, hunk: int) -> Block | None:
        """The lines of a hunk where they are shown."""
        index = self._heads[hunk] + 1
        while index < len(self.blocks) and self.blocks[index].hunk == hunk:
            if self.blocks[index].kind == "lines":
                return self.blocks[index]
            index += 1
        return None

    def end_of(self, hunk: int) -> int:
        """The first pixel below a hunk."""
        index = self._heads[hunk]
        while index + 1 < len(self.blocks) and self.blocks[index + 1].hunk == hunk:
            index += 1
        return self.blocks[index].end

    def _add_content(self, hunk: HunkReview) -> None:
        line = self.measures.line
        if hunk.status == "conflict":
            for part, collision in enumerate(hunk.collisions):
                height = line * len(collision_rows(collision))
                self._add("collision", height, hunk.file, hunk.number, part)
        elif hunk.hunk.kind == "lines" and hunk.hunk.lines:
            lines = hunk.hunk.lines
            rows = len(paired(lines)) if self._side_by_side else len(lines)
            self._add("lines", line * rows, hunk.file, hunk.number)
        else:
            self._add("note", line, hunk.file, hunk.number)

    def _add(self, kind: Kind, height: int, file: int, hunk: int = -1, part: int = 0) -> None:
        self.blocks.append(Block(kind, self.height, height, file, hunk, part))
        self.height += height


def collision_rows(collision: Collision) -> tuple[CollisionRow, ...]:
    """The three texts of a collision one below the other, each under its name."""
    rows = [CollisionRow("yours", collision.reason, head=True)]
    if not (collision.yours or collision.base or collision.agents):
        return tuple(rows)
    sides: Sequence[tuple[Literal["yours", "base", "agents"], str, tuple[bytes, ...]]] = (
        ("yours", f"Yours, line {collision.line} of your file", collision.yours),
        ("base", "Before, when the session began", collision.base),
        ("agents", "The agent's", collision.agents),
    )
    rows = []
    for side, name, lines in sides:
        rows.append(CollisionRow(side, name, head=True))
        rows += [CollisionRow(side, text) for text in readable(lines) or ["(no line)"]]
    return tuple(rows)


def note(hunk: HunkReview) -> str:
    """What a hunk without lines does, in words."""
    piece = hunk.hunk
    if piece.kind == "rename":
        return f"{piece.old_path} becomes {piece.path}"
    if piece.kind == "mode":
        return f"mode {piece.old_mode or 0:o} becomes {piece.new_mode or 0:o}"
    old, new = (sum(map(len, lines)) for lines in (piece.old_lines, piece.new_lines))
    if piece.kind == "lines":
        return "The file is empty."
    if piece.fate == "created":
        return f"Binary content, {new:,} bytes"
    if piece.fate == "deleted":
        return f"Binary content of {old:,} bytes goes"
    return f"Content that is taken whole: {old:,} bytes become {new:,}"


def plain_text(review: Review, lines: Sequence[Sequence[ShownLine]]) -> str:
    """The whole review for a reader who cannot see it painted; `lines` by hunk."""
    rows = [review.headline()]
    for file in review.files:
        rows += ["", f"{file.diff.path}, {file.diff.status}, {changed_words(file.diff.counts)}"]
        for hunk in review.of_file(file):
            rows.append(f"{hunk.place()}: {hunk.status}")
            rows += [f"{line.op} {line.text}" for line in lines[hunk.number]]
            for collision in hunk.collisions:
                rows += [row.text for row in collision_rows(collision)]
    return "\n".join(rows)
