"""Indices, slices, ranges, look-ups and comprehensions."""

import ast
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family, is_condition
from agent_core.repair.ingredients import reachable
from agent_core.repair.sites import Site
from agent_core.repair.source import strength
from agent_core.repair.types import base

_SEQUENCES = frozenset({"list", "str", "tuple", "bytes", "deque", "collections.deque"})
_MOST = 6


def _index(site: Site, node: ast.Subscript) -> Iterator[Change]:
    """Another index, a slice for an index, the container itself."""
    if isinstance(node.slice, ast.Slice) or not isinstance(node.ctx, ast.Load):
        return
    held, index = site.text(node.value), site.text(node.slice)
    minus = index if strength(node.slice) >= 12 else f"({index})"
    sequence = _is_sequence(site, node.value)
    yield Change(site.replace(node, held), 0.3)
    if not sequence or isinstance(node.slice, ast.Tuple):
        return
    for text, weight in (
        (f"{held}[-1]", 0.5),
        (f"{held}[0]", 0.5),
        (f"{held}[{index}:]", 0.4),
        (f"{held}[:{index}]", 0.3),
        (f"{held}[-{minus}]", 0.3),
        (f"{held}[-{minus} - 1]", 0.2),
    ):
        if text != site.text(node):
            yield Change(site.replace(node, text), weight)


def _is_sequence(site: Site, node: ast.expr) -> bool:
    types = site.types(node)
    return not types or any(base(name) in _SEQUENCES for name in types)


def _slice(site: Site, node: ast.Subscript) -> Iterator[Change]:
    if not isinstance(node.slice, ast.Slice):
        return
    part, held = node.slice, site.text(node.value)
    lower = site.text(part.lower) if part.lower else ""
    upper = site.text(part.upper) if part.upper else ""
    step = f":{site.text(part.step)}" if part.step else ""
    offers = _other_bounds(lower, upper)
    for name in _bounds(site, node):
        offers.setdefault(f"{name}:{upper}", 0.25)
        offers.setdefault(f"{lower}:{name}", 0.25)
    subscripts = {f"{bounds}{step}": weight for bounds, weight in offers.items()}
    if step:
        subscripts[f"{lower}:{upper}"] = 0.5
    else:
        subscripts[f"{lower}:{upper}:-1"] = 0.15
    if bool(lower) != bool(upper):
        subscripts[lower or upper] = 0.4
    yield Change(site.replace(node, held), 0.4)
    for text, weight in subscripts.items():
        written = f"{held}[{text}]"
        if text != ":" and written != site.text(node):
            yield Change(site.replace(node, written), weight)


def _other_bounds(lower: str, upper: str) -> dict[str, float]:
    """Bounds shifted, swapped or left out."""
    offers = {f"{upper}:": 0.5, f":{lower}": 0.5}
    if lower and upper:
        offers |= {f"{lower}:": 0.7, f":{upper}": 0.7, f"{upper}:{lower}": 0.4}
    for text in (f"1:{upper}", f"2:{upper}", f"{lower}:-1", f"{lower}:1"):
        offers.setdefault(text, 0.35)
    return offers


def _bounds(site: Site, node: ast.expr) -> list[str]:
    names = site.reach(node)
    found = []
    for name in site.locals():
        types = {base(t) for t in site.name_types(name)}
        if name in names and (not types or "int" in types):
            found.append(name)
    return found[:_MOST]


def _to_slice(site: Site, node: ast.Name | ast.Attribute | ast.Call) -> Iterator[Change]:
    """Only a part of a sequence, or one element of it."""
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or is_condition(site, node):
        return
    types = site.types(node)
    if types and not any(base(name) in _SEQUENCES for name in types):
        return
    held = site.text(node)
    weight = 1.0 if types else 0.2
    for text, share in (
        (f"{held}[1:]", 1.0),
        (f"{held}[:-1]", 0.8),
        (f"{held}[::-1]", 0.6),
        (f"{held}[0]", 0.6),
        (f"{held}[-1]", 0.6),
        (f"{held}[1]", 0.3),
        (f"{held}[:]", 0.3),
    ):
        yield Change(site.replace(node, text), weight * share)
    if not types:
        return
    for name in _bounds(site, node):
        if name != held:
            yield Change(site.replace(node, f"{held}[{name}:]"), 0.6)
            yield Change(site.replace(node, f"{held}[:{name}]"), 0.6)
            yield Change(site.replace(node, f"{held}[{name}]"), 0.6)


def _keyed(site: Site, node: ast.Name) -> Iterator[Change]:
    """An item of a mapping instead of the mapping."""
    types = site.types(node)
    if not any(base(name) == "dict" for name in types):
        return
    for name in site.locals()[: 2 * _MOST]:
        if name != node.id:
            yield Change(site.replace(node, f"{node.id}[{name}]"), 0.7)


def _swap_indices(site: Site, node: ast.Subscript) -> Iterator[Change]:
    """`x[i][j]` becomes `x[j][i]`."""
    inner = node.value
    if not isinstance(inner, ast.Subscript):
        return
    if not isinstance(inner.slice, ast.Slice) and not isinstance(node.slice, ast.Slice):
        source = site.source
        edits = (
            source.edit(*source.span(inner.slice), site.text(node.slice)),
            source.edit(*source.span(node.slice), site.text(inner.slice)),
        )
        yield Change(edits, 1.0)


def _get(site: Site, node: ast.Subscript) -> Iterator[Change]:
    """`d[k]` becomes `d.get(k)`, with a default where one helps."""
    if isinstance(node.slice, ast.Slice) or not isinstance(node.ctx, ast.Load):
        return
    types = site.types(node.value)
    if types and not any("dict" in name.lower() or "Counter" in name for name in types):
        return
    held, key = site.text(node.value), site.text(node.slice)
    if isinstance(node.slice, ast.Tuple) and not key.startswith("("):
        key = f"({key})"
    for default in ("", ", 0", ", []", ', ""', ", False", ", {}", f", {key}"):
        yield Change(site.replace(node, f"{held}.get({key}{default})"), 0.6 if types else 0.3)


def _from_get(site: Site, node: ast.Call) -> Iterator[Change]:
    """`d.get(k)` becomes `d[k]`; its default changes."""
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "get" or not node.args:
        return
    held, key = site.text(node.func.value), site.text(node.args[0])
    yield Change(site.replace(node, f"{held}[{key}]"), 1.0)
    for default in ("0", "1", "[]", "{}", '""', "None", "False", "True", key):
        text = f"{held}.get({key}, {default})"
        if text != site.text(node):
            yield Change(site.replace(node, text), 0.4)


def _range(site: Site, node: ast.Call) -> Iterator[Change]:
    if not isinstance(node.func, ast.Name) or node.func.id != "range" or node.keywords:
        return
    args = [site.text(argument) for argument in node.args]
    if not args or any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    if len(args) == 1:
        stop = args[0]
        offers = (
            (f"{stop} + 1", 1.0),
            (f"{stop} - 1", 0.8),
            (f"1, {stop}", 0.8),
            (f"1, {stop} + 1", 0.8),
            (f"{stop} - 1, -1, -1", 0.4),
            (f"0, {stop}, 2", 0.2),
            (f"2, {stop}", 0.3),
        )
    else:
        start, stop = args[0], args[1]
        step = f", {args[2]}" if len(args) > 2 else ""
        offers = (
            (f"{start}, {stop} + 1{step}", 1.0),
            (f"{start}, {stop} - 1{step}", 0.8),
            (f"{start} + 1, {stop}{step}", 0.8),
            (f"{start} - 1, {stop}{step}", 0.5),
            (f"{start} + 1, {stop} + 1{step}", 0.4),
            (f"{stop} - 1, {start} - 1, -1", 0.3),
            (f"{stop}", 0.3),
        )
    for text, weight in offers:
        yield Change(site.replace(node, f"range({text})"), weight)


def _looped(site: Site, node: ast.For | ast.ListComp) -> Iterator[Change]:
    """Another iterable: any the file iterates, or a variable or attribute that can be iterated.

    What stands in the file once is written and never read: what a lost loop may have gone over.
    """
    target = node if isinstance(node, ast.For) else node.generators[0]
    own, names = site.text(target.iter), site.reach(target.iter)
    empty = isinstance(target.iter, ast.List) and not target.iter.elts
    offers: dict[str, float] = {}
    for found in site.index.iterated.values():
        if reachable(found, names):
            offers[found.text] = 0.8
    for name in site.locals():
        for text, weight in _iterables(site, name):
            offers.setdefault(text, weight)
    for name in site.globals():
        offers.setdefault(name, 0.3)
    for text, count in site.own_attributes().items() if empty else ():
        offers.setdefault(text, 1.0 if count == 1 else 0.3)
    for wrapped in (f"reversed({own})", f"enumerate({own})", f"sorted({own})", f"list({own})"):
        offers.setdefault(wrapped, 0.3)
    offers.pop(own, None)
    for text, weight in sorted(offers.items(), key=lambda offer: -offer[1])[:60]:
        yield Change(site.replace(target.iter, text, 1), weight * (2.0 if empty else 1.0))


def _iterables(site: Site, name: str) -> Iterator[tuple[str, float]]:
    types = {base(t) for t in site.name_types(name)}
    if name in site.unused:
        yield name, 2.0
    if types & {"list", "dict", "set", "tuple", "generator", "str"}:
        yield name, 0.8
        if "dict" in types:
            yield f"{name}.items()", 0.8
            yield f"{name}.values()", 0.5
    elif not types:
        yield name, 0.4
    if not types or types & {"list", "tuple", "str"}:
        yield f"range(len({name}))", 0.4


def _filter(
    site: Site, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Iterator[Change]:
    """A condition of a comprehension dropped, or one more."""
    generator = node.generators[-1]
    source = site.source
    end = source.span(generator.iter)[1]
    for condition in generator.ifs:
        start, stop = source.span(condition)
        lead = source.data.rfind(b"if", end, start)
        if lead > 0:
            yield Change((source.edit(lead, stop, ""),), 0.8)
    if generator.ifs or not isinstance(generator.target, ast.Name):
        return
    if source.data[end : end + 1] == b")" and not isinstance(node, ast.GeneratorExp):
        end += 1
    name = generator.target.id
    for text, weight in ((name, 0.8), (f"{name} is not None", 0.8), (f"{name} > 0", 0.3)):
        yield Change((source.edit(end, end, f" if {text}"),), weight)
    for other in site.locals()[:_MOST]:
        yield Change((source.edit(end, end, f" if {name} != {other}"),), 0.3)
        yield Change((source.edit(end, end, f" if {name} not in {other}"),), 0.3)
        yield Change((source.edit(end, end, f" if {name} in {other}"),), 0.3)


def _joined_sequences(site: Site, node: ast.expr) -> Iterator[Change]:
    """Another list or text of the function before or after this one."""
    types = {base(name) for name in site.types(node)}
    kind = types & {"list", "str", "tuple"}
    if not kind or is_condition(site, node) or isinstance(node, ast.JoinedStr):
        return
    text, names = site.text(node), site.reach(node)
    own = text if strength(node) >= 11 else f"({text})"
    for found in site.pool.expressions:
        if not isinstance(found.node, ast.Name | ast.Attribute | ast.Call | ast.List):
            continue
        if found.text == text or not reachable(found, names) or len(found.text) > 40:
            continue
        if kind & {base(name) for name in site.types(found.node)}:
            yield Change(site.replace(node, f"{found.text} + {own}", 10), 1.0)
            yield Change(site.replace(node, f"{own} + {found.text}", 10), 1.0)


FAMILIES: tuple[Family[Any], ...] = (
    Family("index", 0.45, (ast.Subscript,), _index),
    Family("slice", 0.5, (ast.Subscript,), _slice),
    Family[ast.Name | ast.Attribute | ast.Call](
        "part of a sequence", 0.3, (ast.Name, ast.Attribute, ast.Call), _to_slice
    ),
    Family("item of a mapping", 0.25, (ast.Name,), _keyed),
    Family("swap indices", 0.4, (ast.Subscript,), _swap_indices),
    Family("lookup with default", 0.3, (ast.Subscript,), _get),
    Family("get", 0.35, (ast.Call,), _from_get),
    Family("range", 0.7, (ast.Call,), _range),
    Family[ast.For | ast.ListComp]("iterable", 0.45, (ast.For, ast.ListComp), _looped),
    Family[Any](
        "filter", 0.3, (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), _filter
    ),
    Family("join sequences", 0.3, (ast.expr,), _joined_sequences),
)
