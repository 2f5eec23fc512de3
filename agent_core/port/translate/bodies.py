"""The body of one function: where its variables live, then its statements."""

import ast
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import names, uses
from agent_core.port.translate.flow import Exits
from agent_core.port.translate.placement import Variables
from agent_core.port.translate.scope import Local, Scope
from runners.http_replay.live import Library, Lock

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions

_NEVER = frozenset({"flask.abort", "werkzeug.exceptions.abort"})


def converted_body(
    expressions: "Expressions", node: ast.FunctionDef, parameters: dict[str, Local]
) -> tuple[str, dict[str, str]]:
    """The statements, and the pattern of each parameter that is used. Raises Refused."""
    from agent_core.port.translate.statements import Statements  # noqa: PLC0415  (they need us)

    refuse_generators(node)
    scope = expressions.scope
    node = _without_locks(node, scope)
    for name in uses.variables(node) - set(parameters):
        scope.locals.pop(name, None)
    for statement in uses.statements(node.body):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            found = scope.world.imported(scope.module, statement)
            scope.imports = {**scope.imports, **found}
    variables = Variables(node, _never_calls(node, scope))
    taken = scope.taken()
    for name in sorted(variables.names - variables.parameters):
        if name in parameters:
            # The parameter gives its name away.
            taken.discard(parameters[name].code)
        code = names.local(name, taken)
        taken.add(code)
        optional = variables.declared[name].way == "option"
        scope.locals[name] = Local(code, optional, name, name in variables.moved)
    for name, local in parameters.items():
        if name not in variables.names:
            scope.locals[name] = Local(local.code, python=name, moved=name in variables.moved)
    statements = Statements(expressions, variables, Exits())
    body = statements.body(node.body)
    used = {}
    for name, local in parameters.items():
        given = name in variables.parameters or name not in variables.names
        if given and variables.is_read(name):
            used[name] = f"mut {local.code}" if variables.is_mutable(name) else local.code
    return body, used


def refuse_generators(node: ast.FunctionDef) -> None:
    """Raise Refused for what makes the function something else than a plain one."""
    for statement in uses.statements(node.body):
        for part in _own_parts(statement):
            if isinstance(part, ast.Yield | ast.YieldFrom):
                raise Refused("a generator", part)
            if isinstance(part, ast.Await):
                raise Refused("await", part)
        if isinstance(statement, ast.Nonlocal):
            raise Refused("nonlocal", statement)


def _own_parts(statement: ast.stmt) -> list[ast.AST]:
    inner = {id(each) for block in uses.blocks(statement).values() for each in block}
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if id(node) in inner or isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node is not statement:
            continue
        if isinstance(node, ast.FunctionDef):
            continue
        found.append(node)
        waiting.extend(ast.iter_child_nodes(node))
    return found


def _never_calls(node: ast.FunctionDef, scope: Scope) -> frozenset[ast.AST]:
    """The calls of `abort`, which never return."""
    own = uses.variables(node) | set(scope.locals)
    found: set[ast.AST] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            thing = None if _root(each.func) in own else scope.static(each.func)
            if isinstance(thing, Library) and thing.name in _NEVER:
                found.add(each)
    return frozenset(found)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _without_locks(node: ast.FunctionDef, scope: Scope) -> ast.FunctionDef:
    """The function with the bodies of `with lock:` in place of these."""
    keeper = _Unlocked(scope)
    block = [part for each in node.body for part in keeper.flat(each)]
    copy = ast.FunctionDef(
        name=node.name, args=node.args, body=block or [ast.Pass()],
        decorator_list=node.decorator_list, returns=node.returns, type_comment=None,
    )  # fmt: skip
    return ast.copy_location(copy, node)


class _Unlocked:
    """Requests are handled one by one, so that a lock that is held in one need not be one."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def flat(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statement, or those that it stands for."""
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            return [statement]
        if isinstance(statement, ast.With) and all(
            isinstance(self._scope.static(item.context_expr), Lock) for item in statement.items
        ):
            return [part for each in statement.body for part in self.flat(each)]
        blocks = uses.blocks(statement)
        if not any(isinstance(each, ast.With) for each in uses.statements([statement])):
            return [statement]
        copy = type(statement)(**dict(ast.iter_fields(statement)))
        ast.copy_location(copy, statement)
        for name, block in blocks.items():
            flattened = [part for each in block for part in self.flat(each)]
            if name.startswith("handler"):
                self._handler(copy, int(name.partition(" ")[2]), flattened)
            else:
                setattr(copy, name, flattened)
        return [copy]

    @staticmethod
    def _handler(statement: ast.stmt, number: int, block: list[ast.stmt]) -> None:
        handlers: list[ast.ExceptHandler] = list(getattr(statement, "handlers", []))
        old = handlers[number]
        handlers[number] = ast.copy_location(ast.ExceptHandler(old.type, old.name, block), old)
        vars(statement)["handlers"] = handlers
