"""Names: another variable, attribute or method, a related function, another target."""

import ast
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family, is_value
from agent_core.repair.families.strings import likeness
from agent_core.repair.ingredients import BUILTINS
from agent_core.repair.sites import Site
from agent_core.repair.types import fit

_MOST = 24

_RELATED = (
    ("min", "max"),
    ("any", "all"),
    ("sorted", "reversed", "list"),
    ("int", "float", "round", "str"),
    ("list", "tuple", "set", "frozenset", "sorted", "dict"),
    ("len", "sum", "max", "min"),
    ("isinstance", "issubclass", "hasattr"),
    ("range", "enumerate", "reversed"),
    ("str", "repr", "ascii", "format"),
    ("ord", "chr"),
    ("bin", "hex", "oct"),
    ("iter", "next", "list"),
    ("getattr", "hasattr", "setattr"),
    ("math", "cmath"),
    ("ceil", "floor", "trunc", "round"),
    ("sin", "cos", "tan"),
    ("strip", "lstrip", "rstrip"),
    ("lower", "upper", "casefold", "title", "capitalize", "swapcase"),
    ("find", "rfind", "index", "rindex"),
    ("split", "rsplit", "splitlines", "partition", "rpartition"),
    ("partition", "rpartition"),
    ("startswith", "endswith"),
    ("removeprefix", "removesuffix"),
    ("ljust", "rjust", "center", "zfill"),
    ("isdigit", "isalpha", "isalnum", "isnumeric", "isdecimal", "isspace"),
    ("islower", "isupper"),
    ("append", "extend", "insert", "appendleft", "add"),
    ("extend", "extendleft", "append", "update"),
    ("add", "discard", "remove", "update"),
    ("pop", "popleft", "remove", "popitem", "get"),
    ("keys", "values", "items"),
    ("get", "setdefault", "pop"),
    ("union", "intersection", "difference", "symmetric_difference"),
    ("issubset", "issuperset", "isdisjoint"),
    ("encode", "decode"),
    ("match", "search", "fullmatch", "findall", "finditer"),
    ("read", "readline", "readlines"),
    ("write", "writelines"),
    ("copy", "deepcopy"),
    ("heappush", "heappop", "heappushpop", "heapify"),
    ("bisect_left", "bisect_right", "bisect", "insort"),
    ("floordiv", "truediv", "mod"),
    ("product", "permutations", "combinations", "combinations_with_replacement"),
    ("groupby", "chain", "accumulate", "zip_longest"),
    ("loads", "load", "dumps", "dump"),
    ("floor", "ceil"),
)


def _siblings(name: str) -> list[str]:
    found: dict[str, None] = {}
    for group in _RELATED:
        if name in group:
            found.update(dict.fromkeys(group))
    found.pop(name, None)
    return list(found)


def _variable(site: Site, node: ast.Name) -> Iterator[Change]:
    """Another variable in reach, by type, nearness and spelling."""
    if not isinstance(node.ctx, ast.Load) or not is_value(site, node):
        return
    wanted = site.types(node)
    if wanted == ("NoneType",):
        wanted = ()
    offers: list[tuple[float, str]] = []
    inside = {n.id for n in site.nodes if isinstance(n, ast.Name)}
    for name in sorted(site.reach(node) - BUILTINS):
        if name == node.id:
            continue
        distance = site.visible.get(name, 0)
        weight = (1.0, 0.7, 0.12)[distance] * fit(wanted, site.name_types(name))
        weight *= 1.3 if name in inside else 1.0
        weight *= 0.6 if _bound_later(site, name) else 1.0
        weight *= 2.0 if name in site.unused else 1.0
        offers.append((weight * (0.5 + likeness(node.id, name)), name))
    offers.sort(key=lambda offer: (-offer[0], offer[1]))
    for weight, name in offers[:_MOST]:
        yield Change(site.replace(node, name), weight)


def _bound_later(site: Site, name: str) -> bool:
    line = site.scope.names.get(name, 0)
    return line > site.statement.lineno


def _callee(site: Site, node: ast.Name) -> Iterator[Change]:
    """A related function: built-in siblings, then functions of the file."""
    if not isinstance(node.ctx, ast.Load):
        return
    parent = site.source.parents[node]
    called = isinstance(parent, ast.Call) and parent.func is node
    for name in _siblings(node.id):
        if name in BUILTINS or name in site.visible:
            yield Change(site.replace(node, name), 1.0)
    if not called:
        return
    offers = []
    for name in sorted(site.visible):
        kind = name in site.around.layout.definitions or name in site.index.calls
        if kind and name != node.id:
            offers.append((0.5 * likeness(node.id, name), name))
    offers.sort(key=lambda offer: (-offer[0], offer[1]))
    for weight, name in offers[:8]:
        yield Change(site.replace(node, name), weight)


def _attribute(site: Site, node: ast.Attribute) -> Iterator[Change]:
    """Another attribute of the same object."""
    if not isinstance(node.ctx, ast.Load):
        return
    parent = site.source.parents[node]
    called = isinstance(parent, ast.Call) and parent.func is node
    wanted = () if called else site.types(node)
    known = site.around.types.attributes_of(site.types(node.value))
    offers: dict[str, float] = {}
    for name in _siblings(node.attr):
        offers[name] = 1.0
    for name, types in known.items():
        if not called or name in site.index.every_attribute:
            offers.setdefault(name, fit(wanted, types) * (0.5 + likeness(node.attr, name)))
    same = site.index.attributes.get(ast.unparse(node.value) if _plain(node.value) else "", {})
    for name in same:
        offers.setdefault(name, (0.3 if called else 0.5) * (0.4 + likeness(node.attr, name)))
    offers.pop(node.attr, None)
    ordered = sorted(offers.items(), key=lambda offer: (-offer[1], offer[0]))
    end = site.source.span(node)[1]
    for name, weight in ordered[:_MOST]:
        edit = site.source.edit(end - len(node.attr.encode()), end, name)
        yield Change((edit,), weight)


def _plain(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) or (isinstance(node, ast.Attribute) and _plain(node.value))


def _receiver(site: Site, node: ast.Attribute) -> Iterator[Change]:
    """The object instead of its attribute."""
    if isinstance(node.ctx, ast.Load):
        yield Change(site.replace(node, site.text(node.value)), 1.0)


def _add_attribute(site: Site, node: ast.Name | ast.Attribute) -> Iterator[Change]:
    """An attribute of the object instead of the object."""
    if not isinstance(node.ctx, ast.Load):
        return
    parent = site.source.parents[node]
    if isinstance(parent, ast.Attribute):
        return
    text = site.text(node)
    known = dict(site.around.types.attributes_of(site.types(node)))
    receiver = ast.unparse(node) if _plain(node) else ""
    for name in site.index.attributes.get(receiver, {}):
        known.setdefault(name, ())
    for name in sorted(known)[:_MOST]:
        yield Change(site.replace(node, f"{text}.{name}"), 1.0)


def _own_attribute(site: Site, node: ast.Name) -> Iterator[Change]:
    """`self.name` where a bare name stands, and the other way round."""
    parameters = site.scope.parameters
    if parameters and isinstance(node.ctx, ast.Load) and parameters[0] in {"self", "cls"}:
        known = site.index.attributes.get(parameters[0], {})
        for name in (node.id, f"_{node.id}"):
            if name in known and node.id != parameters[0]:
                yield Change(site.replace(node, f"{parameters[0]}.{name}"), 1.0)


def _bare_name(site: Site, node: ast.Attribute) -> Iterator[Change]:
    own = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
    if own and isinstance(node.ctx, ast.Load) and node.attr in site.reach(node):
        yield Change(site.replace(node, node.attr), 1.0)


def _target(site: Site, node: ast.Assign | ast.AugAssign | ast.For) -> Iterator[Change]:
    """Another target for an assignment or loop, from the targets of the function."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if len(targets) != 1:
        return
    own = site.text(targets[0])
    offers: dict[str, float] = {}
    if not isinstance(node, ast.For):
        for text in site.pool.targets:
            offers.setdefault(text, 1.0)
    for name in site.locals():
        offers.setdefault(name, 0.7)
    if isinstance(targets[0], ast.Subscript):
        offers |= _other_items(site, targets[0])
    if isinstance(targets[0], ast.Attribute):
        receiver = ast.unparse(targets[0].value)
        for name in site.index.attributes.get(receiver, {}):
            offers.setdefault(f"{receiver}.{name}", 0.6)
    offers.pop(own, None)
    start, end = site.source.span(targets[0])
    for text, weight in list(offers.items())[:_MOST]:
        yield Change((site.source.edit(start, end, text),), weight)


def _other_items(site: Site, target: ast.Subscript) -> dict[str, float]:
    """Items of the containers in reach, by the variables the statement uses."""
    found: dict[str, float] = {}
    keys = dict.fromkeys(n.id for n in site.nodes if isinstance(n, ast.Name))
    keys |= dict.fromkeys(site.locals()[:10])
    for holder in site.locals():
        types = site.name_types(holder)
        if types and not any(t.startswith(("list", "dict")) for t in types):
            continue
        for key in list(keys)[:8]:
            if key != holder and key not in BUILTINS:
                found.setdefault(f"{holder}[{key}]", 0.5)
    if isinstance(target.value, ast.Name):
        for key in list(keys)[:8]:
            found[f"{target.value.id}[{key}]"] = 0.8
    return found


FAMILIES: tuple[Family[Any], ...] = (
    Family("variable", 0.9, (ast.Name,), _variable),
    Family("related function", 0.7, (ast.Name,), _callee, values=False),
    Family("attribute", 0.8, (ast.Attribute,), _attribute, values=False),
    Family("drop attribute", 0.2, (ast.Attribute,), _receiver),
    Family[ast.Name | ast.Attribute](
        "add attribute", 0.3, (ast.Name, ast.Attribute), _add_attribute
    ),
    Family("own attribute", 0.4, (ast.Name,), _own_attribute, values=False),
    Family("bare name", 0.3, (ast.Attribute,), _bare_name),
    Family[ast.Assign | ast.AugAssign | ast.For](
        "target", 0.3, (ast.Assign, ast.AugAssign, ast.For), _target
    ),
)
