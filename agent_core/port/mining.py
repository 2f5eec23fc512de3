"""Mine a project's sources for what its views take from requests, without importing them."""

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from agent_core.port.origins import Words
from agent_core.port.reading import Definition, Reader
from agent_core.port.reads import FunctionReads, Hint, Name, Origin, Read, Scalar, constant
from runners.http_replay.app import AppFacts, Function

_SECRET = re.compile(r"secret|private|salt|database_ur|dsn", re.IGNORECASE)
"""What signs sessions or opens databases is no constant to send."""
Keys = tuple[Name, ...]
_CLOCK = re.compile(
    r"\b(?:now|utcnow|today|time\.time|time_ns|localtime|gmtime)\(|CURRENT_(?:TIME|DATE)|'now'",
    re.IGNORECASE,
)
_OF_THE_VALUE = frozenset({"kind", "constant", "length", "part", "pattern", "format", "split"})
_SAMPLES_A_KEY = 12
_STATIC_FILES = 6
_LONGEST_SENTENCE = 80


class Mined(msgspec.Struct, frozen=True):
    """What the sources say about requests that the app would answer well.

    `functions` go by `place`; `shared` is what hooks read, whatever the route. `samples` are values
    that stand under a key in the sources, `identifiers` the keys of tables at module level,
    `static` names of files that the app serves as they are, `sentences` what it may say, `timed`
    whether it looks at a clock.
    """

    functions: dict[str, FunctionReads] = {}
    shared: FunctionReads = FunctionReads()
    samples: dict[str, tuple[Scalar, ...]] = {}
    identifiers: tuple[Scalar, ...] = ()
    static: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    timed: bool = False

    def of(self, function: Function | None) -> FunctionReads:
        """What a view reads, hooks included."""
        own = self.functions.get(place(function)) if function else None
        return merged([own, self.shared]) if own else self.shared


def place(function: Function) -> str:
    """A function's name among those that were mined."""
    return f"{function.file}:{function.first}"


def mine(root: Path, facts: AppFacts) -> Mined:
    """Read the sources that the app is made of; one that is no Python is left out."""
    trees = {file: tree for file in facts.files if (tree := _parsed(root / file))}
    tables = _Tables()
    for tree in trees.values():
        tables.take(tree)
    helpers = _definitions(trees.values())
    views = [rule.function for rule in facts.rules if rule.function]
    known = {place(view) for view in views}
    hooks = [function for function in facts.functions if place(function) not in known]

    def reads(function: Function) -> FunctionReads:
        tree = trees.get(function.file)
        found = _inside(tree, function) if tree else ()
        arguments = place(function) in known
        return merged(
            Reader(helpers.get, tables.words(), _bound(each) if arguments else None).read(each)
            for each in found
        )

    functions = {place(view): reads(view) for view in views}
    kept = _kept(trees.values(), tables.words())
    functions = {name: _told(each, kept) for name, each in functions.items()}
    tables.share(functions.values())
    return Mined(
        functions=functions,
        shared=merged(reads(hook) for hook in hooks),
        samples={key: tuple(values) for key, values in tables.samples.items()},
        identifiers=tuple(tables.identifiers),
        static=tuple(_static_files(root)),
        sentences=tuple(dict.fromkeys(s for tree in trees.values() for s in _sentences(tree))),
        timed=any(_CLOCK.search(text) for text in _texts(root, facts.files)),
    )


def merged(parts: Iterable[FunctionReads | None]) -> FunctionReads:
    """All reads of several functions, those of one value joined."""
    given = [part for part in parts if part]
    hints: dict[object, Read] = {}
    for read in (read for part in given for read in part.reads):
        earlier = hints.get(read.origin)
        joined = dict.fromkeys([*(earlier.hints if earlier else ()), *read.hints])
        hints[read.origin] = Read(read.origin, tuple(joined))
    return FunctionReads(
        reads=tuple(hints.values()),
        strings=tuple(dict.fromkeys(text for part in given for text in part.strings)),
        numbers=tuple(dict.fromkeys(number for part in given for number in part.numbers)),
    )


def _kept(trees: Iterable[ast.Module], words: Words) -> dict[Keys, tuple[Hint, ...]]:
    """What any function says of values that lie under keys of anything, by these keys."""
    found: dict[Keys, dict[Hint, None]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, Definition):
            told = Reader(lambda _: None, words, depth=0, keeps=True).read(node)
            for read in told.reads:
                if read.origin.source == "kept" and isinstance(read.origin.path[-1], str):
                    known = found.setdefault(read.origin.path, {})
                    known |= dict.fromkeys(h for h in read.hints if h.about in _OF_THE_VALUE)
    return {path: tuple(hints) for path, hints in found.items()}


def _told(function: FunctionReads, kept: dict[Keys, tuple[Hint, ...]]) -> FunctionReads:
    """What a function reads, with what others say of the same keys, and of those below them."""
    given: list[Read] = []
    for read in function.reads:
        for path, hints in kept.items():
            if path[-1] == read.origin.name:
                given.append(Read(read.origin, hints))
            elif path[0] == read.origin.name and read.origin.source == "json":
                below = Origin("json", (*read.origin.path, *path[1:]))
                given.append(Read(below, hints))
    return merged([function, FunctionReads(tuple(given))])


def _texts(root: Path, files: Iterable[str]) -> Iterator[str]:
    """The sources, and what databases are made from."""
    for path in (*(root / file for file in files), *root.rglob("*.sql")):
        with contextlib.suppress(OSError):
            yield path.read_text("utf-8", "replace")


def _parsed(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None


def _definitions(trees: Iterable[ast.Module]) -> dict[str, Definition]:
    """Functions of the project by name; a name that several have is left out."""
    found: dict[str, list[Definition]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, Definition):
            found.setdefault(node.name, []).append(node)
    return {name: nodes[0] for name, nodes in found.items() if len(nodes) == 1}


def _inside(tree: ast.Module, function: Function) -> Iterator[Definition]:
    """The outermost functions within a function's lines; those of a class if it is one."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Definition) and _covers(function, child):
                yield child
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                waiting.append(child)


def _bound(view: Definition) -> dict[str, Origin]:
    """A view is given the arguments of its rule."""
    names = (each.arg for each in (*view.args.args, *view.args.kwonlyargs))
    return {name: Origin("argument", (name,)) for name in names if name != "self"}


def _covers(function: Function, node: Definition) -> bool:
    # Where it ends is told by its code, whose last line may be that of another bracket.
    return function.first <= node.lineno <= function.last


def _sentences(tree: ast.Module) -> Iterator[str]:
    """Texts of several words, which an answer may hold."""
    for node in _open(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.strip()
            if " " in text and "\n" not in text and len(text) <= _LONGEST_SENTENCE:
                yield text


def _open(node: ast.AST) -> Iterator[ast.AST]:
    """The node and all within it, but for what is given to a secret's name."""
    match node:
        case ast.keyword(arg=str(name)) if _SECRET.search(name):
            return
        case ast.Assign(targets=[target, *_]) if _SECRET.search(ast.unparse(target)):
            return
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if not (key and _SECRET.search(ast.unparse(key))):
                    yield from _open(value)
            return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _open(child)


def _static_files(root: Path) -> list[str]:
    folders = [path for path in (root / "static", *root.glob("*/static")) if path.is_dir()]
    files = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    return [
        path.relative_to(next(f for f in folders if path.is_relative_to(f))).as_posix()
        for path, _ in zip(files, range(_STATIC_FILES), strict=False)
    ]


class _Tables:
    """The constants that stand in the sources, by name and by key."""

    def __init__(self) -> None:
        self.samples: dict[str, dict[Scalar, None]] = {}
        self.identifiers: dict[Scalar, None] = {}
        self._named: Words = {}

    def words(self) -> Words:
        """What `Reader` is told of names and keys."""
        return self._named | {f"[{key}]": tuple(values) for key, values in self.samples.items()}

    def take(self, tree: ast.Module) -> None:
        """Look through one module."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef):
                for statement in node.body:
                    self._assigned(statement)
            elif isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values, strict=True):
                    if isinstance(key, ast.Constant):
                        self._sample(key.value, value)
            elif isinstance(node, ast.Call):
                for word in node.keywords:
                    self._sample(word.arg, word.value)

    def share(self, functions: Iterable[FunctionReads]) -> None:
        """What one view compares a value with is a sample for all that read under its name."""
        for read in (read for function in functions for read in function.reads):
            if read.origin.path:
                values = self.samples.setdefault(str(read.origin.path[-1]), {})
                values |= dict.fromkeys(read.all("constant")[: _SAMPLES_A_KEY - len(values)])

    def _sample(self, key: object, value: ast.expr) -> None:
        if isinstance(key, str) and not _SECRET.search(key):
            values = self.samples.setdefault(key, {})
            for each in _constants(value)[: _SAMPLES_A_KEY - len(values)]:
                values[each] = None

    def _assigned(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                pass
            case _:
                return
        if _SECRET.search(name):
            return
        self._named[name] = _constants(value)
        if isinstance(value, ast.Dict):
            keys = [each for key in value.keys if key for each in _constants(key)]
            self.identifiers |= dict.fromkeys(keys)
            self._named[f"{name}[]"] = tuple(c for each in value.values for c in _constants(each))


def _constants(node: ast.expr) -> tuple[Scalar, ...]:
    """The constants of a literal: its items, the keys of a table, what one call is given."""
    match node:
        case ast.Constant(value=value):
            return constant(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return (-number,)
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            return tuple(each for item in items for each in _constants(item))
        case ast.Dict(keys=keys):
            return tuple(each for key in keys if key for each in _constants(key))
        case ast.Call(args=[only], keywords=[]):
            return _constants(only)
    return ()
