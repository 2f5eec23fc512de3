"""Statements under suspicion, with everything a family may ask about them."""

import ast
from collections.abc import Iterable

from agent_core.repair.ingredients import BUILTINS, FileIndex, Ingredient, Literals, Pool
from agent_core.repair.localise import Place
from agent_core.repair.scopes import Function, Layout, Scope, local_targets, own_nodes
from agent_core.repair.source import ATOM, Source, first_line
from agent_core.repair.types import Types, fit
from runners.observations import TypeNames
from runners.patches import TextEdit
from runners.reports import Failure

_HEADER = 0.45
_DEFINITION = 0.55


class Surroundings:
    """One file with what was derived from it; shared by all its sites."""

    def __init__(
        self,
        source: Source,
        types: Types,
        literals: Literals,
        failures: tuple[Failure, ...],
        functions: dict[str, ast.arguments],
    ) -> None:
        self.source = source
        self.layout = Layout(source)
        self.index = FileIndex(self.layout)
        self.types = types
        self.literals = literals
        self.failures = failures
        self.functions = functions
        self._pools: dict[Scope, Pool] = {}
        self._unused: dict[Scope, frozenset[str]] = {}

    def pool(self, scope: Scope) -> Pool:
        """Ingredients of a function, collected at first use."""
        if scope not in self._pools:
            self._pools[scope] = Pool(self.layout, scope)
        return self._pools[scope]

    def unused(self, scope: Scope) -> frozenset[str]:
        """Names a function binds and never reads: what a fault may have left behind."""
        if scope not in self._unused:
            function = scope.function
            read = {
                n.id
                for n in (ast.walk(function) if function is not None else ())
                if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
            }
            names = scope.names if function is not None else ()
            self._unused[scope] = frozenset(names) - read - {"self", "cls"}
        return self._unused[scope]


class Site:
    """One suspicious statement. Families read it and answer with changes."""

    def __init__(self, around: Surroundings, statement: ast.stmt, suspicion: float) -> None:
        self.around = around
        self.source = around.source
        self.statement = statement
        self.suspicion = suspicion
        self.scope = around.layout.scope_of[statement]
        self.block = around.layout.block_of[statement]
        self.indent = self.source.indent(statement)
        self.nodes = own_nodes(self.source, statement)
        self.visible = self.scope.visible()
        self._reach: dict[ast.expr, frozenset[str]] = {}
        self.plain = frozenset(self.visible) | BUILTINS

    @property
    def pool(self) -> Pool:
        """Ingredients of the function around."""
        return self.around.pool(self.scope)

    @property
    def index(self) -> FileIndex:
        """What the file offers."""
        return self.around.index

    def text(self, node: ast.expr) -> str:
        """A node as written."""
        return self.source.text(node)

    def types(self, node: ast.expr) -> TypeNames:
        """Types of an expression of this statement."""
        return self.around.types.of(self.source, self.scope, node)

    def name_types(self, name: str) -> TypeNames:
        """Types of a variable at this statement."""
        line = self.statement.lineno
        return self.around.types.seen(self.source.file, self.scope, line, name)

    def fits(self, node: ast.expr, ingredient: Ingredient) -> float:
        """Type weight of putting an ingredient in a node's place."""
        wanted = self.types(node)
        if wanted == ("NoneType",):
            return 0.5
        return fit(wanted, self.types(ingredient.node))

    def reach(self, node: ast.expr) -> frozenset[str]:
        """Names that may be used where an expression stands."""
        found = self._reach.get(node)
        if found is None:
            local = local_targets(self.source, node)
            found = self.plain.union(local) if local else self.plain
            self._reach[node] = found
        return found

    @property
    def unused(self) -> frozenset[str]:
        """Names the function binds and never reads."""
        return self.around.unused(self.scope)

    def locals(self) -> list[str]:
        """Variables of this function and those around it; never read ones first, then as bound."""
        names = [name for name, distance in self.visible.items() if distance < 2]
        return sorted(names, key=lambda name: name not in self.unused)

    def globals(self) -> list[str]:
        """Names the module assigns, such as its constants."""
        return [n for n in self.around.layout.module.assigned if self.visible.get(n) == 2]

    def own_attributes(self) -> dict[str, int]:
        """Attributes of the object whose method this is, with how often the file has them."""
        holder = next(iter(self.scope.parameters), "")
        if holder not in {"self", "cls"}:
            return {}
        known = self.index.attributes.get(holder, {})
        return {f"{holder}.{name}": count for name, count in known.items()}

    def replace(self, node: ast.expr, text: str, bound: int = ATOM) -> tuple[TextEdit, ...]:
        """Edits that put an expression where another stands."""
        return (self.source.replace(node, text, bound),)

    def replace_statement(self, text: str) -> tuple[TextEdit, ...]:
        """Edits that put text where the statement (without decorators) stands."""
        start, end = self.source.span(self.statement)
        return (self.source.edit(start, end, text),)

    def before(self, lines: Iterable[str]) -> tuple[TextEdit, ...]:
        """Edits that insert lines before the statement, at its indentation."""
        if self.indent is None:
            return ()
        newline = self.source.newline
        text = "".join(f"{self.indent}{line}{newline}" for line in lines)
        start = self.source.line_start(first_line(self.statement))
        return (self.source.edit(start, start, text),)

    def after(self, lines: Iterable[str]) -> tuple[TextEdit, ...]:
        """Edits that insert lines after the whole statement, at its indentation."""
        if self.indent is None:
            return ()
        newline = self.source.newline
        end = self.source.line_end(self.statement.end_lineno or self.statement.lineno)
        text = "".join(f"{self.indent}{line}{newline}" for line in lines)
        if not self.source.data[:end].endswith((b"\n", b"\r")):
            text = newline + text.removesuffix(newline)
        return (self.source.edit(end, end, text),)

    def delete(self) -> tuple[TextEdit, ...]:
        """Edits that remove the statement, leaving `pass` where a block would be empty."""
        start = self.source.line_start(first_line(self.statement))
        end = self.source.line_end(self.statement.end_lineno or self.statement.lineno)
        if self.indent is None or not self._alone_on_its_lines(end):
            return ()
        if len(self.block) == 1:
            text = f"{self.indent}pass{self.source.newline}"
            return (self.source.edit(start, end, text),)
        return (self.source.edit(start, end, ""),)

    def _alone_on_its_lines(self, end: int) -> bool:
        rest = self.source.data[self.source.span(self.statement)[1] : end].strip()
        return not rest or rest.startswith(b"#")

    @property
    def in_loop(self) -> bool:
        """Whether the statement stands in a loop of its own function."""
        child: ast.AST = self.statement
        here = self.source.parents.get(child)
        while here is not None and not isinstance(here, Function | ast.ClassDef):
            loop = isinstance(here, ast.For | ast.AsyncFor | ast.While)
            if loop and child not in getattr(here, "orelse", ()):
                return True
            child, here = here, self.source.parents.get(here)
        return False

    @property
    def function(self) -> Function | None:
        """The function around, if any."""
        return self.scope.function


def choose_sites(around: Surroundings, places: Iterable[Place]) -> list[Site]:
    """Statements for the places of one file, most suspicious first.

    Headers of the functions and classes around a place, and module or class level definitions
    of the names it uses, come along with less suspicion: they ran before any test did.
    """
    layout = around.layout
    found: dict[ast.stmt, float] = {}
    for place in places:
        for statement in layout.at(place.line):
            found[statement] = max(found.get(statement, 0.0), place.suspicion)
    for statement, suspicion in list(found.items()):
        for other, factor in _related(layout, statement):
            found[other] = max(found.get(other, 0.0), suspicion * factor)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0].lineno, item[0].col_offset))
    return [Site(around, statement, suspicion) for statement, suspicion in ordered]


def _related(layout: Layout, statement: ast.stmt) -> Iterable[tuple[ast.stmt, float]]:
    scope: Scope | None = layout.scope_of[statement]
    while scope is not None and isinstance(scope.node, ast.stmt):
        yield scope.node, _HEADER
        scope = scope.parent
    names = {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in own_nodes(layout.source, statement)
        if isinstance(node, ast.Name | ast.Attribute)
    }
    scope = layout.scope_of[statement]
    while scope is not None:
        if scope.function is None:
            for name in sorted(names & scope.assigned.keys()):
                for other in scope.assigned[name]:
                    yield other, _DEFINITION
        scope = scope.parent
