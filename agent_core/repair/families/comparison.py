"""Comparisons: another operator, another boundary, operands the other way round."""

import ast
import re
from collections.abc import Iterator

from agent_core.repair.families.base import Change, Family, number
from agent_core.repair.sites import Site

SYMBOLS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}

OPERATOR = re.compile(rb"<=|>=|==|!=|<|>|\bis\s+not\b|\bnot\s+in\b|\bis\b|\bin\b")

_NEAR = {
    "<": {"<=": 1.0, ">": 0.8, ">=": 0.4, "!=": 0.2, "==": 0.2},
    "<=": {"<": 1.0, ">=": 0.8, ">": 0.4, "==": 0.2},
    ">": {">=": 1.0, "<": 0.8, "<=": 0.4, "!=": 0.2, "==": 0.2},
    ">=": {">": 1.0, "<=": 0.8, "<": 0.4, "==": 0.2},
    "==": {"!=": 1.0, "<=": 0.4, ">=": 0.4, "in": 0.25, "is": 0.2, "<": 0.2, ">": 0.2},
    "!=": {"==": 1.0, "<": 0.35, ">": 0.35, "is not": 0.2, "not in": 0.2, "<=": 0.2, ">=": 0.2},
    "is": {"is not": 1.0, "==": 0.6, "!=": 0.2, "<": 0.15, "in": 0.15},
    "is not": {"is": 1.0, "!=": 0.6, "==": 0.2, "in": 0.15, ">": 0.15},
    "in": {"not in": 1.0, "==": 0.3, "<": 0.2, ">": 0.2},
    "not in": {"in": 1.0, "!=": 0.3, "==": 0.2, "<": 0.15, ">": 0.15},
}
_FAR = 0.2


def _operator(site: Site, node: ast.Compare) -> Iterator[Change]:
    left = node.left
    for symbol, right in zip(node.ops, node.comparators, strict=True):
        place = site.source.operator_span(left, right, OPERATOR)
        if place is not None:
            written = SYMBOLS[type(symbol)]
            for other in SYMBOLS.values():
                if other != written:
                    weight = _NEAR[written].get(other, _FAR)
                    if other in _usual(left, right):
                        weight = 1.0
                    yield Change((site.source.edit(*place, other),), weight)
        left = right


def _usual(left: ast.expr, right: ast.expr) -> tuple[str, ...]:
    """What people write between these: a text or None is hardly ever less than another."""
    values = [side.value for side in (left, right) if isinstance(side, ast.Constant)]
    if any(value is None for value in values):
        return "is", "is not"
    return ("==", "!=") if any(isinstance(value, str | bytes) for value in values) else ()


def _boundary(site: Site, node: ast.Compare) -> Iterator[Change]:
    """Operator and bound together: `len(x) == 0` becomes `len(x) <= 1`."""
    if len(node.ops) != 1 or not isinstance(
        node.ops[0], ast.Eq | ast.Lt | ast.LtE | ast.Gt | ast.GtE
    ):
        return
    bound = node.comparators[0]
    value = number(bound)
    if value is None or not isinstance(value, int):
        return
    place = site.source.operator_span(node.left, bound, OPERATOR)
    if place is None:
        return
    written = SYMBOLS[type(node.ops[0])]
    for other in ("<=", ">=", "==", "<", ">"):
        for shifted in (value + 1, value - 1):
            if other != written and shifted >= 0:
                edits = (
                    site.source.edit(*place, other),
                    site.source.replace(bound, str(shifted)),
                )
                yield Change(edits, 0.6 if written == "==" else 0.3)


def _swap(site: Site, node: ast.Compare) -> Iterator[Change]:
    if len(node.ops) != 1 or isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
        return
    left, right = node.left, node.comparators[0]
    if isinstance(left, ast.Constant) or isinstance(right, ast.Constant):
        return
    edits = (
        site.source.edit(*site.source.span(left), site.text(right)),
        site.source.edit(*site.source.span(right), site.text(left)),
    )
    yield Change(edits, 1.0)


def _chain(site: Site, node: ast.Compare) -> Iterator[Change]:
    """A truth or length test made explicit, or the other way round."""
    if len(node.ops) != 1 or not isinstance(node.comparators[0], ast.Constant):
        return
    if node.comparators[0].value is None or node.comparators[0].value == 0:
        negated = isinstance(node.ops[0], ast.Is | ast.Eq)
        text = site.text(node.left)
        if isinstance(node.left, ast.Name | ast.Attribute | ast.Subscript | ast.Call):
            yield Change(site.replace(node, f"not {text}" if negated else text, 4), 1.0)
            if isinstance(node.ops[0], ast.Eq):
                yield Change(site.replace(node, f"{text} is None", 5), 0.5)


FAMILIES: tuple[Family[ast.Compare], ...] = (
    Family("comparison operator", 1.0, (ast.Compare,), _operator),
    Family("comparison boundary", 0.35, (ast.Compare,), _boundary),
    Family("comparison operands", 0.4, (ast.Compare,), _swap),
    Family("comparison as truth", 0.25, (ast.Compare,), _chain),
)
