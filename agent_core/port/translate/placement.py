"""Where the variables of a function are declared, and whether they must be mutable."""

import ast
from typing import Literal

import msgspec

from agent_core.port.translate import uses
from agent_core.port.translate.graph import Facts, Graph

Way = Literal["inline", "later", "empty", "option"]
"""At its first assignment; before it without a value; with `none()`; as an `Option`."""
Place = tuple[tuple[int, int], ...]
"""Blocks from outside in, each with the number of a statement; -1 is before the first."""


class Declared(msgspec.Struct, frozen=True):
    """How a variable is declared. Before `statement`, unless that way is "inline"."""

    way: Way
    statement: ast.AST | None
    mutable: bool


class Variables:
    """The variables of one function; `facts` are those along its ways."""

    def __init__(self, function: ast.FunctionDef, never: frozenset[ast.AST]) -> None:
        self._function = function
        self.never = never
        self._places: dict[str, list[tuple[Place, ast.AST, bool]]] = {}
        self._owners: dict[int, ast.AST] = {}
        self._blocks: dict[int, list[ast.stmt]] = {}
        self._closures: set[int] = set()  # the blocks that become closures
        self._repeated: set[int] = set()  # the bodies of loops
        self._nested: set[ast.AST] = set()  # where a variable is read again and again, or later
        self.names = uses.variables(function)
        self.parameters = set(uses.parameters(function.args))
        self._visit(function.body, ())
        graph = Graph(function, never)
        plain = Facts(graph, self.parameters)
        # What is given is never read: the variable begins with what the function gives it.
        self.parameters -= {each for each in self.names if not plain.is_live_at_start(each)}
        spots = {name: self._spot(name, plain) for name in self.names - self.parameters}
        for name, (statement, sets) in spots.items():
            entry = (graph.rounds if sets else graph.entries).get(statement)
            (entry or graph.entries[statement]).kills.add(name)
        self.facts = Facts(graph, self.parameters)
        self.declared = {name: self._declared(name, *spot) for name, spot in spots.items()}
        self.moved = {name for name in self.names | self.parameters if self._is_moved(name)}
        """What is read once, so that its value can be handed on."""

    @property
    def never_statements(self) -> frozenset[ast.AST]:
        """The statements that are calls which do not return."""
        return frozenset(
            each
            for each in uses.statements(self._function.body)
            if isinstance(each, ast.Expr) and each.value in self.never
        )

    def is_mutable(self, parameter: str) -> bool:
        """Whether a parameter is set again."""
        return any(sets for _, _, sets in self._live_uses(parameter))

    def is_read(self, name: str) -> bool:
        """Whether anything reads a variable."""
        return any(not sets for _, _, sets in self._places.get(name, ()))

    def _is_moved(self, name: str) -> bool:
        found = self._live_uses(name)
        reads = [(place, node) for place, node, sets in found if not sets]
        sets = [place for place, _, is_set in found if is_set]
        if len(reads) != 1 or len(sets) + (name in self.parameters) != 1:
            return False
        place, node = reads[0]
        begin = len(_common(place, sets[0])) if sets else 0
        # A loop's own variable is set anew in each round.
        begin = max(begin, len(sets[0]) if sets else 0)
        again = any(block in self._repeated for block, _ in place[begin:])
        return node not in self._nested and not again

    def before(self, statement: ast.AST) -> list[str]:
        """The variables to be declared before a statement."""
        return sorted(
            name
            for name, each in self.declared.items()
            if each.statement is statement and each.way != "inline" and self.is_read(name)
        )

    def _visit(self, block: list[ast.stmt], outer: Place) -> None:
        self._blocks[id(block)] = block
        for number, statement in enumerate(block):
            place = (*outer, (id(block), number))
            if isinstance(statement, ast.For | ast.While):
                self._repeated.add(id(statement.body))
            for use in uses.own(statement):
                if use.nested or isinstance(statement, ast.While):
                    self._nested.add(use.node)
                if isinstance(statement, ast.For) and use.sets and use.name in self.names:
                    inner = (*place, (id(statement.body), -1))
                    self._note(use, inner)
                elif isinstance(use.node, ast.ExceptHandler):
                    self._note(use, (*place, (id(use.node.body), -1)))
                else:
                    self._note(use, place)
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                for name, inner_block in uses.blocks(statement).items():
                    self._owners[id(inner_block)] = statement
                    self._visit(inner_block, place)
                    if isinstance(statement, ast.Try) and _is_closure(statement, name):
                        self._closures.add(id(inner_block))

    def _note(self, use: uses.Use, place: Place) -> None:
        self._places.setdefault(use.name, []).append((place, use.node, use.sets))

    def _live_uses(self, name: str) -> list[tuple[Place, ast.AST, bool]]:
        dead = self.facts.dead
        return [use for use in self._places.get(name, ()) if (name, use[1]) not in dead]

    def _spot(self, name: str, facts: Facts) -> tuple[ast.AST, bool]:
        """The statement at which a variable is declared, and whether that sets it."""
        found = self._places[name]
        common = found[0][0]
        for place, _, _ in found[1:]:
            common = _common(common, place)
        block, _ = common[-1] if common else (id(self._function.body), 0)
        depth = len(common) - 1
        number = min(place[depth][1] for place, _, _ in found)
        if number == -1:
            return self._owners[block], True
        statement = self._blocks[block][number]
        if depth and facts.is_live(name, statement):
            return self._outside(common[:-1], name, facts), False
        first = [
            (node, sets) for place, node, sets in found if place == (*common[:-1], (block, number))
        ]
        simple = isinstance(statement, ast.Assign | ast.AnnAssign | ast.FunctionDef)
        sets = simple and bool(first) and all(sets for _, sets in first) and len(first) == 1
        return statement, sets and (name, first[0][0]) not in facts.dead

    def _outside(self, place: Place, name: str, facts: Facts) -> ast.AST:
        """The statement around, as long as the variable lives on from one round to the next."""
        while True:
            block, number = place[-1]
            statement = self._blocks[block][max(number, 0)]
            if len(place) == 1 or not facts.is_live(name, statement):
                return statement
            place = place[:-1]

    def _is_set_in_closure(self, name: str) -> bool:
        """Whether a closure sets a variable that is declared outside of it."""
        found = self._places[name]
        common = found[0][0]
        for place, _, _ in found[1:]:
            common = _common(common, place)
        return any(
            block in self._closures
            for place, _, sets in found
            if sets
            for block, _ in place[len(common) :]
        )

    def _declared(self, name: str, statement: ast.AST, sets: bool) -> Declared:  # noqa: FBT001
        live = self._live_uses(name)
        again = any(is_set and (name, node) in self.facts.again for _, node, is_set in live)
        if sets:
            return Declared("inline", statement, again)
        reads = [node for _, node, is_set in live if not is_set]
        certain = all(node in self.facts.certain or isinstance(node, uses.Nested) for node in reads)
        if not certain:
            return Declared("option", statement, mutable=True)
        if self._is_set_in_closure(name):
            return Declared("empty", statement, mutable=True)
        return Declared("later", statement, again)


def _is_closure(statement: ast.Try, block: str) -> bool:
    """Whether a block of a `try` runs in a closure: its body, and all that `finally` follows."""
    return block == "body" or (bool(statement.finalbody) and block != "finalbody")


def _common(one: Place, other: Place) -> Place:
    """The innermost block that both are in; its number is the lower of the two."""
    shared = []
    for (block, number), (other_block, other_number) in zip(one, other, strict=False):
        if block != other_block:
            break
        shared.append((block, min(number, other_number)))
        if number != other_number:
            break
    return tuple(shared)
