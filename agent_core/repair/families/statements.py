"""Statements: deleted, moved, re-indented, exchanged for a sibling, borrowed from the function."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family
from agent_core.repair.ingredients import BUILTINS, Donor
from agent_core.repair.scopes import Function
from agent_core.repair.sites import Site
from agent_core.repair.types import fit

_MOST_DONORS = 14
_MOST_NAMES = 5
_SIMPLE = (
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Expr,
    ast.Return,
    ast.Raise,
    ast.Break,
    ast.Continue,
    ast.Delete,
    ast.Assert,
)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _delete(site: Site, node: ast.stmt) -> Iterator[Change]:
    if isinstance(node, Function | ast.ClassDef | ast.Import | ast.ImportFrom) or _is_text(node):
        return
    edits = site.delete()
    if edits:
        yield Change(edits, 1.0 if isinstance(node, _SIMPLE) else 0.5)


def _exchange(site: Site, node: ast.stmt) -> Iterator[Change]:
    """The statement before or after its neighbour."""
    if site.indent is None or isinstance(node, Function | ast.ClassDef) or _is_text(node):
        return
    position = site.block.index(node)
    if position + 1 >= len(site.block):
        return
    other = site.block[position + 1]
    if site.source.indent(other) is None or other.lineno == node.end_lineno:
        return
    source = site.source
    edits = (
        source.edit(*source.span(node), source.text(other)),
        source.edit(*source.span(other), source.text(node)),
    )
    yield Change(edits, 1.0)


def _dedent(site: Site, node: ast.stmt) -> Iterator[Change]:
    """The last statement of a block moved behind it, or the statement after a block into it."""
    if site.indent is None or not isinstance(node, _SIMPLE) or "\n" in site.source.text(node):
        return
    source = site.source
    parent = source.parents[node]
    text = source.text(node)
    removed = site.delete()
    if not removed:
        return
    compound = isinstance(parent, ast.If | ast.For | ast.While | ast.With)
    if compound and site.block[-1] is node and len(site.block) > 1:
        assert isinstance(parent, ast.stmt)  # noqa: S101  (for the type checker)
        outer = source.indent(parent)
        end = source.line_end(parent.end_lineno or parent.lineno)
        if outer is not None and end >= removed[0].end:
            line = f"{outer}{text}{source.newline}"
            if end == removed[0].end:
                yield Change((source.edit(removed[0].start, end, line),), 1.0)
            else:
                yield Change((*removed, source.edit(end, end, line)), 1.0)
    yield from _into_block(site, node, text)


def _into_block(site: Site, node: ast.stmt, text: str) -> Iterator[Change]:
    position = site.block.index(node)
    if position == 0:
        return
    previous = site.block[position - 1]
    if not isinstance(previous, ast.If | ast.For | ast.While | ast.With):
        return
    last = previous.body[-1]
    if getattr(previous, "orelse", None):
        last = previous.orelse[-1] if isinstance(previous, ast.If | ast.For | ast.While) else last
    inner = site.source.indent(last)
    if inner is None or last.lineno == previous.lineno:
        return
    start = site.source.line_start(node.lineno)
    end = site.source.line_end(node.end_lineno or node.lineno)
    line = f"{inner}{text}{site.source.newline}"
    yield Change((site.source.edit(start, end, line),), 1.0)


def _borrow(site: Site, node: ast.stmt) -> Iterator[Change]:
    """A statement of the same function inserted here, as it is or with one variable replaced."""
    if site.indent is None or isinstance(node, Function | ast.ClassDef) or site.function is None:
        return
    lasting = not isinstance(node, ast.Return | ast.Raise | ast.Continue | ast.Break)
    simple = isinstance(node, _SIMPLE)
    line = node.lineno
    donors = sorted(site.pool.donors, key=lambda donor: abs(donor.line - line))[:_MOST_DONORS]
    for donor in donors:
        near = 1.0 / (1 + 0.03 * abs(donor.line - line))
        for text, weight in _variants(site, donor):
            yield Change(site.before((text,)), weight * near)
            if lasting and (simple or site.block[-1] is node):
                yield Change(site.after((text,)), weight * near)


def _variants(site: Site, donor: Donor) -> Iterator[tuple[str, float]]:
    """The donor, and the donor with one of its variables replaced by another in reach."""
    if donor.node is not site.statement:
        yield donor.text, 1.0
    for name in donor.names:
        if name in BUILTINS or site.visible.get(name, 2) > 1:
            continue
        wanted = site.name_types(name)
        offers = [
            (fit(wanted, site.name_types(other)), other)
            for other in site.locals()
            if other != name and other not in {"self", "cls"}
        ]
        offers.sort(key=lambda offer: -offer[0])
        pattern = re.compile(rf"(?<![\w.]){re.escape(name)}\b")
        for weight, other in offers[:_MOST_NAMES]:
            text, count = pattern.subn(other, donor.text, count=1)
            if count:
                yield text, 0.6 * weight
            whole = pattern.sub(other, donor.text)
            if whole != text:
                yield whole, 0.5 * weight


def _assign(site: Site, node: ast.stmt) -> Iterator[Change]:
    """`a = b` for two variables of the function, or `a.append(b)`, put in here."""
    if site.indent is None or site.function is None or isinstance(node, Function | ast.ClassDef):
        return
    for text, weight in _updates(site):
        yield Change(site.before((text,)), weight)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr):
            yield Change(site.after((text,)), weight)


def _updates(site: Site) -> Iterator[tuple[str, float]]:
    names = [name for name in site.locals() if name not in {"self", "cls"}][:12]
    for first in names:
        wanted = site.name_types(first)
        kinds = {name.partition("[")[0] for name in wanted}
        if "int" in kinds:
            yield f"{first} += 1", 0.8
            yield f"{first} -= 1", 0.8
        for second in names:
            if first == second:
                continue
            likely = fit(wanted, site.name_types(second))
            if likely > 0.1:
                yield f"{first} = {second}", 0.6 * likely
            if "list" in kinds:
                yield f"{first}.append({second})", 0.8
                yield f"{first}.extend({second})", 0.3
            if "set" in kinds:
                yield f"{first}.add({second})", 0.8


def _duplicate_elsewhere(site: Site, node: ast.If | ast.For | ast.While) -> Iterator[Change]:
    """A donor at the end of a block's body, where updates are forgotten."""
    last = node.body[-1]
    indent = site.source.indent(last)
    if indent is None or isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break):
        return
    end = site.source.line_end(last.end_lineno or last.lineno)
    if not site.source.data[:end].endswith(b"\n"):
        return
    donors = sorted(site.pool.donors, key=lambda donor: abs(donor.line - node.lineno))
    for donor in donors[:8]:
        for text, weight in _variants(site, donor):
            line = f"{indent}{text}{site.source.newline}"
            yield Change((site.source.edit(end, end, line),), weight)


FAMILIES: tuple[Family[Any], ...] = (
    Family("delete statement", 0.25, (ast.stmt,), _delete),
    Family("exchange statements", 0.25, (ast.stmt,), _exchange),
    Family("indentation", 0.35, (ast.stmt,), _dedent),
    Family("borrowed statement", 0.3, (ast.stmt,), _borrow),
    Family("missing update", 0.25, (ast.stmt,), _assign),
    Family[ast.If | ast.For | ast.While](
        "end of block", 0.2, (ast.If, ast.For, ast.While), _duplicate_elsewhere
    ),
)
