"""The call-free expressions of a source file by line, and the names of its functions."""

from __future__ import annotations

import ast
from typing import Any, Dict, List, Tuple

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_WANTED = (ast.Attribute, ast.Subscript, ast.BinOp, ast.Name)
_PLAIN = (
    ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.Constant, ast.Slice, ast.UnaryOp,
    ast.expr_context, ast.operator, ast.unaryop,
)  # fmt: skip

ByLine = Dict[int, List[Tuple[int, str, ast.expr]]]
"""Line of a statement -> (line, text, expression) of what is inside it."""


class Outline:
    """What tracing needs to know of one file. A broken file has nothing."""

    def __init__(self, text: str) -> None:
        self.expressions: ByLine = {}
        self.functions: dict[tuple[int, str], tuple[str, bool]] = {}
        self._lines = [line.encode("utf-8") for line in text.splitlines()]
        try:
            self._walk(ast.parse(text), "", in_class=False)
        except (SyntaxError, ValueError, RecursionError):
            self.expressions, self.functions = {}, {}

    def qualname(self, first_line: int, name: str) -> tuple[str, bool]:
        """The qualified name of the function that starts here, and whether it is a method."""
        return self.functions.get((first_line, name), (name, False))

    def _walk(self, node: Any, prefix: str, *, in_class: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, _FUNCTIONS):
                lines = [child.lineno] + [item.lineno for item in child.decorator_list]
                self.functions[(min(lines), child.name)] = (prefix + child.name, in_class)
                self._walk(child, prefix + child.name + ".<locals>.", in_class=False)
            elif isinstance(child, ast.ClassDef):
                self._walk(child, prefix + child.name + ".", in_class=True)
            else:
                if isinstance(child, ast.stmt):
                    self._note_statement(child)
                self._walk(child, prefix, in_class=in_class)

    def _note_statement(self, statement: ast.stmt) -> None:
        found: dict[tuple[int, str], ast.expr] = {}
        for part in ast.iter_child_nodes(statement):
            if isinstance(part, ast.expr):
                self._collect(part, found)
        if found:
            entries = [(line, text, node) for (line, text), node in found.items()]
            self.expressions.setdefault(statement.lineno, []).extend(entries)

    def _collect(self, root: ast.expr, found: dict[tuple[int, str], ast.expr]) -> None:
        for node in ast.walk(root):
            loads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            if isinstance(node, _WANTED) and loads and _is_plain(node):
                text = self._text(node)
                if text:
                    found.setdefault((node.lineno, text), node)

    def _text(self, node: ast.expr) -> str:
        if node.end_lineno != node.lineno or node.lineno > len(self._lines):
            return ""
        line = self._lines[node.lineno - 1]
        return line[node.col_offset : node.end_col_offset].decode("utf-8", "replace")


def _is_plain(node: ast.AST) -> bool:
    return all(
        isinstance(part, _PLAIN) or type(part).__name__ in {"Index"} for part in ast.walk(node)
    )
