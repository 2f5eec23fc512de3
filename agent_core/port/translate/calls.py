"""Calls: of the project's functions, of the library, of methods, of values."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import data, names
from agent_core.port.translate.functions_as_values import default_values, function_value
from agent_core.port.translate.known_calls import KNOWN, Arguments
from agent_core.port.translate.parameters import Signature, bound
from agent_core.port.translate.rust import Rust, fallible
from agent_core.port.translate.scope import Scope
from runners.http_replay.live import (
    Function,
    Kind,
    Library,
    LiveFunction,
    Logger,
    Module,
    Object,
    Other,
    Thing,
)

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions

AUTH = "flask_httpauth.HTTPBasicAuth"
AUTH_USER = "flask_httpauth_user"
"""Where the runtime keeps whom `login_required` let pass."""
ABORTS = frozenset({"flask.abort", "werkzeug.exceptions.abort"})
_QUIET = frozenset({"debug", "info", "warning", "error", "critical", "exception", "log", "warn"})


class Calls:
    """Converts calls; the rest is given by the class that has all expressions."""

    scope: Scope
    of: Callable[[ast.expr], Rust]
    comprehension: Callable[[str, ast.expr, list[ast.comprehension]], Rust]
    within: "Callable[[Scope], Expressions]"

    def call(self, node: ast.Call) -> Rust:
        """Any call."""
        target = self.scope.static(node.func)
        match target:
            case Library(name=name):
                return self._library_call(name, node)
            case Function(id=number):
                return self._direct(self.scope.world.functions[number], node)
            case Kind():
                return self._on(f"{self.scope.class_place(target)}.get()", "call", node)
            case None if isinstance(node.func, ast.Attribute):
                return self._method(node.func, node)
            case None | Object():
                return self._on(self.of(node.func).receiver, "call", node)
        raise Refused(self._word(target), node)

    @staticmethod
    def _word(target: Thing) -> str:
        if isinstance(target, Module):
            return f"a call of the module {target.name}"
        name = getattr(target, "type", type(target).__name__)
        return f"a call of {name}"

    # Arguments.

    def argument(self, node: ast.expr) -> Rust:
        """One argument; a generator expression is used up at once."""
        if isinstance(node, ast.GeneratorExp):
            return self.comprehension("list", node.elt, node.generators)
        return self.of(node)

    def _arguments(self, node: ast.Call) -> Arguments | None:
        """Plain arguments; None if some are spread."""
        if any(isinstance(each, ast.Starred) for each in node.args):
            return None
        if any(each.arg is None for each in node.keywords):
            return None
        return Arguments(
            tuple(self.argument(each) for each in node.args),
            tuple((str(each.arg), self.argument(each.value)) for each in node.keywords),
        )

    def spread(self, items: list[ast.expr]) -> str:
        """A `Vec<Value>` of items of which some are starred."""
        parts = [
            f"Many({self.of(each.value).value})"
            if isinstance(each, ast.Starred)
            else f"One({self.of(each).value})"
            for each in items
        ]
        return f"{self.scope.runtime('args_of')}(&[{', '.join(parts)}])?"

    def _on(self, receiver: str, method: str, node: ast.Call) -> Rust:
        """A call of a value: `call`, `call_kw`, `call_spread`."""
        found = self._arguments(node)
        if found is None:
            return self._spread_call(receiver, node)
        if found.keywords:
            return fallible(
                f"{receiver}.{method}_kw({found.positional_code}, {found.keyword_code})"
            )
        return fallible(f"{receiver}.{method}({found.positional_code})")

    def _spread_call(self, receiver: str, node: ast.Call) -> Rust:
        positional = f"&{self.scope.runtime('tuple')}({self.spread(node.args)})"
        if len(node.args) == 1 and isinstance(node.args[0], ast.Starred):
            positional = self.of(node.args[0].value).arg
        elif not node.args:
            positional = "&tuple![]"
        pairs = [
            ast.Dict(
                [ast.Constant(each.arg) if each.arg else None for each in node.keywords],
                [each.value for each in node.keywords],
            )
        ]
        mapping = self.of(ast.copy_location(ast.fix_missing_locations(pairs[0]), node))
        only = node.keywords[0] if len(node.keywords) == 1 else None
        if only is not None and only.arg is None:
            mapping = self.of(only.value)
        keywords = mapping.arg if mapping.form == "place" else f"&{mapping.value}"
        positional = positional if positional.startswith("&") else f"&{positional}"
        return fallible(f"{receiver}.call_spread({positional}, {keywords})")

    # Kinds of calls.

    def _method(self, target: ast.Attribute, node: ast.Call) -> Rust:
        if is_super(target.value):
            return self._super(target.attr, node)
        owner = self.scope.static(target.value)
        if isinstance(owner, Other) and owner.type == AUTH and target.attr == "current_user":
            return fallible(f'{self.scope.runtime("g")}().method("get", args!["{AUTH_USER}"])')
        value = self.of(target.value)
        name = names.quoted(target.attr)
        world = self.scope.world
        is_log = isinstance(owner, Logger) and target.attr in _QUIET
        if not is_log:
            world.supported.check_method(target.attr, node)
        found = self._arguments(node)
        if found is None:
            return self._spread_call(f"{value.receiver}.attr({name})?", node)
        if found.keywords:
            return fallible(
                f"{value.receiver}.method_kw({name}, {found.positional_code}, {found.keyword_code})"
            )
        return fallible(f"{value.receiver}.method({name}, {found.positional_code})")

    def _super(self, method: str, node: ast.Call) -> Rust:
        found = self._arguments(node)
        owner, this = self.scope.owner_class, self.scope.locals.get("self")
        if owner is None or this is None or found is None:
            raise Refused("super() here", node)
        place = self.scope.class_place(Kind(owner))
        name = self.scope.runtime("super_method")
        return fallible(
            f"{name}(&{place}.get(), &{this.code}, {names.quoted(method)}, "
            f"{found.positional_code}, {found.keyword_code})"
        )

    def _direct(self, function: LiveFunction, node: ast.Call) -> Rust:
        """A call of a project's function by its name."""
        definition = self.scope.world.definition(function)
        found = self._arguments(node)
        if isinstance(definition, ast.Lambda) or function.cells or found is None:
            value = function_value(self.scope, function, node)
            return self._on(value.plain, "call", node)
        signature = Signature.of(definition.args, node)
        values = bound(
            signature,
            [each.value for each in found.positional],
            [(name, each.value) for name, each in found.keywords],
            default_values(self.within(self.scope), function, node),
            node,
        )
        return fallible(f"{self.scope.function_path(function)}({', '.join(values)})")

    def _library_call(self, name: str, node: ast.Call) -> Rust:
        if name in ABORTS:
            raise Refused("abort() within an expression", node)
        if name == "flask.Response" and any(isinstance(x, ast.GeneratorExp) for x in node.args):
            raise Refused("a response that is a stream", node)
        if name in {"builtins.any", "builtins.all", "builtins.next"} and node.args:
            special = self._over_generator(name.rpartition(".")[2], node)
            if special is not None:
                return special
        world = self.scope.world
        if name not in KNOWN and not world.supported.is_exception(name):
            world.supported.check_library(name, node)
        found = self._arguments(node)
        if found is not None:
            known = KNOWN.get(name)
            special = known(self.scope.runtime, found) if known else None
            if special is not None:
                return special
        if world.supported.is_exception(name):
            return self._on(self.of(node.func).receiver, "call", node)
        # What has a function of its own may be missing in general.
        world.supported.check_library(name, node)
        if found is None:
            code = f"{self.scope.runtime('lib_value')}({names.quoted(name)})"
            return self._spread_call(code, node)
        return fallible(
            f"{self.scope.runtime('lib')}({names.quoted(name)}, "
            f"{found.positional_code}, {found.keyword_code})"
        )

    def _over_generator(self, name: str, node: ast.Call) -> Rust | None:
        first = node.args[0]
        if not isinstance(first, ast.GeneratorExp):
            return None
        this = self.within(self.scope)
        if name == "next":
            return this.first_of(first, node.args[1] if len(node.args) > 1 else None)
        return this.test_of(name, first)


def is_super(node: ast.expr) -> bool:
    """Whether an expression is `super()`."""
    match node:
        case ast.Call(func=ast.Name(id="super")):
            return True
    return False


def abort_code(expressions: "Expressions", node: ast.Call) -> str:
    """The exception of a call of `abort`."""
    found = expressions._arguments(node)
    if found is None or not found.positional:
        raise Refused("abort() with spread arguments", node)
    first, *rest = found.positional
    if not rest and not found.keywords:
        return f"{expressions.scope.runtime('abort')}({first.arg})"
    others = ", ".join(each.arg for each in rest)
    keywords = data.mapping("kw!", (f'"{name}" => {each.arg}' for name, each in found.keywords))
    return f"{expressions.scope.runtime('abort_with')}({first.arg}, args![{others}], {keywords})"
