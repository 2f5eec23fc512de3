"""What a function takes from a request, where it comes from, and what the code says of it."""

from typing import Literal

import msgspec

Source = Literal["argument", "json", "form", "args", "headers", "cookies", "files", "login", "kept"]
About = Literal[
    "kind",
    "constant",
    "length",
    "part",
    "pattern",
    "format",
    "default",
    "optional",
    "same",
    "split",
]
Scalar = str | int | float | bool
Name = str | int
"""A key of a mapping, or 0 for any item of a list."""

SOURCES: dict[str, Source] = {
    "json": "json",
    "get_json": "json",
    "get_data": "json",
    "data": "json",
    "form": "form",
    "args": "args",
    "values": "args",
    "headers": "headers",
    "cookies": "cookies",
    "files": "files",
    "authorization": "login",
}
"""Attributes of Flask's request that lead to what the client sent."""


class Origin(msgspec.Struct, frozen=True):
    """A part of the request (its path's arguments among them), and the keys to a value in it.

    What is *kept* lies under keys of something else, which may have been sent before.
    """

    source: Source
    path: tuple[Name, ...] = ()

    @property
    def name(self) -> str:
        """The last key, "" where there is none."""
        return str(self.path[-1]) if self.path else ""

    def child(self, name: Name) -> "Origin":
        """What lies under a key of it."""
        return Origin(self.source, (*self.path, name))


class Hint(msgspec.Struct, frozen=True):
    """Something that the code says of a value.

    It is of a *kind*, is compared with a *constant*, has a *length* that is, contains a *part*,
    matches a *pattern*, is parsed by a *format* (of strptime, or "iso"), is *split* at a text,
    has a *default*, is *optional*, or is compared with the value under another key (*same*).
    """

    about: About
    value: Scalar


class Read(msgspec.Struct, frozen=True):
    """One value that a function takes from the request, and what its code says of it."""

    origin: Origin
    hints: tuple[Hint, ...] = ()

    def all(self, about: About) -> tuple[Scalar, ...]:
        """Every value of one sort of hint, in the order of the code."""
        return tuple(hint.value for hint in self.hints if hint.about == about)

    def words(self, about: About) -> tuple[str, ...]:
        """The texts among them."""
        return tuple(value for value in self.all(about) if isinstance(value, str))


class FunctionReads(msgspec.Struct, frozen=True):
    """What one function and the helpers it calls take, and the constants in them."""

    reads: tuple[Read, ...] = ()
    strings: tuple[str, ...] = ()
    numbers: tuple[int | float, ...] = ()


def constant(value: object) -> tuple[Scalar, ...]:
    """The value, if it is a text, a number or a truth value."""
    return (value,) if isinstance(value, str | int | float) else ()
