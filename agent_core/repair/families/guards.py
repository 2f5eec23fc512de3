"""Guards: a check before a statement that returns, raises or goes on with the loop."""

import ast
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family
from agent_core.repair.families.boolean import candidates_for_tests, negated, tests_of
from agent_core.repair.ingredients import reachable
from agent_core.repair.scopes import Function
from agent_core.repair.sites import Site
from agent_core.repair.types import base

_MOST_TESTS = 24


def _guard(site: Site, node: ast.stmt) -> Iterator[Change]:
    if site.indent is None or site.function is None or isinstance(node, Function | ast.ClassDef):
        return
    exits = _exits(site)
    for text, weight in _tests(site):
        for leave, share in exits:
            edits = site.before((f"if {text}:", f"    {leave}"))
            yield Change(edits, weight * share)


def _tests(site: Site) -> list[tuple[str, float]]:
    found: dict[str, float] = {}
    for rank, name in enumerate(candidates_for_tests(site)):
        near = 1.0 if rank < 3 else 0.4
        for text, weight, _ in tests_of(site, name):
            found.setdefault(text, weight * near)
        if {base(t) for t in site.name_types(name)} & {"int", "float"}:
            found.setdefault(f"{name} == 0", 0.4 * near)
        if {base(t) for t in site.name_types(name)} & {"list", "str", "tuple"}:
            found.setdefault(f"len({name}) <= 1", 0.3 * near)
    for condition in site.pool.conditions[:10]:
        if reachable(condition, site.plain):
            found.setdefault(condition.text, 0.4)
            found.setdefault(negated(condition.node, condition.text), 0.2)
    ordered = sorted(found.items(), key=lambda item: -item[1])
    return ordered[:_MOST_TESTS]


def _exits(site: Site) -> list[tuple[str, float]]:
    found: dict[str, float] = {}
    if site.in_loop:
        found |= {"continue": 1.0, "break": 0.6}
    for text in _returned(site):
        found.setdefault(f"return {text}".rstrip(), 1.0)
    for text, weight in (("", 0.5), ("None", 0.3), ("0", 0.4), ("[]", 0.3), ("False", 0.4)):
        found.setdefault(f"return {text}".rstrip(), weight)
    for text in ("True", '""'):
        found.setdefault(f"return {text}", 0.25)
    for name in site.scope.parameters[:3]:
        if name not in {"self", "cls"}:
            found.setdefault(f"return {name}", 0.3)
    for text in _raised(site):
        found.setdefault(text, 0.3)
    return list(found.items())[:12]


def _returned(site: Site) -> list[str]:
    found = []
    for statement in site.scope.statements:
        if isinstance(statement, ast.Return) and statement.value is not None:
            text = site.source.portable(statement.value)
            names = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
            if len(text) < 30 and names <= site.reach(statement.value):
                found.append(text)
    return list(dict.fromkeys(found))[:4]


def _raised(site: Site) -> list[str]:
    """The `raise` statements of the file's scopes, and what the failing tests wait for."""
    found: dict[str, None] = {}
    for statement in site.scope.statements:
        if isinstance(statement, ast.Raise) and "\n" not in site.source.text(statement):
            found[site.source.text(statement)] = None
    for name in expected_exceptions(site):
        found[f"raise {name}"] = None
    return list(found)[:4]


def expected_exceptions(site: Site) -> list[str]:
    """Exceptions that a failing test says were not raised."""
    found: dict[str, None] = {}
    for failure in site.around.failures:
        if "DID NOT RAISE" in failure.message:
            words = failure.message.replace("<", " ").replace(">", " ").replace("'", " ").split()
            if words:
                found[words[-1].rpartition(".")[2]] = None
        elif " not raised" in failure.message:
            found[failure.message.split(" not raised")[0].split()[-1]] = None
    return list(found)


def _only_if(site: Site, node: ast.Assign | ast.AugAssign | ast.Expr) -> Iterator[Change]:
    """The statement only under a condition."""
    if site.indent is None or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    text = site.source.text(node)
    if "\n" in text:
        return
    for test, weight in _tests(site):
        body = f"if {test}:{site.source.newline}{site.indent}    {text}"
        yield Change(site.replace_statement(body), weight)


def _ensure(site: Site, node: ast.stmt) -> Iterator[Change]:
    """A default for a parameter that is None: `if x is None: x = []`."""
    function = site.function
    if function is None or not function.body or node is not function.body[0]:
        return
    for name in site.scope.parameters[:6]:
        if name in {"self", "cls"}:
            continue
        for value in ("[]", "{}", "0", '""', "set()"):
            edits = site.before((f"if {name} is None:", f"    {name} = {value}"))
            if edits:
                yield Change(edits, 1.0 if "NoneType" in site.name_types(name) else 0.3)


def _unwrapped(site: Site, node: ast.If | ast.While | ast.With) -> Iterator[Change]:
    """The body of a block without its header."""
    body = node.body
    start = site.source.span(node)[0]
    if site.indent is None or body[0].lineno <= node.lineno or getattr(node, "orelse", None):
        return
    inner = site.source.indent(body[0])
    if inner is None:
        return
    end = site.source.line_end(body[-1].end_lineno or body[-1].lineno)
    first = site.source.line_start(body[0].lineno)
    lines = site.source.data[first:end].decode("utf-8", "surrogatepass").splitlines(keepends=True)
    text = "".join(site.indent + line.removeprefix(inner) for line in lines)
    yield Change((site.source.edit(start - len(site.indent), end, text),), 1.0)


FAMILIES: tuple[Family[Any], ...] = (
    Family("guard", 0.5, (ast.stmt,), _guard),
    Family[ast.Assign | ast.AugAssign | ast.Expr](
        "only if", 0.2, (ast.Assign, ast.AugAssign, ast.Expr), _only_if
    ),
    Family("default for None", 0.3, (ast.stmt,), _ensure),
    Family[Any]("without its block", 0.2, (ast.If, ast.While, ast.With), _unwrapped),
)
