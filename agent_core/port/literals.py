"""Literals made wrong: numbers, texts, truth values, status codes, keys of what is returned."""

import ast
import contextlib
import re
from collections.abc import Iterator

from agent_core.repair.families.base import number
from agent_core.repair.source import Source
from runners.patches import TextEdit

Mutation = tuple[str, TextEdit]
"""The operator's name and its edit."""

_STATUS = {200: 201, 201: 200, 202: 200, 204: 200, 301: 302, 302: 301, 303: 302, 307: 308}
_STATUS |= {308: 307, 400: 404, 401: 403, 403: 401, 404: 400, 409: 400, 422: 400}
_STATUS_NAMES = frozenset({"status", "status_code", "code"})
_QUOTES = ('"""', "'''", '"', "'")
_FORMATTED = re.compile(r"""[fFrR]{1,2}("{3}|'{3}|"|')""")


def constant(source: Source, node: ast.Constant) -> Iterator[Mutation]:
    """Another value of the same kind, or the status a client might confuse it with."""
    value = node.value
    if isinstance(value, bool):
        yield "truth value", source.replace(node, str(not value))
    elif value is None:
        if not _tested_by_identity(source, node):
            yield "None", source.replace(node, "1")
    elif isinstance(value, str):
        yield "text", source.replace(node, _lengthened(source, node, f"{value}x"))
    elif isinstance(value, bytes):
        yield "text", source.replace(node, _lengthened(source, node, value + b"x"))
    elif _is_status(source, node):
        assert isinstance(value, int)  # noqa: S101  (for the type checker)
        yield "status", source.replace(node, str(_STATUS.get(value, 500 if value < 500 else 400)))
    elif (plain := number(node)) is not None:
        for other in (plain + 1, plain - 1):
            yield "number", source.replace(node, repr(other), 12 if other < 0 else 15)


def _lengthened(source: Source, node: ast.expr, value: str | bytes) -> str:
    """A text with its last letter more, in the quotes it has where that is possible."""
    written = source.text(node)
    for quotes in _QUOTES:
        longer = f"{written.removesuffix(quotes)}x{quotes}"
        with contextlib.suppress(SyntaxError, ValueError):
            if ast.literal_eval(f"({longer})") == value:
                return longer
    return repr(value)


def _tested_by_identity(source: Source, node: ast.Constant) -> bool:
    parent = source.parents[node]
    return isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.Is | ast.IsNot)


def _is_status(source: Source, node: ast.Constant) -> bool:
    if type(node.value) is not int or not 100 <= node.value <= 599:
        return False
    match source.parents[node]:
        case ast.keyword(arg=name):
            return name in _STATUS_NAMES
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) as call:
            return name in {"abort", "redirect", "Response", "make_response"} and node in call.args
        case ast.Assign(targets=[ast.Attribute(attr=name)]):
            return name in _STATUS_NAMES
        case ast.Tuple() as pair:
            return isinstance(source.parents[pair], ast.Return | ast.Call) and node in pair.elts[1:]
    return False


def formatted(source: Source, node: ast.JoinedStr) -> Iterator[Mutation]:
    """One more letter in a formatted text."""
    opening = _FORMATTED.match(source.text(node))
    if opening is not None:
        place = source.span(node)[0] + opening.end()
        yield "text", source.edit(place, place, "x")


def key(source: Source, node: ast.Dict | ast.Call) -> Iterator[Mutation]:
    """Other keys in what a function returns."""
    here: ast.AST = node
    while not isinstance(here, ast.stmt):
        here = source.parents[here]
    if not isinstance(here, ast.Return):
        return
    if isinstance(node, ast.Dict):
        for name in node.keys:
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield "key", source.replace(name, _lengthened(source, name, f"{name.value}x"))
    elif isinstance(node.func, ast.Name) and node.func.id in {"jsonify", "dict"}:
        for keyword in node.keywords:
            if keyword.arg is not None:
                end = source.span(keyword)[0] + len(keyword.arg.encode())
                yield "key", source.edit(end, end, "x")
