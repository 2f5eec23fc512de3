"""Truth: and/or, not, operands of a condition, conditions joined from the function's own."""

import ast
import re
from collections.abc import Iterator

from agent_core.repair.families.base import Change, Family, is_condition
from agent_core.repair.ingredients import reachable
from agent_core.repair.sites import Site
from agent_core.repair.source import strength

_WORD = re.compile(rb"\band\b|\bor\b")
_NEGATED = {
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_MOST_JOINED = 40
_COMPARISON = 5
"""How tightly a comparison binds, see `source.strength`."""


def _and_or(site: Site, node: ast.BoolOp) -> Iterator[Change]:
    """Every `and` of the chain an `or`, or the other way round, or only one of them."""
    other = "or" if isinstance(node.op, ast.And) else "and"
    places = [
        site.source.operator_span(left, right, _WORD)
        for left, right in zip(node.values, node.values[1:], strict=False)
    ]
    edits = tuple(site.source.edit(*place, other) for place in places if place is not None)
    if len(edits) == len(places):
        yield Change(edits, 1.0)
    if len(edits) > 1:
        for edit in edits:
            yield Change((edit,), 0.5)


def _drop_operand(site: Site, node: ast.BoolOp) -> Iterator[Change]:
    for index, value in enumerate(node.values):
        start, end = site.source.span(value)
        if index == 0:
            cut = (site.source.span(node)[0], site.source.span(node.values[1])[0])
        else:
            cut = (site.source.span(node.values[index - 1])[1], end)
        removed = site.source.data[cut[0] : cut[1]]
        if removed.count(b"(") == removed.count(b")") and start >= cut[0]:
            yield Change((site.source.edit(*cut, ""),), 1.0)


def _negate(site: Site, node: ast.expr) -> Iterator[Change]:
    if not is_condition(site, node) or isinstance(node, ast.BoolOp | ast.Compare):
        if isinstance(node, ast.BoolOp) and is_condition(site, node):
            yield Change(site.replace(node, f"not ({site.text(node)})", 4), 0.4)
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        start, end = site.source.span(node)
        inner = site.source.data[start + 3 : end].decode().lstrip()
        yield Change(site.replace(node, inner, 4), 1.0)
        return
    if isinstance(site.source.parents[node], ast.UnaryOp):
        return
    yield Change(site.replace(node, f"not {site.text(node)}", 4), 1.0)


def _negate_value(site: Site, node: ast.expr) -> Iterator[Change]:
    """`not` where a truth value is returned, assigned or passed."""
    if is_condition(site, node):
        return
    types = site.types(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield Change(site.replace(node, site.text(node)[3:].lstrip(), 4), 1.0)
    elif types and "bool" in types and not isinstance(node, ast.Constant | ast.Compare):
        yield Change(site.replace(node, f"not {site.text(node)}", 4), 0.6)


def _none_test(site: Site, node: ast.expr) -> Iterator[Change]:
    """`if x` becomes `if x is not None`, `if not x` becomes `if x is None`."""
    if not is_condition(site, node) or not isinstance(node, ast.Name | ast.Attribute | ast.Call):
        return
    text = site.text(node)
    parent = site.source.parents[node]
    if isinstance(parent, ast.UnaryOp):
        yield Change(site.replace(parent, f"{text} is None", 5), 1.0)
    else:
        yield Change(site.replace(node, f"{text} is not None", 5), 1.0)
        yield Change(site.replace(node, f"{text} is None", 5), 0.4)


def _constant_condition(site: Site, node: ast.If | ast.While) -> Iterator[Change]:
    """A fixed truth for a condition, or a variable's truth for a fixed one."""
    if isinstance(node.test, ast.Constant):
        for name in site.locals():
            yield Change(site.replace(node.test, name), 8.0)
            yield Change(site.replace(node.test, f"not {name}", 4), 4.0)
        return
    for text, weight in (("True", 0.5), ("False", 0.3)):
        yield Change(site.replace(node.test, text), weight)


def _other_condition(site: Site, node: ast.expr) -> Iterator[Change]:
    """Another condition of the function instead of this one."""
    if not is_condition(site, node) or isinstance(site.source.parents[node], ast.UnaryOp):
        return
    names, own = site.reach(node), site.text(node)
    for found in site.pool.conditions[:_MOST_JOINED]:
        if found.text != own and reachable(found, names):
            yield Change(site.replace(node, found.text, found.bound), 1.0)
            yield Change(site.replace(node, negated(found.node, found.text), 4), 0.3)


def _joined(site: Site, node: ast.expr) -> Iterator[Change]:
    """One more operand, from the function's conditions and from tests of its variables."""
    if not is_condition(site, node) or isinstance(site.source.parents[node], ast.BoolOp):
        return
    own = site.text(node)
    strong = isinstance(node, ast.BoolOp | ast.IfExp | ast.Lambda)
    guarded = f"({own})" if strong else own
    for text, weight, bound in _conditions_for(site, node):
        if text == own:
            continue
        for word, binding in (("or", 2), ("and", 3)):
            extra = text if bound > binding else f"({text})"
            for joined, factor in (
                (f"{extra} {word} {guarded}", 1.0),
                (f"{guarded} {word} {extra}", 0.8),
            ):
                edit = site.source.replace(node, joined, binding)
                yield Change((edit,), weight * factor)


def _conditions_for(site: Site, node: ast.expr) -> Iterator[tuple[str, float, int]]:
    names = site.reach(node)
    for found in site.pool.conditions[:_MOST_JOINED]:
        if reachable(found, names):
            yield found.text, 0.5, found.bound
    inside = {n.id for n in ast.walk(site.statement) if isinstance(n, ast.Name)}
    for name in candidates_for_tests(site):
        near = 1.0 if name in inside else 0.4
        for text, weight, bound in tests_of(site, name):
            yield text, near * weight, bound


def candidates_for_tests(site: Site) -> list[str]:
    """Variables and dotted names a guard may ask about, those of the statement first."""
    found: dict[str, None] = {}
    for node in site.nodes:
        if isinstance(node, ast.Name) and site.visible.get(node.id, 2) < 2:
            found[node.id] = None
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            found[site.text(node)] = None
    found.update(dict.fromkeys(site.locals()[:10]))
    return [text for text in found if not set(text) & set("(\"'\n")][:14]


def tests_of(site: Site, name: str) -> Iterator[tuple[str, float, int]]:
    """Questions worth asking about a variable, by its observed type: text, weight, binding."""
    types = site.name_types(name)
    optional = "NoneType" in types
    yield f"{name} is None", 1.0 if optional or not types else 0.35, 5
    yield f"not {name}", 0.8, 4
    yield f"{name} is not None", 0.5 if optional or not types else 0.2, 5
    yield name, 0.5, 15
    if not types or {"int", "float"} & set(types):
        yield f"{name} < 0", 0.3, 5
        yield f"{name} <= 0", 0.2, 5
        yield f"{name} > 0", 0.3, 5


def negated(node: ast.expr, text: str) -> str:
    """The opposite of a condition, as short as it can be said."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = _operand(node.left), _operand(node.comparators[0])
        return f"{left} {_NEGATED[type(node.ops[0])]} {right}"
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return text[3:].lstrip()
    if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
        return f"not {text}"
    return f"not ({text})"


def _operand(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if strength(node) > _COMPARISON else f"({text})"


FAMILIES: tuple[Family[ast.BoolOp] | Family[ast.expr] | Family[ast.If | ast.While], ...] = (
    Family("and/or", 1.0, (ast.BoolOp,), _and_or),
    Family("drop condition", 0.5, (ast.BoolOp,), _drop_operand),
    Family("negation", 0.8, (ast.expr,), _negate),
    Family("negated value", 0.4, (ast.expr,), _negate_value),
    Family("None test", 0.35, (ast.expr,), _none_test),
    Family("other condition", 0.3, (ast.expr,), _other_condition),
    Family("joined condition", 0.5, (ast.expr,), _joined),
    Family[ast.If | ast.While](
        "constant condition", 0.05, (ast.If, ast.While), _constant_condition
    ),
)
