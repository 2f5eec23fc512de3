"""Where None, an empty text or nothing stands and a computed value belongs."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family
from agent_core.repair.ingredients import Ingredient, reachable
from agent_core.repair.sites import Site

_MOST = 220
_PER_TEMPLATE = 5
_ATTRIBUTES = 20
_CONVERSIONS = ("len", "list", "sorted", "str", "int", "set", "sum", "max", "min", "abs")
_HOLDERS = (ast.Assign, ast.AnnAssign, ast.Return, ast.Call, ast.keyword)


def _value(site: Site, node: ast.Constant) -> Iterator[Change]:
    """Variables, expressions of the function, and expressions of the file fitted to this place."""
    parent = site.source.parents[node]
    if node.value is not None and node.value != "":
        return
    if not isinstance(parent, _HOLDERS):
        return
    hint = _hint(parent)
    offers: dict[str, tuple[float, int]] = {}
    for name in (*site.locals(), *site.globals()):
        weight = 2.0 if name in site.unused else 1.0
        offers[name] = (weight * (0.3 if site.visible.get(name) == 2 else 1.0), 15)
    _offer_function(site, node, offers)
    for text in list(site.own_attributes())[:_ATTRIBUTES]:
        offers.setdefault(text, (0.8, 15))
    if isinstance(parent, ast.Call | ast.keyword):
        _offer_texts(site, offers)
        _offer_file(site, node, offers)
    else:
        _offer_file(site, node, offers)
        _offer_conversions(site, offers)
        _offer_own_calls(site, offers)
    scored = [
        (weight * (2.0 if hint and hint in text.lower() else 1.0), text, bound)
        for text, (weight, bound) in offers.items()
    ]
    scored.sort(key=lambda offer: -offer[0])
    for weight, text, bound in scored[:_MOST]:
        yield Change(site.replace(node, text, bound), weight)


def _hint(parent: ast.AST) -> str:
    """A word the right expression may contain: the name of what is assigned or passed."""
    if isinstance(parent, ast.keyword):
        return (parent.arg or "").strip("_").lower()
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    if isinstance(target, ast.Name):
        return target.id.strip("_").lower()
    return target.attr.strip("_").lower() if isinstance(target, ast.Attribute) else ""


def _offer_function(site: Site, node: ast.expr, offers: dict[str, tuple[float, int]]) -> None:
    names = site.reach(node)
    for found in site.pool.expressions:
        if reachable(found, names):
            fresh = 1.0 if found.names & site.unused else 0.6
            offers.setdefault(found.text, (fresh, found.bound))


def _offer_file(site: Site, node: ast.expr, offers: dict[str, tuple[float, int]]) -> None:
    """Expressions of the whole file; a variable that is missing here is replaced by one at hand."""
    names = site.reach(node)
    variables = [name for name in site.locals() if name not in {"self", "cls"}]
    for found in site.index.templates.values():
        missing = sorted(found.names - names)
        if not missing:
            offers.setdefault(found.text, (0.4, found.bound))
            swappable = sorted(n for n in found.names if site.visible.get(n, 2) < 2)
            missing = swappable[:1] if len(swappable) == 1 else []
        if len(missing) == 1:
            for text, weight in _filled(site, found, missing[0], variables):
                offers.setdefault(text, (weight, found.bound))


def _offer_texts(site: Site, offers: dict[str, tuple[float, int]]) -> None:
    texts = [*site.around.literals.wanted_strings[:8], *sorted(site.index.strings)]
    for text in [text for text in texts if 0 < len(text) <= 12][:20]:
        offers.setdefault(repr(text), (0.25, 15))


def _filled(
    site: Site, found: Ingredient, missing: str, variables: list[str]
) -> Iterator[tuple[str, float]]:
    pattern = re.compile(rf"(?<![\w.]){re.escape(missing)}\b")
    for name in variables[:_PER_TEMPLATE]:
        yield pattern.sub(name, found.text), 0.6 if name in site.unused else 0.3


def _offer_conversions(site: Site, offers: dict[str, tuple[float, int]]) -> None:
    for variable in site.locals()[:6]:
        for function in _CONVERSIONS:
            offers.setdefault(f"{function}({variable})", (0.3, 15))
        for attribute in list(site.index.attributes.get(variable, {}))[:12]:
            offers.setdefault(f"{variable}.{attribute}", (0.4, 15))
            offers.setdefault(f"{variable}.{attribute}()", (0.4, 15))
    for held in list(site.own_attributes())[:_ATTRIBUTES]:
        for name in site.scope.parameters[1:3]:
            offers.setdefault(f"{held}[{name}]", (0.3, 15))


def _offer_own_calls(site: Site, offers: dict[str, tuple[float, int]]) -> None:
    """Functions of the file that take one argument; those nobody calls are likely the lost ones."""
    variables = [name for name in site.locals() if name not in {"self", "cls"}][:4]
    for name, scope in site.around.layout.definitions.items():
        function = scope.function
        if function is None or name not in site.visible:
            continue
        required = len(function.args.args) - len(function.args.defaults)
        if required > 1 or not function.args.args:
            continue
        weight = 0.3 if name in site.index.calls else 0.8
        for variable in variables:
            offers.setdefault(f"{name}({variable})", (weight, 15))


def _missing_argument(site: Site, node: ast.Call) -> Iterator[Change]:
    """A variable or a short text put in before any argument."""
    if any(isinstance(argument, ast.GeneratorExp) for argument in node.args):
        return
    offers = _arguments(site, node)
    parts: list[ast.expr | ast.keyword] = [*node.args, *node.keywords[:1]]
    for part in parts:
        start = site.source.span(part)[0]
        if site.source.data[start - 1 : start] == b"(" and part is not parts[0]:
            continue
        for text, weight in offers.items():
            yield Change((site.source.edit(start, start, f"{text}, "),), weight)
    if not parts:
        end = site.source.span(node)[1] - 1
        for text, weight in offers.items():
            yield Change((site.source.edit(end, end, text),), weight)


def _arguments(site: Site, node: ast.Call) -> dict[str, float]:
    offers = {name: 1.5 if name in site.unused else 0.5 for name in site.locals()[:10]}
    for name in list(site.own_attributes())[:_ATTRIBUTES]:
        offers.setdefault(name, 0.3)
    for name in site.globals()[:10]:
        offers.setdefault(name, 0.15)
    if isinstance(node.func, ast.Attribute):
        frequent = sorted(site.index.strings, key=lambda text: -site.index.strings[text])
        short = [text for text in frequent[:8] if len(text) <= 10]
        offers |= {repr(text): 0.3 for text in short}
    return offers


FAMILIES: tuple[Family[Any], ...] = (
    Family("value for None", 0.6, (ast.Constant,), _value),
    Family("missing argument", 0.35, (ast.Call,), _missing_argument),
)
