"""Names as Rust wants them: snake case, no keyword, nothing that hides a runtime function."""

import re
from collections.abc import Collection

_KEYWORDS = frozenset(
    {
        "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern",
        "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut",
        "pub", "ref", "return", "static", "struct", "trait", "true", "type", "unsafe", "use",
        "where", "while", "abstract", "become", "box", "do", "final", "macro", "override", "priv",
        "try", "typeof", "unsized", "virtual", "yield", "gen",
    }
)  # fmt: skip
_NO_RAW = frozenset({"self", "super", "crate", "Self"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
PRELUDE = frozenset(
    {
        "none", "add", "sub", "mul", "div", "floordiv", "modulo", "pow", "bitand", "bitor",
        "bitxor", "lshift", "rshift", "neg", "invert", "pos", "iadd", "isub", "imul", "idiv",
        "ifloordiv", "imodulo", "ipow", "iand", "ior", "ixor", "lt",
        "le", "gt", "ge", "contains", "is", "iter", "unpack", "unpack_star", "list_of", "set_of",
        "dict_of", "tuple_of", "collect", "any_of", "all_of", "first_of", "flat", "list", "tuple",
        "set", "dict", "func", "lambda", "class", "exception", "lib", "lib_value", "len", "str",
        "repr", "int", "float", "sorted", "range", "enumerate", "zip", "isinstance", "format_spec",
        "raise", "raise_value", "abort", "abort_with", "unbound", "request", "session", "g",
        "current_app", "config", "jsonify", "make_response", "redirect", "url_for", "flash",
        "super_method", "dataclass", "args_of", "kw_of", "keep", "or", "and", "secret", "cors",
        "serve", "bytes", "factory",
    }
)  # fmt: skip
"""Functions of the runtime that generated code calls."""


TEMPORARY = frozenset(
    {
        "element", "new_value", "parts", "container", "subscript", "outcome", "caught", "middle",
        "flow", "other", "auth", "refused",
    }
)  # fmt: skip
"""Variables that only generated code has."""


def snake(name: str) -> str:
    """A name in snake case; no keyword."""
    plain = re.sub(r"_{2,}", "_", _HUMP.sub("_", name).lower())
    if plain == "_":
        return "_ignored"
    if plain in _NO_RAW:
        return plain + "_"
    return f"r#{plain}" if plain in _KEYWORDS else plain


def screaming(name: str) -> str:
    """A name for a global."""
    return snake(name).removeprefix("r#").upper()


def distinct(wanted: str, taken: Collection[str]) -> str:
    """The name, or one like it that is not taken."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def local(name: str, taken: Collection[str]) -> str:
    """A name for a local variable."""
    plain = snake(name)
    ours = plain in PRELUDE or plain in TEMPORARY or plain.startswith("part_")
    return distinct(f"{plain}_" if ours else plain, taken)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}


def quoted(text: str) -> str:
    """A string literal."""
    parts = []
    for letter in text:
        plain = letter.isprintable() or letter in _ESCAPES
        parts.append(_ESCAPES.get(letter, letter) if plain else f"\\u{{{ord(letter):x}}}")
    return '"' + "".join(parts) + '"'
