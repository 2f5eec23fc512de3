"""Other names for an application: its functions, the words of its routes, its keys of JSON.

A name becomes one of the same length, so that what is written stays as long as it was. Both sides
of a comparison are written by `ast.unparse`, so that names are all that differs.
"""

import ast
import keyword
import re
import string
from collections.abc import Iterable, Iterator, Mapping

import msgspec

_ROUTING = frozenset({"route", "get", "post", "put", "patch", "delete", "add_url_rule"})
_LOOKUPS = frozenset({"get", "pop", "setdefault"})
_NOT_JSON = frozenset({"config", "environ", "headers"})
"""Whose keys are given by others."""
_BY_NAME = frozenset({"jsonify", "dict"})
"""Whose options are keys."""
_WORD = re.compile(r"[A-Za-z]\w*")
_CONVERTER = re.compile(r"(<[^>]*>)")
_RUST = frozenset(
    {"as", "box", "crate", "do", "dyn", "else", "enum", "extern", "fn", "impl", "in", "let", "loop"}
)
_OF_PYTHON = frozenset(
    name for kind in (str, bytes, list, dict, set, int, float) for name in dir(kind)
)


class Names(msgspec.Struct, frozen=True):
    """The new name for each old one. `methods` are the functions that are found on objects."""

    functions: dict[str, str]
    methods: frozenset[str]
    words: dict[str, str]
    keys: dict[str, str]

    def path(self, text: str) -> str:
        """A path, or the beginning of one, with other words; its arguments keep their names."""
        parts = _CONVERTER.split(text)
        parts[::2] = [_WORD.sub(lambda m: self.words.get(m[0], m[0]), part) for part in parts[::2]]
        return "".join(parts)


def plain(sources: Mapping[str, str]) -> dict[str, str]:
    """The modules by their path, as they are written without any change."""
    return {path: f"{ast.unparse(ast.parse(text))}\n" for path, text in sources.items()}


def renamed(sources: Mapping[str, str]) -> dict[str, str]:
    """The modules with every function, route and key renamed, all alike."""
    trees = {path: ast.parse(text) for path, text in sources.items()}
    modules = {path.rpartition("/")[2].removesuffix(".py") for path in sources}
    names = names_of(trees.values())
    for tree in trees.values():
        _Renaming(names, modules, set(_fixed(tree))).visit(tree)
    return {path: f"{ast.unparse(tree)}\n" for path, tree in trees.items()}


def names_of(trees: Iterable[ast.AST]) -> Names:
    """What is renamed, over all modules of an application."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    fixed = {each for tree in nodes if isinstance(tree, ast.Module) for each in _fixed(tree)}
    taken = set(_all_names(nodes)) | set(keyword.kwlist) | _RUST
    methods = frozenset(_methods(nodes))
    return Names(
        functions=_fresh((*_functions(nodes), *methods), taken),
        methods=methods,
        words=_fresh(_words(nodes), taken),
        keys=_fresh((text for node, text in _keys(nodes) if node not in fixed), taken),
    )


def _fresh(names: Iterable[str], taken: set[str]) -> dict[str, str]:
    """For each name one as long that is not taken, of the same kind of letters."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        turned = (_turned(name, by) for by in (13, *range(1, 13), *range(14, 26)))
        found[name] = next(each for each in turned if each not in taken | set(found.values()))
    return found


def _turned(name: str, by: int) -> str:
    lower, upper = string.ascii_lowercase, string.ascii_uppercase
    to = lower[by:] + lower[:by] + upper[by:] + upper[:by]
    return name.translate(str.maketrans(lower + upper, to))


def _all_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.Constant(value=str(text)):
                yield text


def _functions(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Functions that are no methods; what begins with `test` a test runner looks for."""
    methods = {id(each) for node in nodes if isinstance(node, ast.ClassDef) for each in node.body}
    for node in nodes:
        match node:
            case ast.FunctionDef(name=name) if id(node) not in methods:
                if not name.startswith("test"):
                    yield name


def _methods(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Methods that are the application's own to name, as no base class and no other type has."""
    classes = [node for node in nodes if isinstance(node, ast.ClassDef) and not node.bases]
    for each in (each for node in classes for each in node.body):
        match each:
            case ast.FunctionDef(name=name) if not name.startswith("__") and name not in _OF_PYTHON:
                yield name


def _words(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            prefixes = [each.value for each in node.keywords if each.arg == "url_prefix"]
            paths = node.args[:1] if node.func.attr in _ROUTING else []
            for text in filter(None, map(_path, (*paths, *prefixes))):
                for part in _CONVERTER.split(text)[::2]:
                    yield from _WORD.findall(part)


def _path(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)) if text.startswith("/"):
            return text
    return ""


def _keys(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.AST, str]]:
    """Texts by which JSON, forms and arguments are read and written, with where they stand."""
    for node in nodes:
        match node:
            case ast.Dict(keys=keys):
                places: Iterable[ast.AST | None] = keys
            case ast.Subscript(slice=key):
                places = (key,)
            case ast.Call(func=ast.Attribute(attr=name), args=[key, *_]) if name in _LOOKUPS:
                places = (key,)
            case ast.Call(func=ast.Name(id=name), keywords=options) if name in _BY_NAME:
                yield from ((each, each.arg) for each in options if each.arg)
                continue
            case _:
                continue
        for place in places:
            text = place.value if isinstance(place, ast.Constant) else None
            if place is not None and isinstance(text, str) and _WORD.fullmatch(text):
                yield place, text


def _fixed(tree: ast.AST) -> Iterator[ast.AST]:
    """Texts that others have given a meaning: of settings, headers and methods."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=owner, slice=key) if _given_by_others(owner):
                yield key
            case ast.Call(func=ast.Attribute(value=owner), args=args) if _given_by_others(owner):
                yield from args
            case ast.Call(func=ast.Attribute(attr="getenv"), args=args):
                yield from args
            case ast.keyword(arg="methods" | "headers", value=value):
                yield from ast.walk(value)
            case ast.Return(value=ast.Tuple(elts=[_, _, headers])):
                yield from ast.walk(headers)
            case ast.Compare(left=ast.Attribute(attr="method"), comparators=given):
                yield from given


def _given_by_others(owner: ast.expr) -> bool:
    match owner:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name in _NOT_JSON
    return False


class _Renaming(ast.NodeTransformer):
    """Renames in place. A name is renamed wherever it stands, so it means what it meant."""

    def __init__(self, names: Names, modules: set[str], fixed: set[ast.AST]) -> None:
        self._names = names
        self._modules = modules
        self._fixed = fixed

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.functions.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.functions.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._names.functions.get(node.arg, node.arg)
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        of_module = isinstance(node.value, ast.Name) and node.value.id in self._modules
        if of_module or node.attr in self._names.methods:
            node.attr = self._names.functions.get(node.attr, node.attr)
        return self.generic_visit(node)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        if node.level or (node.module or "").rpartition(".")[2] in self._modules:
            for each in node.names:
                each.name = self._names.functions.get(each.name, each.name)
                each.asname = each.asname and self._names.functions.get(each.asname, each.asname)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        match node:
            case ast.Call(func=ast.Name(id="url_for"), args=[ast.Constant(value=str(text)), *_]):
                before, dot, name = text.rpartition(".")
                found = self._names.functions.get(name, name)
                node.args[0] = ast.Constant(f"{before}{dot}{found}")
                self._fixed.add(node.args[0])
            case ast.Call(func=ast.Name(id=called)) if called in _BY_NAME:
                for each in node.keywords:
                    each.arg = each.arg and self._names.keys.get(each.arg, each.arg)
            case ast.Call(func=ast.Name(id=called)) if called in self._names.functions:
                for each in node.keywords:
                    each.arg = each.arg and self._names.functions.get(each.arg, each.arg)
        return self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        in_path = bool(node.values) and bool(_path(node.values[0]))
        for part in node.values:
            if isinstance(part, ast.Constant) and in_path:
                part.value = self._names.path(str(part.value))
            elif not isinstance(part, ast.Constant):
                self.visit(part)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, str) and node not in self._fixed:
            path = _path(node)
            node.value = (
                self._names.path(path) if path else self._names.keys.get(node.value, node.value)
            )
        return node
