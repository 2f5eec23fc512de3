"""A Rust expression with what must be known to use it in another one."""

from typing import Literal

import msgspec

from agent_core.port.translate.names import quoted

Form = Literal["value", "place", "bool", "number", "type", "text", "string"]


class Rust(msgspec.Struct, frozen=True):
    """`form` tells the type: an owned `Value`, a place that holds one, `bool`, an integer or float,
    `&'static str`, `String`. A `fallible` one is an `R` of that. `loose` has an operator outside.
    """

    text: str
    form: Form = "value"
    fallible: bool = False
    loose: bool = False
    literal: str | None = None
    """What a text literal holds."""

    @property
    def plain(self) -> str:
        """The expression itself, its error passed on."""
        return f"{self.text}?" if self.fallible else self.text

    @property
    def arg(self) -> str:
        """As an `impl Into<Value>`."""
        return f"&{self.text}" if self.form == "place" else self.plain

    @property
    def value(self) -> str:
        """As an owned `Value`."""
        if self.form == "value":
            return self.plain
        return f"{self.text}.clone()" if self.form == "place" else f"Value::from({self.plain})"

    @property
    def tight(self) -> str:
        """As an operand."""
        return f"({self.plain})" if self.loose else self.plain

    @property
    def receiver(self) -> str:
        """As that which a method is called on."""
        return self.plain if self.form in {"value", "place"} else self.value

    @property
    def condition(self) -> str:
        """As a `bool`."""
        return self.plain if self.form == "bool" else f"{self.receiver}.truth()"

    @property
    def result(self) -> str:
        """As an `R<Value>`."""
        if self.form == "value" and self.fallible:
            return self.text
        return f"Ok({self.value})"


def text(content: str) -> Rust:
    """A string literal."""
    return Rust(quoted(content), "text", literal=content)


def place(name: str) -> Rust:
    """A variable that holds a `Value`."""
    return Rust(name, "place")


def infallible(code: str) -> Rust:
    """An owned `Value`."""
    return Rust(code)


def fallible(code: str) -> Rust:
    """An `R<Value>`."""
    return Rust(code, fallible=True)


def truth(code: str, *, can_fail: bool = False, loose: bool = False) -> Rust:
    """A `bool`, or an `R<bool>`."""
    return Rust(code, "bool", fallible=can_fail, loose=loose)


def negated(what: Rust) -> Rust:
    """`not` of a condition."""
    if what.form == "bool":
        if what.text.startswith("!") and not what.loose:
            return truth(what.plain[1:])
        return truth(f"!{what.tight}")
    return truth(f"!{what.condition}")
