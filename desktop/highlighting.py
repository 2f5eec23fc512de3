"""Colours for the lines that are on screen, and for no others.

Colours are set as formats of the layouts of blocks, just before the blocks are painted, so that a
long file costs no more than what is seen of it. A block carries in its user state which
generation of colours it has.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextDocument, QTextLayout

from desktop.appearance import Appearance
from desktop.background import Background
from editors.grammars import Grammar, grammar_of
from editors.highlights import Parsed, Span, parse_shown, spans
from editors.line_highlights import LineHighlights, highlights_for

PARSED_AT_ONCE: Final = 60_000
"""Letters up to which a text is parsed on the spot (some 8 ms); longer ones in the thread."""


class Highlighter(QObject):
    """Colours one document. `coloured` is emitted when there is something new to paint."""

    coloured = Signal()

    def __init__(
        self, document: QTextDocument, look: Appearance, background: Background, path: str
    ) -> None:
        super().__init__(document)
        self._document = document
        self._look = look
        self._background = background
        self._grammar: Grammar | None = grammar_of(path)
        self._lines: LineHighlights | None = None if self._grammar else highlights_for(path)
        self._parsed: Parsed | None = None
        self._generation = 0
        self._formats: dict[str, QTextCharFormat] = {}
        self._parsing = False
        self._stale = False
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._parse)
        document.contentsChanged.connect(self._edited)
        look.changed.connect(self._recolour)
        self._parse()

    @property
    def language(self) -> str:
        """The name of the language, "" for plain text."""
        if self._grammar is not None:
            return self._grammar.language
        return self._lines.language if self._lines else ""

    def stop(self) -> None:
        """Parse no more."""
        self._timer.stop()

    def colour(self, first: QTextBlock, last: QTextBlock) -> None:
        """Give colours to those blocks from `first` to `last` that have none yet."""
        waiting = [block for block in _blocks(first, last) if self._waits(block)]
        if not waiting or self._timer.isActive():
            return
        if self._lines is not None:
            for block in waiting:
                self._paint(block, _cells(self._lines.spans(block.text()), 0, block.length() - 1))
        elif self._grammar is not None and self._parsed is not None and not self._stale:
            start = waiting[0].position()
            end = waiting[-1].position() + waiting[-1].length()
            cells = _cells(spans(self._grammar, self._parsed, 2 * start, 2 * end), start, end, 2)
            for block in waiting:
                at = block.position() - start
                self._paint(block, cells[at : at + block.length() - 1])

    def _waits(self, block: QTextBlock) -> bool:
        """Whether a block has to be coloured, and no input method is at work in it."""
        return block.userState() != self._generation and not block.layout().preeditAreaText()

    def _edited(self) -> None:
        if self._grammar is not None:
            self._stale = True
            self._timer.start()
        elif self._lines is not None:
            self._recolour()

    def _parse(self) -> None:
        grammar, before = self._grammar, self._parsed
        if grammar is None or self._parsing:
            return
        text = self._document.toRawText().replace("\u2029", "\n")
        self._stale = False
        if len(text) <= PARSED_AT_ONCE:
            self._take(parse_shown(grammar, text, before))
            return
        self._parsing = True
        stopped = self._background.stopping.is_set
        self._background.submit(
            lambda: parse_shown(grammar, text, before, stopped=stopped), self._take
        )

    def _take(self, parsed: Parsed) -> None:
        self._parsing = False
        self._parsed = parsed
        if self._stale:  # typed meanwhile: these places hold no more
            self._timer.start()
        else:
            self._new_generation()

    def _recolour(self) -> None:
        self._formats.clear()
        self._new_generation()

    def _new_generation(self) -> None:
        self._generation += 1
        self.coloured.emit()

    def _paint(self, block: QTextBlock, cells: Sequence[str]) -> None:
        """Set a block's formats; `cells` has what each of its letters is, "" for nothing."""
        ranges: list[QTextLayout.FormatRange] = []
        at = 0
        for capture, run in groupby(cells):
            width = sum(1 for _ in run)
            if capture:
                ranges.append(self._range(at, width, capture))
            at += width
        layout = block.layout()
        if ranges or layout.formats():
            layout.setFormats(ranges)
            layout.clearLayout()  # runs of letters are cut anew where colours change
        block.setUserState(self._generation)

    def _range(self, start: int, length: int, capture: str) -> QTextLayout.FormatRange:
        if capture not in self._formats:
            made = QTextCharFormat()
            made.setForeground(self._look.colour(f"syntax.{capture}"))
            self._formats[capture] = made
        found = QTextLayout.FormatRange()
        found.start, found.length, found.format = start, length, self._formats[capture]
        return found


def _cells(found: Iterable[Span], start: int, end: int, bytes_each: int = 1) -> list[str]:
    """What each letter from `start` to `end` is; later spans lie on top of earlier ones."""
    cells = [""] * (end - start)
    for span in found:
        first = max(span.start // bytes_each - start, 0)
        last = min(span.end // bytes_each - start, len(cells))
        if first < last:
            cells[first:last] = [span.capture] * (last - first)
    return cells


def _blocks(first: QTextBlock, last: QTextBlock) -> Iterator[QTextBlock]:
    block = first
    while block.isValid():
        yield block
        if block == last:
            return
        block = block.next()
