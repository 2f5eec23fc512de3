"""Literals: numbers, truth values, None, and containers that should not be empty."""

import ast
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family, is_condition, number
from agent_core.repair.sites import Site

_MOST = 12


def _near_number(site: Site, node: ast.Constant) -> Iterator[Change]:
    value = number(node)
    if value is None:
        return
    weights: dict[str, float] = {}
    for other, weight in ((value - 1, 1.0), (value + 1, 1.0), (-value, 0.3), (value * 2, 0.15)):
        weights.setdefault(_written(other), weight)
    for text, weight in (("0", 0.5), ("1", 0.5), ("2", 0.2), ("-1", 0.3), ("None", 0.1)):
        weights.setdefault(text, weight)
    for other, weight in (
        (value * 10, 0.15),
        (value / 10, 0.1),
        (value - 2, 0.15),
        (value + 2, 0.15),
    ):
        weights.setdefault(_written(other), weight)
    if isinstance(value, int) and value > 3:
        weights.setdefault(_written(value // 2), 0.1)
    yield from _numbers(site, node, weights)


def _written(value: float) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(value)
    return repr(value)


def _numbers(site: Site, node: ast.Constant, weights: dict[str, float]) -> Iterator[Change]:
    for text, weight in weights.items():
        if text != site.text(node):
            bound = 12 if text.startswith("-") else 15
            yield Change(site.replace(node, text, bound), weight)


def _known_number(site: Site, node: ast.Constant) -> Iterator[Change]:
    """A number of the failing tests or of the same file."""
    if number(node) is None:
        return
    weights = dict.fromkeys(site.around.literals.wanted_numbers[:_MOST], 0.5)
    frequent = sorted(site.index.numbers.items(), key=lambda item: (-item[1], item[0]))
    for text, _ in frequent[:_MOST]:
        weights.setdefault(text, 0.4)
    yield from _numbers(site, node, weights)


def _truth(site: Site, node: ast.Constant) -> Iterator[Change]:
    if node.value is True or node.value is False:
        yield Change(site.replace(node, str(not node.value)), 1.0)
        yield Change(site.replace(node, "None"), 0.2)


def _none(site: Site, node: ast.Constant) -> Iterator[Change]:
    if node.value == "":
        yield Change(site.replace(node, "None"), 1.0)
        return
    if node.value is not None or isinstance(site.source.parents[node], ast.Compare):
        return
    for text, weight in (
        ("0", 0.7),
        ("[]", 0.8),
        ("{}", 0.7),
        ('""', 0.7),
        ("False", 0.7),
        ("True", 0.6),
        ("set()", 0.4),
        ("1", 0.4),
        ("()", 0.4),
    ):
        yield Change(site.replace(node, text), weight)


def _empty(site: Site, node: ast.List | ast.Tuple | ast.Dict | ast.Set) -> Iterator[Change]:
    """Something into an empty container, or a container around its only element."""
    if isinstance(node, ast.Dict):
        return
    text = site.text(node)
    closing = {ast.List: ("[", "]"), ast.Tuple: ("(", ",)"), ast.Set: ("{", "}")}[type(node)]
    if not node.elts:
        inner = ["[]"] if isinstance(node, ast.List) else []
        inner += [*site.locals()[:_MOST], "0", "None", "1", '""']
        for name in inner:
            yield Change(site.replace(node, f"{closing[0]}{name}{closing[1]}"), 1.0)
        yield Change(site.replace(node, "None"), 0.3)
    elif isinstance(node, ast.List):
        yield Change(site.replace(node, "[]"), 0.4)
        yield Change(site.replace(node, f"[{text}]"), 0.3)
        if len(node.elts) == 1 and not isinstance(node.elts[0], ast.Starred):
            yield Change(site.replace(node, site.text(node.elts[0]), 1), 0.5)


def _elements(site: Site, node: ast.List | ast.Tuple | ast.Set) -> Iterator[Change]:
    """Elements swapped, dropped or repeated in a display."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return
    source = site.source
    for first, second in zip(node.elts, node.elts[1:], strict=False):
        edits = (
            source.edit(*source.span(first), site.text(second)),
            source.edit(*source.span(second), site.text(first)),
        )
        yield Change(edits, 1.0)
    for index, element in enumerate(node.elts):
        if len(node.elts) > 2 and index + 1 < len(node.elts):
            following = source.span(node.elts[index + 1])[0]
            yield Change((source.edit(source.span(element)[0], following, ""),), 0.3)
    if node.elts and not isinstance(node, ast.Tuple):
        end = source.span(node.elts[-1])[1]
        for name in site.locals()[:6]:
            yield Change((source.edit(end, end, f", {name}"),), 0.2)


def _wanted_value(site: Site, node: ast.expr) -> Iterator[Change]:
    """A whole value a failing test expects, where a container literal or constant stands."""
    if not isinstance(node, ast.List | ast.Dict | ast.Tuple | ast.Constant):
        return
    if is_condition(site, node):
        return
    own = site.types(node)
    for text in site.around.literals.wanted_values[:_MOST]:
        kind = {"[": "list", "{": "dict", "(": "tuple"}.get(text[0], "set")
        if kind in own and text != site.text(node):
            yield Change(site.replace(node, text), 1.0)


FAMILIES: tuple[Family[Any], ...] = (
    Family("number", 0.9, (ast.Constant,), _near_number),
    Family("known number", 0.35, (ast.Constant,), _known_number),
    Family("truth value", 0.9, (ast.Constant,), _truth),
    Family("None literal", 0.5, (ast.Constant,), _none),
    Family("empty container", 0.35, (ast.List, ast.Tuple, ast.Dict, ast.Set), _empty),
    Family("elements", 0.3, (ast.List, ast.Tuple, ast.Set), _elements),
    Family("expected value", 0.08, (ast.expr,), _wanted_value),
)
