"""Calls of the library for which the runtime has a function of its own."""

from collections.abc import Callable

import msgspec

from agent_core.port.translate import data
from agent_core.port.translate.rust import Rust, fallible, infallible, truth


class Arguments(msgspec.Struct, frozen=True):
    """The arguments of a call, converted."""

    positional: tuple[Rust, ...]
    keywords: tuple[tuple[str, Rust], ...] = ()

    @property
    def positional_code(self) -> str:
        """As `args![…]`."""
        return f"args![{', '.join(each.arg for each in self.positional)}]"

    @property
    def keyword_code(self) -> str:
        """As `kw![…]`."""
        pairs = (f'"{name}" => {each.arg}' for name, each in self.keywords)
        return data.mapping("kw!", pairs)

    def fill(self, *parameters: str, least: int = 0) -> list[Rust | None] | None:
        """Arguments by parameter; None if they don't fit."""
        if len(self.positional) > len(parameters):
            return None
        found: dict[str, Rust] = dict(zip(parameters, self.positional, strict=False))
        for name, value in self.keywords:
            if name not in parameters or name in found:
                return None
            found[name] = value
        if any(name not in found for name in parameters[:least]):
            return None
        return [found.get(name) for name in parameters]


Runtime = Callable[[str], str]
Known = Callable[[Runtime, Arguments], Rust | None]


def _reference(value: Rust) -> str:
    return value.arg if value.form == "place" else f"&{value.value}"


def _only(arguments: Arguments) -> Rust | None:
    fits = len(arguments.positional) == 1 and not arguments.keywords
    return arguments.positional[0] if fits else None


def _len(runtime: Runtime, arguments: Arguments) -> Rust | None:
    value = _only(arguments)
    if value is None:
        return None
    return Rust(f"{runtime('len')}({value.arg})", "number", fallible=True)


def _str(runtime: Runtime, arguments: Arguments) -> Rust | None:
    value = _only(arguments)
    return infallible(f"{runtime('str')}({value.arg})") if value else None


def _repr(runtime: Runtime, arguments: Arguments) -> Rust | None:
    value = _only(arguments)
    return Rust(f"{runtime('repr')}({_reference(value)})", "string") if value else None


def _bool(_: Runtime, arguments: Arguments) -> Rust | None:
    value = _only(arguments)
    return truth(value.condition, loose=value.loose) if value else None


def _converted(name: str) -> Known:
    def known(runtime: Runtime, arguments: Arguments) -> Rust | None:
        value = _only(arguments)
        return fallible(f"{runtime(name)}({value.arg})") if value else None

    return known


def _empty(name: str, code: str) -> Known:
    def known(_: Runtime, arguments: Arguments) -> Rust | None:
        if arguments.positional:
            return None
        if name == "dict":
            pairs = [f'"{key}" => {value.arg}' for key, value in arguments.keywords]
            return infallible(data.mapping("dict!", pairs))
        return None if arguments.keywords else infallible(code)

    return known


def _isinstance(runtime: Runtime, arguments: Arguments) -> Rust | None:
    found = arguments.fill("value", "kinds", least=2)
    if found is None or found[0] is None or found[1] is None:
        return None
    code = f"{runtime('isinstance')}({found[0].arg}, {found[1].arg})"
    return truth(code, can_fail=True)


def _sorted(runtime: Runtime, arguments: Arguments) -> Rust | None:
    found = arguments.fill("iterable", "key", "reverse", least=1)
    if found is None or len(arguments.positional) != 1 or found[0] is None:
        return None
    _, key, reverse = found
    if reverse is not None and reverse.form != "bool":
        return None
    nothing = f"{runtime('none')}()"
    parts = (found[0].arg, key.arg if key else nothing, reverse.plain if reverse else "false")
    return fallible(f"{runtime('sorted')}({', '.join(parts)})")


def _redirect(runtime: Runtime, arguments: Arguments) -> Rust | None:
    found = arguments.fill("location", "code", least=1)
    if found is None or found[0] is None:
        return None
    code = found[1].arg if found[1] else "302"
    return fallible(f"{runtime('redirect')}({found[0].arg}, {code})")


def _flash(runtime: Runtime, arguments: Arguments) -> Rust | None:
    found = arguments.fill("message", "category", least=1)
    if found is None or found[0] is None:
        return None
    category = found[1].arg if found[1] else '"message"'
    return fallible(f"{runtime('flash')}({found[0].arg}, {category})")


def _url_for(runtime: Runtime, arguments: Arguments) -> Rust | None:
    endpoint = arguments.positional[0] if len(arguments.positional) == 1 else None
    if endpoint is None:
        return None
    return fallible(f"{runtime('url_for')}({endpoint.arg}, {arguments.keyword_code})")


def _with_both(name: str) -> Known:
    def known(runtime: Runtime, arguments: Arguments) -> Rust | None:
        code = f"{runtime(name)}({arguments.positional_code}, {arguments.keyword_code})"
        return fallible(code)

    return known


def _make_response(runtime: Runtime, arguments: Arguments) -> Rust | None:
    if arguments.keywords:
        return None
    return fallible(f"{runtime('make_response')}({arguments.positional_code})")


KNOWN: dict[str, Known] = {
    "builtins.len": _len,
    "builtins.str": _str,
    "builtins.repr": _repr,
    "builtins.bool": _bool,
    "builtins.int": _converted("int"),
    "builtins.float": _converted("float"),
    "builtins.list": _empty("list", "list![]"),
    "builtins.dict": _empty("dict", "dict! {}"),
    "builtins.set": _empty("set", "set![]"),
    "builtins.tuple": _empty("tuple", "tuple![]"),
    "builtins.isinstance": _isinstance,
    "builtins.sorted": _sorted,
    "flask.redirect": _redirect,
    "flask.url_for": _url_for,
    "flask.flash": _flash,
    "flask.jsonify": _with_both("jsonify"),
    "flask.make_response": _make_response,
}
"""By qualified name; None where the arguments are for the general way."""
