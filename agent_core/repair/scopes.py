"""What is where in a source: statements by line, the function around each, and names in reach."""

import ast
from collections.abc import Iterator

from agent_core.repair.source import Source, first_line

Function = ast.FunctionDef | ast.AsyncFunctionDef
_BODIES = ("body", "orelse", "finalbody")


class Scope:
    """A module, class or function: its own names with the line that first binds each."""

    def __init__(
        self, node: ast.Module | ast.ClassDef | Function, parent: "Scope | None", qualname: str
    ) -> None:
        self.node = node
        self.parent = parent
        self.qualname = qualname
        self.names: dict[str, int] = {}
        self.parameters: tuple[str, ...] = ()
        self.statements: list[ast.stmt] = []
        self.assigned: dict[str, list[ast.stmt]] = {}
        self.start = first_line(node) if isinstance(node, ast.stmt) else 1
        self.end = (node.end_lineno or node.lineno) if isinstance(node, ast.stmt) else 10**9

    @property
    def function(self) -> Function | None:
        """The function itself, if the scope is one."""
        return self.node if isinstance(self.node, Function) else None

    def visible(self) -> dict[str, int]:
        """Names in reach with their distance: 0 own, 1 an enclosing function's, 2 the module's."""
        found: dict[str, int] = dict.fromkeys(self.names, 0)
        scope = self.parent
        while scope is not None:
            if not isinstance(scope.node, ast.ClassDef):
                distance = 2 if isinstance(scope.node, ast.Module) else 1
                for name in scope.names:
                    found.setdefault(name, distance)
            scope = scope.parent
        return found


class Layout:
    """Scopes and statements of one source, found in a single walk."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.module = Scope(source.tree, None, "")
        self.scopes: list[Scope] = [self.module]
        self.scope_of: dict[ast.stmt, Scope] = {}
        self.block_of: dict[ast.stmt, list[ast.stmt]] = {}
        self.by_line: dict[int, list[ast.stmt]] = {}
        self.definitions: dict[str, Scope] = {}
        self._walk(source.tree, self.module)
        for scope in self.scopes:
            _bind_names(scope)

    def at(self, line: int) -> list[ast.stmt]:
        """Statements whose own text (for a block: its header) lies on a line."""
        return self.by_line.get(line, [])

    def _walk(self, node: ast.AST, scope: Scope) -> None:
        for block in blocks(node):
            for statement in block:
                self.block_of[statement] = block
                self.scope_of[statement] = scope
                scope.statements.append(statement)
                for line in own_lines(statement):
                    self.by_line.setdefault(line, []).append(statement)
                for handler in getattr(statement, "handlers", []):
                    self.by_line.setdefault(handler.lineno, []).append(statement)
                self._walk(statement, self._inner(statement, scope))

    def _inner(self, statement: ast.stmt, scope: Scope) -> Scope:
        if not isinstance(statement, Function | ast.ClassDef):
            return scope
        qualname = statement.name
        if scope.qualname:
            dot = ".<locals>." if scope.function else "."
            qualname = f"{scope.qualname}{dot}{statement.name}"
        inner = Scope(statement, scope, qualname)
        self.scopes.append(inner)
        self.definitions.setdefault(statement.name, inner)
        return inner


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The statement lists directly inside a node, in source order."""
    if isinstance(node, ast.Match):
        for case in node.cases:
            yield case.body
        return
    if isinstance(node, ast.Module | ast.stmt | ast.ExceptHandler):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            yield body
        for handler in getattr(node, "handlers", []):
            yield handler.body
        for name in _BODIES[1:]:
            extra = getattr(node, name, None)
            if extra:
                yield extra


def own_lines(statement: ast.stmt) -> range:
    """Lines of a simple statement, or of the header of a compound one."""
    first = first_line(statement)
    last = statement.end_lineno or statement.lineno
    for block in blocks(statement):
        last = min(last, max(statement.lineno, first_line(block[0]) - 1))
        break
    return range(first, last + 1)


def own_nodes(source: Source, statement: ast.stmt) -> list[ast.expr]:
    """Expressions of a statement without those of statements inside it, outermost first."""
    found: list[ast.expr] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.expr):
            found.append(node)
        if isinstance(node, ast.JoinedStr):
            inner = [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
            waiting.extend(v for v in reversed(inner) if _spelled(source, v))
        else:
            inside = [c for c in ast.iter_child_nodes(node) if not _apart(node, c)]
            waiting.extend(reversed(inside))
    return found


def _apart(parent: ast.AST, child: ast.AST) -> bool:
    """Whether a child is a statement of its own or an annotation, which no run depends on."""
    if isinstance(child, ast.stmt | ast.match_case | ast.arg):
        return True
    if isinstance(parent, ast.AnnAssign):
        return child is parent.annotation
    return isinstance(parent, Function) and child is parent.returns


def _spelled(source: Source, node: ast.expr) -> bool:
    """Before 3.12 `ast` may misplace what stands in an f-string; trust only what reads back."""
    try:
        again = ast.parse(source.text(node), mode="eval").body
    except (SyntaxError, ValueError, IndexError):
        return False
    return ast.dump(again) == ast.dump(node)


def local_targets(source: Source, node: ast.expr) -> list[str]:
    """Names bound by the comprehensions and lambdas around an expression, nearest first."""
    found: list[str] = []
    here: ast.AST | None = node
    while here is not None and not isinstance(here, ast.stmt):
        if isinstance(here, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            for generator in here.generators:
                found.extend(n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name))
        elif isinstance(here, ast.Lambda):
            found.extend(argument_names(here.args))
        here = source.parents.get(here)
    return list(dict.fromkeys(found))


def argument_names(arguments: ast.arguments) -> tuple[str, ...]:
    """All parameter names, in the order of the signature."""
    star = [arguments.vararg] if arguments.vararg else []
    stars = [arguments.kwarg] if arguments.kwarg else []
    every = [*arguments.posonlyargs, *arguments.args, *star, *arguments.kwonlyargs, *stars]
    return tuple(argument.arg for argument in every)


def _bind_names(scope: Scope) -> None:
    function = scope.function
    if function is not None:
        scope.parameters = argument_names(function.args)
        for name in scope.parameters:
            scope.names.setdefault(name, function.lineno)
    for statement in scope.statements:
        for name, line in _bound_by(statement):
            scope.names.setdefault(name, line)
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                scope.assigned.setdefault(name, []).append(statement)


def _bound_by(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    if isinstance(statement, Function | ast.ClassDef):
        yield statement.name, statement.lineno
        return
    if isinstance(statement, ast.Import | ast.ImportFrom):
        for alias in statement.names:
            if alias.name != "*":
                yield (alias.asname or alias.name).split(".")[0], statement.lineno
        return
    if isinstance(statement, ast.Try):
        for handler in statement.handlers:
            if handler.name:
                yield handler.name, handler.lineno
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        waiting.extend(
            child
            for child in ast.iter_child_nodes(node)
            if not isinstance(child, ast.stmt | ast.comprehension | ast.Lambda)
        )
