"""Wrong copies of a project, each by one small edit: a corpus must tell them from the original."""

import ast
import random
import re
import warnings
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import msgspec

from agent_core.port.equivalence import reason
from agent_core.port.mutations import mutations
from agent_core.repair.scopes import Function, Layout
from agent_core.repair.source import Source, Unparsable
from runners.patches import TextEdit

_NEWLINE = re.compile(r"\r\n|\r|\n")
_SHOWN = 100


class Mutant(msgspec.Struct, frozen=True):
    """One wrong copy: `before` and `after` are its changed lines as they stand, from `line` on.

    `text` is the whole file as it is to be on disk (UTF-8, newlines untouched).
    """

    file: str
    line: int
    operator: str
    before: str
    after: str
    text: str

    @property
    def original(self) -> str:
        """The whole file as it was."""
        mark = len(self.text) - len(self.text.removeprefix("\ufeff"))
        starts = [mark, *(found.end() for found in _NEWLINE.finditer(self.text))]
        start = starts[self.line - 1]
        return self.text[:start] + self.before + self.text[start + len(self.after) :]

    def sentence(self) -> str:
        """The change in one line, for a person."""
        change = f"`{_short(self.before)}` became `{_short(self.after)}`"
        return f"{self.file}, line {self.line} ({self.operator}): {change}"


def draw(
    root: Path, reached: Mapping[str, Collection[int]], *, seed: int, count: int
) -> tuple[Mutant, ...]:
    """Up to `count` different mutants of the statements whose lines were reached.

    Each draw takes a statement, then one of its operators, then one of that operator's edits, all
    with equal chances; the same seed draws the same. `reached` has paths relative to `root` with
    lines from 1. Files that are not UTF-8 or that our interpreter cannot read yield nothing.
    """
    generator = random.Random(seed)  # noqa: S311  (a repeatable draw is wanted, not a secret)
    pool = [each for file in sorted(reached) for each in _subjects(root, file, reached[file])]
    drawn: list[Mutant] = []
    while pool and len(drawn) < count:
        place = generator.randrange(len(pool))
        subject = pool[place]
        operator = generator.choice(sorted(subject.edits))
        edits = subject.edits[operator]
        mutant = _mutant(subject.source, operator, edits.pop(generator.randrange(len(edits))))
        if not edits:
            del subject.edits[operator]
        if not subject.edits:
            del pool[place]
        if mutant is not None:
            drawn.append(mutant)
    return tuple(drawn)


def equivalent(mutant: Mutant) -> str:
    """Why no request can tell a mutant from the original; "" where one might."""
    source = Source(mutant.file, mutant.original)
    statements = Layout(source).at(mutant.line)
    if len(statements) != 1:
        return ""
    return reason(source, statements[0], mutant.operator, Source(mutant.file, mutant.text))


class _Subject:
    """A statement with the edits still to be drawn, by operator."""

    def __init__(self, source: Source, edits: dict[str, list[TextEdit]]) -> None:
        self.source = source
        self.edits = edits


def _subjects(root: Path, file: str, lines: Collection[int]) -> Iterator[_Subject]:
    try:
        source = Source(file, (root / file).read_bytes().decode())
    except (OSError, UnicodeDecodeError, Unparsable):
        return
    layout = Layout(source)
    ran = {s for line in lines for s in layout.at(line) if not isinstance(s, Function)}
    # The header of a function runs while the module is imported: it counts where its body ran.
    called = {
        scope.function
        for scope in layout.scopes
        if scope.function is not None and not ran.isdisjoint(scope.statements)
    }
    statements = [s for s in layout.scope_of if s in ran or s in called]
    for statement in sorted(statements, key=lambda each: (each.lineno, each.col_offset)):
        edits = {} if _never_served(source, statement) else mutations(source, statement)
        if edits:
            yield _Subject(source, edits)


def _never_served(source: Source, statement: ast.stmt) -> bool:
    """Whether a statement stands under `if __name__ == ...`, which no server passes."""
    here: ast.AST | None = statement
    while here is not None:
        if isinstance(here, ast.If) and "__name__" in ast.unparse(here.test):
            return True
        here = source.parents.get(here)
    return False


def _mutant(source: Source, operator: str, edit: TextEdit) -> Mutant | None:
    """The mutant of an edit, None if Python refuses it or reads the same in it."""
    data = source.data[: edit.start] + edit.text.encode() + source.data[edit.end :]
    text = data.decode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text.removeprefix("\ufeff"), source.file, "exec", dont_inherit=True)
        changed = Source(source.file, text)
    except (SyntaxError, ValueError, RecursionError, Unparsable):
        return None
    if ast.dump(changed.tree) == ast.dump(source.tree):
        return None
    line = bisect_right(source.starts, edit.start)
    start = source.line_start(line)
    stop = source.line_end(bisect_right(source.starts, edit.end))
    rest = source.data[edit.end : stop].rstrip(b"\r\n").decode()
    return Mutant(
        file=source.file,
        line=line,
        operator=operator,
        before=source.data[start : edit.end].decode() + rest,
        after=source.data[start : edit.start].decode() + edit.text + rest,
        text=text,
    )


def _short(lines: str) -> str:
    words = " ".join(lines.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
