"""The live application beside its sources: what names stand for, and where things are written."""

import ast
import builtins
from collections import Counter
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import uses
from agent_core.port.translate.labels import Labels
from agent_core.port.translate.supported import Supported
from runners.http_replay.live import (
    Data,
    Function,
    Guarded,
    Kind,
    Library,
    Live,
    LiveFunction,
    LiveModule,
    Module,
    Object,
    Route,
    Secret,
    Thing,
)

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions

Definition = ast.FunctionDef | ast.Lambda
Code = tuple[str, int, str, tuple[int, int] | None]
Home = tuple[str, str]
"""A module and the name of a global that is written in it."""


class World:
    """All that is known of one application."""

    def __init__(self, live: Live, root: Path, expressions: "type[Expressions]") -> None:
        self.live = live
        self.expressions = expressions
        self.modules = {each.name: each for each in live.modules}
        self.functions = {each.id: each for each in live.functions}
        self.classes = {each.id: each for each in live.classes}
        self.trees = {each.file: _parsed(root / each.file) for each in live.modules}
        self._definitions: dict[tuple[str, int], list[Definition]] = {}
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, Definition):
                    self._definitions.setdefault((file, first_line(node)), []).append(node)
        self.supported = Supported(self.trees.values())
        self.labels = Labels(self)
        self.literals = {(each.file, each.line, each.column): each for each in live.literals}
        self.secrets: dict[str, str] = {}
        """The names by which secrets are read at the start, and where they stand now."""
        self.twins: dict[Code, int] = {}
        for each in live.functions:
            self.twins.setdefault(code_of(each), each.id)

    def tree(self, module: str) -> ast.Module:
        """The syntax of a module of the project."""
        return self.trees[self.modules[module].file]

    def file_of(self, module: str) -> str:
        """The file of a module, "" for what is no module of the project."""
        found = self.modules.get(module)
        return found.file if found else ""

    def definition(self, function: LiveFunction) -> Definition:
        """Where a function is written. Raises Refused."""
        found = self._definitions.get((function.file, function.line), [])
        last = function.name.rpartition(".")[2]
        fitting = [each for each in found if getattr(each, "name", "<lambda>") == last]
        if len(fitting) > 1 and function.begins is not None:
            places = [getattr(each.body, "col_offset", -1) for each in fitting]
            fitting = [
                each
                for each, column in zip(fitting, places, strict=True)
                if column == function.begins[1]
            ]
        if len(fitting) != 1:
            raise Refused(f"{function.name}: several functions stand in one line, or none does")
        return fitting[0]

    def lookup(self, module: str, name: str) -> Thing | None:
        """What a name means at the top of a module."""
        owner = self.modules.get(module)
        if owner is None:
            return Library(f"{module}.{name}")
        found = owner.globals.get(name)
        if found is None and hasattr(builtins, name):
            return Library(f"builtins.{name}")
        return found

    def home(self, module: str, name: str) -> Home:
        """Where the global is written that a name leads to, through imports."""
        for statement in self.tree(module).body:
            if isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    if (alias.asname or alias.name) == name:
                        origin = self._origin(module, statement)
                        if origin in self.modules and alias.name in self.modules[origin].globals:
                            return self.home(origin, alias.name)
        return module, name

    def _origin(self, module: str, statement: ast.ImportFrom) -> str:
        if not statement.level:
            return statement.module or ""
        is_package = self.modules[module].file.endswith("__init__.py")
        parts = module.split(".")
        parts = parts[: len(parts) - statement.level + is_package]
        return ".".join([*parts, *([statement.module] if statement.module else [])])

    @cached_property
    def homes(self) -> dict[int, Home]:
        """The global that is a container, by its number."""
        found: dict[int, Home] = {}
        for module in self.live.modules:
            for name, thing in module.globals.items():
                if isinstance(thing, Object):
                    home = self.home(module.name, name)
                    if self.assigned(*home) or thing.id not in found:
                        found[thing.id] = home
        return found

    def assigned(self, module: str, name: str) -> list[ast.stmt]:
        """The statements at the top of a module that set a name."""
        return [
            each
            for each in uses.statements(self.tree(module).body)
            if any(use.sets and use.name == name for use in uses.own(each))
        ]

    def place_of(self, route: Route) -> tuple[str, int]:
        """The file and line of a route's view, as far as it is known."""
        view = route.view.inner if isinstance(route.view, Guarded) else route.view
        if isinstance(view, Function):
            return self.functions[view.id].file, self.functions[view.id].line
        name = route.endpoint.rpartition(".")[2]
        for file, tree in self.trees.items():
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
                    return file, node.lineno
        return (self.live.modules[0].file if self.live.modules else ""), 1

    def is_constant(self, number: int) -> bool:
        """Whether an object and all in it never change."""
        found = self.live.objects[number]
        return found.type in {"tuple", "frozenset"} and all(
            self.is_constant(part.id) if isinstance(part, Object) else True
            for item in found.items
            for part in item
        )

    @cached_property
    def references(self) -> Counter[int]:
        """How many containers hold an object."""
        return Counter(
            part.id
            for each in self.live.objects.values()
            for item in each.items
            for part in item
            if isinstance(part, Object)
        )

    def attributes_of(self, number: int) -> set[str]:
        """What a class has, with what it gets from classes of the project."""
        found = self.classes[number]
        bases = [self.attributes_of(each.id) for each in found.bases if isinstance(each, Kind)]
        return set(found.attributes).union(*bases)

    def is_plain(self, thing: Thing) -> bool:
        """Whether a value and all in it are data, so that they can be written down."""
        if not isinstance(thing, Object):
            return isinstance(thing, Data | Secret | Library)
        found = self.live.objects[thing.id]
        return found.type != "instance" and all(
            self.is_plain(part) for item in found.items for part in item
        )

    def is_touched(self, name: str) -> bool:
        """Whether the import does more with a global than to set it once."""
        simple = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom
        mentions = [
            statement
            for tree in self.trees.values()
            for statement in tree.body
            if not isinstance(statement, simple) and not _is_main(statement)
            for use in uses.statements([statement])
            if any(each.name == name for each in uses.own(use))
        ]
        return len(mentions) > 1

    def imported(self, module: str, statement: ast.Import | ast.ImportFrom) -> dict[str, Thing]:
        """What the names of an import within a function stand for."""
        if isinstance(statement, ast.Import):
            return {
                alias.asname or alias.name.partition(".")[0]: Module(
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                for alias in statement.names
            }
        origin = self._origin(module, statement)
        found = ((a.asname or a.name, self._member(origin, a.name)) for a in statement.names)
        return {name: thing for name, thing in found if thing is not None}

    def static(self, node: ast.expr, lookup: Callable[[str], Thing | None]) -> Thing | None:
        """What a dotted name stands for; `lookup` knows plain names."""
        if isinstance(node, ast.Name):
            return lookup(node.id)
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.static(node.value, lookup)
        if isinstance(owner, Module):
            return self._member(owner.name, node.attr)
        if isinstance(owner, Library) and owner.name not in PROXIES:
            return Library(f"{owner.name}.{node.attr}")
        return None

    def _member(self, module: str, name: str) -> Thing | None:
        if (
            f"{module}.{name}" in self.modules
            and name not in self.modules.get(module, LiveModule("", "", {})).globals
        ):
            return Module(f"{module}.{name}")
        if module not in self.modules and f"{module}.{name}" in _SUBMODULES:
            return Module(f"{module}.{name}")
        return self.lookup(module, name)


PROXIES = frozenset({"flask.request", "flask.session", "flask.g", "flask.current_app"})
"""What stands for something else with each request."""
_SUBMODULES = frozenset({"os.path", "urllib.parse", "werkzeug.exceptions", "werkzeug.security"})


def code_of(function: LiveFunction) -> Code:
    """What functions that one definition made have in common."""
    return function.file, function.line, function.name, function.begins


def first_line(node: Definition) -> int:
    """The line at which Python says that a function begins: its first decorator's."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    return min([node.lineno, *(each.lineno for each in decorators)])


def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


def _is_main(statement: ast.stmt) -> bool:
    """Whether a statement runs only where the module is the program."""
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
            return True
    return False
