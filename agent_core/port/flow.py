"""On which line a function goes on: into a statement, or past it."""

import ast
from typing import cast

from agent_core.repair.scopes import Function, Layout, own_lines

EXIT = 0
"""Stands for the end of the call, where no line follows."""
Lines = frozenset[int]
_Loop = ast.For | ast.AsyncFor | ast.While
_With = ast.With | ast.AsyncWith


class Flow:
    """Control flow between the statements of one source, told in lines.

    `into` and `past` answer with every line that may come next and, of these, those that surely
    mean this way: older interpreters have no code for a `pass`, and jump over a `continue`.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._parents = layout.source.parents

    def into(self, statement: ast.stmt) -> tuple[Lines, Lines]:
        """Where a statement may begin."""
        exact = frozenset(own_lines(statement))
        match statement:
            case ast.Try() | ast.TryStar():
                wider = self.into(statement.body[0])[0]
            case ast.While(test=ast.Constant()):
                wider = frozenset(own_lines(statement.body[0]))
            case ast.Pass() | ast.Global() | ast.Nonlocal() | ast.Expr(value=ast.Constant()):
                wider = self.past(statement)[0]
            case ast.AnnAssign(value=None):
                wider = self.past(statement)[0]
            case ast.Continue() | ast.Break():
                wider = self.jump(statement)
            case _:
                wider = frozenset()
        return exact | wider, exact

    def past(self, statement: ast.stmt) -> tuple[Lines, Lines]:
        """Where it goes on once the statement is done; of a choice, where it was not entered."""
        if isinstance(statement, ast.If | _Loop) and statement.orelse:
            return self.into(statement.orelse[0])
        return self._after(statement)

    def jump(self, statement: ast.Continue | ast.Break) -> Lines:
        """Where a `continue` or `break` leads."""
        child: ast.AST = statement
        here = self._parents[child]
        # What stands in the `else` of a loop belongs to the loop around it.
        while not isinstance(here, _Loop) or child in here.orelse:
            child, here = here, self._parents[here]
        if isinstance(statement, ast.Break):
            return self._after(here)[0]
        return frozenset(own_lines(here))

    def _after(self, statement: ast.stmt) -> tuple[Lines, Lines]:
        block = self._layout.block_of[statement]
        place = block.index(statement) + 1
        if place < len(block):
            return self.into(block[place])
        parent = self._parents[statement]
        if isinstance(parent, ast.ExceptHandler | ast.match_case):
            parent = self._parents[parent]
        if isinstance(parent, ast.Try | ast.TryStar):
            return self._after_part(parent, block)
        if isinstance(parent, _Loop) and block is parent.body:
            return self.into(parent)
        if isinstance(parent, _With):
            inside, exact = self._after(parent)
            return inside | frozenset(own_lines(parent)), exact
        if isinstance(parent, Function | ast.ClassDef | ast.Module):
            return frozenset({EXIT}), frozenset({EXIT})
        return self._after(cast("ast.stmt", parent))

    def _after_part(
        self, parent: ast.Try | ast.TryStar, block: list[ast.stmt]
    ) -> tuple[Lines, Lines]:
        if block is parent.body and parent.orelse:
            return self.into(parent.orelse[0])
        if parent.finalbody and block is not parent.finalbody:
            return self.into(parent.finalbody[0])
        return self._after(parent)
