"""The parameters of functions, and how calls with known arguments fill them."""

import ast
from collections.abc import Sequence

import msgspec

from agent_core.port.refusals import Refused


class Signature(msgspec.Struct, frozen=True):
    """Parameters in the order in which Rust gets them."""

    plain: tuple[str, ...]
    keyword_only: tuple[str, ...] = ()
    required_keywords: frozenset[str] = frozenset()
    rest: str = ""
    more: str = ""

    @classmethod
    def of(cls, arguments: ast.arguments, node: ast.AST) -> "Signature":
        """Read it from the syntax. Raises Refused."""
        if arguments.posonlyargs:
            raise Refused("positional-only parameters", node)
        pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        return cls(
            tuple(each.arg for each in arguments.args),
            tuple(each.arg for each in arguments.kwonlyargs),
            frozenset(each.arg for each, default in pairs if default is None),
            arguments.vararg.arg if arguments.vararg else "",
            arguments.kwarg.arg if arguments.kwarg else "",
        )

    @property
    def is_open(self) -> bool:
        """Whether it takes more than its names say."""
        return bool(self.rest or self.more or self.keyword_only)

    @property
    def parameters(self) -> list[str]:
        """All names, in order."""
        stars = [each for each in (self.rest,) if each]
        return [*self.plain, *stars, *self.keyword_only, *([self.more] if self.more else [])]

    @property
    def width(self) -> int:
        """How many there are."""
        return len(self.parameters)

    @property
    def names(self) -> list[str]:
        """As the runtime's `func` wants them."""
        rest = [f"*{self.rest}"] if self.rest else (["*"] if self.keyword_only else [])
        only = [
            f"{each}!" if each in self.required_keywords else each for each in self.keyword_only
        ]
        return [*self.plain, *rest, *only, *([f"**{self.more}"] if self.more else [])]


def bound(
    signature: Signature,
    positional: Sequence[str],
    keywords: Sequence[tuple[str, str]],
    defaults: dict[str, str],
    node: ast.AST,
) -> list[str]:
    """The values in the order of the parameters. Raises Refused for a call that must fail."""
    found = dict(zip(signature.plain, positional, strict=False))
    beyond = positional[len(signature.plain) :]
    if beyond and not signature.rest:
        raise Refused("a call with too many arguments", node)
    more: list[str] = []
    for name, value in keywords:
        _give(signature, found, more, (name, value), node)
    if signature.rest:
        found[signature.rest] = f"tuple![{', '.join(beyond)}]"
    if signature.more:
        found[signature.more] = f"dict! {{ {', '.join(more)} }}"
    for name in signature.parameters:
        if name not in found:
            if name not in defaults:
                raise Refused(f"a call without the argument {name}", node)
            found[name] = defaults[name]
    return [found[name] for name in signature.parameters]


def _give(
    signature: Signature,
    found: dict[str, str],
    more: list[str],
    keyword: tuple[str, str],
    node: ast.AST,
) -> None:
    """Note a keyword argument where it belongs."""
    name, value = keyword
    if name in found:
        raise Refused(f"a call that gives {name} twice", node)
    if name in {*signature.plain, *signature.keyword_only}:
        found[name] = value
    elif signature.more:
        more.append(f'"{name}" => {value}')
    else:
        raise Refused(f"a call with the unknown argument {name}", node)
