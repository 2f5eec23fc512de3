"""Headers of functions and classes: decorators, defaults, parameters, base classes, `global`."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from agent_core.repair.families.base import Change, Family
from agent_core.repair.scopes import Function
from agent_core.repair.sites import Site

_DEFAULTS = ("None", "0", "1", "True", "False", '""', "()")


def _decorate(site: Site, node: Function) -> Iterator[Change]:
    """A missing decorator: the standard ones, then those of the same file."""
    if site.indent is None:
        return
    offers = _standard_decorators(site, node)
    for text in site.index.decorators:
        if text.partition(".")[2] not in {"setter", "deleter", "getter"}:
            offers.setdefault(text, 0.6)
    for name in sorted(site.visible):
        if "cache" in name or name in {"contextmanager", "total_ordering"}:
            offers.setdefault(name, 0.3)
    for name in site.scope.parameters[:2]:
        prefix = "wraps" if "wraps" in site.visible else "functools.wraps"
        if prefix.partition(".")[0] in site.visible:
            offers.setdefault(f"{prefix}({name})", 0.8)
    for decorator in node.decorator_list:
        offers.pop(site.text(decorator), None)
    for text, weight in offers.items():
        yield Change(site.before((f"@{text}",)), weight)


def _standard_decorators(site: Site, node: Function) -> dict[str, float]:
    if not isinstance(site.scope.node, ast.ClassDef):
        return {}
    parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    first = parameters[0] if parameters else ""
    offers = {
        "staticmethod": 1.0 if first not in {"self", "cls"} else 0.1,
        "classmethod": 1.0 if first == "cls" else 0.2,
    }
    if len(parameters) == 1:
        offers["property"] = 1.0
    twins = [o for o in site.block if isinstance(o, Function) and o.name == node.name]
    if len(twins) > 1:
        offers[f"{node.name}.setter"] = 1.0
    return offers


def _undecorate(site: Site, node: Function | ast.ClassDef) -> Iterator[Change]:
    source = site.source
    for decorator in node.decorator_list:
        last = decorator.end_lineno or decorator.lineno
        start, end = source.line_start(decorator.lineno), source.line_end(last)
        if source.data[start:end].strip().startswith(b"@"):
            yield Change((source.edit(start, end, ""),), 1.0)


def _defaults(site: Site, node: Function) -> Iterator[Change]:
    """A parameter without default gets one; a default is dropped or made None."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args]
    plain = len(every) - len(arguments.defaults)
    if plain > 0 and every[plain - 1].arg not in {"self", "cls"}:
        end = site.source.span(every[plain - 1])[1]
        equals = " = " if every[plain - 1].annotation is not None else "="
        for text in _DEFAULTS:
            yield Change((site.source.edit(end, end, f"{equals}{text}"),), 1.0)
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is None:
            end = site.source.span(argument)[1]
            for text in _DEFAULTS:
                yield Change((site.source.edit(end, end, f"={text}"),), 1.0)
    yield from _mutable_default(site, node, every[plain:])


def _mutable_default(site: Site, node: Function, arguments: list[ast.arg]) -> Iterator[Change]:
    """`x=[]` becomes `x=None` and the function makes its own."""
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and node.body[1:]:
        first = node.body[1]
    indent = site.source.indent(first)
    if indent is None:
        return
    start = site.source.line_start(first.lineno)
    newline = site.source.newline
    for argument, default in zip(arguments, node.args.defaults, strict=True):
        if isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call):
            name, text = argument.arg, site.text(default)
            lines = f"{indent}if {name} is None:{newline}{indent}    {name} = {text}{newline}"
            edits = (site.source.replace(default, "None"), site.source.edit(start, start, lines))
            yield Change(edits, 2.0)


def _parameters(site: Site, node: Function) -> Iterator[Change]:
    """Neighbouring parameters swapped."""
    source = site.source
    every = [*node.args.posonlyargs, *node.args.args]
    for first, second in pairwise(every):
        if first.arg in {"self", "cls"} or first.annotation or second.annotation:
            continue
        edits = (
            source.edit(*source.span(first), second.arg),
            source.edit(*source.span(second), first.arg),
        )
        yield Change(edits, 1.0)


def _bases(site: Site, node: ast.ClassDef) -> Iterator[Change]:
    for base in node.bases:
        own = site.text(base)
        for name in sorted(site.visible):
            if name != own and name[:1].isupper():
                yield Change(site.replace(base, name), 0.5)


def _outer_names(site: Site, node: Function) -> Iterator[Change]:
    """A missing `global` or `nonlocal` for a name that the function binds."""
    inner = site.around.layout.definitions.get(node.name)
    first = node.body[0]
    indent = site.source.indent(first)
    if inner is None or inner.node is not node or indent is None:
        return
    start = site.source.line_start(first.lineno)
    for name in inner.names:
        if name in site.visible and name not in inner.parameters:
            word = "nonlocal" if site.visible[name] == 0 and site.function else "global"
            text = f"{indent}{word} {name}{site.source.newline}"
            yield Change((site.source.edit(start, start, text),), 1.0)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

FAMILIES: tuple[Family[Any], ...] = (
    Family[Any]("decorator", 0.5, _FUNCTIONS, _decorate),
    Family[Any]("drop decorator", 0.25, (*_FUNCTIONS, ast.ClassDef), _undecorate),
    Family[Any]("default", 0.4, _FUNCTIONS, _defaults),
    Family[Any]("parameters", 0.2, _FUNCTIONS, _parameters),
    Family("base class", 0.1, (ast.ClassDef,), _bases),
    Family[Any]("outer name", 0.2, _FUNCTIONS, _outer_names),
)
