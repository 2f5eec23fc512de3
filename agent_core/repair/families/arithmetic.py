"""Arithmetic: operators, operands, signs, off by one, clamps."""

import ast
import re
from collections.abc import Iterator

from agent_core.repair.families.base import Change, Family, is_condition, number
from agent_core.repair.ingredients import reachable
from agent_core.repair.sites import Site
from agent_core.repair.source import strength
from agent_core.repair.types import base

SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.MatMult: "@",
}

_OPERATOR = re.compile(rb"\*\*|//|<<|>>|[-+*/%|^&@]")
_AUGMENTED = re.compile(rb"(\*\*|//|<<|>>|[-+*/%|^&@])=")

_NEAR = {
    "+": {"-": 1.0, "*": 0.4, "/": 0.1, "//": 0.1, "%": 0.1, "|": 0.1},
    "-": {"+": 1.0, "*": 0.3, "/": 0.15, "//": 0.15, "%": 0.15},
    "*": {"/": 0.7, "**": 0.5, "+": 0.6, "-": 0.3, "//": 0.4, "%": 0.15},
    "/": {"*": 0.8, "//": 1.0, "%": 0.3, "-": 0.2, "+": 0.15},
    "//": {"/": 1.0, "*": 0.4, "%": 0.5, "-": 0.2, "+": 0.15, ">>": 0.1},
    "%": {"//": 0.6, "/": 0.6, "*": 0.3, "+": 0.2, "-": 0.2},
    "**": {"*": 1.0, "+": 0.2, "/": 0.2, "^": 0.1},
    "<<": {">>": 1.0, "*": 0.3, "**": 0.1, "|": 0.1},
    ">>": {"<<": 1.0, "//": 0.3, "&": 0.2},
    "|": {"&": 1.0, "^": 0.7, "-": 0.2, "+": 0.3},
    "^": {"&": 1.0, "|": 0.8, "**": 0.3},
    "&": {"|": 1.0, "^": 0.8, "-": 0.2, "<<": 0.1, ">>": 0.1},
    "@": {"*": 1.0},
}
_NUMERIC = frozenset({"int", "float"})
_MOST = 12


def _binary(site: Site, node: ast.BinOp) -> Iterator[Change]:
    place = site.source.operator_span(node.left, node.right, _OPERATOR)
    if place is None:
        return
    written = SYMBOLS[type(node.op)]
    textual = "str" in site.types(node.left) + site.types(node.right)
    for other, weight in _others(written):
        factor = 0.1 if textual and other not in {"+", "%", "*"} else 1.0
        yield Change((site.source.edit(*place, other),), weight * factor)


def _others(written: str) -> Iterator[tuple[str, float]]:
    near = _NEAR[written]
    yield from near.items()
    for other in SYMBOLS.values():
        if other != written and other not in near and other != "@":
            yield other, 0.12


def _augmented(site: Site, node: ast.AugAssign) -> Iterator[Change]:
    place = site.source.operator_span(node.target, node.value, _AUGMENTED)
    if place is None:
        return
    for other, weight in _others(SYMBOLS[type(node.op)]):
        yield Change((site.source.edit(*place, f"{other}="),), weight)
    yield Change((site.source.edit(*place, "="),), 0.6)


def _to_augmented(site: Site, node: ast.Assign) -> Iterator[Change]:
    if len(node.targets) != 1 or isinstance(node.targets[0], ast.Tuple | ast.List):
        return
    place = site.source.operator_span(node.targets[0], node.value, re.compile(rb"="))
    if place is None:
        return
    weight = 0.3 if isinstance(node.value, ast.Constant) and node.value.value is None else 1.0
    weights = {"+=": 1.0, "-=": 0.6, "*=": 0.4, "|=": 0.3, "//=": 0.15, "/=": 0.15}
    for symbol, share in (weights | {"%=": 0.1, "&=": 0.1, "**=": 0.05, "^=": 0.05}).items():
        yield Change((site.source.edit(*place, symbol),), weight * share)


def _drop_operand(site: Site, node: ast.BinOp) -> Iterator[Change]:
    yield Change(site.replace(node, site.text(node.right), strength(node.right)), 1.0)
    yield Change(site.replace(node, site.text(node.left), strength(node.left)), 1.0)


def _swap_operands(site: Site, node: ast.BinOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Mult | ast.BitAnd | ast.BitOr | ast.BitXor):
        return
    weight = 1.0
    if isinstance(node.op, ast.Add):
        known = {base(name) for name in site.types(node.left) + site.types(node.right)}
        weight = 0.05 if known and known <= _NUMERIC else 1.0
    own = strength(node)
    right = site.text(node.right)
    left = site.text(node.left)
    if strength(node.right) < own:
        right = f"({right})"
    if strength(node.left) < own + 1:
        left = f"({left})"
    symbol = SYMBOLS[type(node.op)]
    yield Change(site.replace(node, f"{right} {symbol} {left}", own), weight)


def _regroup(site: Site, node: ast.BinOp) -> Iterator[Change]:
    """`a + b * c` becomes `(a + b) * c`; `(a + b) * c` becomes `a + b * c`."""
    text = site.text(node)
    inner = node.right
    if isinstance(inner, ast.BinOp) and "(" not in text:
        left, middle = site.text(node.left), site.text(inner.left)
        outer, second = SYMBOLS[type(node.op)], SYMBOLS[type(inner.op)]
        grouped = f"({left} {outer} {middle}) {second} {site.text(inner.right)}"
        yield Change(site.replace(node, grouped, strength(inner)), 1.0)
    for operand in (node.left, node.right):
        start, end = site.source.span(operand)
        data = site.source.data
        enclosed = data[start - 1 : start] == b"(" and data[end : end + 1] == b")"
        if isinstance(operand, ast.BinOp) and enclosed:
            edits = (
                site.source.edit(start - 1, start, ""),
                site.source.edit(end, end + 1, ""),
            )
            yield Change(edits, 0.6)


def _off_by_one(site: Site, node: ast.expr) -> Iterator[Change]:
    if isinstance(node, ast.Constant | ast.JoinedStr | ast.UnaryOp) or is_condition(site, node):
        return
    types = {base(name) for name in site.types(node)}
    if types and not types & _NUMERIC:
        return
    weight = 1.0 if types else 0.25
    if isinstance(site.source.parents[node], ast.BinOp) or isinstance(node, ast.Compare):
        weight *= 0.5
    text = site.text(node)
    if isinstance(node, ast.BinOp) and number(node.right) == 1 and strength(node) == 10:
        start = site.source.span(node.right)[0]
        yield Change((site.source.edit(start, start + 1, "2"),), weight * 0.5)
        return
    wrapped = text if strength(node) >= 10 else f"({text})"
    yield Change(site.replace(node, f"{wrapped} + 1", 10), weight)
    yield Change(site.replace(node, f"{wrapped} - 1", 10), weight)


def _more_arithmetic(site: Site, node: ast.expr) -> Iterator[Change]:
    """One more operand: `e ** 2`, `e * n`, `e - n`, with the numbers in reach."""
    types = {base(name) for name in site.types(node)}
    if isinstance(node, ast.Constant | ast.Compare | ast.JoinedStr):
        return
    if not types & _NUMERIC or is_condition(site, node):
        return
    text = site.text(node)
    yield Change(site.replace(node, f"{_tight(node, text, 14)} ** 2", 13), 0.5)
    yield Change(site.replace(node, f"{_tight(node, text, 11)} * 2", 11), 0.3)
    yield Change(site.replace(node, f"{_tight(node, text, 11)} // 2", 11), 0.3)
    yield Change(site.replace(node, f"-{_tight(node, text, 12)}", 12), 0.5)
    yield Change(site.replace(node, f"abs({text})"), 0.3)
    yield Change(site.replace(node, f"int({text})"), 0.3)
    for name in _numbers_near(site, node):
        if name != text:
            for symbol, bound, weight in ((" - ", 10, 1.0), (" + ", 10, 1.0), (" * ", 11, 0.4)):
                left = _tight(node, text, bound)
                yield Change(site.replace(node, f"{left}{symbol}{name}", bound), weight)


def _numbers_near(site: Site, node: ast.expr) -> list[str]:
    names = site.reach(node)
    found = []
    for ingredient in site.pool.expressions:
        kind = isinstance(ingredient.node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        short = kind and len(ingredient.text) < 24 and reachable(ingredient, names)
        if short and {base(name) for name in site.types(ingredient.node)} & _NUMERIC:
            found.append(ingredient.text)
    return found[:_MOST]


def _tight(node: ast.expr, text: str, bound: int) -> str:
    return text if strength(node) >= bound else f"({text})"


def _unary(site: Site, node: ast.UnaryOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Not):
        return
    yield Change(site.replace(node, site.text(node.operand), strength(node.operand)), 1.0)
    start = site.source.span(node)[0]
    for symbol in "-+~":
        if site.source.data[start : start + 1] != symbol.encode():
            yield Change((site.source.edit(start, start + 1, symbol),), 0.3)


def _sign(site: Site, node: ast.expr) -> Iterator[Change]:
    """A missing minus or complement before a plain value."""
    if isinstance(site.source.parents[node], ast.UnaryOp):
        return
    value = number(node)
    if value is not None or (
        isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        and {base(name) for name in site.types(node)} & _NUMERIC
    ):
        yield Change(site.replace(node, f"-{site.text(node)}", 12), 1.0)
        if value is None or isinstance(value, int):
            yield Change(site.replace(node, f"~{site.text(node)}", 12), 0.15)


def _clamp(site: Site, node: ast.Assign | ast.AugAssign | ast.Return) -> Iterator[Change]:
    """Keep the best so far, or stay within a bound."""
    value = node.value
    if value is None or isinstance(value, ast.Constant | ast.JoinedStr | ast.Compare | ast.Dict):
        return
    types = {base(name) for name in site.types(value)}
    if types and not types & (_NUMERIC | {"str", "tuple"}):
        return
    text = site.text(value)
    others = ["0", "1"]
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        others.insert(0, site.text(node.targets[0]))
    for rank, other in enumerate(others):
        for name in ("max", "min"):
            yield Change(site.replace(value, f"{name}({other}, {text})"), 1.0 if rank == 0 else 0.7)


FAMILIES = (
    Family("operator", 0.9, (ast.BinOp,), _binary),
    Family("augmented operator", 0.9, (ast.AugAssign,), _augmented),
    Family("accumulate", 0.25, (ast.Assign,), _to_augmented),
    Family("drop operand", 0.5, (ast.BinOp,), _drop_operand),
    Family("swap operands", 0.4, (ast.BinOp,), _swap_operands),
    Family("regroup", 0.25, (ast.BinOp,), _regroup),
    Family("off by one", 0.8, (ast.expr,), _off_by_one),
    Family("one more operand", 0.25, (ast.expr,), _more_arithmetic),
    Family("unary operator", 0.6, (ast.UnaryOp,), _unary),
    Family("sign", 0.2, (ast.expr,), _sign),
    Family[ast.Assign | ast.AugAssign | ast.Return](
        "clamp", 0.3, (ast.Assign, ast.AugAssign, ast.Return), _clamp
    ),
)
