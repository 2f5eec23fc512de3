"""`try`: its body is a closure that is called at once, and whose error the handlers look at."""

import ast
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate.flow import Exits, ends, leaving
from agent_core.port.translate.placement import Variables
from agent_core.port.translate.raising import caught_by

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions


class Tries:
    """Converts `try`; the rest is given by the class that has all statements."""

    expressions: "Expressions"
    variables: Variables
    exits: Exits
    never: frozenset[ast.AST]

    def block(self, block: list[ast.stmt], *, tail: bool = False) -> str:
        """Statements."""
        raise NotImplementedError

    def attempt(self, statement: ast.Try, *, tail: bool) -> str:
        """A `try` with all its parts."""
        if not statement.finalbody:
            return self._caught(statement, tail=tail)
        if ends(statement.finalbody, self.never):
            raise Refused("finally that leaves the function", statement.finalbody[0])
        inner = ast.Try(statement.body, statement.handlers, statement.orelse, [])
        block: list[ast.stmt] = [inner] if statement.handlers else statement.body
        kinds = leaving(block)
        opening = self._closure(block, kinds)
        final = self.block(statement.finalbody)
        if not kinds:
            return "\n".join([opening, final, "outcome?;", *([self.exits.end] if tail else [])])
        rest = self.exits.end if tail else ""
        passed = self.exits.passed_on("outcome?", tail=tail, kinds=kinds, rest=rest)
        return f"{opening}\n{final}\n{passed}"

    def _closure(self, block: list[ast.stmt], kinds: set[str]) -> str:
        self.exits.enter(leaves=bool(kinds))
        try:
            body = self.block(block, tail=True)
        finally:
            self.exits.leave()
        return f"let outcome: R<{'Flow' if kinds else '()'}> = (|| {{\n{body}\n}})();"

    def _caught(self, statement: ast.Try, *, tail: bool) -> str:
        kinds = leaving(statement.body)
        opening = self._closure(statement.body, kinds)
        arms = [self._handler(each, tail=tail) for each in statement.handlers]
        rest = self.block(statement.orelse, tail=tail) if statement.orelse or tail else ""
        everything = any(not guard for guard, _ in arms)
        if kinds:
            pattern, given = ("Ok(flow)", "flow") if everything else ("other", "other?")
            passed = self.exits.passed_on(given, tail=tail, kinds=kinds, rest=rest)
            last = f"{pattern} => {{\n{passed}\n}}"
        elif everything:
            last = f"Ok(()) => {{\n{rest}\n}}"
        else:
            last = f"other => {{\nother?;\n{rest}\n}}"
        code = "\n".join([*(arm for _, arm in arms), last])
        return f"{opening}\nmatch outcome {{\n{code}\n}}"

    def _handler(self, handler: ast.ExceptHandler, *, tail: bool) -> tuple[str, str]:
        """Its condition, "" if it takes everything, and the arm."""
        guard = caught_by(self.expressions, handler)
        outer, self.exits.caught = self.exits.caught, "caught"
        lines = []
        try:
            if handler.name and self.variables.is_read(handler.name):
                code = self.expressions.scope.locals[handler.name].code
                lines.append(f"let {code} = caught.value();")
            lines.append(self.block(handler.body, tail=tail))
        finally:
            self.exits.caught = outer
        text = "\n".join(lines)
        name = "caught" if guard or "caught" in text else "_"
        condition = f" if {guard}" if guard else ""
        return guard, f"Err({name}){condition} => {{\n{text}\n}}"
