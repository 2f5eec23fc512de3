"""Syntax trees: where a file is broken, what it defines.

Trees are walked with cursors and never recursively, however deep a file nests.
"""

from collections.abc import Iterator

import msgspec
from tree_sitter import Node, Parser, Tree

from editors.grammars import Grammar, Kind, grammar_of, language_of

__all__ = (
    "ErrorPlace", "Grammar", "Symbol", "errors", "grammar_of", "parse", "symbol_at", "symbols",
)  # fmt: skip


class ErrorPlace(msgspec.Struct, frozen=True):
    """Where a file does not parse; line and column count from 1, columns in bytes."""

    line: int
    column: int
    message: str


class Symbol(msgspec.Struct, frozen=True):
    """A function or class: first and last line from 1, decorators included.

    `name` is qualified by what encloses it: "Cart.total".
    """

    name: str
    kind: Kind
    first_line: int
    last_line: int
    start_byte: int
    end_byte: int


def parse(grammar: Grammar, source: bytes) -> Tree:
    """The syntax tree of UTF-8 source; a broken file has one too, with errors in it."""
    return Parser(language_of(grammar)).parse(source)


def errors(tree: Tree, *, limit: int = 10) -> tuple[ErrorPlace, ...]:
    """The first places where a tree is broken; () for a clean one."""
    found: list[ErrorPlace] = []
    if not tree.root_node.has_error:
        return ()
    for node in _walk(tree, only_broken=True):
        if node.is_missing:
            found.append(_place(node, f"{node.type!r} is missing"))
        elif node.is_error:
            found.append(_place(node, "syntax error"))
        if len(found) == limit:
            break
    return tuple(found)


def symbols(grammar: Grammar, tree: Tree) -> tuple[Symbol, ...]:
    """Functions and classes in the order of the file, nested ones after what encloses them."""
    found: list[Symbol] = []
    enclosing: list[tuple[int, str]] = []  # where each ends, and its name
    for node in _walk(tree):
        kind = grammar.definitions.get(node.type)
        if kind is None:
            continue
        while enclosing and enclosing[-1][0] <= node.start_byte:
            enclosing.pop()
        label = node.child_by_field_name(grammar.name_field)
        if label is None or label.text is None:
            continue
        outer = f"{enclosing[-1][1]}." if enclosing else ""
        name = outer + label.text.decode("utf-8", "replace")
        enclosing.append((node.end_byte, name))
        whole = node.parent if node.parent and node.parent.type in grammar.wrappers else node
        found.append(
            Symbol(
                name,
                kind,
                whole.start_point.row + 1,
                _last_line(whole),
                whole.start_byte,
                whole.end_byte,
            )
        )
    return tuple(found)


def symbol_at(found: tuple[Symbol, ...], line: int) -> Symbol | None:
    """The innermost symbol that covers a line."""
    covering = [symbol for symbol in found if symbol.first_line <= line <= symbol.last_line]
    return max(covering, key=lambda symbol: symbol.first_line, default=None)


def _walk(tree: Tree, *, only_broken: bool = False) -> Iterator[Node]:
    """Every node, parents first; on request only where something is broken."""
    cursor = tree.walk()
    descend = True
    while True:
        node = cursor.node
        if descend and node is not None:
            yield node
            descend = not only_broken or node.has_error
        if descend and cursor.goto_first_child():
            continue
        descend = True
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return


def _place(node: Node, message: str) -> ErrorPlace:
    return ErrorPlace(node.start_point.row + 1, node.start_point.column + 1, message)


def _last_line(node: Node) -> int:
    """A node that ends at the very start of a line ends on the line before."""
    row, column = node.end_point.row, node.end_point.column
    return row + 1 if column else max(row, node.start_point.row + 1)
