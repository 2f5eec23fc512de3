"""Functions within functions: closures that hold what they need of the variables around."""

import ast
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import names, uses
from agent_core.port.translate.bodies import converted_body
from agent_core.port.translate.parameters import Signature
from agent_core.port.translate.scope import Local

if TYPE_CHECKING:
    from agent_core.port.translate.statements import Statements


def inner_function(outer: "Statements", node: ast.FunctionDef) -> str:
    """The value of a function that is defined where a function runs."""
    if node.decorator_list:
        raise Refused("a decorated function within a function", node)
    expressions = outer.expressions
    signature = Signature.of(node.args, node)
    if signature.keyword_only:
        raise Refused("keyword-only parameters of a function within a function", node)
    captured = sorted(uses.free(node) & set(expressions.scope.locals))
    lines: list[str] = []
    variables: dict[str, Local] = {}
    for name in captured:
        if _changes_later(outer, name):
            raise Refused(f"a function over {name}, which changes after its definition", node)
        local = expressions.scope.locals[name]
        code = names.local(name, ())
        lines.append(f"let {code} = {local.read(expressions.scope.runtime('unbound')).value};")
        variables[name] = Local(code, python=name)
    parameters = {name: Local(names.local(name, ()), python=name) for name in signature.parameters}
    scope = expressions.scope.inner({**variables, **parameters})
    body, used = converted_body(expressions.within(scope), node, parameters)
    opening = [
        f"let {pattern} = a[{number}].clone();"
        for number, name in enumerate(signature.parameters)
        if (pattern := used.get(name))
    ]
    wanted = ", ".join(names.quoted(each) for each in signature.names)
    defaults = ", ".join(expressions.of(each).value for each in node.args.defaults)
    move = "move " if captured else ""
    slice_name = "a" if opening else "_"
    closure = "\n".join([f"{move}|{slice_name}| {{", *opening, body, "}"])
    code = (
        f"{expressions.scope.runtime('func')}({names.quoted(node.name)}, &[{wanted}], "
        f"vec![{defaults}], {closure})"
    )
    return "\n".join(["{", *lines, code, "}"]) if lines else code


def _changes_later(outer: "Statements", name: str) -> bool:
    """Whether a captured variable is set once more after the function was defined."""
    declared = outer.variables.declared.get(name)
    if declared is None:
        return outer.variables.is_mutable(name)
    return declared.mutable
