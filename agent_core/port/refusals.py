"""What cannot be converted, with its place and a reason."""

import ast

import msgspec


class Refusal(msgspec.Struct, frozen=True):
    """A construct outside of what is converted; `file` relative to the project, lines from 1."""

    file: str
    line: int
    reason: str


class Refused(Exception):  # noqa: N818  (says what happened)
    """Constructs that are not converted; whoever knows the file makes `Refusal`s of `all`."""

    def __init__(self, reason: str, node: ast.AST | None = None) -> None:
        super().__init__(reason)
        self.all: list[tuple[str, int]] = [(reason, getattr(node, "lineno", 0))]

    @classmethod
    def together(cls, found: list["Refused"]) -> "Refused":
        """Several of them as one."""
        joined = cls(found[0].all[0][0])
        joined.all = [each for one in found for each in one.all]
        return joined
