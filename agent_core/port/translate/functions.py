"""One Rust function per Python function, with its name and docstring."""

import ast

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from agent_core.port.translate.bodies import converted_body
from agent_core.port.translate.expressions import Expressions
from agent_core.port.translate.parameters import Signature
from agent_core.port.translate.scope import Local, Needs, Scope
from agent_core.port.translate.world import World
from runners.http_replay.live import LiveFunction

MOST_PARAMETERS = 7
"""More are too many for clippy."""


def converted_function(
    world: World, function: LiveFunction, needs: Needs, owner: int | None = None
) -> str:
    """A function as an item of its module. Raises Refused."""
    definition = world.definition(function)
    if isinstance(definition, ast.Lambda):
        raise Refused("a lambda in this place", definition)
    signature = Signature.of(definition.args, definition)
    cells = [name for name in sorted(function.cells) if name != "__class__"]
    parameters: dict[str, Local] = {}
    for name in (*cells, *signature.parameters):
        taken = {each.code for each in parameters.values()}
        parameters[name] = Local(names.local(name, taken), python=name)
    if len(parameters) > MOST_PARAMETERS:
        raise Refused(f"a function with more than {MOST_PARAMETERS} parameters", definition)
    scope = Scope(world, function.module, needs, parameters, function)
    scope.owner_class = owner
    body, used = converted_body(Expressions(scope), definition, parameters)
    declared = ", ".join(
        f"{used.get(name) or _unused(local.code)}: Value" for name, local in parameters.items()
    )
    head = f"pub fn {world.labels.function(function)}({declared}) -> R {{"
    return "\n".join([*documented(ast.get_docstring(definition)), head, body, "}"])


def _unused(code: str) -> str:
    return f"_{code.removeprefix('r#').lstrip('_')}"


def documented(text: str | None, mark: str = "///") -> list[str]:
    """A docstring as comments."""
    return [f"{mark} {line}".rstrip() for line in (text or "").strip().splitlines()]
