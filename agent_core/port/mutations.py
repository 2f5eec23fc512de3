"""The ways in which a statement can be made wrong: small edits, each of a named operator."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

from agent_core.port.literals import Mutation, constant, formatted, key
from agent_core.port.routing import decorator_mutations
from agent_core.repair.families.comparison import OPERATOR, SYMBOLS
from agent_core.repair.scopes import own_lines, own_nodes
from agent_core.repair.source import Source, decorators
from runners.patches import TextEdit

Rule = Callable[[Source, Any], Iterator[Mutation]]

_COMPARISONS = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "is": ("is not",),
    "is not": ("is",),
    "in": ("not in",),
    "not in": ("in",),
}
_ARITHMETIC: dict[type[ast.operator], tuple[re.Pattern[bytes], str]] = {
    ast.Add: (re.compile(rb"\+"), "-"),
    ast.Sub: (re.compile(rb"-"), "+"),
    ast.Mult: (re.compile(rb"\*"), "/"),
    ast.Div: (re.compile(rb"/"), "*"),
    ast.FloorDiv: (re.compile(rb"//"), "/"),
    ast.Mod: (re.compile(rb"%"), "*"),
    ast.Pow: (re.compile(rb"\*\*"), "*"),
    ast.BitOr: (re.compile(rb"\|"), "&"),
    ast.BitAnd: (re.compile(rb"&"), "|"),
    ast.LShift: (re.compile(rb"<<"), ">>"),
    ast.RShift: (re.compile(rb">>"), "<<"),
}
_JUNCTION = re.compile(rb"\band\b|\bor\b")
_METHODS = {"lower": "upper", "upper": "lower", "startswith": "endswith", "endswith": "startswith"}
_METHODS |= {"asc": "desc", "desc": "asc", "title": "lower", "capitalize": "upper"}
_STRIPS = frozenset({"strip", "lstrip", "rstrip"})
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SORTING = frozenset({"sorted", "sort"})
_TOLD = frozenset({"debug", "info", "warning", "warn", "error", "exception", "critical", "log"})
_SECRET = re.compile(
    r"""\w*(?:secret|passw|passphrase|token|api_?key)\w*["']?\]?\s*(?:=|!=|:|,)[=\s]*[bru]*["']""",
    re.IGNORECASE,
)


def mutations(source: Source, statement: ast.stmt) -> dict[str, list[TextEdit]]:
    """Edits of a statement's own text by operator; statements inside it are left alone.

    None for what says something to nobody but a log, holds a secret, or is a docstring.
    """
    found: dict[TextEdit, str] = {}
    if not _says_only(statement) and not _holds_secret(source, statement):
        for operator, edit in _all(source, statement):
            found.setdefault(edit, operator)
    by_operator: dict[str, list[TextEdit]] = {}
    for edit, operator in found.items():
        by_operator.setdefault(operator, []).append(edit)
    return by_operator


def _all(source: Source, statement: ast.stmt) -> Iterator[Mutation]:
    yield from decorator_mutations(source, statement)
    header = {node for each in decorators(statement) for node in ast.walk(each)}
    for node in (statement, *own_nodes(source, statement)):
        if node not in header:
            for kinds, rule in _RULES:
                if isinstance(node, kinds):
                    yield from rule(source, node)


def _says_only(statement: ast.stmt) -> bool:
    """Whether a statement is a docstring, or tells a log or a terminal what nobody else hears."""
    if not isinstance(statement, ast.Expr):
        return False
    if isinstance(statement.value, ast.Constant | ast.JoinedStr):
        return True
    match statement.value:
        case ast.Call(func=ast.Name(id="print")):
            return True
        case ast.Call(func=ast.Attribute(value=receiver, attr=name)) if name in _TOLD:
            said = ast.unparse(receiver).lower()
            return "log" in said or said == "warnings"
    return False


def _holds_secret(source: Source, statement: ast.stmt) -> bool:
    """Whether the text shows a password or key: mutants are printed, secrets never."""
    lines = own_lines(statement)
    shown = source.data[source.line_start(lines[0]) : source.line_end(lines[-1])]
    return _SECRET.search(shown.decode("utf-8", "replace")) is not None


def _comparison(source: Source, node: ast.Compare) -> Iterator[Mutation]:
    left = node.left
    for symbol, right in zip(node.ops, node.comparators, strict=True):
        place = source.operator_span(left, right, OPERATOR)
        if place is not None:
            for other in _COMPARISONS[SYMBOLS[type(symbol)]]:
                yield "comparison", source.edit(*place, other)
        left = right


def _junction(source: Source, node: ast.BoolOp) -> Iterator[Mutation]:
    other = "or" if isinstance(node.op, ast.And) else "and"
    for left, right in zip(node.values, node.values[1:], strict=False):
        place = source.operator_span(left, right, _JUNCTION)
        if place is not None:
            yield "and/or", source.edit(*place, other)


def _negation(source: Source, node: ast.UnaryOp) -> Iterator[Mutation]:
    if isinstance(node.op, ast.Not):
        start, end = source.span(node)[0], source.span(node.operand)[0]
        rest = source.data[start + len(b"not") : end].lstrip()
        yield "not removed", source.edit(start, end, rest.decode())


def _arithmetic(source: Source, node: ast.BinOp | ast.AugAssign) -> Iterator[Mutation]:
    left, right = (
        (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
    )
    if type(node.op) not in _ARITHMETIC or any(_is_text(side) for side in (left, right)):
        return
    pattern, other = _ARITHMETIC[type(node.op)]
    place = source.operator_span(left, right, pattern)
    if place is not None:
        yield "arithmetic", source.edit(*place, other)


def _is_text(node: ast.expr) -> bool:
    """Texts know `+` and `%` alone: anything else would be a crash, not a subtle fault."""
    text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    return text or isinstance(node, ast.JoinedStr)


def _condition(source: Source, node: ast.If | ast.IfExp) -> Iterator[Mutation]:
    test = node.test
    if isinstance(test, ast.Constant) or any(isinstance(n, ast.NamedExpr) for n in ast.walk(test)):
        return
    for text in ("True", "False"):
        yield "condition", source.replace(test, text)
    if not isinstance(test, ast.Compare | ast.UnaryOp):
        weak = isinstance(test, ast.BoolOp | ast.IfExp | ast.Lambda)
        written = source.portable(test)
        yield "not", source.replace(test, f"not ({written})" if weak else f"not {written}", 4)


def _returned(source: Source, node: ast.Return) -> Iterator[Mutation]:
    value = node.value
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return
    yield "return value", source.replace(value, "None")
    if isinstance(value, ast.Compare | ast.BoolOp | ast.UnaryOp):
        for text in ("True", "False"):
            yield "return value", source.replace(value, text)
    elif isinstance(value, ast.ListComp) or (isinstance(value, ast.List) and value.elts):
        yield "return value", source.replace(value, "[]")
    elif isinstance(value, ast.DictComp) or (isinstance(value, ast.Dict) and value.keys):
        yield "return value", source.replace(value, "{}")


def _call(source: Source, node: ast.Call) -> Iterator[Mutation]:
    match node.func:
        case ast.Name(id=name):
            if name in _FUNCTIONS:
                yield "function", source.replace(node.func, _FUNCTIONS[name])
        case ast.Attribute(value=receiver, attr=name):
            end = source.span(node.func)[1]
            start = end - len(name.encode())
            if name in _METHODS:
                yield "method", source.edit(start, end, _METHODS[name])
            elif name in _STRIPS:
                dot = source.data.rindex(b".", source.span(receiver)[1], start)
                yield "method", source.edit(dot, source.span(node)[1], "")
            elif name == "get":
                yield from _default(source, node)
        case _:
            return
    if name in _SORTING | _FUNCTIONS.keys():
        yield from _order(source, node, reversible=name in _SORTING)


def _default(source: Source, node: ast.Call) -> Iterator[Mutation]:
    """What `.get` answers where the key is missing."""
    given = [word.value for word in node.keywords if word.arg == "default"] or node.args[1:2]
    for value in given:
        if not (isinstance(value, ast.Constant) and value.value is None):
            yield "default", source.replace(value, "None")


def _order(source: Source, node: ast.Call, *, reversible: bool) -> Iterator[Mutation]:
    words = {word.arg: word.value for word in node.keywords}
    if "key" in words:
        yield "sort key", source.replace(words["key"], "None")
    if "reverse" in words:
        if not isinstance(words["reverse"], ast.Constant):
            text = f"not ({source.portable(words['reverse'])})"
            yield "sort order", source.replace(words["reverse"], text, 4)
    elif reversible:
        end = source.span(node)[1] - 1
        comma = ", " if node.args or node.keywords else ""
        yield "sort order", source.edit(end, end, f"{comma}reverse=True")


def _slice(source: Source, node: ast.Slice) -> Iterator[Mutation]:
    for bound in (node.lower, node.upper, node.step):
        if bound is not None:
            yield "slice", source.edit(*source.span(bound), "")


def _removal(source: Source, node: ast.stmt) -> Iterator[Mutation]:
    """The statement gone; `pass` keeps every other line where it was."""
    match node:
        case ast.Expr(value=ast.Call() | ast.Await()):
            pass
        case ast.AugAssign() | ast.Delete() | ast.Raise() | ast.Continue():
            pass
        case ast.Assign() if all(
            isinstance(t, ast.Attribute | ast.Subscript) for t in node.targets
        ):
            pass
        case _:
            return
    yield "statement removed", source.edit(*source.span(node), "pass")


_RULES: tuple[tuple[type[ast.AST] | tuple[type[ast.AST], ...], Rule], ...] = (
    (ast.stmt, _removal),
    (ast.Return, _returned),
    ((ast.If, ast.IfExp), _condition),
    (ast.AugAssign, _arithmetic),
    ((ast.Dict, ast.Call), key),
    (ast.Call, _call),
    (ast.Compare, _comparison),
    (ast.BoolOp, _junction),
    (ast.UnaryOp, _negation),
    (ast.BinOp, _arithmetic),
    (ast.Slice, _slice),
    (ast.JoinedStr, formatted),
    (ast.Constant, constant),
)
