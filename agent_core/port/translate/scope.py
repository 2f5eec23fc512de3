"""What names mean at one place in the sources, and what the code there needs from elsewhere."""

import ast
from collections.abc import Mapping

import msgspec

from agent_core.port.translate import names
from agent_core.port.translate.rust import Rust, fallible, infallible, place
from agent_core.port.translate.world import Home, World
from runners.http_replay.live import Kind, LiveFunction, Thing


class Local(msgspec.Struct, frozen=True):
    """A local variable in Rust; one that may be unbound is an `Option`.

    One that is `moved` is read once, so that its value can be handed on.
    """

    code: str
    optional: bool = False
    python: str = ""
    moved: bool = False

    def read(self, unbound: str) -> Rust:
        """Its value."""
        if not self.optional:
            return infallible(self.code) if self.moved else place(self.code)
        name = names.quoted(self.python)
        return fallible(f"{self.code}.clone().ok_or_else(|| {unbound}({name}))")


class Needs:
    """What pieces of generated code refer to: functions, globals and classes of the project."""

    def __init__(self) -> None:
        self.functions: set[int] = set()
        self.globals: set[Home] = set()
        self.classes: set[int] = set()
        self.modules: set[str] = set()
        self.by_path = False
        """Whether a function of the runtime is named by its path, since one of ours hides it."""


class Scope:
    """Names at a place in `module`; `locals` are the variables around it."""

    def __init__(
        self,
        world: World,
        module: str,
        needs: Needs,
        variables: Mapping[str, Local] | None = None,
        outer: LiveFunction | None = None,
    ) -> None:
        self.world = world
        self.module = module
        self.needs = needs
        self.locals: dict[str, Local] = dict(variables or {})
        self.outer = outer
        self.owner_class: int | None = None
        self.imports: dict[str, Thing] = {}

    def inner(self, variables: Mapping[str, Local]) -> "Scope":
        """The scope of something inside, with further variables."""
        scope = Scope(self.world, self.module, self.needs, {**self.locals, **variables}, self.outer)
        scope.owner_class = self.owner_class
        scope.imports = self.imports
        return scope

    def taken(self) -> set[str]:
        """The Rust names of variables."""
        return {each.code.partition("[")[0] for each in self.locals.values()}

    def static(self, node: ast.expr) -> Thing | None:
        """What a dotted name stands for; None if it depends on a variable."""
        return self.world.static(node, self.lookup)

    def lookup(self, name: str) -> Thing | None:
        """What a plain name stands for; None if it is a variable."""
        if name in self.locals:
            return None
        return self.imports.get(name) or self.world.lookup(self.module, name)

    def runtime(self, function: str) -> str:
        """How to call a function of the runtime here."""
        if function not in self.world.labels.functions(self.module):
            return function
        self.needs.by_path = True
        return f"rt::{function}"

    def path(self, module: str, name: str) -> str:
        """How to name what another module of the project holds."""
        if module == self.module:
            return name
        self.needs.modules.add(module)
        return f"{self.world.labels.modules[module]}::{name}"

    def global_value(self, module: str, name: str) -> Rust:
        """The value of a global."""
        home = self.world.home(module, name)
        self.needs.globals.add(home)
        return infallible(f"{self.global_place(module, name)}.get()")

    def global_place(self, module: str, name: str) -> str:
        """The cell of a global."""
        home = self.world.home(module, name)
        return self.path(home[0], self.world.labels.globals[home])

    def class_place(self, kind: Kind) -> str:
        """The cell of a class."""
        self.needs.classes.add(kind.id)
        found = self.world.classes[kind.id]
        return self.path(found.module, self.world.labels.classes[kind.id])

    def function_path(self, function: LiveFunction) -> str:
        """How to call a function of the project."""
        self.needs.functions.add(function.id)
        return self.path(function.module, self.world.labels.function(function))
