"""Plain data as Rust: literals of the sources, and values that names have after the import."""

import ast
import math
import string
from collections.abc import Callable, Iterable

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from agent_core.port.translate.rust import Rust, fallible, infallible, text
from runners.http_replay.live import Data

_WIDE = 80
_SMALL = 2**31
_BIG = 2**63
_CONSTANTS: dict[str, object] = {
    f"{module.__name__}.{name}": value
    for module in (math, string)
    for name, value in vars(module).items()
    if isinstance(value, int | float | str) and not name.startswith("_")
}


def literal(value: object, node: ast.AST | None = None) -> Rust:
    """A constant."""
    match value:
        case None:
            return infallible("none()")
        case bool():
            return Rust(str(value).lower(), "bool")
        case int():
            return integer(value)
        case float():
            return floating(value)
        case str():
            if any(0xD800 <= ord(letter) < 0xE000 for letter in value):
                raise Refused("a text with half a character (a lone surrogate)", node)
            return text(value)
        case bytes():
            return infallible(f"bytes({_bytes(value)})")
    raise Refused(f"the constant {value!r}", node)


def integer(value: int) -> Rust:
    """An integer of any size."""
    if -_SMALL < value < _SMALL:
        return Rust(str(value), "number")
    if -_BIG < value < _BIG:
        return Rust(f"{value}_i64", "number")
    return fallible(f'lib("builtins.int", args!["{value}"], kw![])')


def floating(value: float) -> Rust:
    """A float."""
    if math.isnan(value):
        return Rust("f64::NAN", "number")
    if math.isinf(value):
        return Rust("f64::INFINITY" if value > 0 else "f64::NEG_INFINITY", "number")
    if any(abs(abs(value) - each) < _NEAR for each in _FAMOUS):
        # As a literal, clippy takes it for the constant itself, which is another number.
        return fallible(f'lib("builtins.float", args!["{value!r}"], kw![])')
    return Rust(repr(value), "number")


_NEAR = 0.01
_FAMOUS = (
    math.pi, math.e, math.tau, math.sqrt(2), 1 / math.sqrt(2), math.log(2), math.log(10),
    math.log2(10), math.log10(2), math.log2(math.e), math.log10(math.e), math.pi / 2, math.pi / 3,
    math.pi / 4, math.pi / 6, math.pi / 8, 1 / math.pi, 2 / math.pi, 2 / math.sqrt(math.pi),
    (1 + math.sqrt(5)) / 2,
)  # fmt: skip


def _bytes(value: bytes) -> str:
    letters = (
        chr(each) if 32 <= each < 127 and each not in b'"\\' else f"\\x{each:02x}" for each in value
    )
    return 'b"' + "".join(letters) + '"'


def constant(name: str) -> Rust | None:
    """A constant of the standard library, by its qualified name."""
    if name in _CONSTANTS and not name.startswith("math.nan"):
        value = _CONSTANTS[name]
        return literal(value) if isinstance(value, str) else infallible(f'lib_value("{name}")')
    return None


def scalar(thing: Data, node: ast.AST | None = None) -> Rust:
    """A value without parts."""
    make = _SCALARS.get(thing.type)
    if make is None:
        raise Refused(f"a value of type {thing.type}", node)
    made = make(thing.text)
    return made if isinstance(made, Rust) else literal(made, node)


def _made(name: str, *arguments: str) -> Rust:
    return fallible(f'lib("{name}", args![{", ".join(arguments)}], kw![])')


def _moment(kind: str) -> Callable[[str], Rust]:
    return lambda code: _made(f"datetime.{kind}.fromisoformat", names.quoted(code))


_SCALARS: dict[str, Callable[[str], object]] = {
    "str": str,
    "bytes": bytes.fromhex,
    "NoneType": lambda _: None,
    "bool": lambda code: code == "True",
    "int": int,
    "float": float,
    "UUID": lambda code: _made("uuid.UUID", names.quoted(code.removeprefix("UUID('")[:36])),
    "datetime": _moment("datetime"),
    "date": _moment("date"),
    "time": _moment("time"),
    "timedelta": lambda code: _made("datetime.timedelta", *code.split(",")),
}
"""How a value is made of its text, by its type."""


def mapping(macro: str, pairs: Iterable[str]) -> str:
    """`dict!{…}` or `kw![…]`, which rustfmt leaves as it is: over several lines if it is long."""
    parts = list(pairs)
    begin, end = ("{", "}") if macro == "dict!" else ("[", "]")
    if not parts:
        return f"{macro} {{}}" if macro == "dict!" else f"{macro}[]"
    line = (
        f"{macro}{begin} {', '.join(parts)} {end}"
        if macro == "dict!"
        else f"{macro}[{', '.join(parts)}]"
    )
    if len(line) <= _WIDE and "\n" not in line:
        return line
    inner = "".join(f"\n    {each},".replace("\n", "\n") for each in parts)
    return f"{macro}{begin}{inner}\n{end}"
