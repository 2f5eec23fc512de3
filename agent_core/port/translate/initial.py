"""The values that globals have at the start: as the import left them, or as their source says.

What depends on the surroundings or on chance is evaluated again at each start, as the import would.
"""

import ast

from agent_core.port.translate.expressions import Expressions
from agent_core.port.translate.rust import Rust
from agent_core.port.translate.scope import Needs, Scope
from agent_core.port.translate.values import Values, secret_value
from agent_core.port.translate.world import Home, World
from runners.http_replay.live import Function, Library, Secret

_VOLATILE = (
    "os.environ", "os.getenv", "os.urandom", "os.getcwd", "os.getpid", "uuid.uuid1", "uuid.uuid4",
    "time.", "random.", "secrets.", "builtins.open", "builtins.input", "datetime.datetime.now",
    "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today", "json.load",
    "os.listdir", "socket.", "platform.",
)  # fmt: skip
_HELPERS_DEEP = 3


def initial(world: World, home: Home, needs: Needs) -> Rust:
    """The expression for a global. Raises Refused."""
    module, name = home
    thing = world.modules[module].globals[name]
    scope = Scope(world, module, needs)
    written = _written(world, home)
    if isinstance(thing, Secret):
        return secret_value(scope, thing)
    if written is not None and is_volatile(scope, written):
        return Expressions(scope).of(written)
    if written is not None and not world.is_plain(thing) and not world.is_touched(name):
        return Expressions(scope).of(written)
    return Values(Expressions(scope), _first(world.tree(module))).of(thing)


def _first(tree: ast.Module) -> ast.AST | None:
    return tree.body[0] if tree.body else None


def _written(world: World, home: Home) -> ast.expr | None:
    """The expression that a global gets, if there is one alone."""
    found = world.assigned(*home)
    if len(found) == 1 and isinstance(found[0], ast.Assign | ast.AnnAssign):
        return found[0].value
    return None


def is_volatile(scope: Scope, node: ast.AST, depth: int = _HELPERS_DEEP) -> bool:
    """Whether an expression may have another value at another start."""
    for part in ast.walk(node):
        if not isinstance(part, ast.Name | ast.Attribute):
            continue
        thing = scope.static(part)
        if isinstance(thing, Library) and thing.name.startswith(_VOLATILE):
            return True
        if isinstance(thing, Function) and depth and isinstance(part, ast.Name):
            function = scope.world.functions[thing.id]
            inner = Scope(scope.world, function.module, Needs())
            if is_volatile(inner, scope.world.definition(function), depth - 1):
                return True
    return False
