"""`main.rs`: routes in the order of the URL map, hooks, error handlers, settings."""

import ast
from collections.abc import Iterable, Iterator

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from agent_core.port.translate.expressions import Expressions
from agent_core.port.translate.extensions import cors_calls, guard
from agent_core.port.translate.functions_as_values import cell_values, default_values
from agent_core.port.translate.parameters import Signature
from agent_core.port.translate.scope import Needs, Scope
from agent_core.port.translate.values import Values, secret_value
from agent_core.port.translate.world import World
from runners.http_replay.live import (
    Cors,
    ErrorHandler,
    Function,
    Guarded,
    Kind,
    Library,
    LiveFunction,
    Other,
    Route,
    Secret,
    Thing,
)

HOOKS = {
    "before_request_funcs": "before_request",
    "after_request_funcs": "after_request",
    "teardown_request_funcs": "teardown_request",
    "teardown_appcontext_funcs": "teardown_request",
}
_OTHER_HOOKS = ("before_first_request_funcs", "url_value_preprocessors", "url_default_functions")
_CONVERTERS = ("string", "int", "float", "path", "uuid", "any")
_USUAL = {
    "json_provider": "DefaultJSONProvider",
    "session_interface": "SecureCookieSessionInterface",
    "response_class": "Response",
    "request_class": "Request",
    "host_matching": False,
}
_WORDS = {
    "json_provider": "a JSON provider of the project's own",
    "session_interface": "a session interface of its own",
    "response_class": "a response class of its own",
    "request_class": "a request class of its own",
    "host_matching": "host matching",
}


class Application:
    """Writes what registers things with the runtime, each statement on its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._node = ast.Pass()

    def _scope(self, needs: Needs) -> Scope:
        # No module is called so: every name is written with its path.
        return Scope(self._world, "", needs)

    def check_settings(self) -> None:
        """Raise Refused for what changes all answers in a way that is not converted."""
        settings = self._world.live.settings
        for name, usual in _USUAL.items():
            if getattr(settings, name) != usual:
                raise Refused(_WORDS[name], self._node)
        if settings.wsgi_app not in {"method", "ProxyFix"}:
            raise Refused(f"the middleware {settings.wsgi_app}", self._node)

    def settings(self, needs: Needs) -> Iterator[str]:
        """What the configuration holds beyond Flask's defaults."""
        values = Values(Expressions(self._scope(needs)))
        settings = self._world.live.settings
        for name, thing in self._world.live.config:
            value = self._config_value(thing, values)
            if value is not None:
                yield f"app.config({names.quoted(name)}, {value});"
        if settings.debug:
            yield "app.debug(true);"
        json = settings.json
        if not json.sort_keys:
            yield "app.json_sort_keys(false);"
        if not json.ensure_ascii:
            yield "app.json_ensure_ascii(false);"
        if json.compact is not None:
            yield f"app.json_compact(Some({str(json.compact).lower()}));"
        if json.mimetype != "application/json":
            yield f"app.json_mimetype({names.quoted(json.mimetype)});"

    def _config_value(self, thing: Thing, values: Values) -> str | None:
        if isinstance(thing, Secret):
            return secret_value(values.scope, thing).arg
        try:
            return values.of(thing).arg
        except Refused:
            # Nothing is known to read it; what does is refused by itself.
            return None

    def route(self, route: Route, needs: Needs) -> str:
        """One rule. Raises Refused."""
        self._check(route)
        scope = self._scope(needs)
        opening: list[str] = []
        thing, guarded = route.view, ""
        if isinstance(thing, Guarded):
            code = guard(
                thing, lambda *asked: self._registered(asked[0], asked[1], needs, asked[2])
            )
            opening.append(f"let auth = {code};")
            optional = str(thing.optional).lower()
            guarded = f"let refused = auth.login_required({optional})?;\n"
            guarded += "if !refused.is_none() {\nreturn Ok(refused);\n}\n"
            thing = thing.inner
        if thing is None:
            # Flask knows such a rule by its endpoint alone.
            error = f'raise("KeyError", args![{names.quoted(route.endpoint)}])'
            call = f"Err({error})"
        elif isinstance(thing, Kind):
            call = self._class_call(scope, thing, route)
        else:
            view = self._function(thing, f"the view of {route.rule}")
            call = self._view_call(scope, view, route, opening)
        if guarded:
            call = f"{{\n{guarded}{call}\n}}"
        move = "move " if opening else ""
        closure = f"{move}|{'a' if 'a.get(' in call or 'a.all()' in call else '_'}| {call}"
        code = self._registration(scope, route, closure)
        return "\n".join(["{", *opening, code, "}"]) if opening else code

    def _class_call(self, scope: Scope, kind: Kind, route: Route) -> str:
        """The call of a method of a view that is a class."""
        made = f"{scope.class_place(kind)}.get().call(args![])?"
        own = self._world.attributes_of(kind.id)
        if "dispatch_request" in own:
            return f'{made}.method_spread("dispatch_request", &tuple![], &a.all())'
        methods = [
            each for each in ("GET", "POST", "PUT", "PATCH", "DELETE") if each in route.methods
        ]
        if not methods or not all(each.lower() in own for each in methods):
            raise Refused(f"the view of {route.rule}, a class without a method for it", self._node)
        calls = [f'view.method_spread("{m.lower()}", &tuple![], &a.all())' for m in methods]
        if len(methods) == 1:
            return calls[0].replace("view", made, 1)
        arms = [f'"{name}" => {call},' for name, call in zip(methods, calls, strict=True)][1:]
        code = "\n".join(arms)
        return (
            f'{{\nlet view = {made};\nmatch request().attr("method")?.to_string().as_str() {{\n'
            f"{code}\n_ => {calls[0]},\n}}\n}}"
        )

    def _view_call(self, scope: Scope, view: LiveFunction, route: Route, opening: list[str]) -> str:
        """The call of a view with the arguments of its rule; what it closes over comes first."""
        definition = self._world.definition(view)
        if isinstance(definition, ast.Lambda):
            raise Refused("a lambda as a view", definition)
        given = [
            *route.converters,
            *(each for each in route.defaults if each not in route.converters),
        ]
        arguments = self._view_arguments(scope, view, definition, given)
        cells = cell_values(scope, view, definition)
        opening += [f"let {name} = {value};" for name, value in cells]
        values = [*(f"{name}.clone()" for name, _ in cells), *arguments]
        return f"{scope.function_path(view)}({', '.join(values)})"

    @staticmethod
    def _registration(scope: Scope, route: Route, closure: str) -> str:
        methods = ", ".join(names.quoted(each) for each in sorted(route.methods))
        rule, endpoint = names.quoted(route.rule), names.quoted(route.endpoint)
        if route.strict_slashes and route.automatic_options and not route.defaults:
            return f"app.route({rule}, {endpoint}, &[{methods}], {closure});"
        parts = [f"app.rule({rule}, {endpoint})", f".methods(&[{methods}])"]
        if not route.strict_slashes:
            parts.append(".strict_slashes(false)")
        if not route.automatic_options:
            parts.append(".provide_automatic_options(false)")
        values = Values(Expressions(scope))
        pairs = [
            f"{names.quoted(name)} => {values.of(each).arg}"
            for name, each in route.defaults.items()
        ]
        if pairs:
            parts.append(f".defaults(kw![{', '.join(pairs)}])")
        return "".join([*parts, f".to({closure});"])

    def _check(self, route: Route) -> None:
        if route.host:
            raise Refused(f"the route {route.rule} for a host or subdomain", self._node)
        for each in route.converters.values():
            if each.partition("(")[0] not in _CONVERTERS:
                raise Refused(f"the converter {each} of {route.rule}", self._node)

    def _function(self, thing: Thing | None, what: str) -> LiveFunction:
        if isinstance(thing, Function):
            return self._world.functions[thing.id]
        if isinstance(thing, Other):
            raise Refused(f"{what}: an object of {thing.type}", self._node)
        raise Refused(what, self._node)

    def _view_arguments(
        self, scope: Scope, view: LiveFunction, definition: ast.FunctionDef, given: list[str]
    ) -> list[str]:
        signature = Signature.of(definition.args, definition)
        defaults = default_values(Expressions(scope), view, definition)
        found = []
        for name in signature.parameters:
            if name == signature.rest:
                found.append("tuple![]")
            elif name == signature.more and not signature.plain:
                found.append("a.all()" if given else "dict! {}")
            elif name == signature.more:
                rest = [each for each in given if each not in signature.plain]
                pairs = ", ".join(f'"{each}" => a.get("{each}")' for each in rest)
                found.append(f"dict! {{ {pairs} }}")
            elif name in given:
                found.append(f"a.get({names.quoted(name)})")
            elif name in defaults:
                found.append(defaults[name])
            else:
                raise Refused(f"a view whose argument {name} no rule gives", definition)
        unknown = [each for each in given if each not in signature.parameters]
        if unknown and not signature.more:
            raise Refused(f"a view that does not take {unknown[0]}", definition)
        return found

    def hooks(self, needs: Needs) -> Iterator[str]:
        """What runs before and after requests. Raises Refused, for all that is refused."""
        refused: list[Refused] = []
        for name, found in self._world.live.hooks.items():
            for owner, thing in found:
                try:
                    yield from self._hook(name, owner, thing, needs)
                except Refused as one:
                    refused.append(one)
        if refused:
            raise Refused.together(refused)

    def _hook(self, name: str, owner: str, thing: Thing, needs: Needs) -> Iterator[str]:
        if name in _OTHER_HOOKS:
            raise Refused(f"the hook {name}", self._place(thing))
        if name not in HOOKS:
            return
        if isinstance(thing, Cors):
            yield from cors_calls(thing)
            return
        method = HOOKS[name]
        takes = 0 if method == "before_request" else 1
        function = self._registered(thing, takes, needs, f"a function for {method}")
        if owner:
            yield f"app.{method}_of({names.quoted(owner)}, {function});"
        else:
            yield f"app.{method}({function});"

    def _place(self, thing: Thing) -> ast.AST:
        if isinstance(thing, Function):
            return self._world.definition(self._world.functions[thing.id])
        return self._node

    def handler(self, handler: ErrorHandler, needs: Needs) -> str:
        """One error handler. Raises Refused."""
        function = self._registered(handler.handler, 1, needs, "an error handler")
        owner = f"{names.quoted(handler.blueprint)}, " if handler.blueprint else ""
        ending = "_of" if handler.blueprint else ""
        if handler.code is not None:
            return f"app.errorhandler{ending}({owner}{handler.code}, {function});"
        if isinstance(handler.kind, Kind):
            kind = f"{self._scope(needs).class_place(handler.kind)}.get()"
        elif isinstance(handler.kind, Library):
            kind = names.quoted(handler.kind.name.rpartition(".")[2])
            if not self._world.supported.is_exception(handler.kind.name):
                raise Refused(f"an error handler for {handler.kind.name}", self._node)
        else:
            raise Refused("an error handler for an unknown class", self._node)
        return f"app.errorhandler_class{ending}({owner}{kind}, {function});"

    def _registered(self, thing: Thing, takes: int, needs: Needs, what: str) -> str:
        """A function that the runtime calls with `takes` values."""
        function = self._function(thing, what)
        definition = self._world.definition(function)
        if isinstance(definition, ast.Lambda):
            raise Refused(f"{what} that is a lambda", definition)
        scope = self._scope(needs)
        signature = Signature.of(definition.args, definition)
        cells = cell_values(scope, function, definition)
        if cells:
            raise Refused(f"{what} that closes over variables", definition)
        if len(signature.plain) == takes and not signature.is_open:
            return scope.function_path(function)
        defaults = default_values(Expressions(scope), function, definition)
        names_in = ["first", "second"][:takes]
        values = [*names_in]
        values += [defaults[each] for each in signature.plain[takes:] if each in defaults]
        if signature.rest:
            values.append("tuple![]")
        if signature.more:
            values.append("dict! {}")
        if len(values) != signature.width:
            raise Refused(f"{what} with other parameters", definition)
        return f"|{', '.join(names_in)}| {scope.function_path(function)}({', '.join(values)})"


def static_files(route: Route) -> str:
    """A rule for files."""
    parts = ", ".join(names.quoted(each) for each in (route.rule, route.endpoint, route.folder))
    return f"app.static_files({parts});"


def main_source(
    modules: Iterable[str], inits: Iterable[str], name: str, lines: Iterable[str]
) -> str:
    """The whole of `main.rs`."""
    declared = "\n".join(f"mod {each};" for each in sorted(modules))
    started = "\n".join(f"{each}::init_globals()?;" for each in inits)
    registered = "\n".join(lines)
    return (
        f"//! Serves the application `{name}`.\n\n{declared}\n\nuse flask_runtime::prelude::*;\n\n"
        "fn main() -> std::process::ExitCode {\nflask_runtime::serve(build)\n}\n\n"
        "/// The application: settings, routes in their order, hooks and error handlers.\n"
        f"fn build() -> R<Rc<App>> {{\n{started}\nlet app = App::new({names.quoted(name)});\n"
        f"{registered}\nOk(app)\n}}\n"
    )
