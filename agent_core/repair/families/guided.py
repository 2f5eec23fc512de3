"""Edits that answer what a failing test's exception says: a name, an attribute, a key, a bound."""

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from agent_core.repair.families.base import Change, Family, is_value
from agent_core.repair.ingredients import BUILTINS
from agent_core.repair.scopes import Function
from agent_core.repair.sites import Site
from runners.reports import Failure

_QUOTED = re.compile(r"['\"]([^'\"]+)['\"]")
_SUGGESTED = re.compile(r"Did you mean:? '([^']+)'")


def _raised(site: Site, *names: str) -> list[Failure]:
    return [f for f in site.around.failures if f.exception.rpartition(".")[2] in names]


def _unknown_name(site: Site, node: ast.Name) -> Iterator[Change]:
    """NameError: the nearest name there is; UnboundLocalError: a value to begin with."""
    for failure in _raised(site, "NameError", "UnboundLocalError"):
        quoted = _QUOTED.findall(failure.message)
        if not quoted or quoted[0] != node.id or not isinstance(node.ctx, ast.Load):
            continue
        names = sorted(site.reach(node))
        for name in [*_SUGGESTED.findall(failure.message), *get_close_matches(node.id, names, 4)]:
            if name != node.id:
                yield Change(site.replace(node, name), 1.0)
        parameters = site.scope.parameters
        if parameters and parameters[0] in {"self", "cls"}:
            yield Change(site.replace(node, f"{parameters[0]}.{node.id}"), 1.0)


def _initialise(site: Site, node: ast.stmt) -> Iterator[Change]:
    """UnboundLocalError: the variable gets a first value at the start of the function."""
    function = site.function
    if function is None or isinstance(node, Function):
        return
    for failure in _raised(site, "UnboundLocalError", "NameError"):
        for name in _QUOTED.findall(failure.message)[:1]:
            if not name.isidentifier() or not any(
                isinstance(n, ast.Name) and n.id == name for n in site.nodes
            ):
                continue
            indent = site.source.indent(function.body[0])
            if indent is None:
                continue
            start = site.source.line_start(function.body[0].lineno)
            for value in ("0", "None", "[]", "{}", '""', "False", "1", "set()"):
                text = f"{indent}{name} = {value}{site.source.newline}"
                yield Change((site.source.edit(start, start, text),), 1.0)


def _unknown_attribute(site: Site, node: ast.Attribute) -> Iterator[Change]:
    """AttributeError: the nearest attribute of the file or of the observed type."""
    for failure in _raised(site, "AttributeError"):
        quoted = _QUOTED.findall(failure.message)
        if node.attr not in quoted[-2:]:
            continue
        known = set(site.around.types.attributes_of(site.types(node.value)))
        known |= set(site.index.every_attribute)
        end = site.source.span(node)[1]
        start = end - len(node.attr.encode())
        near = get_close_matches(node.attr, sorted(known - {node.attr}), 4, 0.5)
        for name in dict.fromkeys([*_SUGGESTED.findall(failure.message), *near]):
            if name != node.attr:
                yield Change((site.source.edit(start, end, name),), 1.0)
        if "'NoneType'" in failure.message:
            held = site.text(node.value)
            yield Change(site.replace(node, f"({held} and {site.text(node)})"), 0.5)


def _missing_key(site: Site, node: ast.Constant) -> Iterator[Change]:
    """KeyError: a near key of the file."""
    for failure in _raised(site, "KeyError"):
        quoted = _QUOTED.findall(failure.message)
        if quoted and node.value == quoted[0]:
            near = get_close_matches(quoted[0], sorted(set(site.index.strings) - {quoted[0]}), 4)
            for text in near:
                yield Change(site.replace(node, repr(text)), 1.0)


def _absent_key(site: Site, node: ast.Subscript) -> Iterator[Change]:
    """KeyError at a look-up: `get` with a default of the kind the result is used as."""
    if not _raised(site, "KeyError") or not isinstance(node.ctx, ast.Load):
        return
    if isinstance(node.slice, ast.Slice | ast.Tuple):
        return
    held, key = site.text(node.value), site.text(node.slice)
    for default in ("", ", 0", ", []", ", {}", ', ""', ", None", ", set()", ", False"):
        yield Change(site.replace(node, f"{held}.get({key}{default})"), 1.0)


def _key_default(site: Site, node: ast.stmt) -> Iterator[Change]:
    """KeyError while updating an entry: `d.setdefault(k, ...)` first."""
    if not _raised(site, "KeyError") or isinstance(node, Function | ast.ClassDef):
        return
    for inner in site.nodes:
        if isinstance(inner, ast.Subscript) and not isinstance(inner.slice, ast.Slice):
            held, key = site.text(inner.value), site.text(inner.slice)
            for value in ("0", "[]", "set()", "{}"):
                edits = site.before((f"{held}.setdefault({key}, {value})",))
                if edits:
                    yield Change(edits, 1.0)


def _bounds(site: Site, node: ast.stmt) -> Iterator[Change]:
    """IndexError: the loop or branch asks first whether the index is inside."""
    if not _raised(site, "IndexError"):
        return
    tests = []
    for inner in ast.walk(site.statement) if isinstance(node, ast.If | ast.While) else ():
        if isinstance(inner, ast.Subscript) and isinstance(inner.slice, ast.expr):
            if not isinstance(inner.slice, ast.Slice | ast.Constant):
                tests.append(f"{site.text(inner.slice)} < len({site.text(inner.value)})")
            tests.append(site.text(inner.value))
    if isinstance(node, ast.If | ast.While):
        for text in dict.fromkeys(tests):
            start = site.source.span(node.test)[0]
            if not isinstance(node.test, ast.BoolOp) or isinstance(node.test.op, ast.And):
                yield Change((site.source.edit(start, start, f"{text} and "),), 1.0)


def _divided(site: Site, node: ast.BinOp) -> Iterator[Change]:
    """ZeroDivisionError: a choice or a lower bound for the divisor."""
    if not _raised(site, "ZeroDivisionError"):
        return
    if not isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
        return
    whole, below = site.text(node), site.text(node.right)
    for other in ("0", "0.0", "None", "1"):
        yield Change(site.replace(node, f"({whole} if {below} else {other})"), 1.0)
    yield Change(site.replace(node.right, f"max({below}, 1)"), 0.7)


def _converted(site: Site, node: ast.expr) -> Iterator[Change]:
    """TypeError about operand types: a conversion of one side."""
    if not is_value(site, node) or isinstance(node, ast.Constant):
        return
    for failure in _raised(site, "TypeError")[:1]:
        message = failure.message
        text = site.text(node)
        if "concatenate str" in message or "must be str" in message or "expected str" in message:
            yield Change(site.replace(node, f"str({text})"), 1.0)
        if "'str'" in message:
            yield Change(site.replace(node, f"int({text})"), 0.6)
            yield Change(site.replace(node, f"float({text})"), 0.3)
        if "subscriptable" in message or "not iterable" in message or "has no len" in message:
            yield Change(site.replace(node, f"list({text})"), 0.8)
            yield Change(site.replace(node, f"[{text}]"), 0.4)
            yield Change(site.replace(node, f"({text} or [])"), 0.6)
        if "NoneType" in message:
            for default in ("0", '""', "[]", "{}"):
                yield Change(site.replace(node, f"({text} or {default})"), 0.5)


def _missing_import(site: Site, node: ast.Import | ast.ImportFrom) -> Iterator[Change]:
    """ImportError: the nearest name."""
    for failure in _raised(site, "ImportError", "ModuleNotFoundError"):
        for alias in node.names:
            if alias.name in _QUOTED.findall(failure.message):
                pool = sorted(site.index.every_attribute | dict.fromkeys(BUILTINS, 0))
                for name in [
                    *_SUGGESTED.findall(failure.message),
                    *get_close_matches(alias.name, pool, 3),
                ]:
                    text = site.source.text(node).replace(alias.name, name)
                    yield Change(site.replace_statement(text), 1.0)


FAMILIES: tuple[Family[Any], ...] = (
    Family("unknown name", 2.0, (ast.Name,), _unknown_name, values=False),
    Family("first value", 1.5, (ast.stmt,), _initialise),
    Family("unknown attribute", 2.0, (ast.Attribute,), _unknown_attribute, values=False),
    Family("near key", 1.5, (ast.Constant,), _missing_key),
    Family("absent key", 0.8, (ast.Subscript,), _absent_key),
    Family("entry default", 0.5, (ast.stmt,), _key_default),
    Family("inside bounds", 0.8, (ast.stmt,), _bounds),
    Family("divisor", 1.2, (ast.BinOp,), _divided),
    Family("conversion", 0.6, (ast.expr,), _converted),
    Family[Any]("import", 1.0, (ast.Import, ast.ImportFrom), _missing_import),
)
