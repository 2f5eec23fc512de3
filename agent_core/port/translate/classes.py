"""Classes of the project as values that are built at the start."""

import ast

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from agent_core.port.translate.expressions import Expressions
from agent_core.port.translate.functions_as_values import function_value
from agent_core.port.translate.scope import Needs, Scope
from agent_core.port.translate.values import Values
from agent_core.port.translate.world import World
from runners.http_replay.live import Function, Kind, Library, LiveClass, Thing, Wrapped

_NO_BASES = frozenset({"builtins.object", "flask.views.View", "flask.views.MethodView"})
_WRAPPED = {"static": "static_method", "class": "class_method", "property": "property"}
_SPECIAL = frozenset(
    {
        "__init__", "__str__", "__repr__", "__eq__", "__hash__", "__lt__", "__len__",
        "__contains__", "__getitem__", "__setitem__", "__iter__", "__call__", "__bool__",
        "__enter__", "__exit__",
    }
)  # fmt: skip


def converted_class(world: World, found: LiveClass, needs: Needs) -> str:
    """The expression that builds a class. Raises Refused."""
    node = definition(world, found)
    if found.metaclass != "type":
        raise Refused(f"the class {found.name} of the kind {found.metaclass}", node)
    scope = Scope(world, found.module, needs)
    bases = [code for each in found.bases if (code := _base(scope, each, node))]
    class_name = names.quoted(found.name.rpartition(".")[2])
    parts = [f"{scope.runtime('class')}({class_name}, vec![{', '.join(bases)}])"]
    if found.fields is not None:
        parts.append(_dataclass(scope, found, node))
    for name, thing in found.attributes.items():
        if found.fields is None or name not in found.fields:
            parts.append(_entry(scope, name, thing, node))
    return "\n".join([*parts, ".build()"])


def definition(world: World, found: LiveClass) -> ast.ClassDef:
    """Where a class is written. Raises Refused."""
    last = found.name.rpartition(".")[2]
    nodes = [
        each
        for each in ast.walk(world.trees[found.file])
        if isinstance(each, ast.ClassDef) and each.name == last
    ]
    if len(nodes) != 1:
        raise Refused(f"the class {found.name}, which is written several times or nowhere")
    return nodes[0]


def _base(scope: Scope, thing: Thing, node: ast.AST) -> str:
    if isinstance(thing, Kind):
        return f"{scope.class_place(thing)}.get()"
    if isinstance(thing, Library):
        if thing.name in _NO_BASES:
            return ""
        if scope.world.supported.is_exception(thing.name):
            return f"{scope.runtime('exception')}({names.quoted(thing.name.rpartition('.')[2])})"
    name = getattr(thing, "name", None) or getattr(thing, "type", "?")
    raise Refused(f"a class that derives from {name}", node)


def _entry(scope: Scope, name: str, thing: Thing, node: ast.AST) -> str:
    special = name.startswith("__") and name.endswith("__")
    if special and name not in _SPECIAL:
        raise Refused(f"the special method {name}", node)
    kind, inner = "method", thing
    if isinstance(thing, Wrapped):
        kind, inner = _WRAPPED[thing.kind], thing.inner
    if isinstance(inner, Function):
        value = function_value(scope, scope.world.functions[inner.id], node)
        return f".{kind}({names.quoted(name)}, {value.plain})"
    return f".attr({names.quoted(name)}, {Values(Expressions(scope)).inner(thing).arg})"


def _dataclass(scope: Scope, found: LiveClass, node: ast.ClassDef) -> str:
    fields = found.fields or ()
    written = {
        each.target.id: each.value
        for each in node.body
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }
    if set(written) != set(fields):
        raise Refused(f"the dataclass {found.name}, whose fields stand elsewhere too", node)
    expressions = Expressions(scope)
    return "".join(_field(expressions, name, written[name]) for name in fields)


def _field(expressions: Expressions, name: str, value: ast.expr | None) -> str:
    if value is None:
        return f".field({names.quoted(name)})"
    if isinstance(value, ast.Call):
        target = expressions.scope.static(value.func)
        if isinstance(target, Library) and target.name == "dataclasses.field":
            keywords = {each.arg: each.value for each in value.keywords}
            if set(keywords) != {"default_factory"}:
                raise Refused("a field() of a dataclass with more than a factory", value)
            factory = expressions.of(keywords["default_factory"])
            return f".field_factory({names.quoted(name)}, {factory.arg})"
    return f".field_default({names.quoted(name)}, {expressions.of(value).arg})"
