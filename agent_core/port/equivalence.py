"""Why a changed statement cannot change an answer, where that is plain to see."""

import ast
from collections.abc import Callable, Iterator
from typing import NamedTuple

from agent_core.port.flow import EXIT, Flow
from agent_core.port.routing import as_route, rule_arguments
from agent_core.repair.scopes import Function, Layout
from agent_core.repair.source import Source, decorators

_FACTORIES = frozenset({"Flask", "create_app", "make_app"})
_OPENERS = frozenset({"connect", "cursor"})
_SPIES = frozenset({"locals", "vars", "eval", "exec"})


class _Change(NamedTuple):
    """A statement of `layout` before and after an edit of `operator`."""

    layout: Layout
    operator: str
    statement: ast.stmt
    other: ast.stmt


def reason(source: Source, statement: ast.stmt, operator: str, changed: Source) -> str:
    """A reason a reader accepts, or "" where any doubt is left.

    `statement` is the one of `source` that an edit of `operator` changed; `changed` is the whole
    file after it.
    """
    layout = Layout(source)
    other = list(Layout(changed).scope_of)[list(layout.scope_of).index(statement)]
    change = _Change(layout, operator, statement, other)
    return next((text for holds, text in _REASONS if holds(change)), "")


def _called(node: ast.AST | None) -> str:
    """The last name of what a call calls, "" for anything else."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def _runs_the_app(change: _Change) -> bool:
    match change.statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=app), attr="run"))):
            made = change.layout.module.assigned.get(app, [])
            return any(_called(getattr(each, "value", None)) in _FACTORIES for each in made)
    return False


def _sleeps(change: _Change) -> bool:
    return _is_sleep(change.statement) and (
        _is_sleep(change.other) or isinstance(change.other, ast.Pass)
    )


def _is_sleep(statement: ast.stmt) -> bool:
    """Whether it waits for so many seconds; a negative number, which raises, is no constant."""
    match statement:
        case ast.Expr(value=ast.Call(args=[ast.Constant()]) as call):
            return ast.unparse(call.func) in {"sleep", "time.sleep"}
    return False


def _drops_nothing(change: _Change) -> bool:
    dropped = change.operator == "method dropped"
    return dropped and _allowed(change.statement) == _allowed(change.other)


def _allowed(statement: ast.stmt) -> list[set[str]]:
    """The methods each route of a view answers, as werkzeug completes them."""
    found: list[set[str]] = []
    for route in filter(None, map(as_route, decorators(statement))):
        for keyword in route.keywords:
            if keyword.arg == "methods":
                texts = [n.value for n in ast.walk(keyword.value) if isinstance(n, ast.Constant)]
                names = {str(text).upper() for text in texts}
                found.append(names | ({"HEAD"} if "GET" in names else set()))
    return found


def _default_unused(change: _Change) -> bool:
    """Whether defaults differ, of arguments that every route of the view gives."""
    statement, other = change.statement, change.other
    if not isinstance(statement, Function) or not isinstance(other, Function):
        return False
    before, after = _defaults(statement.args), _defaults(other.args)
    differing = {name for name in before if before[name] != after.get(name)}
    routes = [as_route(decorator) for decorator in statement.decorator_list]
    used = any(
        isinstance(node, ast.Name) and node.id == statement.name
        for node in ast.walk(change.layout.source.tree)
    )
    given = all(route is not None and differing <= rule_arguments(route) for route in routes)
    return bool(differing and routes and given and not used)


def _defaults(arguments: ast.arguments) -> dict[str, str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    tail = positional[len(positional) - len(arguments.defaults) :]
    pairs = [
        *zip(tail, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return {each.arg: ast.dump(value) for each, value in pairs if value is not None}


def _goes_on_anyway(change: _Change) -> bool:
    """Whether a `continue` is taken out that is the last thing its loop would do."""
    if not isinstance(change.statement, ast.Continue):
        return False
    flow = Flow(change.layout)
    return flow.past(change.statement)[0] == flow.jump(change.statement)


def _closed_anyway(change: _Change) -> bool:
    """Whether a local connection or cursor is closed right before its function ends."""
    layout, statement = change.layout, change.statement
    match statement:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="close"), args=[])
        ):
            pass
        case _:
            return False
    scope, block = layout.scope_of[statement], layout.block_of[statement]
    made = scope.assigned.get(name, [])
    opened = bool(made) and all(_opens(getattr(m, "value", None)) for m in made)
    rest = block[block.index(statement) + 1 :]
    if rest:
        ends = all(isinstance(each, ast.Return) and _plain(each.value) for each in rest)
    else:
        ends = Flow(layout).past(statement)[0] == {EXIT}
    return scope.function is not None and opened and ends


def _opens(node: ast.AST | None) -> bool:
    """Whether a call makes what lives as long as its name, or takes it out of the request's `g`."""
    return _called(node) in _OPENERS or (
        isinstance(node, ast.Call) and ast.unparse(node.func) == "g.pop"
    )


def _never_read(change: _Change) -> bool:
    """Whether a plain value goes into local names that no one looks at, before and after."""
    match change.statement:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            targets = [target]
        case _:
            return False
    function = change.layout.scope_of[change.statement].function
    if function is None or not _plain(value):
        return False
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    if len(names) != len(targets):
        return False
    return names.isdisjoint(_looked_at(function)) and _SPIES.isdisjoint(_looked_at(function))


def _looked_at(function: Function) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names


def _plain(node: ast.expr | None) -> bool:
    """Whether computing a value does nothing else, and cannot fail."""
    if node is None or isinstance(node, ast.Constant | ast.Name):
        return True
    if isinstance(node, ast.List | ast.Tuple):
        return all(_plain(each) for each in node.elts)
    if isinstance(node, ast.Dict):
        keys = all(isinstance(key, ast.Constant) for key in node.keys)
        return keys and all(_plain(value) for value in node.values)
    return False


_REASONS: tuple[tuple[Callable[[_Change], bool], str], ...] = (
    (_runs_the_app, "the gate starts the app itself: nothing calls `run`"),
    (_sleeps, "only how long the answer takes is changed"),
    (_drops_nothing, "a route for GET answers HEAD as well"),
    (_default_unused, "the route always gives this argument: its default is never used"),
    (_goes_on_anyway, "the loop goes on here anyway"),
    (_closed_anyway, "what is closed here is closed anyway when the function returns"),
    (_never_read, "nothing reads the value that is set here"),
)
