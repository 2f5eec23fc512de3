"""What a language model is told before its first turn, so that it need not read first.

Each failure once, with the code it goes through: the innermost functions of the traceback inside
the project and outside its tests; where a test only compares, the test and the functions it names.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from agent_core.folding import Fold, folded
from agent_core.integrity import is_test_file
from editors import syntax
from runners.reports import Frame, TestReport

FAILURES = 3
"""Failures told with their code; the rest is counted."""
FRAMES = 3
LINES = 40
"""Lines shown of one function, around the line that matters."""
FILES = 60
"""Files listed where no failure says where to look."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_CALLED = re.compile(r"([A-Za-z_]\w*)\(")

Read = Callable[[str], str | None]
"""The text of a file of the workspace, None where there is none."""


class Passage(msgspec.Struct, frozen=True, order=True):
    """Lines of a file that belong together, both ends included, counted from 1."""

    file: str
    first: int
    last: int


def briefing(report: TestReport, target: Sequence[str], *, files: Sequence[str], read: Read) -> str:
    """The failing tests a task is about, folded, then the code to look at."""
    wanted = set(target)
    folds = folded(case for case in report.cases if case.id in wanted)
    if not folds:
        return f"{report.sentence()}\n\nFiles:\n{_listed(files)}"
    shown = folds[:FAILURES]
    parts = [report.sentence(), *(fold.sentence() for fold in shown)]
    if len(folds) > len(shown):
        tests = sum(len(fold.tests) for fold in folds[FAILURES:])
        parts.append(f"and {len(folds) - len(shown)} other failures ({tests} tests)")
    known = {path for path in files if path.endswith(".py")}
    passages = _merged(p for fold in shown for p in _passages(fold, known, read))
    parts += [_numbered(passage, read) for passage in passages]
    if not passages:
        parts.append(f"Files:\n{_listed(files)}")
    return "\n\n".join(parts)


def _passages(fold: Fold, known: set[str], read: Read) -> Iterator[Passage]:
    """The code one failure goes through."""
    frames = [frame for frame in fold.failure.frames if frame.file in known]
    source = [frame for frame in frames if not is_test_file(frame.file)][-FRAMES:]
    yield from (_enclosing(frame, read) for frame in source)
    if source:
        return
    tests = frames[-1:] or [Frame(file=fold.failure.file, line=fold.failure.line, function="")]
    for frame in tests:
        if read(frame.file) is None:
            continue
        passage = _enclosing(frame, read)
        yield passage
        yield from _named_in(passage, known, read)


def _enclosing(frame: Frame, read: Read) -> Passage:
    """The function around a line, or what fits of it."""
    symbol = syntax.symbol_at(_symbols(frame.file, read), frame.line)
    total = len((read(frame.file) or "").splitlines())
    first, last = (symbol.first_line, symbol.last_line) if symbol else (1, total)
    if last - first >= LINES:
        first = max(first, frame.line - LINES // 2)
        last = min(last, first + LINES - 1)
    return Passage(frame.file, first, last)


def _named_in(test: Passage, known: set[str], read: Read) -> Iterator[Passage]:
    """Definitions of what a test calls: its helpers beside it, and what it imports by name."""
    lines = (read(test.file) or "").splitlines()
    body = "\n".join(lines[test.first - 1 : test.last])
    called = set(_CALLED.findall(body))
    named = set(_WORD.findall("\n".join([body, *filter(_is_import, lines)])))
    sources = (f for f in sorted(known) if not is_test_file(f) and _is_named(f, named))
    found = (
        Passage(file, symbol.first_line, min(symbol.last_line, symbol.first_line + LINES - 1))
        for file in (test.file, *sources)
        for symbol in _symbols(file, read)
        if symbol.kind == "function"
        and symbol.name.rpartition(".")[2] in called
        and not (file == test.file and symbol.first_line == test.first)
    )
    yield from islice(found, FRAMES)


def _is_import(line: str) -> bool:
    return line.lstrip().startswith(("import ", "from "))


def _is_named(file: str, words: set[str]) -> bool:
    """Whether a file, or the package it is in, is among these words."""
    parts = file.removesuffix(".py").split("/")
    return parts[-1] in words or (len(parts) > 1 and parts[-2] in words)


def _symbols(file: str, read: Read) -> tuple[syntax.Symbol, ...]:
    grammar, text = syntax.grammar_of(file), read(file)
    if grammar is None or text is None:
        return ()
    return syntax.symbols(grammar, syntax.parse(grammar, text.encode()))


def _merged(passages: Iterable[Passage]) -> list[Passage]:
    """Passages in the order of files and lines, those that touch made one."""
    merged: list[Passage] = []
    for passage in sorted(set(passages)):
        last = merged[-1] if merged else None
        if last and last.file == passage.file and passage.first <= last.last + 1:
            merged[-1] = msgspec.structs.replace(last, last=max(last.last, passage.last))
        else:
            merged.append(passage)
    return merged


def _numbered(passage: Passage, read: Read) -> str:
    lines = (read(passage.file) or "").splitlines()
    width = len(str(passage.last))
    body = "\n".join(
        f"{number:>{width}} {lines[number - 1]}"
        for number in range(passage.first, min(passage.last, len(lines)) + 1)
    )
    return f"{passage.file}\n{body}"


def _listed(files: Sequence[str]) -> str:
    """The files with code in them, then how many more there are."""
    shown = sorted(filter(_has_code, files))[:FILES] or sorted(files)[:FILES]
    more = f"\nand {len(files) - len(shown)} more" if len(files) > len(shown) else ""
    return "\n".join(shown) + more


def _has_code(path: str) -> bool:
    grammar = syntax.grammar_of(path)
    return grammar is not None and bool(grammar.definitions)
