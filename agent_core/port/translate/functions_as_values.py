"""Functions and lambdas of the project as values that can be called and handed on."""

import ast
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import names, uses
from agent_core.port.translate.parameters import Signature
from agent_core.port.translate.rust import Rust, infallible
from agent_core.port.translate.scope import Local, Scope
from runners.http_replay.live import LiveFunction

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions


def function_value(scope: Scope, function: LiveFunction, node: ast.AST) -> Rust:
    """A function of the project as a value; what it closes over is handed to it first."""
    definition = scope.world.definition(function)
    if isinstance(definition, ast.Lambda):
        return _live_lambda(scope, function, definition, node)
    signature = Signature.of(definition.args, node)
    expressions = scope.world.expressions(scope)
    known = default_values(expressions, function, node)
    defaults = [known[each] for each in signature.plain if each in known]
    if any(each in known for each in signature.keyword_only):
        raise Refused(f"{function.name}, a function with keyword-only defaults, as a value", node)
    cells = cell_values(scope, function, node)
    held = [f"{name}.clone()" for name, _ in cells]
    given = [f"a[{number}].clone()" for number in range(signature.width)]
    closure = (
        f"{'move ' if cells else ''}|{'a' if given else '_'}| "
        f"{scope.function_path(function)}({', '.join([*held, *given])})"
    )
    wanted = ", ".join(map(names.quoted, signature.names))
    name = names.quoted(function.name.rpartition(".")[2])
    code = f"{scope.runtime('func')}({name}, &[{wanted}], vec![{', '.join(defaults)}], {closure})"
    opening = " ".join(f"let {name} = {value};" for name, value in cells)
    return infallible(f"{{ {opening} {code} }}" if cells else code)


def cell_values(scope: Scope, function: LiveFunction, node: ast.AST) -> list[tuple[str, str]]:
    """What a live closure holds: names and values."""
    found = []
    for name, thing in sorted(function.cells.items()):
        if name == "__class__":
            continue
        value = scope.world.expressions(scope).thing(thing, node, None)
        found.append((names.local(name, ()), value.value))
    return found


def default_values(
    expressions: "Expressions", function: LiveFunction, node: ast.AST
) -> dict[str, str]:
    """The defaults of parameters. Raises Refused for one that can change."""
    definition = expressions.scope.world.definition(function)
    plain = [each.arg for each in definition.args.args]
    pairs = list(zip(plain[len(plain) - len(function.defaults) :], function.defaults, strict=True))
    found = {}
    for name, thing in (*pairs, *function.keywords.items()):
        found[name] = expressions.thing(thing, node, None).value
    return found


def lambda_value(outer: "Expressions", node: ast.Lambda) -> Rust:
    """A lambda."""
    signature = Signature.of(node.args, node)
    captured = sorted(uses.free(node) & set(outer.scope.locals))
    clones = []
    taken = outer.scope.taken()
    slice_name = names.distinct("a", {outer.scope.locals[name].code for name in captured})
    variables = {
        name: Local(f"{slice_name}[{number}]", python=name)
        for number, name in enumerate(signature.parameters)
    }
    for name in captured:
        local = outer.scope.locals[name]
        if local.optional:
            raise Refused(f"a lambda over {name}, which may be unbound", node)
        code = (
            names.distinct(local.code.partition("[")[0], ())
            if "[" not in local.code
            else names.distinct(names.local(name, ()), taken)
        )
        clones.append(f"let {code} = {local.code}.clone();")
        variables[name] = variables.get(name, Local(code, python=name))
    inner = outer.within(outer.scope.inner(variables))
    body = inner.of(node.body).result
    parameter = slice_name if f"{slice_name}[" in body else "_"
    move = "move " if clones else ""
    closure = f"{move}|{parameter}| {body}"
    plain = not node.args.defaults and not signature.is_open
    if plain:
        wanted = ", ".join(names.quoted(each) for each in signature.names)
        code = f"{outer.scope.runtime('lambda')}(&[{wanted}], {closure})"
    else:
        defaults = ", ".join(outer.of(each).value for each in node.args.defaults)
        wanted = ", ".join(names.quoted(each) for each in signature.names)
        code = (
            f'{outer.scope.runtime("func")}("<lambda>", &[{wanted}], vec![{defaults}], {closure})'
        )
    return infallible(f"{{ {' '.join(clones)} {code} }}" if clones else code)


def _live_lambda(
    scope: Scope, function: LiveFunction, definition: ast.Lambda, node: ast.AST
) -> Rust:
    """A lambda that a name led to."""
    if function.cells:
        raise Refused("a lambda that closes over variables", node)
    top = Scope(scope.world, function.module, scope.needs)
    return lambda_value(scope.world.expressions(top), definition)
