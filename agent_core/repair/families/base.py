"""What a family of edits is: a rule that reads one syntax node and answers with changes."""

import ast
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from agent_core.repair.sites import Site
from runners.patches import TextEdit

_NO_VALUES = (ast.Slice, ast.Starred, ast.Yield, ast.YieldFrom)

Node = TypeVar("Node", bound=ast.AST)


class Change(NamedTuple):
    """One candidate of a family: its edits and its weight among the others of the node."""

    edits: tuple[TextEdit, ...]
    weight: float


class Family(Generic[Node]):
    """A named rule for some kinds of nodes; `weight` is its prior among the families.

    A rule for values is not asked about assignment targets, callees, decorators or slices.
    """

    def __init__(
        self,
        name: str,
        weight: float,
        kinds: tuple[type[Node], ...],
        rule: Callable[[Site, Node], Iterator[Change]],
        *,
        values: bool = True,
    ) -> None:
        self.name = name
        self.weight = weight
        self.kinds = kinds
        self.rule = rule
        self.values = values


def is_value(site: Site, node: ast.AST) -> bool:
    """Whether a node is an expression that is computed for its value."""
    if not isinstance(node, ast.expr) or isinstance(node, _NO_VALUES):
        return False
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return False
    parent = site.source.parents[node]
    if isinstance(parent, ast.Call):
        return parent.func is not node
    if isinstance(parent, ast.ExceptHandler | ast.Raise):
        return False
    return not (isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))


def is_condition(site: Site, node: ast.expr) -> bool:
    """Whether a node is read for its truth."""
    parent = site.source.parents[node]
    if isinstance(parent, ast.If | ast.While | ast.IfExp | ast.Assert):
        return parent.test is node
    if isinstance(parent, ast.BoolOp):
        return True
    if isinstance(parent, ast.comprehension):
        return node in parent.ifs
    return isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)


def number(node: ast.AST) -> int | float | None:
    """The value of a plain number literal."""
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        assert isinstance(node.value, int | float)  # noqa: S101  (for the type checker)
        return node.value
    return None
