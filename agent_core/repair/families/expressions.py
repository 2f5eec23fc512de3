"""Whole expressions: any of the same function that fits, choices, rebuilt calls."""

import ast
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family, is_condition
from agent_core.repair.families.strings import likeness
from agent_core.repair.ingredients import Ingredient, callee, reachable
from agent_core.repair.sites import Site

_MOST = 40


def _same_function(site: Site, node: ast.expr) -> Iterator[Change]:
    """An expression of the function instead of this one, by type and distance."""
    if isinstance(node, ast.JoinedStr):
        return
    own, names = site.text(node), site.reach(node)
    line = site.statement.lineno
    offers: list[tuple[float, int, Ingredient]] = []
    for rank, found in enumerate(site.pool.expressions):
        if found.text == own or not reachable(found, names):
            continue
        if isinstance(node, ast.Name) and isinstance(found.node, ast.Name):
            continue
        weight = site.fits(node, found) / (1 + 0.02 * min(abs(found.line - line), 50))
        offers.append((weight, rank, found))
    offers.sort(key=lambda offer: (-offer[0], offer[1]))
    for weight, _, found in offers[:_MOST]:
        yield Change(site.replace(node, found.text, found.bound), weight)


def _assigned_elsewhere(site: Site, node: ast.Assign | ast.AnnAssign) -> Iterator[Change]:
    """What the file assigns to the same name elsewhere, or a parameter of that name."""
    value = node.value
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    if value is None or not isinstance(target, ast.Name | ast.Attribute):
        return
    name = target.id if isinstance(target, ast.Name) else target.attr
    names, own = site.reach(value), site.text(value)
    offers: dict[str, tuple[float, int]] = {}
    for variable in site.locals():
        alike = likeness(variable, name.lstrip("_"))
        if alike > 0.75 and variable != name:
            offers[variable] = (min(alike, 1.5), 15)
    for found in site.index.assigned.get(name, []):
        if reachable(found, names):
            offers.setdefault(found.text, (1.0, found.bound))
    for text, (weight, bound) in list(offers.items())[:_MOST]:
        if text != own:
            yield Change(site.replace(value, text, bound), weight)


def _choice(site: Site, node: ast.expr) -> Iterator[Change]:
    """`x if c else y` around a value: a default for None, a guard against zero."""
    if is_condition(site, node) or isinstance(site.source.parents[node], ast.IfExp):
        return
    parent = site.source.parents[node]
    whole = isinstance(parent, ast.Return | ast.Assign | ast.AugAssign | ast.keyword | ast.Call)
    if not whole or isinstance(node, ast.Constant):
        return
    text = site.text(node)
    for name in _dividends(node):
        yield Change(site.replace(node, f"{text} if {name} else 0", 1), 1.0)
        yield Change(site.replace(node, f"{text} if {name} else 0.0", 1), 0.4)
    for name in dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name)):
        if site.visible.get(name, 2) > 1:
            continue
        for other in ("None", "0", "[]", '""'):
            yield Change(site.replace(node, f"{text} if {name} else {other}", 1), 0.5)
            yield Change(site.replace(node, f"{text} if {name} is not None else {other}", 1), 0.4)
    if isinstance(node, ast.Name | ast.Attribute | ast.Call):
        for default in ("[]", "{}", '""', "0", "()"):
            yield Change(site.replace(node, f"{text} or {default}", 2), 0.6)


def _dividends(node: ast.expr) -> list[str]:
    return [
        ast.unparse(inner.right)
        for inner in ast.walk(node)
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div | ast.FloorDiv | ast.Mod)
    ]


def _branches(site: Site, node: ast.IfExp) -> Iterator[Change]:
    body, other = site.text(node.body), site.text(node.orelse)
    source = site.source
    swapped = (
        source.edit(*source.span(node.body), other),
        source.edit(*source.span(node.orelse), body),
    )
    if not isinstance(node.orelse, ast.IfExp | ast.Lambda):
        yield Change(swapped, 1.0)
    yield Change(site.replace(node, body, 1), 0.6)
    yield Change(site.replace(node, other, 1), 0.6)


def _text_around(site: Site, node: ast.expr) -> Iterator[Change]:
    """Text joined before or after a text value, from the strings of the file and the tests."""
    if "str" not in site.types(node) or is_condition(site, node):
        return
    if isinstance(node, ast.Constant) or isinstance(site.source.parents[node], ast.Compare):
        return
    text = site.text(node)
    pieces = [t for t in site.around.literals.wanted_strings if 0 < len(t) <= 6][:6]
    pieces += [t for t in sorted(site.index.strings) if 0 < len(t) <= 4][:8]
    for piece in dict.fromkeys([*pieces, " ", "\n", "-", "_"]):
        yield Change(site.replace(node, f"{piece!r} + {text}", 10), 0.5)
        yield Change(site.replace(node, f"{text} + {piece!r}", 10), 0.5)


def _rebuilt_call(site: Site, node: ast.Call) -> Iterator[Change]:
    """Two arguments at once, each from the variables and close expressions of the function."""
    if len(node.args) != 2 or any(isinstance(a, ast.Starred) for a in node.args):
        return
    recursive = site.function is not None and callee(node) == site.function.name
    pools = [_close(site, argument) for argument in node.args]
    source = site.source
    for first, one in pools[0]:
        for second, two in pools[1]:
            edits = (
                source.replace(node.args[0], first, 1),
                source.replace(node.args[1], second, 1),
            )
            yield Change(edits, one * two * (1.0 if recursive else 0.5))


def _close(site: Site, node: ast.expr) -> list[tuple[str, float]]:
    names, own = site.reach(node), site.text(node)
    found = [
        (ingredient.text, site.fits(node, ingredient))
        for ingredient in site.pool.expressions
        if ingredient.text != own and reachable(ingredient, names) and len(ingredient.text) < 30
    ]
    found.sort(key=lambda offer: -offer[1])
    return found[:5]


def _lambda_body(site: Site, node: ast.Lambda) -> Iterator[Change]:
    """What a lambda gives back: its parameter, part of it, or another lambda's body."""
    parameters = [argument.arg for argument in node.args.args]
    own = site.text(node.body)
    offers: dict[str, float] = {}
    for name in parameters:
        for pattern, weight in (("{}", 1.0), ("{}[0]", 0.6), ("{}[1]", 0.6), ("len({})", 0.4)):
            offers[pattern.format(name)] = weight
        offers |= {f"-{name}": 0.3, f"{name}[-1]": 0.2, f"str({name})": 0.2, f"{name}()": 0.2}
        for attribute in site.index.attributes.get(name, {}):
            offers[f"{name}.{attribute}"] = 0.6
    names = site.reach(node.body)
    for found in site.pool.expressions:
        if reachable(found, names) and (not parameters or found.names & set(parameters)):
            offers.setdefault(found.text, 0.5)
    offers.pop(own, None)
    for text, weight in list(offers.items())[:60]:
        yield Change(site.replace(node.body, text, 1), weight)


def _awaited(site: Site, node: ast.Call) -> Iterator[Change]:
    """A missing or superfluous `await` in an async function."""
    if not isinstance(site.function, ast.AsyncFunctionDef):
        return
    parent = site.source.parents[node]
    if isinstance(parent, ast.Await):
        yield Change(site.replace(parent, site.text(node)), 0.3)
    else:
        yield Change(site.replace(node, f"await {site.text(node)}", 14), 1.0)


FAMILIES: tuple[Family[Any], ...] = (
    Family("expression of the function", 0.35, (ast.expr,), _same_function),
    Family[ast.Assign | ast.AnnAssign](
        "assigned elsewhere", 0.6, (ast.Assign, ast.AnnAssign), _assigned_elsewhere
    ),
    Family("choice", 0.2, (ast.expr,), _choice),
    Family("branches of a choice", 0.6, (ast.IfExp,), _branches),
    Family("text around", 0.15, (ast.expr,), _text_around),
    Family("both arguments", 0.15, (ast.Call,), _rebuilt_call),
    Family("lambda body", 0.5, (ast.Lambda,), _lambda_body),
    Family("await", 0.4, (ast.Call,), _awaited),
)
