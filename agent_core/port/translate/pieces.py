"""Functions, globals and classes that are needed, each converted once or refused once."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from agent_core.port.refusals import Refusal, Refused
from agent_core.port.translate.classes import converted_class, definition
from agent_core.port.translate.functions import converted_function
from agent_core.port.translate.initial import initial
from agent_core.port.translate.scope import Needs
from agent_core.port.translate.world import World, code_of
from runners.http_replay.live import Function, LiveFunction, Wrapped

Key = tuple[Literal["function", "global", "class"], str, int | str]
"""A kind, a module, and a number or a name."""


class Piece(msgspec.Struct, frozen=True):
    """One item of a module; `line` is where it stands in the source."""

    key: Key
    code: str
    needs: Needs
    line: int


class Failed(msgspec.Struct, frozen=True):
    """An item that is refused, and what else it would have needed."""

    refusals: tuple[Refusal, ...]
    needs: Needs


class Pieces:
    """Everything that was asked for so far."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.found: dict[Key, Piece | Failed] = {}
        self._owners = {
            thing.id: each.id
            for each in world.live.classes
            for entry in each.attributes.values()
            for thing in [entry.inner if isinstance(entry, Wrapped) else entry]
            if isinstance(thing, Function)
        }

    def refusals(self, needs: Needs) -> tuple[Refusal, ...]:
        """What stands against something that has these needs, in the order of the sources."""
        found: set[Refusal] = set()
        for key in self.reached([needs]):
            piece = self.found[key]
            if isinstance(piece, Failed):
                found |= set(piece.refusals)
        return tuple(sorted(found, key=lambda each: (each.file, each.line, each.reason)))

    def reached(self, all_needs: Iterable[Needs]) -> set[Key]:
        """All that is needed, directly or by what is needed."""
        reached: set[Key] = set()
        waiting = [key for needs in all_needs for key in self._keys(needs)]
        while waiting:
            key = waiting.pop()
            if key in reached:
                continue
            reached.add(key)
            waiting.extend(self._keys(self._piece(key).needs))
        return reached

    def _keys(self, needs: Needs) -> Iterator[Key]:
        for number in needs.functions:
            yield "function", "", self._first(self._world.functions[number])
        for module, name in needs.globals:
            yield "global", module, name
        for number in needs.classes:
            yield "class", "", number

    def _first(self, function: LiveFunction) -> int:
        """The number of the first function with the same code."""
        return self._world.twins[code_of(function)]

    def _piece(self, key: Key) -> Piece | Failed:
        if key not in self.found:
            self.found[key] = self._converted(key)
        return self.found[key]

    def _converted(self, key: Key) -> Piece | Failed:
        kind, module, which = key
        if kind == "function":
            function = self._world.functions[int(which)]
            owner = self._owners.get(function.id)
            return self._guarded(
                key,
                function.file,
                function.line,
                lambda needs: converted_function(self._world, function, needs, owner),
            )
        if kind == "class":
            live = self._world.classes[int(which)]
            line = definition(self._world, live).lineno
            return self._guarded(
                key, live.file, line, lambda needs: converted_class(self._world, live, needs)
            )
        home = (module, str(which))
        statements = self._world.assigned(*home)
        line = statements[0].lineno if statements else 1
        file = self._world.modules[module].file
        return self._guarded(key, file, line, lambda needs: initial(self._world, home, needs).arg)

    @staticmethod
    def _guarded(key: Key, file: str, line: int, convert: Callable[[Needs], str]) -> Piece | Failed:
        needs = Needs()
        try:
            return Piece(key, convert(needs), needs, line)
        except Refused as refused:
            refusals = tuple(Refusal(file, at or line, reason) for reason, at in refused.all)
        except Exception as error:  # noqa: BLE001  (a fault of ours must not end all the rest)
            reason = f"something that the translation fails at ({type(error).__name__}: {error})"
            refusals = (Refusal(file, line, reason),)
        return Failed(refusals, needs)
