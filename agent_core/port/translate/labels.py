"""The names that modules, functions, globals and classes of a project get in Rust."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from agent_core.port.translate import names
from runners.http_replay.live import LiveFunction

if TYPE_CHECKING:
    from agent_core.port.translate.world import Home, World

_TAKEN = frozenset({"main", "flask_runtime", "std", "core", "alloc", "rt", "init_globals"})


class Labels:
    """Rust names for what a `World` holds; each is given once and never changes."""

    def __init__(self, world: "World") -> None:
        self._world = world

    @cached_property
    def modules(self) -> Mapping[str, str]:
        """Of modules: the last part, where that is enough."""
        found: dict[str, str] = {}
        for module in self._world.live.modules:
            taken = _TAKEN | set(found.values())
            whole = names.snake(module.name.replace(".", "_")).removeprefix("r#")
            short = names.snake(module.name.rpartition(".")[2]).removeprefix("r#")
            wanted = short if short not in taken else whole
            found[module.name] = names.distinct(
                wanted if wanted not in taken else f"{wanted}_py", taken
            )
        return found

    @cached_property
    def _functions(self) -> Mapping[tuple[str, int, str], str]:
        found: dict[tuple[str, int, str], str] = {}
        taken: dict[str, set[str]] = {}
        ordered = sorted(self._world.live.functions, key=lambda each: (each.file, each.line))
        for function in ordered:
            key = _key(function)
            parts = [part for part in function.name.split(".") if part != "<locals>"]
            wanted = names.snake("_".join(part.strip("_<>") or "f" for part in parts))
            used = taken.setdefault(function.module, set(_TAKEN))
            if key not in found:
                found[key] = names.distinct(wanted, used)
                used.add(found[key])
        return found

    def function(self, function: LiveFunction) -> str:
        """Of a function; the same for all that were made by one definition."""
        return self._functions[_key(function)]

    @cached_property
    def _by_module(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for function in self._world.live.functions:
            if function.name.endswith("<lambda>"):
                continue
            found.setdefault(function.module, set()).add(self.function(function).removeprefix("r#"))
        return {module: frozenset(each) for module, each in found.items()}

    def functions(self, module: str) -> frozenset[str]:
        """All names of functions in a module."""
        return self._by_module.get(module, frozenset())

    @cached_property
    def _cells(self) -> tuple[dict["Home", str], dict[int, str]]:
        globals_found: dict[Home, str] = {}
        classes_found: dict[int, str] = {}
        taken: dict[str, set[str]] = {}
        for each in self._world.live.classes:
            used = taken.setdefault(each.module, set())
            classes_found[each.id] = names.distinct(
                names.screaming(each.name.replace(".", "_")), used
            )
            used.add(classes_found[each.id])
        for module in self._world.live.modules:
            used = taken.setdefault(module.name, set())
            for name in module.globals:
                globals_found[module.name, name] = names.distinct(names.screaming(name), used)
                used.add(globals_found[module.name, name])
        return globals_found, classes_found

    @property
    def globals(self) -> Mapping["Home", str]:
        """Of globals, by their homes."""
        return self._cells[0]

    @property
    def classes(self) -> Mapping[int, str]:
        """Of classes, by their numbers."""
        return self._cells[1]


def _key(function: LiveFunction) -> tuple[str, int, str]:
    return function.file, function.line, function.name
