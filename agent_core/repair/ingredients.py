"""What a patch may be made of: expressions, conditions, statements and literals of the sources."""

import ast
import builtins
from collections.abc import Iterator

import msgspec

from agent_core.repair.scopes import Function, Layout, Scope, own_nodes
from agent_core.repair.source import Source, strength
from runners.reports import Failure

BUILTINS = frozenset(dir(builtins))
_PER_FUNCTION = 120
_LONGEST = 90
_TEMPLATES = 600


class Ingredient(msgspec.Struct, frozen=True):
    """An expression found in a source: text on one line, its free names, and where it stood."""

    text: str
    bound: int
    names: frozenset[str]
    line: int
    node: ast.expr


class Donor(msgspec.Struct, frozen=True):
    """A simple statement that may be inserted elsewhere."""

    text: str
    names: tuple[str, ...]
    line: int
    node: ast.stmt


class Literals(msgspec.Struct, frozen=True):
    """Numbers and strings to offer: those of the failing tests first, then the file's own."""

    wanted_numbers: tuple[str, ...]
    wanted_strings: tuple[str, ...]
    numbers: tuple[str, ...]
    strings: tuple[str, ...]
    wanted_values: tuple[str, ...] = ()


class Pool:
    """Expressions, conditions and donors of one function (or module level), found once."""

    def __init__(self, layout: Layout, scope: Scope) -> None:
        self.expressions: list[Ingredient] = []
        self.conditions: list[Ingredient] = []
        self.donors: list[Donor] = []
        self.targets: list[str] = []
        source = layout.source
        found: dict[str, Ingredient] = {}
        for statement in _statements(scope):
            conditions = _condition_nodes(statement)
            for node in own_nodes(source, statement):
                ingredient = _ingredient(source, node)
                if ingredient is None:
                    continue
                found.setdefault(ingredient.text, ingredient)
                if node in conditions or isinstance(node, ast.Compare):
                    self.conditions.append(ingredient)
            if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
                self._add_donor(source, statement)
        self.expressions = list(found.values())[:_PER_FUNCTION]
        self.conditions = list({c.text: c for c in self.conditions}.values())[:_PER_FUNCTION]
        self.donors = list({d.text: d for d in self.donors}.values())[:_PER_FUNCTION]

    def _add_donor(self, source: Source, statement: ast.stmt) -> None:
        text = source.text(statement)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            return
        if "\n" in text or len(text) > _LONGEST:
            return
        names = dict.fromkeys(n.id for n in ast.walk(statement) if isinstance(n, ast.Name))
        self.donors.append(Donor(text, tuple(names), statement.lineno, statement))
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            self.targets.append(source.text(statement.targets[0]))


def _statements(scope: Scope) -> list[ast.stmt]:
    """The scope's own statements and those of enclosing functions, nearest first."""
    found = list(scope.statements)
    outer = scope.parent
    while outer is not None and scope.function is not None and outer.function is not None:
        found.extend(outer.statements)
        outer = outer.parent
    return found


def _condition_nodes(statement: ast.stmt) -> set[ast.expr]:
    if isinstance(statement, ast.If | ast.While | ast.Assert):
        return {statement.test}
    return set()


def _ingredient(source: Source, node: ast.expr) -> Ingredient | None:
    if isinstance(node, ast.Starred | ast.Slice | ast.Yield | ast.YieldFrom | ast.Await):
        return None
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return None
    text = source.portable(node)
    if len(text) > _LONGEST:
        return None
    if isinstance(node, ast.GeneratorExp | ast.Tuple) and not text.startswith("("):
        text = f"({text})"
    return Ingredient(
        text=text, bound=strength(node), names=free_names(node), line=node.lineno, node=node
    )


def free_names(node: ast.expr) -> frozenset[str]:
    """Names an expression needs from around it."""
    loaded: set[str] = set()
    bound: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            (loaded if isinstance(inner.ctx, ast.Load) else bound).add(inner.id)
        elif isinstance(inner, ast.arg):
            bound.add(inner.arg)
    return frozenset(loaded - bound - BUILTINS)


class FileIndex:
    """What a whole file offers: literals, attributes by receiver, calls by callee, assignments."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        source = layout.source
        self.numbers: dict[str, int] = {}
        self.strings: dict[str, int] = {}
        self.attributes: dict[str, dict[str, int]] = {}
        self.every_attribute: dict[str, int] = {}
        self.calls: dict[str, list[ast.Call]] = {}
        self.assigned: dict[str, list[Ingredient]] = {}
        self.iterated: dict[str, Ingredient] = {}
        self.templates: dict[str, Ingredient] = {}
        self.decorators: dict[str, int] = {}
        self.exceptions: dict[str, int] = {}
        docstrings = _docstrings(source.tree)
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Constant) and node not in docstrings:
                self._add_literal(node)
            elif isinstance(node, ast.Attribute):
                _count(self.every_attribute, node.attr)
                receiver = ast.unparse(node.value) if _short(node.value) else ""
                _count(self.attributes.setdefault(receiver, {}), node.attr)
            elif isinstance(node, ast.Call):
                self.calls.setdefault(callee(node), []).append(node)
            else:
                self._add_statement(source, node)
            if isinstance(node, ast.Call | ast.BinOp | ast.Subscript | ast.Attribute):
                self._add_template(source, node)

    def _add_template(self, source: Source, node: ast.expr) -> None:
        if len(self.templates) < _TEMPLATES:
            ingredient = _ingredient(source, node)
            if ingredient is not None and len(ingredient.names) <= 4:
                self.templates.setdefault(ingredient.text, ingredient)

    def _add_literal(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            _count(self.strings, node.value)
        elif isinstance(node.value, int | float) and not isinstance(node.value, bool):
            _count(self.numbers, repr(node.value))

    def _add_statement(self, source: Source, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            value = _ingredient(source, node.value)
            for target in node.targets:
                if value is not None and isinstance(target, ast.Name | ast.Attribute):
                    name = target.id if isinstance(target, ast.Name) else target.attr
                    self.assigned.setdefault(name, []).append(value)
        elif isinstance(node, ast.For | ast.comprehension):
            value = _ingredient(source, node.iter)
            if value is not None:
                self.iterated.setdefault(value.text, value)
        elif isinstance(node, Function):
            for decorator in node.decorator_list:
                _count(self.decorators, source.portable(decorator))
        elif isinstance(node, ast.ExceptHandler) and node.type is not None:
            _count(self.exceptions, source.portable(node.type))
        elif isinstance(node, ast.ClassDef) and node.bases:
            _count(self.exceptions, node.name)


def callee(node: ast.Call) -> str:
    """Last name of what a call calls, "" where it has none."""
    if isinstance(node.func, ast.Name):
        return node.func.id
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _short(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1


def _docstrings(tree: ast.Module) -> set[ast.AST]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def read_literals(texts: tuple[str, ...], failures: tuple[Failure, ...]) -> Literals:
    """Sort the literals of the failing tests, and of their messages, by kind."""
    numbers: dict[str, None] = {}
    strings: dict[str, None] = {}
    others: dict[str, None] = {}
    for value in _values(texts, failures):
        if isinstance(value, str):
            strings[value] = None
        elif isinstance(value, int | float) and not isinstance(value, bool):
            numbers[repr(value)] = None
        elif isinstance(value, list | dict | tuple | set) and len(repr(value)) < 40:
            others[repr(value)] = None
    return Literals(tuple(numbers), tuple(strings), (), (), tuple(others))


def _values(texts: tuple[str, ...], failures: tuple[Failure, ...]) -> Iterator[object]:
    for text in texts:
        yield from _parsed(text)
    for failure in failures:
        for line in failure.message.splitlines()[:3]:
            yield from _compared(line.removeprefix("assert "))


def _parsed(text: str) -> Iterator[object]:
    try:
        yield ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        yield text


def _compared(line: str) -> Iterator[object]:
    try:
        tree = ast.parse(line.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            yield node.value


def reachable(ingredient: Ingredient, names: frozenset[str]) -> bool:
    """Whether everything the expression needs can be named here."""
    return ingredient.names <= names
