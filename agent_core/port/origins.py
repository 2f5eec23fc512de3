"""Tell where the value of an expression comes from: a part of the request, or constants."""

import ast
from collections.abc import Iterable

from agent_core.port.reads import SOURCES, About, Hint, Name, Origin, Scalar, constant

Words = dict[str, tuple[Scalar, ...]]
MAPPING_READS = frozenset({"get", "pop", "getlist", "setdefault"})
MATCHERS = frozenset({"match", "fullmatch", "search", "findall", "compile"})
TEXT_METHODS = frozenset(
    {"strip", "lstrip", "rstrip", "lower", "upper", "title", "capitalize", "casefold"}
)
MEASURES = frozenset({"len", "sum", "any", "all", "isinstance", "type", "ord", "range"})
"""Functions that make something else of what they are given."""
SPLITS = frozenset({"split", "rsplit", "partition", "rpartition"})
UNCHANGED = frozenset({"copy", "to_dict", "items", "encode", "replace", *TEXT_METHODS, *SPLITS})


class Origins:
    """What names and expressions of one function stand for, and what was noted of values.

    `bound` says which names hold values of the request. `words` are the constants that a name
    stands for; under "name[]" those in a table of that name, and under "[key]" those that any table
    of the project has under a key. With `keeps`, what stands under keys of anything has an origin.
    """

    def __init__(self, words: Words, bound: dict[str, Origin], *, keeps: bool = False) -> None:
        self.hints: dict[Origin, dict[Hint, None]] = {}
        self.words = dict(words)
        self.bound = dict(bound)
        self._keeps = keeps

    def origin(self, node: ast.expr | None) -> Origin | None:
        """Where the value of an expression comes from, None if not from the request."""
        found: Origin | None = None
        match node:
            case ast.Name(id=name):
                found = self.bound.get(name)
            case ast.NamedExpr(value=value) | ast.Await(value=value) | ast.Starred(value=value):
                found = self.origin(value)
            case ast.BoolOp(values=values):
                found = self._first(values)
            case ast.IfExp(body=body, orelse=orelse):
                found = self._first([body, orelse])
            case ast.Attribute(value=value, attr=attr):
                found = self._of_attribute(value, attr)
            case ast.Subscript(value=ast.Call(func=ast.Attribute(attr=name)) as pieces) if (
                name in SPLITS
            ):
                found = self.origin(pieces)
            case ast.Subscript(value=value, slice=key):
                found = self.child(self._whole(value), key)
            case ast.Call():
                found = self._of_call(node)
        return found

    def _whole(self, node: ast.expr) -> Origin | None:
        """Where that comes from of which a key is read."""
        return self.origin(node) or (Origin("kept") if self._keeps else None)

    def _first(self, nodes: Iterable[ast.expr]) -> Origin | None:
        return next((found for found in map(self.origin, nodes) if found), None)

    def _of_attribute(self, value: ast.expr, attr: str) -> Origin | None:
        if _is_request(value):
            source = SOURCES.get(attr)
            return Origin(source) if source else None
        whole = self.origin(value)
        if whole is not None and whole.source in {"login", "files"}:
            if whole.source == "login":
                self.hints.setdefault(whole.child(attr), {})
                return whole.child(attr)
            return whole
        return None

    def _of_call(self, node: ast.Call) -> Origin | None:
        function, arguments = node.func, node.args
        if isinstance(function, ast.Name):
            # int(x), dict(x), escape(x): what goes through a function is still what was sent
            through = len(arguments) == 1 and function.id not in MEASURES
            return self.origin(arguments[0]) if through else self._mapped(node)
        if not isinstance(function, ast.Attribute):
            return None
        if _is_request(function.value):
            return self._of_attribute(function.value, function.attr)
        reads = function.attr in MAPPING_READS and bool(arguments)
        whole = self._whole(function.value) if reads else self.origin(function.value)
        if whole is None:
            # What a table has under a key that was sent, or whether it fits, was not sent.
            return None if reads or function.attr in MATCHERS else self._first(arguments)
        if function.attr in MAPPING_READS and arguments:
            return self.child(whole, arguments[0])
        return whole if function.attr in UNCHANGED else None

    def _mapped(self, node: ast.Call) -> Origin | None:
        """`map(int, x)`: what is in it is still what was sent."""
        match node:
            case ast.Call(func=ast.Name(id="map"), args=[ast.Name(), items]):
                return self.origin(items)
        return None

    def child(self, whole: Origin | None, key: ast.expr) -> Origin | None:
        """What lies under a key, which counts as read from now on."""
        names = self._names(key)
        if whole is None or not names:
            return None
        for name in names:
            self.hints.setdefault(whole.child(name), {})
        return whole.child(names[0])

    def _names(self, key: ast.expr) -> tuple[Name, ...]:
        if isinstance(key, ast.Constant) and isinstance(key.value, int):
            return (0,)
        return tuple(word for word in self.scalars(key) if isinstance(word, str))

    def scalars(self, node: ast.expr | None) -> tuple[Scalar, ...]:
        """The constants an expression may stand for, those of the project's own names included."""
        found: tuple[Scalar, ...] = ()
        match node:
            case ast.Constant(value=value):
                found = constant(value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                found = tuple(-v for v in self.scalars(operand) if isinstance(v, int | float))
            case ast.Name(id=name) | ast.Attribute(attr=name):
                found = self.words.get(name, ())
            case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                found = tuple(value for item in items for value in self.scalars(item))
            case ast.Dict(keys=keys):
                found = tuple(value for key in keys for value in self.scalars(key))
            case ast.Subscript(value=table, slice=key):
                found = self._entries(table, key)
            case ast.Call(func=ast.Attribute(value=table, attr="get"), args=[key, *_]):
                found = self._entries(table, key)
        return found

    def _entries(self, table: ast.expr, key: ast.expr) -> tuple[Scalar, ...]:
        if isinstance(table, ast.Name) and (found := self.words.get(f"{table.id}[]")):
            return found
        known = key.value if isinstance(key, ast.Constant) else None
        return self.words.get(f"[{known}]", ()) if isinstance(known, str) else ()

    def note(self, origin: Origin, about: About, values: Iterable[Scalar]) -> None:
        """Remember what the code says of a value."""
        hints = self.hints.setdefault(origin, {})
        for value in values:
            hints[Hint(about, value)] = None


def _is_request(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "request") or (
        isinstance(node, ast.Attribute) and node.attr == "request"
    )


def called(node: ast.Call) -> str:
    """The name that a call goes by."""
    function = node.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
