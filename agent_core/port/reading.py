"""Find what a function reads of a request, by following names through its syntax."""

import ast
from collections.abc import Callable

from agent_core.port.origins import (
    MAPPING_READS,
    MATCHERS,
    SPLITS,
    TEXT_METHODS,
    UNCHANGED,
    Origins,
    Words,
    called,
)
from agent_core.port.reads import FunctionReads, Origin, Read

Definition = ast.FunctionDef | ast.AsyncFunctionDef
Helpers = Callable[[str], Definition | None]

_KINDS = {
    "int": "int", "float": "float", "Decimal": "float", "str": "str", "bool": "bool",
    "list": "list", "dict": "dict", "UUID": "uuid", "tuple": "list", "set": "list",
}  # fmt: skip
_DIGITS = frozenset({"isdigit", "isnumeric", "isdecimal"})
_LETTERS = _DIGITS | {"isalnum", "isalpha", "isspace", "isupper", "islower"}
"""What single letters are asked: a loop over them goes through a text."""
_NO_HELPERS = MAPPING_READS | UNCHANGED | {""}
_HELPERS_DEEP = 2


class Reader(Origins, ast.NodeVisitor):
    """Visits one function and collects its reads; `helpers` finds functions of the project."""

    def __init__(
        self,
        helpers: Helpers,
        words: Words,
        bound: dict[str, Origin] | None = None,
        depth: int = _HELPERS_DEEP,
        *,
        keeps: bool = False,
    ) -> None:
        super().__init__(words, bound or {}, keeps=keeps)
        self.strings: dict[str, None] = {}
        self.numbers: dict[int | float, None] = {}
        self._helpers = helpers
        self._depth = depth

    def read(self, function: Definition) -> FunctionReads:
        """All that the function takes, its decorators and helpers included."""
        for decorator in function.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            self._follow(called, [], [])
        for statement in function.body:
            self.visit(statement)
        return FunctionReads(
            reads=tuple(Read(origin, tuple(hints)) for origin, hints in self.hints.items()),
            strings=tuple(self.strings),
            numbers=tuple(self.numbers),
        )

    def visit_Constant(self, node: ast.Constant) -> None:
        """A constant of the function."""
        if isinstance(node.value, str) and len(node.value) <= 80:
            self.strings[node.value] = None
        elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
            self.numbers[node.value] = None

    def visit_Expr(self, node: ast.Expr) -> None:
        """A statement; a text that stands alone is a docstring."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """A name gets a value."""
        self.visit(node.value)
        for target in node.targets:
            self._bind(target, node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """A name gets a value."""
        if node.value is not None:
            self.visit(node.value)
            self._bind(node.target, node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        """A name gets a value."""
        self.visit(node.value)
        self._bind(node.target, node.value)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            for each, its in zip(target.elts, value.elts, strict=False):
                self._bind(each, its)
        elif isinstance(target, ast.Tuple) and (whole := self.origin(value)):
            self.bound |= {each.id: whole for each in target.elts if isinstance(each, ast.Name)}
        elif isinstance(target, ast.Name):
            self.bound.pop(target.id, None)
            if origin := self.origin(value):
                self.bound[target.id] = origin
            elif words := self.scalars(value):
                self.words[target.id] = words

    def visit_For(self, node: ast.For) -> None:
        """A loop over constants or over a list that was sent."""
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        """A loop over constants or over a list that was sent."""
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        """Comprehensions bind before their element is looked at."""
        for generator in getattr(node, "generators", ()):
            self._loop(generator.target, generator.iter)
        super().generic_visit(node)

    def _loop(self, target: ast.expr, items: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        if origin := self.origin(items):
            if origin.path:
                self.note(origin, "kind", ["list"])
            self.bound[target.id] = origin.child(0)
        elif words := self.scalars(items):
            self.words[target.id] = words

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """A part of the credentials that were sent."""
        self.origin(node)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """A key that must be there, or a table that what was sent is looked up in."""
        self.child(self.origin(node.value), node.slice)
        self._looked_up(node.value, node.slice)
        self.generic_visit(node)

    def _looked_up(self, table: ast.expr, key: ast.expr) -> None:
        if origin := self.origin(key):
            self.note(origin, "constant", self.scalars(table))

    def visit_Compare(self, node: ast.Compare) -> None:
        """A comparison of what was sent with constants, or a question whether a key is there."""
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            if isinstance(operator, ast.In | ast.NotIn):
                self._contained(left, right)
            else:
                self._compared(left, right)
                self._compared(right, left)
        self.generic_visit(node)

    def _contained(self, item: ast.expr, whole: ast.expr) -> None:
        container = self.origin(whole)
        if container is None:
            self._looked_up(whole, item)
        elif container.path and not self._is_record(container, item):
            self.note(container, "part", self.scalars(item))
        else:
            self.child(container, item)

    def _is_record(self, container: Origin, item: ast.expr) -> bool:
        """Whether an item of a list is asked for a key rather than for a part of its text."""
        words = self.scalars(item)
        return container.path[-1] == 0 and all(str(word).isidentifier() for word in words)

    def _compared(self, sent: ast.expr, other: ast.expr) -> None:
        if measured := self._measured(sent):
            self.note(measured, "length", self.scalars(other))
            return
        origin = self.origin(sent)
        if origin is None:
            return
        self.note(origin, "constant", self.scalars(other))
        twin = self.origin(other)
        alike = twin is not None and twin.source == origin.source and twin.path != origin.path
        if twin and twin.path and alike and origin.source != "login":
            self.note(origin, "same", [twin.path[-1]])

    def _measured(self, node: ast.expr) -> Origin | None:
        """What `len` is asked of."""
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[item]):
                return self.origin(item)
        return None

    def visit_BinOp(self, node: ast.BinOp) -> None:
        """Arithmetic says that a number is meant."""
        for sent, other in ((node.left, node.right), (node.right, node.left)):
            numbers = [v for v in self.scalars(other) if isinstance(v, int | float)]
            origin = self.origin(sent)
            if measured := self._measured(sent):
                self.note(measured, "length", numbers)
            elif origin and origin.path and numbers:
                self.note(origin, "kind", ["int", "float"])
                self.note(origin, "constant", numbers)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        """A conversion, a test or a helper that is given what was sent."""
        name = called(node)
        if isinstance(node.func, ast.Attribute):
            self._method(node, node.func)
        sent = [origin for origin in map(self.origin, node.args) if origin]
        for origin in sent:
            self._passed(origin, name, node.args)
        keywords = [word for word in node.keywords if word.arg]
        self._follow(node.func, node.args, keywords)
        self.generic_visit(node)

    def _method(self, node: ast.Call, function: ast.Attribute) -> None:
        name, whole = function.attr, self.origin(function.value)
        if whole is None:
            if name == "get" and node.args:
                self._looked_up(function.value, node.args[0])
            return
        if name in MAPPING_READS and node.args and (child := self.child(whole, node.args[0])):
            self._optional(child, node)
        elif name in {"startswith", "endswith"} and node.args:
            self.note(whole, "part", self.scalars(node.args[0]))
        elif name in _LETTERS and whole.path[-1:] == (0,):
            self.note(Origin(whole.source, whole.path[:-1]), "kind", ["str"])
        elif name in _DIGITS:
            self.note(whole, "kind", ["digits"])
        elif name in _LETTERS and whole.path:
            self.note(whole, "kind", ["word"])
        elif name in TEXT_METHODS | SPLITS and whole.path:
            self.note(whole, "kind", ["str"])
            if name in SPLITS and node.args:
                self.note(whole, "split", self.scalars(node.args[0]))

    def _optional(self, child: Origin, node: ast.Call) -> None:
        self.note(child, "optional", [True])
        given = {word.arg: word.value for word in node.keywords}
        default = given.get("default", node.args[1] if len(node.args) > 1 else None)
        defaults = self.scalars(default)
        self.note(child, "default", defaults)
        self.note(child, "kind", [type(value).__name__ for value in defaults])
        if isinstance(default, ast.List | ast.Dict):
            self.note(child, "kind", ["list" if isinstance(default, ast.List) else "dict"])
        wanted = given.get("type", node.args[2] if len(node.args) > 2 else None)
        if isinstance(wanted, ast.Name) and wanted.id in _KINDS:
            self.note(child, "kind", [_KINDS[wanted.id]])
        if called(node) == "getlist":
            self.note(child, "kind", ["repeated"])

    def _passed(self, origin: Origin, name: str, arguments: list[ast.expr]) -> None:
        others = [value for each in arguments for value in self.scalars(each)]
        texts = [value for value in others if isinstance(value, str)]
        if name == "isinstance":
            kinds = {n.id for n in ast.walk(arguments[-1]) if isinstance(n, ast.Name)}
            self.note(origin, "kind", sorted(_KINDS[kind] for kind in kinds if kind in _KINDS))
        elif name in _KINDS and origin.path:
            self.note(origin, "kind", [_KINDS[name]])
        elif name == "map" and origin.path:
            kinds = {each.id for each in arguments[:1] if isinstance(each, ast.Name)}
            self.note(origin, "kind", [_KINDS[kind] for kind in kinds & _KINDS.keys()])
        elif name in MATCHERS:
            self.note(origin, "pattern", texts)
        elif name == "strptime":
            self.note(origin, "format", texts)
        elif name == "fromisoformat":
            self.note(origin, "format", ["iso"])
        elif origin.path:
            # A helper is told the key as well as the value.
            self.note(origin, "constant", [each for each in others if each != origin.name])

    def _follow(
        self, function: ast.expr, arguments: list[ast.expr], keywords: list[ast.keyword]
    ) -> None:
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        helper = self._helpers(name) if self._depth and name not in _NO_HELPERS else None
        if helper is None:
            return
        names = [each.arg for each in helper.args.args]
        if isinstance(function, ast.Attribute) and names[:1] == ["self"]:
            names = names[1:]
        defaults = helper.args.defaults
        given: dict[str, ast.expr] = dict(zip(names[::-1], defaults[::-1], strict=False))
        given |= dict(zip(names, arguments, strict=False))
        given |= {word.arg: word.value for word in keywords if word.arg}
        bound = {each: origin for each, value in given.items() if (origin := self.origin(value))}
        words = {each: found for each, value in given.items() if (found := self.scalars(value))}
        inner = Reader(self._helpers, self.words | words, bound, self._depth - 1)
        inner.read(helper)
        for origin, hints in inner.hints.items():
            self.hints.setdefault(origin, {}).update(hints)
        self.strings |= inner.strings
        self.numbers |= inner.numbers
