"""One Python source as bytes and syntax tree: where a node is, and how to replace it safely."""

import ast
import re
import warnings

from runners.patches import TextEdit

ATOM = 15
"""Binding strength of a name, call, subscript or literal; see `strength`."""

_OPERATORS: dict[type[ast.operator], int] = {
    ast.BitOr: 6,
    ast.BitXor: 7,
    ast.BitAnd: 8,
    ast.LShift: 9,
    ast.RShift: 9,
    ast.Add: 10,
    ast.Sub: 10,
    ast.Mult: 11,
    ast.MatMult: 11,
    ast.Div: 11,
    ast.Mod: 11,
    ast.FloorDiv: 11,
    ast.Pow: 13,
}

Located = ast.expr | ast.stmt | ast.keyword | ast.arg
"""Nodes that know where they stand."""

_NEWLINE = re.compile(rb"\r\n|\r|\n")


class Unparsable(Exception):  # noqa: N818  (a finding about the user's file, not an error of ours)
    """The text is no Python that our interpreter reads."""


class Source:
    """A parsed file. Spans are byte offsets of the file as it is on disk, byte order mark included.

    Raises Unparsable where `ast` refuses the text.
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.data = text.encode("utf-8", "surrogatepass")
        mark = 3 if text.startswith("\ufeff") else 0
        self.tree = _parse(text[1:] if mark else text)
        ends = [found.end() for found in _NEWLINE.finditer(self.data)]
        self.starts = [mark, *ends]
        self.newline = "\r\n" if b"\r\n" in self.data else "\n"
        self.parents: dict[ast.AST, ast.AST] = {}
        self._spans: dict[ast.AST, tuple[int, int]] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        self._texts: dict[ast.AST, str] = {}

    def span(self, node: Located) -> tuple[int, int]:
        """Byte offsets [start, end) of a node, without decorators."""
        found = self._spans.get(node)
        if found is None:
            last = node.end_lineno or node.lineno
            width = node.end_col_offset or 0
            found = (
                self.starts[node.lineno - 1] + node.col_offset,
                self.starts[last - 1] + width,
            )
            self._spans[node] = found
        return found

    def text(self, node: Located) -> str:
        """The node as written."""
        found = self._texts.get(node)
        if found is None:
            start, end = self.span(node)
            found = self.data[start:end].decode("utf-8", "surrogatepass")
            self._texts[node] = found
        return found

    def portable(self, node: ast.expr) -> str:
        """The node as written if on one line, else on one line."""
        written = self.text(node)
        return ast.unparse(node) if "\n" in written or "\r" in written else written

    def line_start(self, line: int) -> int:
        """Byte offset where a line begins; lines count from 1."""
        return self.starts[line - 1]

    def line_end(self, line: int) -> int:
        """Byte offset just after a line and its newline."""
        return self.starts[line] if line < len(self.starts) else len(self.data)

    def indent(self, statement: ast.stmt) -> str | None:
        """White space before a statement, or None where something else stands before it."""
        first = first_line(statement)
        start = self.line_start(first)
        end = self.span(statement)[0] if first == statement.lineno else None
        if end is None:
            decorator = min(self.span(d)[0] for d in decorators(statement))
            end = self.data.rindex(b"@", start, decorator)
        lead = self.data[start:end]
        if self.data.startswith(b"elif", end) and isinstance(statement, ast.If):
            return None
        return lead.decode() if not lead.strip() else None

    def edit(self, start: int, end: int, text: str) -> TextEdit:
        """A raw edit of this file."""
        return TextEdit(file=self.file, start=start, end=end, text=text)

    def replace(self, node: ast.expr, text: str, bound: int = ATOM) -> TextEdit:
        """Put an expression of binding strength `bound` where `node` stands."""
        start, end = self.span(node)
        weak = bound < self.required(node) and not self._enclosed(start, end)
        # The span of a generator that is a call's only argument includes the call's parentheses.
        dotted = text[0].isdigit() and isinstance(self.parents.get(node), ast.Attribute)
        if weak or dotted or isinstance(node, ast.GeneratorExp):
            text = f"({text})"
        return self.edit(start, end, text)

    def required(self, node: ast.expr) -> int:
        """Weakest binding strength that may stand at this place without parentheses."""
        parent = self.parents.get(node)
        return 0 if parent is None else _required(parent, node)

    def operator_span(
        self, left: ast.expr, right: ast.expr, pattern: re.Pattern[bytes]
    ) -> tuple[int, int] | None:
        """Where the operator between two operands stands."""
        start, end = self.span(left)[1], self.span(right)[0]
        between = self.data[start:end]
        if b"#" in between or b"\\" in between:
            return None
        found = pattern.search(between)
        return None if found is None else (start + found.start(), start + found.end())

    def _enclosed(self, start: int, end: int) -> bool:
        return self.data[start - 1 : start] == b"(" and self.data[end : end + 1] == b")"


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise Unparsable(str(error)) from error


def decorators(statement: ast.stmt) -> list[ast.expr]:
    """The decorators of a definition, none for anything else."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return statement.decorator_list
    return []


def first_line(statement: ast.stmt) -> int:
    """First line of a statement, decorators included."""
    return min([statement.lineno, *(d.lineno for d in decorators(statement))])


def strength(node: ast.expr) -> int:
    """How tightly the outermost operator of an expression binds, 0 (loosest) to ATOM."""
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)]
    if isinstance(node, ast.BoolOp):
        return 2 if isinstance(node.op, ast.Or) else 3
    if isinstance(node, ast.UnaryOp):
        return 4 if isinstance(node.op, ast.Not) else 12
    if isinstance(node, ast.Constant):
        return 12 if isinstance(node.value, int | float) and str(node.value)[0] == "-" else ATOM
    return _STRENGTHS.get(type(node), ATOM)


_STRENGTHS: dict[type[ast.expr], int] = {
    ast.NamedExpr: 0,
    ast.Yield: 0,
    ast.YieldFrom: 0,
    ast.Starred: 0,
    ast.Lambda: 1,
    ast.IfExp: 1,
    ast.Compare: 5,
    ast.Await: 14,
}


def _required(parent: ast.AST, node: ast.expr) -> int:
    if isinstance(parent, ast.BinOp):
        return _required_operand(parent, node)
    if isinstance(parent, ast.BoolOp):
        return strength(parent) + 1
    if isinstance(parent, ast.UnaryOp):
        return strength(parent)
    if node in (getattr(parent, "func", None), getattr(parent, "value", None)):
        return _HELD.get(type(parent), 1)
    if isinstance(parent, ast.IfExp):
        return 1 if parent.orelse is node else 2
    return _CONTEXTS.get(type(parent), 1)


def _required_operand(parent: ast.BinOp, node: ast.expr) -> int:
    own = _OPERATORS[type(parent.op)]
    if isinstance(parent.op, ast.Pow):
        return 14 if parent.left is node else 12
    return own if parent.left is node else own + 1


_HELD: dict[type[ast.AST], int] = {
    ast.Attribute: ATOM,
    ast.Subscript: ATOM,
    ast.Call: ATOM,
    ast.FormattedValue: ATOM,
    ast.Await: ATOM,
    ast.Starred: 6,
}

_CONTEXTS: dict[type[ast.AST], int] = {
    ast.Compare: 6,
    ast.comprehension: 2,
}
