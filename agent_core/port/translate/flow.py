"""How control leaves a place: `return`, `break` and `continue`, through the closures of `try`."""

import ast
from collections.abc import Collection

from agent_core.port.translate import uses
from agent_core.port.translate.graph import is_true
from agent_core.port.translate.rust import Rust


def ends(block: list[ast.stmt], never: Collection[ast.AST]) -> bool:
    """Whether control never comes to the end of a block."""
    return any(_ends(each, never) for each in block)


def _ends(statement: ast.stmt, never: Collection[ast.AST]) -> bool:
    found = isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue)
    match statement:
        case ast.Expr(value=value):
            found = value in never
        case ast.If(body=body, orelse=orelse):
            found = bool(orelse) and ends(body, never) and ends(orelse, never)
        case ast.While(test=test, body=body):
            found = is_true(test) and not _breaks(body)
        case ast.With(body=body):
            found = ends(body, never)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            well = ends(body, never) or ends(orelse, never)
            found = ends(final, never) or (well and all(ends(h.body, never) for h in handlers))
    return found


def _breaks(block: list[ast.stmt]) -> bool:
    """Whether a loop with this body is left by `break`."""
    for each in block:
        if isinstance(each, ast.Break):
            return True
        if isinstance(each, ast.For | ast.While):
            if _breaks(each.orelse):
                return True
        elif any(_breaks(inner) for inner in uses.blocks(each).values()):
            return True
    return False


class Exits:
    """The ways out of the place that is being converted."""

    def __init__(self) -> None:
        self._closures: list[bool] = []
        self._loops: list[tuple[int, str]] = []
        self._labels = 0
        self.caught = ""
        """The exception that a handler deals with."""

    @property
    def end(self) -> str:
        """What stands at the end."""
        if not self._closures:
            return "Ok(none())"
        return "Ok(Flow::Next)" if self._closures[-1] else "Ok(())"

    def enter(self, *, leaves: bool) -> None:
        """Into a closure; whether `return`, `break` or `continue` lead out of it."""
        self._closures.append(leaves)

    def leave(self) -> None:
        """Out of the closure."""
        self._closures.pop()

    def enter_loop(self, label: str) -> None:
        """Into a loop, which a label outside lets `break` leave."""
        self._loops.append((len(self._closures), label))

    def leave_loop(self) -> None:
        """Out of the loop."""
        self._loops.pop()

    def label(self) -> str:
        """A new label."""
        self._labels += 1
        return "'found" if self._labels == 1 else f"'found_{self._labels}"

    def returned(self, value: Rust) -> str:
        """The result with which a place is left."""
        if self._closures:
            return f"Ok(Flow::Return({value.value}))"
        # Nothing comes after it that could need the variable.
        plain = value.form == "place" and value.text.isidentifier()
        return f"Ok({value.text})" if plain else value.result

    def broken(self) -> str:
        """`break`."""
        depth, label = self._loops[-1]
        if depth != len(self._closures):
            return "return Ok(Flow::Break);"
        return f"break {label};" if label else "break;"

    def continued(self) -> str:
        """`continue`."""
        depth, _ = self._loops[-1]
        return "continue;" if depth == len(self._closures) else "return Ok(Flow::Continue);"

    def passed_on(self, given: str, *, tail: bool, kinds: set[str], rest: str) -> str:
        """Goes on with the flow that a closure gave; `rest` follows where it went to its end."""
        arms = []
        if "return" in kinds:
            result = "Ok(Flow::Return(value))" if self._closures else "Ok(value)"
            way = result if tail else f"return {result}"
            arms.append(f"Flow::Return(value) => {way},")
        if "break" in kinds:
            arms.append(f"Flow::Break => {self.broken().removesuffix(';')},")
        if "continue" in kinds:
            arms.append(f"Flow::Continue => {self.continued().removesuffix(';')},")
        if len(arms) == 1 and not rest:
            pattern, _, way = arms[0].removesuffix(",").partition(" => ")
            return f"if let {pattern} = {given} {{\n{way};\n}}"
        return "\n".join([f"match {given} {{", *arms, f"_ => {{\n{rest}\n}}", "}"])


def leaving(block: list[ast.stmt]) -> set[str]:
    """How a block is left other than by its end or an error."""
    found: set[str] = set()
    for each in block:
        match each:
            case ast.Return():
                found.add("return")
            case ast.Break():
                found.add("break")
            case ast.Continue():
                found.add("continue")
            case ast.FunctionDef() | ast.ClassDef():
                pass
            case ast.For(body=body, orelse=orelse) | ast.While(body=body, orelse=orelse):
                found |= (leaving(body) & {"return"}) | leaving(orelse)
            case _:
                found |= {kind for inner in uses.blocks(each).values() for kind in leaving(inner)}
    return found
