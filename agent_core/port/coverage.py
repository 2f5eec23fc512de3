"""Which branches of a project's functions a corpus took, by the lines that followed each other."""

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

import msgspec

from agent_core.port.flow import EXIT, Flow
from agent_core.repair.scopes import Layout, Scope, own_lines
from agent_core.repair.source import Source, Unparsable

Way = Literal["body", "else", "except", "case", "no case"]
Arcs = Mapping[str, Collection[tuple[int, int]]]
"""By file, which line followed which within one call.

Where a call was entered or returned stands the first line of its code, negative, or 0.
"""

_KEYWORD = re.compile(r"^(?:async\s+|el)?(if|while|for|except|case|match)\b")
_MISSED = {
    ("if", "body"): "never held",
    ("if", "else"): "held each time",
    ("while", "body"): "never held",
    ("while", "else"): "never ended by its condition",
    ("for", "body"): "never had an element",
    ("for", "else"): "never came to its end",
    ("except", "except"): "never caught anything",
    ("case", "case"): "never matched",
    ("match", "no case"): "never fell through all its cases",
}


class Branch(msgspec.Struct, frozen=True):
    """One way on from the header of a statement; `code` is the header as written.

    It is taken where one of the lines `starts` is followed by one of `ends`; line 0 is the end of
    the call.
    """

    file: str
    line: int
    to: Way
    function: str
    code: str
    starts: frozenset[int]
    ends: frozenset[int]

    def sentence(self) -> str:
        """What never happened, for a person."""
        word = _KEYWORD.findall(self.code)[0]
        missed = _MISSED[word, self.to]
        return f"{self.file}, line {self.line}, in {self.function}: `{self.code}` {missed}"


class Coverage(msgspec.Struct, frozen=True):
    """Branches of the functions that ran: all, those taken, and the others by name.

    `lines` are the lines that ran, by file; `unreached` names the functions that never did, whose
    branches count nowhere.
    """

    total: int
    taken: int
    uncovered: tuple[Branch, ...]
    lines: dict[str, set[int]]
    unreached: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The share in words."""
        if not self.total:
            return "the code that ran has no branches"
        return f"{self.taken:,} of {self.total:,} branches taken ({self.taken / self.total:.0%})"


class _Record(msgspec.Struct):
    file: str
    arcs: list[tuple[int, int]]


def read_arcs(lines: Iterable[str]) -> dict[str, set[tuple[int, int]]]:
    """The arcs that a server wrote as JSON lines; one that its end cut off is left out."""
    found: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for line in lines:
        try:
            record = msgspec.json.decode(line, type=_Record)
        except (msgspec.DecodeError, UnicodeEncodeError):
            continue
        found[record.file].update(record.arcs)
    return dict(found)


def branches(source: str, file: str) -> tuple[Branch, ...]:
    """Every branch inside the functions of a source that its lines can tell, in order.

    Raises Unparsable.
    """
    layout = Layout(Source(file, source))
    found = [branch for scope in _functions(layout) for branch in _Reader(layout, scope).read()]
    return tuple(sorted(found, key=lambda branch: (branch.line, branch.to)))


def covered(arcs: Arcs, sources: Mapping[str, str]) -> Coverage:
    """What the arcs took of the branches in the functions they ran through.

    `sources` maps files to their text; a text that our interpreter cannot read has no branches.
    """
    every: list[Branch] = []
    uncovered: list[Branch] = []
    unreached: list[str] = []
    lines: dict[str, set[int]] = {}
    for file, text in sorted(sources.items()):
        followed = arcs.get(file, ())
        lines[file] = {line for arc in followed for line in arc if line > 0}
        try:
            layout = Layout(Source(file, text))
        except Unparsable:
            continue
        tells_exits = any(end <= EXIT for _, end in followed)
        for scope in _functions(layout):
            if lines[file].isdisjoint(_body_lines(scope)):
                unreached.append(f"{file}: {scope.qualname}")
                continue
            taken = _own_arcs(scope, followed)
            for branch in _Reader(layout, scope).read():
                if tells_exits or branch.ends != {EXIT}:
                    every.append(branch)
                    if taken.isdisjoint((a, b) for a in branch.starts for b in branch.ends):
                        uncovered.append(branch)
    return Coverage(
        total=len(every),
        taken=len(every) - len(uncovered),
        uncovered=tuple(sorted(uncovered, key=lambda branch: (branch.file, branch.line))),
        lines=lines,
        unreached=tuple(unreached),
    )


def _own_arcs(scope: Scope, arcs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The arcs that may be a function's, its returns going to EXIT.

    A call inside a line, as of a lambda, returns from another first line.
    """
    returns = {EXIT, -scope.start}
    return {(a, EXIT if b in returns else b) for a, b in arcs}


def _functions(layout: Layout) -> list[Scope]:
    return [scope for scope in layout.scopes if scope.function is not None]


def _body_lines(scope: Scope) -> set[int]:
    return {line for statement in scope.statements for line in own_lines(statement)}


class _Reader:
    """The branches of one function."""

    def __init__(self, layout: Layout, scope: Scope) -> None:
        self._source = layout.source
        self._flow = Flow(layout)
        self._scope = scope
        self._found: list[Branch] = []

    def read(self) -> list[Branch]:
        for statement in self._scope.statements:
            match statement:
                case ast.If() | ast.While():
                    if not isinstance(statement.test, ast.Constant):
                        self._choice(statement, statement.test)
                case ast.For() | ast.AsyncFor():
                    self._choice(statement, statement.iter)
                case ast.Try() | ast.TryStar():
                    for handler in statement.handlers:
                        self._handler(handler)
                case ast.Match():
                    self._cases(statement)
        return self._found

    def _choice(
        self, statement: ast.If | ast.While | ast.For | ast.AsyncFor, head: ast.expr
    ) -> None:
        """Into the body or past it."""
        starts = frozenset(range(statement.lineno, (head.end_lineno or head.lineno) + 1))
        code = self._code(statement, head)
        inside, exact_inside = self._flow.into(statement.body[0])
        past, exact_past = self._flow.past(statement)
        # A line that stands for both ways tells neither; what surely begins one wins.
        ways: tuple[tuple[Way, frozenset[int]], ...] = (
            ("body", inside - exact_past),
            ("else", past - exact_inside),
        )
        for to, ends in ways:
            self._add(statement.lineno, to, code, starts, ends)

    def _handler(self, handler: ast.ExceptHandler) -> None:
        last = handler.type.end_lineno if handler.type is not None else None
        starts = frozenset(range(handler.lineno, (last or handler.lineno) + 1))
        kind = "" if handler.type is None else f" {self._source.portable(handler.type)}"
        ends, _ = self._flow.into(handler.body[0])
        self._add(handler.lineno, "except", f"except{kind}", starts, ends)

    def _cases(self, statement: ast.Match) -> None:
        subject = statement.subject
        seen = set(range(statement.lineno, (subject.end_lineno or subject.lineno) + 1))
        for case in statement.cases:
            last = (case.guard or case.pattern).end_lineno or case.pattern.lineno
            seen |= set(range(case.pattern.lineno, last + 1))
            code = f"case {ast.unparse(case.pattern)}"
            ends, _ = self._flow.into(case.body[0])
            self._add(case.pattern.lineno, "case", code, frozenset(seen), ends)
        final = statement.cases[-1]
        wild = isinstance(final.pattern, ast.MatchAs) and final.pattern.pattern is None
        if not wild or final.guard is not None:
            code = f"match {self._source.portable(subject)}"
            ends, _ = self._flow.past(statement)
            self._add(statement.lineno, "no case", code, frozenset(seen), ends)

    def _add(
        self, line: int, to: Way, code: str, starts: frozenset[int], ends: frozenset[int]
    ) -> None:
        ends -= starts  # a way that stays on the header's lines cannot be seen
        if ends:
            branch = Branch(
                file=self._source.file,
                line=line,
                to=to,
                function=self._scope.qualname,
                code=code,
                starts=starts,
                ends=ends,
            )
            self._found.append(branch)

    def _code(self, statement: ast.stmt, head: ast.expr) -> str:
        """The header on one line, without its colon."""
        start, end = self._source.span(statement)[0], self._source.span(head)[1]
        written = self._source.data[start:end].decode("utf-8", "surrogatepass")
        return " ".join(written.split())
