"""Types of expressions, from what tracing saw and from the syntax, and how well two of them fit."""

import ast

from agent_core.repair.scopes import Scope
from agent_core.repair.source import Source
from runners.observations import Observations, TypeNames

_NUMBERS = frozenset({"int", "float", "bool", "complex"})

_CALLS: dict[str, TypeNames] = {
    "str": ("str",),
    "int": ("int",),
    "float": ("float",),
    "bool": ("bool",),
    "list": ("list",),
    "dict": ("dict",),
    "set": ("set",),
    "tuple": ("tuple",),
    "range": ("range",),
    "bytes": ("bytes",),
    "len": ("int",),
    "sorted": ("list",),
    "isinstance": ("bool",),
    "any": ("bool",),
    "all": ("bool",),
    "repr": ("str",),
    "ord": ("int",),
    "chr": ("str",),
    "hash": ("int",),
    "frozenset": ("frozenset",),
}

_METHODS: dict[str, TypeNames] = {
    "join": ("str",),
    "strip": ("str",),
    "lstrip": ("str",),
    "rstrip": ("str",),
    "lower": ("str",),
    "upper": ("str",),
    "title": ("str",),
    "capitalize": ("str",),
    "replace": ("str",),
    "format": ("str",),
    "zfill": ("str",),
    "ljust": ("str",),
    "rjust": ("str",),
    "center": ("str",),
    "split": ("list",),
    "splitlines": ("list",),
    "rsplit": ("list",),
    "partition": ("tuple",),
    "startswith": ("bool",),
    "endswith": ("bool",),
    "isdigit": ("bool",),
    "isalpha": ("bool",),
    "find": ("int",),
    "count": ("int",),
    "encode": ("bytes",),
    "decode": ("str",),
}

_DISPLAYS: dict[type[ast.expr], TypeNames] = {
    ast.JoinedStr: ("str",),
    ast.List: ("list",),
    ast.ListComp: ("list",),
    ast.Dict: ("dict",),
    ast.DictComp: ("dict",),
    ast.Set: ("set",),
    ast.SetComp: ("set",),
    ast.Tuple: ("tuple",),
    ast.Compare: ("bool",),
    ast.Lambda: ("function",),
    ast.GeneratorExp: ("generator",),
}


class Types:
    """What is known about the type of an expression; an empty tuple means nothing is."""

    def __init__(self, observations: Observations) -> None:
        self._values = observations.values
        self._returns = observations.returns
        self._attributes = observations.attributes
        self._merged: dict[tuple[str, int, int], dict[str, TypeNames]] = {}
        self._methods = _by_last_name(observations.returns)
        self._known: dict[tuple[ast.AST, int], TypeNames] = {}

    def of(self, source: Source, scope: Scope, node: ast.expr) -> TypeNames:
        """Types of an expression where it stands."""
        key = (node, id(scope))
        found = self._known.get(key)
        if found is None:
            text = source.text(node)
            found = self.seen(source.file, scope, node.lineno, text)
            found = found or self._inferred(source, scope, node)
            self._known[key] = found
        return found

    def seen(self, file: str, scope: Scope, line: int, text: str) -> TypeNames:
        """Types tracing saw for a name or expression at a line, else anywhere in the function."""
        here = self._values.get(file, {}).get(line, {}).get(text)
        if here:
            return here
        return self._function(file, scope).get(text, ())

    def attributes_of(self, types: TypeNames) -> dict[str, TypeNames]:
        """Attributes seen on values of these types."""
        found: dict[str, TypeNames] = {}
        for name in types:
            found.update(self._attributes.get(name, {}))
        return found

    def _function(self, file: str, scope: Scope) -> dict[str, TypeNames]:
        key = (file, scope.start, scope.end)
        merged = self._merged.get(key)
        if merged is None:
            merged = {}
            lines = self._values.get(file, {})
            for line in sorted(lines):
                if scope.start <= line <= scope.end:
                    for text, types in lines[line].items():
                        merged[text] = tuple(dict.fromkeys(merged.get(text, ()) + types))
            self._merged[key] = merged
        return merged

    def _inferred(self, source: Source, scope: Scope, node: ast.expr) -> TypeNames:
        if isinstance(node, ast.Constant):
            return (type(node.value).__name__,)
        if type(node) in _DISPLAYS:
            return _DISPLAYS[type(node)]
        if isinstance(node, ast.Call):
            return self._call(source, node)
        if isinstance(node, ast.Attribute):
            return self.attributes_of(self.of(source, scope, node.value)).get(node.attr, ())
        if isinstance(node, ast.Subscript):
            return self._item(source, scope, node)
        return self._computed(source, scope, node)

    def _computed(self, source: Source, scope: Scope, node: ast.expr) -> TypeNames:
        if isinstance(node, ast.UnaryOp):
            if isinstance(node.op, ast.Not):
                return ("bool",)
            return self.of(source, scope, node.operand)
        if isinstance(node, ast.BinOp):
            return self._arithmetic(source, scope, node)
        if isinstance(node, ast.BoolOp):
            return self.of(source, scope, node.values[-1])
        if isinstance(node, ast.IfExp):
            return self.of(source, scope, node.body)
        return ()

    def _call(self, source: Source, node: ast.Call) -> TypeNames:
        if isinstance(node.func, ast.Name):
            name = node.func.id
            if name in _CALLS:
                return _CALLS[name]
            return self._returns.get(source.file, {}).get(name, self._methods.get(name, ()))
        if isinstance(node.func, ast.Attribute):
            return self._methods.get(node.func.attr) or _METHODS.get(node.func.attr, ())
        return ()

    def _item(self, source: Source, scope: Scope, node: ast.Subscript) -> TypeNames:
        whole = self.of(source, scope, node.value)
        if isinstance(node.slice, ast.Slice):
            return whole
        found: dict[str, None] = {}
        for name in whole:
            if name == "str":
                found["str"] = None
            elif "[" in name:
                inner = name[name.index("[") + 1 : -1]
                found[inner.rpartition(", ")[2]] = None
        return tuple(found)

    def _arithmetic(self, source: Source, scope: Scope, node: ast.BinOp) -> TypeNames:
        left = self.of(source, scope, node.left)
        right = self.of(source, scope, node.right)
        if isinstance(node.op, ast.Div) and left and left[0] in _NUMBERS:
            return ("float",)
        if "float" in right and "int" in left:
            return ("float",)
        return left or right


def base(name: str) -> str:
    """A type's name without its element types."""
    return name.partition("[")[0]


def fit(wanted: TypeNames, offered: TypeNames) -> float:
    """Weight of putting a value of one type where another stood: 1 yes, 0.5 unknown, 0.08 no."""
    if not wanted or not offered:
        return 0.5
    if set(wanted) & set(offered):
        return 1.0
    bases, others = {base(name) for name in wanted}, {base(name) for name in offered}
    if bases & others:
        return 0.85
    if bases & _NUMBERS and others & _NUMBERS:
        return 0.5
    if bases == {"NoneType"} or others == {"NoneType"}:
        return 0.3
    return 0.08


def _by_last_name(returns: dict[str, dict[str, TypeNames]]) -> dict[str, TypeNames]:
    merged: dict[str, TypeNames] = {}
    for file in sorted(returns):
        for qualname in sorted(returns[file]):
            last = qualname.rpartition(".")[2]
            merged[last] = tuple(dict.fromkeys(merged.get(last, ()) + returns[file][qualname]))
    return merged
