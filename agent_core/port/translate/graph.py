"""The ways through a function, and what holds of its variables along them."""

import ast
from collections.abc import Iterable

from agent_core.port.translate import uses
from agent_core.port.translate.uses import Use


class Node:
    """Uses that happen one after the other; `kills` are variables that begin anew here."""

    def __init__(self) -> None:
        self.uses: list[Use] = []
        self.after: set[Node] = set()
        self.before: set[Node] = set()
        self.kills: set[str] = set()


Ends = set[Node]


def ends_flow(statement: ast.stmt, never: frozenset[ast.AST]) -> bool:
    """Whether nothing follows a simple statement; `never` are calls that do not return."""
    if isinstance(statement, ast.Expr):
        return statement.value in never
    return isinstance(statement, ast.Return | ast.Raise | ast.Break | ast.Continue)


class Graph:
    """The graph of one function.

    `entries` gives each statement's first node, `rounds` that with which a loop's rounds begin.
    """

    def __init__(self, function: ast.FunctionDef, never: frozenset[ast.AST]) -> None:
        self.nodes: list[Node] = []
        self.entries: dict[ast.AST, Node] = {}
        self.rounds: dict[ast.AST, Node] = {}
        self._never = never
        self._loops: list[tuple[Node, Ends]] = []
        self.start = self._node([])
        self._block(function.body, {self.start})

    def _node(self, found: Iterable[Use], before: Ends = frozenset()) -> Node:  # type: ignore[assignment]
        node = Node()
        node.uses = list(found)
        self.nodes.append(node)
        for each in before:
            _link(each, node)
        return node

    def _block(self, block: list[ast.stmt], before: Ends) -> Ends:
        for statement in block:
            before = self._statement(statement, before)
        return before

    def _statement(self, statement: ast.stmt, before: Ends) -> Ends:
        if isinstance(statement, ast.For | ast.While):
            return self._loop(statement, before)
        if isinstance(statement, ast.Try):
            return self._try(statement, before)
        node = self._node(uses.own(statement), before)
        self.entries[statement] = node
        if isinstance(statement, ast.If):
            body = self._block(statement.body, {node})
            return body | self._block(statement.orelse, {node})
        if isinstance(statement, ast.With):
            return self._block(statement.body, {node})
        if isinstance(statement, ast.Break):
            self._loops[-1][1].add(node)
        elif isinstance(statement, ast.Continue):
            _link(node, self._loops[-1][0])
        return set() if ends_flow(statement, self._never) else {node}

    def _loop(self, statement: ast.For | ast.While, before: Ends) -> Ends:
        if isinstance(statement, ast.For):
            first = self._node(uses.of(statement.iter), before)
            head = self._node([], {first})
            begin = self._node(uses.of(statement.target), {head})
        else:
            first = head = begin = self._node(uses.of(statement.test), before)
        self.entries[statement] = first
        self.rounds[statement] = begin
        self._loops.append((head, set()))
        for end in self._block(statement.body, {begin}):
            _link(end, head)
        _, breaks = self._loops.pop()
        forever = isinstance(statement, ast.While) and is_true(statement.test)
        return breaks | self._block(statement.orelse, set() if forever else {head})

    def _try(self, statement: ast.Try, before: Ends) -> Ends:
        first = self._node([], before)
        self.entries[statement] = first
        mark = len(self.nodes)
        after = self._block(statement.orelse, self._block(statement.body, {first}))
        risky = {first, *self.nodes[mark:]}
        for handler in statement.handlers:
            entry = self._node(uses.of(handler.type), risky)
            if handler.name:
                entry.uses.append(Use(handler.name, sets=True, node=handler))
            self.entries[handler] = entry
            after |= self._block(handler.body, {entry})
        if statement.finalbody:
            everything = {first, *self.nodes[mark:]}
            after = self._block(statement.finalbody, after | everything)
        return after


def is_true(test: ast.expr) -> bool:
    """Whether a condition is a constant that is true."""
    return isinstance(test, ast.Constant) and bool(test.value)


def _link(one: Node, other: Node) -> None:
    one.after.add(other)
    other.before.add(one)


class Facts:
    """What holds at each use: `certain` reads, sets of what may be `again` set, `dead` sets."""

    def __init__(self, graph: Graph, parameters: set[str]) -> None:
        self._graph = graph
        self._live_in: dict[Node, set[str]] = {node: set() for node in graph.nodes}
        self._find_live()
        self.certain: set[ast.AST] = set()
        self.again: set[tuple[str, ast.AST]] = set()
        self.dead: set[tuple[str, ast.AST]] = set()
        self._find_dead()
        self._find_set(parameters)

    def is_live_at_start(self, name: str) -> bool:
        """Whether the value that a variable has at the beginning is read."""
        return name in self._live_in[self._graph.start]

    def is_live(self, name: str, statement: ast.AST) -> bool:
        """Whether a variable's value at the beginning of a statement is read later."""
        return name in self._live_in[self._graph.entries[statement]]

    def _find_live(self) -> None:
        waiting = list(self._graph.nodes)
        while waiting:
            node = waiting.pop()
            live = _union(self._live_in[each] for each in node.after)
            for use in reversed(node.uses):
                (live.discard if use.sets else live.add)(use.name)
            live -= node.kills
            if live != self._live_in[node]:
                self._live_in[node] = live
                waiting.extend(node.before)

    def _find_dead(self) -> None:
        for node in self._graph.nodes:
            live = _union(self._live_in[each] for each in node.after)
            for use in reversed(node.uses):
                if use.sets and use.name not in live:
                    self.dead.add((use.name, use.node))
                (live.discard if use.sets else live.add)(use.name)

    def _find_set(self, parameters: set[str]) -> None:
        sure: dict[Node, set[str] | None] = dict.fromkeys(self._graph.nodes)
        maybe: dict[Node, set[str]] = {node: set() for node in self._graph.nodes}
        waiting = list(reversed(self._graph.nodes))
        while waiting:
            node = waiting.pop()
            known = [found for each in node.before if (found := sure[each]) is not None]
            now = set.intersection(*known) if known else set(parameters)
            possible = _union(maybe[each] for each in node.before) | parameters
            now, possible = now - node.kills, possible - node.kills
            for use in node.uses:
                # What nobody reads is not written in Rust.
                if use.sets and (use.name, use.node) not in self.dead:
                    now.add(use.name)
                    possible.add(use.name)
            if now != sure[node] or possible != maybe[node]:
                sure[node], maybe[node] = now, possible
                waiting.extend(node.after)
        for node in self._graph.nodes:
            self._mark(node, sure, maybe, parameters)

    def _mark(
        self,
        node: Node,
        sure: dict[Node, set[str] | None],
        maybe: dict[Node, set[str]],
        parameters: set[str],
    ) -> None:
        known = [found for each in node.before if (found := sure[each]) is not None]
        now = (set.intersection(*known) if known else set(parameters)) - node.kills
        possible = (_union(maybe[each] for each in node.before) | parameters) - node.kills
        for use in node.uses:
            if not use.sets and use.name in now:
                self.certain.add(use.node)
            if use.sets and (use.name, use.node) not in self.dead:
                if use.name in possible:
                    self.again.add((use.name, use.node))
                now.add(use.name)
                possible.add(use.name)


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)
