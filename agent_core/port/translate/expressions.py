"""Expressions: each gives a piece of Rust and what is known about it."""

import ast
import re

import msgspec

from agent_core.port.refusals import Refused
from agent_core.port.translate import data, names
from agent_core.port.translate.calls import Calls
from agent_core.port.translate.comprehensions import Comprehensions
from agent_core.port.translate.functions_as_values import function_value, lambda_value
from agent_core.port.translate.operators import Operators
from agent_core.port.translate.rust import Rust, fallible, infallible, text
from agent_core.port.translate.scope import Scope
from agent_core.port.translate.values import Values, secret_value
from runners.http_replay.live import (
    App,
    Blueprint,
    Data,
    Function,
    Kind,
    Library,
    Lock,
    Logger,
    Method,
    Module,
    Object,
    Other,
    Pattern,
    Secret,
    Thing,
)

_PROXIES = {
    "flask.request": "request",
    "flask.session": "session",
    "flask.g": "g",
    "flask.current_app": "current_app",
}
_TYPES = {
    "int": "Int", "float": "Float", "bool": "Bool", "str": "Str", "bytes": "Bytes", "list": "List",
    "tuple": "Tuple", "dict": "Dict", "set": "Set", "frozenset": "FrozenSet", "object": "Object",
    "type": "Type",
}  # fmt: skip
_PLAIN_NAME = re.compile(r"(r#)?[a-z_]\w*$")


class Expressions(Calls, Comprehensions, Operators):
    """Converts the expressions of one place. Methods raise Refused."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def twice(self, node: ast.expr) -> Rust:
        """Convert an expression that is written more than once: it keeps its variables."""
        kept = {
            name: msgspec.structs.replace(each, moved=False)
            for name, each in self.scope.locals.items()
        }
        return self.within(self.scope.inner(kept)).of(node)

    def within(self, scope: Scope) -> "Expressions":
        """The same for an inner place."""
        return Expressions(scope)

    def of(self, node: ast.expr) -> Rust:
        """Convert one expression."""
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise Refused(_WORDS.get(type(node), f"the syntax {type(node).__name__}"), node)
        found: Rust = method(node)
        return found

    def _constant(self, node: ast.Constant) -> Rust:
        file = self.scope.world.file_of(self.scope.module)
        secret = self.scope.world.literals.get((file, node.lineno, node.col_offset))
        if secret is not None and isinstance(node.value, str):
            kept = Secret(secret.name, f"{file}, line {secret.line}", "str")
            return secret_value(self.scope, kept)
        return data.literal(node.value, node)

    def _name(self, node: ast.Name) -> Rust:
        local = self.scope.locals.get(node.id)
        if local is not None:
            return local.read(self.scope.runtime("unbound"))
        thing = self.scope.lookup(node.id)
        if thing is None:
            message = names.quoted(f"name '{node.id}' is not defined")
            error = f'{self.scope.runtime("raise")}("NameError", args![{message}])'
            return fallible(f"Err::<Value, Exc>({error})")
        return self.thing(thing, node, (self.scope.module, node.id))

    def _attribute(self, node: ast.Attribute) -> Rust:
        thing = self.scope.static(node)
        if thing is not None:
            return self.thing(thing, node, self._owner(node))
        owner = self.scope.static(node.value)
        if node.attr == "config" and _is_app(owner):
            return infallible(f"{self.scope.runtime('config')}()")
        value = self.of(node.value)
        self.scope.world.supported.check_attribute(node.attr, node)
        return fallible(f"{value.receiver}.attr({names.quoted(node.attr)})")

    def _owner(self, node: ast.Attribute) -> tuple[str, str] | None:
        owner = self.scope.static(node.value)
        known = isinstance(owner, Module) and owner.name in self.scope.world.modules
        return (owner.name, node.attr) if known and isinstance(owner, Module) else None

    def thing(self, thing: Thing, node: ast.AST, home: tuple[str, str] | None) -> Rust:
        """The value of what a name stands for; `home` is where the project has it."""
        runtime, world = self.scope.runtime, self.scope.world
        match thing:
            case Data() | Secret() | Object() | Pattern() | Lock() if home:
                found = self.scope.global_value(*home)
            case Data():
                found = data.scalar(thing, node)
            case Object(id=number) if world.is_constant(number):
                found = Values(self, node).of(thing)
            case Library(name=name):
                found = self._library(name, node)
            case Function(id=number):
                found = function_value(self.scope, world.functions[number], node)
            case Kind():
                found = infallible(f"{self.scope.class_place(thing)}.get()")
            case App():
                found = infallible(f"{runtime('current_app')}()")
            case Logger():
                found = fallible(f'{runtime("current_app")}().attr("logger")')
            case _:
                raise Refused(_of_thing(thing), node)
        return found

    def _library(self, name: str, node: ast.AST) -> Rust:
        if name in _PROXIES:
            return infallible(f"{self.scope.runtime(_PROXIES[name])}()")
        package, _, last = name.rpartition(".")
        if package == "builtins" and last in _TYPES:
            return Rust(f"Type::{_TYPES[last]}", "type")
        if self.scope.world.supported.is_exception(name):
            return infallible(f"{self.scope.runtime('exception')}({names.quoted(last)})")
        known = data.constant(name)
        if known is not None:
            return known
        self.scope.world.supported.check_library(name, node)
        return infallible(f"{self.scope.runtime('lib_value')}({names.quoted(name)})")

    def _subscript(self, node: ast.Subscript) -> Rust:
        value = self.of(node.value)
        if isinstance(node.slice, ast.Slice):
            return fallible(f"{value.receiver}.slice({self.slice_arguments(node.slice)})")
        return fallible(f"{value.receiver}.item({self.of(node.slice).arg})")

    def slice_arguments(self, node: ast.Slice) -> str:
        """Begin, end and step."""
        parts = (node.lower, node.upper, node.step)
        nothing = f"{self.scope.runtime('none')}()"
        return ", ".join(nothing if each is None else self.of(each).arg for each in parts)

    def _binop(self, node: ast.BinOp) -> Rust:
        return self.binary(node)

    def _unaryop(self, node: ast.UnaryOp) -> Rust:
        return self.unary(node)

    def _boolop(self, node: ast.BoolOp) -> Rust:
        return self.either(node)

    def _compare(self, node: ast.Compare) -> Rust:
        return self.comparison(node)

    def _ifexp(self, node: ast.IfExp) -> Rust:
        test = self.condition(node.test).plain
        body, other = self.of(node.body), self.of(node.orelse)
        if body.form == other.form == "bool":
            code = f"if {test} {{ {body.plain} }} else {{ {other.plain} }}"
            return Rust(code, "bool", loose=True)
        code = f"if {test} {{ {body.value} }} else {{ {other.value} }}"
        return Rust(code, loose=True)

    def _joinedstr(self, node: ast.JoinedStr) -> Rust:
        template, arguments = self._template(node)
        if not arguments and "{" not in template and "}" not in template:
            return text(template)
        parts = [names.quoted(template), *arguments]
        return Rust(f"format!({', '.join(parts)})", "string")

    def _template(self, node: ast.JoinedStr) -> tuple[str, list[str]]:
        template, arguments = "", []
        for part in node.values:
            if isinstance(part, ast.Constant):
                template += str(part.value).replace("{", "{{").replace("}", "}}")
            elif isinstance(part, ast.FormattedValue):
                shown = self._shown(part)
                if _PLAIN_NAME.match(shown):
                    template += f"{{{shown.removeprefix('r#')}}}"
                else:
                    template += "{}"
                    arguments.append(shown)
        if not arguments and not any(isinstance(each, ast.FormattedValue) for each in node.values):
            return "".join(
                str(each.value) for each in node.values if isinstance(each, ast.Constant)
            ), []
        return template, arguments

    def _shown(self, part: ast.FormattedValue) -> str:
        value = self.of(part.value)
        if part.conversion == ord("a"):
            raise Refused("the conversion !a", part.value)
        if part.conversion == ord("r"):
            value = Rust(f"{self.scope.runtime('repr')}({as_reference(value)})", "string")
        if part.format_spec is not None:
            if part.conversion == ord("s"):
                value = infallible(f"{self.scope.runtime('str')}({as_reference(value)})")
            spec = self.of(part.format_spec)
            spec_code = spec.plain if spec.form == "text" else f"&{spec.plain}"
            return f"{self.scope.runtime('format_spec')}({as_reference(value)}, {spec_code})?"
        if value.form in {"bool", "number", "type"} and not value.text.startswith(
            ("len(", "rt::len(")
        ):
            return value.value
        return value.plain

    def _list(self, node: ast.List) -> Rust:
        return self._sequence("list", node.elts)

    def _tuple(self, node: ast.Tuple) -> Rust:
        return self._sequence("tuple", node.elts)

    def _set(self, node: ast.Set) -> Rust:
        return self._sequence("set", node.elts)

    def _sequence(self, kind: str, items: list[ast.expr]) -> Rust:
        if any(isinstance(each, ast.Starred) for each in items):
            code = f"{self.scope.runtime(kind)}({self.spread(items)})"
            return fallible(code) if kind == "set" else infallible(code)
        return infallible(f"{kind}![{', '.join(self.of(each).arg for each in items)}]")

    def _dict(self, node: ast.Dict) -> Rust:
        parts: list[Rust] = []
        pairs: list[str] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                pairs.append(f"{self.of(key).arg} => {self.of(value).arg}")
                continue
            if pairs or not parts:
                parts.append(infallible(data.mapping("dict!", pairs)))
                pairs = []
            parts.append(self.of(value))
        if pairs or not parts:
            parts.append(infallible(data.mapping("dict!", pairs)))
        result = parts[0]
        for each in parts[1:]:
            result = fallible(f"{self.scope.runtime('bitor')}({result.arg}, {each.arg})")
        return result

    def _lambda(self, node: ast.Lambda) -> Rust:
        return lambda_value(self, node)

    def _call(self, node: ast.Call) -> Rust:
        return self.call(node)

    def _listcomp(self, node: ast.ListComp) -> Rust:
        return self.comprehension("list", node.elt, node.generators)

    def _setcomp(self, node: ast.SetComp) -> Rust:
        return self.comprehension("set", node.elt, node.generators)

    def _dictcomp(self, node: ast.DictComp) -> Rust:
        return self.dict_comprehension(node)


def as_reference(value: Rust) -> str:
    """As a `&Value`."""
    return value.arg if value.form == "place" else f"&{value.value}"


def _is_app(thing: Thing | None) -> bool:
    return isinstance(thing, App) or (
        isinstance(thing, Library) and thing.name == "flask.current_app"
    )


def _of_thing(thing: Thing) -> str:
    match thing:
        case Other(type=name):
            return f"an object of {name}"
        case Module(name=name):
            return f"the module {name} as a value"
        case Blueprint(name=name):
            return f"the blueprint {name} as a value"
        case Method():
            return "a bound method as a value"
    return f"{type(thing).__name__.lower()} as a value"


_WORDS: dict[type[ast.AST], str] = {
    ast.Await: "await",
    ast.Yield: "a generator",
    ast.YieldFrom: "a generator",
    ast.GeneratorExp: "a generator expression that is kept",
    ast.NamedExpr: "an assignment within an expression",
    ast.Starred: "a starred expression here",
}
