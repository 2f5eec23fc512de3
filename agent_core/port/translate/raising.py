"""Exceptions: how they are raised, and which ones a handler takes."""

import ast
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from runners.http_replay.live import Kind, Library

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions

_EVERYTHING = frozenset({"builtins.Exception", "builtins.BaseException"})


def raised(expressions: "Expressions", statement: ast.Raise, caught: str) -> str:
    """The exception of a `raise`; `caught` is the one that is being dealt with."""
    scope = expressions.scope
    what = statement.exc
    if what is None:
        if not caught:
            raise Refused("raise without an exception", statement)
        return caught
    call = what if isinstance(what, ast.Call) else None
    target = scope.static(call.func if call else what)
    if isinstance(target, Library) and scope.world.supported.is_exception(target.name):
        arguments = expressions._arguments(call) if call else None
        if call is None or (arguments is not None and not arguments.keywords):
            code = arguments.positional_code if arguments else "args![]"
            name = names.quoted(target.name.rpartition(".")[2])
            return f"{scope.runtime('raise')}({name}, {code})"
    value = expressions.of(what)
    return f"{scope.runtime('raise_value')}({value.value})"


def caught_by(expressions: "Expressions", handler: ast.ExceptHandler) -> str:
    """The condition under which a handler takes an exception; "" for always."""
    if handler.type is None:
        return ""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    known: list[str] = []
    tests: list[str] = []
    for kind in kinds:
        thing = expressions.scope.static(kind)
        if isinstance(thing, Library) and thing.name in _EVERYTHING:
            return ""
        if isinstance(thing, Library) and expressions.scope.world.supported.is_exception(
            thing.name
        ):
            known.append(names.quoted(thing.name.rpartition(".")[2]))
        elif isinstance(thing, Kind):
            tests.append(f"caught.is_a(&{expressions.scope.class_place(thing)}.get())")
        else:
            raise Refused("except with something that is no known exception", kind)
    if len(known) == 1:
        tests.insert(0, f"caught.is({known[0]})")
    elif known:
        tests.insert(0, f"caught.is_any(&[{', '.join(known)}])")
    return " || ".join(tests)
