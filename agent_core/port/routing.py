"""What can be made wrong in the decorators of a definition: its routes, and who may call it."""

import ast
import re
from collections.abc import Iterator

from agent_core.port.literals import Mutation
from agent_core.repair.source import Source, decorators

_ROUTES = frozenset({"route", "get", "post", "put", "delete", "patch"})
_CONVERTER = re.compile(rb"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_OTHER = {
    b"int": b"",
    b"float": b"int:",
    b"path": b"",
    b"uuid": b"",
    b"string": b"int:",
    b"": b"int:",
}
_SILENT = frozenset(
    {"wraps", "lru_cache", "cache", "overload", "abstractmethod", "override", "final"}
)
"""Decorators without which a request is answered in the same way, or nothing starts at all."""


def decorator_mutations(source: Source, statement: ast.stmt) -> Iterator[Mutation]:
    """Converters and methods of routes changed, other decorators taken off."""
    for decorator in decorators(statement):
        route = as_route(decorator)
        if route is None:
            yield from _removed(source, decorator)
        else:
            yield from _converters(source, route.args[0])
            yield from _methods(source, route)


def as_route(decorator: ast.expr) -> ast.Call | None:
    """The call, where a decorator is one like `app.route("/")`."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str()), *_]):
            return decorator if name in _ROUTES else None
    return None


def rule_arguments(route: ast.Call) -> set[str]:
    """The names of the arguments that a route's rule gives to its view."""
    rule = ast.literal_eval(route.args[0])
    return {name.decode() for _, name in _CONVERTER.findall(rule.encode())}


def _converters(source: Source, rule: ast.expr) -> Iterator[Mutation]:
    start, end = source.span(rule)
    for found in _CONVERTER.finditer(source.data, start, end):
        kind = found[1] or b""
        if kind in _OTHER:
            text = b"<" + _OTHER[kind] + found[2] + b">"
            yield "converter", source.edit(found.start(), found.end(), text.decode())


def _methods(source: Source, route: ast.Call) -> Iterator[Mutation]:
    for keyword in route.keywords:
        names = keyword.value
        if keyword.arg != "methods" or not isinstance(names, ast.List | ast.Tuple | ast.Set):
            continue
        texts = [source.portable(name) for name in names.elts]
        if len(texts) > 1:
            for left_out in range(len(texts)):
                kept = ", ".join(texts[:left_out] + texts[left_out + 1 :])
                yield "method dropped", source.replace(names, f"[{kept}]")


def _removed(source: Source, decorator: ast.expr) -> Iterator[Mutation]:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if ast.unparse(called).rpartition(".")[2] in _SILENT:
        return
    start = source.line_start(decorator.lineno)
    end = source.line_end(decorator.end_lineno or decorator.lineno)
    first, last = source.span(decorator)
    if source.data[start:first].strip() == b"@" and not source.data[last:end].strip():
        yield "decorator removed", source.edit(start, end, "")
