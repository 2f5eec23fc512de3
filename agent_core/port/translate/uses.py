"""Which variables a piece of syntax reads and sets, in the order in which it does."""

import ast
from collections.abc import Iterator

import msgspec

Nested = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class Use(msgspec.Struct, frozen=True):
    """A variable that is read, or set; `node` is where, `nested` within an inner function."""

    name: str
    sets: bool
    node: ast.AST
    nested: bool = False


def of(node: ast.AST | None) -> Iterator[Use]:
    """The uses in an expression or target, the names of inner scopes left out."""
    if node is None:
        return
    match node:
        case ast.Name(id=name, ctx=context):
            yield Use(name, not isinstance(context, ast.Load), node)
        case ast.NamedExpr(target=target, value=value):
            yield from of(value)
            yield from of(target)
        case ast.Lambda() | ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _of_function(node)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _of_comprehension(node)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from of(child)


def _of_function(node: Nested) -> Iterator[Use]:
    for default in (*node.args.defaults, *node.args.kw_defaults):
        yield from of(default)
    for name in sorted(free(node)):
        yield Use(name, sets=False, node=node, nested=True)


def _of_comprehension(node: Comprehension) -> Iterator[Use]:
    inner = {use.name for each in node.generators for use in of(each.target)}
    # Evaluated once, before the loop.
    first = set(ast.walk(node.generators[0].iter))
    for child in ast.iter_child_nodes(node):
        parts = ast.iter_child_nodes(child) if isinstance(child, ast.comprehension) else [child]
        for use in (use for part in parts for use in of(part)):
            if use.name not in inner:
                outside = use.node in first
                yield Use(use.name, use.sets, use.node, nested=use.nested or not outside)


def parameters(arguments: ast.arguments) -> list[str]:
    """The names of all parameters."""
    plain = [*arguments.posonlyargs, *arguments.args]
    stars = [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [each.arg for each in (*plain, *arguments.kwonlyargs, *stars)]


def free(node: Nested) -> set[str]:
    """What an inner function takes from around it, globals included."""
    bound = set(parameters(node.args))
    if isinstance(node, ast.Lambda):
        return {use.name for use in of(node.body)} - bound
    inner = list(statements(node.body))
    bound |= variables(node)
    return {use.name for each in inner for use in own(each)} - bound


def variables(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """The local variables of a function without its parameters."""
    inner = list(statements(function.body))
    outside = {
        name for each in inner if isinstance(each, ast.Global | ast.Nonlocal) for name in each.names
    }
    imports = ast.Import | ast.ImportFrom
    plain = [each for each in inner if not isinstance(each, imports)]
    found = {use.name for each in plain for use in own(each) if use.sets}
    return found - outside


def statements(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    """All statements of a block, those in them included, not those of inner functions."""
    for each in block:
        yield each
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for inner in blocks(each).values():
                yield from statements(inner)


def blocks(statement: ast.stmt) -> dict[str, list[ast.stmt]]:
    """The blocks of a compound statement by name."""
    found = {
        name: value
        for name in ("body", "orelse", "finalbody")
        if isinstance(value := getattr(statement, name, None), list) and value
    }
    handlers: list[ast.ExceptHandler] = getattr(statement, "handlers", [])
    return found | {f"handler {n}": each.body for n, each in enumerate(handlers)}


def own(statement: ast.stmt) -> Iterator[Use]:
    """The uses of a statement itself, without its blocks; the order is that of evaluation."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield from of(statement)
            yield Use(name, sets=True, node=statement)
        case ast.AugAssign(target=target):
            if isinstance(target, ast.Name):
                yield Use(target.id, sets=False, node=target)
            yield from of(statement.value)
            yield from of(target)
        case ast.Try(handlers=handlers):
            for handler in handlers:
                yield from of(handler.type)
                if handler.name:
                    yield Use(handler.name, sets=True, node=handler)
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            for alias in names:
                name = alias.asname or alias.name.partition(".")[0]
                yield Use(name, sets=True, node=statement)
        case _:
            for part in _parts(statement):
                yield from of(part)


def _parts(statement: ast.stmt) -> list[ast.AST | None]:
    """What a statement evaluates, in order."""
    match statement:
        case ast.Assign(value=value, targets=targets):
            return [value, *targets]
        case ast.AnnAssign(value=value, target=target):
            return [value, target] if value is not None else []
        case ast.For(target=target, iter=iterable):
            return [iterable, target]
        case ast.If(test=test) | ast.While(test=test):
            return [test]
        case ast.With(items=items):
            return list(items)
    return [statement]
