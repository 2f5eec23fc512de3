"""Converts a project as a whole: the files of a crate, and what was refused."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from agent_core.port.refusals import Refusal, Refused
from agent_core.port.translate.application import Application, main_source, static_files
from agent_core.port.translate.expressions import Expressions
from agent_core.port.translate.files import cargo, layout, module_source, readme
from agent_core.port.translate.ordering import ordered
from agent_core.port.translate.pieces import Key, Piece, Pieces
from agent_core.port.translate.scope import Needs
from agent_core.port.translate.world import World
from agent_core.port.translation import SecretNeeded, Translation
from runners.http_replay.live import Live, Route

_SECRET = re.compile(r'secret\("([^"]+)"\)')


class Conversion:
    """One run over a live application."""

    def __init__(self, found: Live, root: Path) -> None:
        self._world = World(found, root, Expressions)
        self._pieces = Pieces(self._world)
        self._application = Application(self._world)
        self._refusals: dict[Refusal, None] = {}
        self._needs: list[Needs] = []

    def translation(self) -> Translation:
        """The crate."""
        general = self._general()
        lines: list[str] = []
        converted: list[str] = []
        left: list[str] = []
        for each in self._world.live.routes:
            if each.folder:
                lines.append(static_files(each))
                continue
            line = self._route(each)
            (left if line is None else converted).append(_name(each))
            lines.extend([line] if line is not None else [])
        refusals = tuple(sorted(self._refusals, key=lambda each: (each.file, each.line)))
        if general is None or not converted:
            return Translation(left=(*converted, *left), refusals=refusals)
        files = self._files([*general[0], *lines, *general[1]])
        used = {name for code in files.values() for name in _SECRET.findall(code)}
        secrets = tuple(
            SecretNeeded(name, path)
            for name, path in sorted(self._world.secrets.items())
            if name in used
        )
        laid_out = {path: layout(code) for path, code in files.items()}
        laid_out["Cargo.toml"] = cargo()
        names = [each.name for each in secrets]
        laid_out["README.md"] = readme(self._world, converted, refusals, names)
        return Translation(laid_out, tuple(converted), tuple(left), refusals, secrets)

    def _general(self) -> tuple[list[str], list[str]] | None:
        """What concerns all routes: settings before them, hooks and handlers after."""
        needs = Needs()
        before: list[str] = []
        after: list[str] = []
        well = [
            self._tried(self._application.check_settings),
            self._tried(lambda: before.extend(self._application.settings(needs))),
            self._tried(lambda: after.extend(self._application.hooks(needs))),
        ]
        for each in self._world.live.errors:
            handler = partial(self._application.handler, each, needs)
            well.append(self._tried(partial(_add, after, handler)))
        against = self._pieces.refusals(needs)
        self._refusals |= dict.fromkeys(against)
        self._needs.append(needs)
        return (before, after) if all(well) and not against else None

    def _tried(self, register: Callable[[], None]) -> bool:
        """Whether something could be registered; the refusal is noted."""
        try:
            register()
        except Refused as refused:
            self._refuse(refused, "")
            return False
        return True

    def _route(self, route: Route) -> str | None:
        needs = Needs()
        try:
            line = self._application.route(route, needs)
        except Refused as refused:
            file, first = self._world.place_of(route)
            found = [Refusal(file, at or first, reason) for reason, at in refused.all]
            self._refusals |= dict.fromkeys(found)
            against = self._pieces.refusals(needs)
            self._refusals |= dict.fromkeys(against)
            return None
        against = self._pieces.refusals(needs)
        self._refusals |= dict.fromkeys(against)
        if against:
            return None
        self._needs.append(needs)
        return line

    def _refuse(self, refused: Refused, file: str) -> None:
        place = file or (self._world.live.modules[0].file if self._world.live.modules else "")
        for reason, line in refused.all:
            self._refusals[Refusal(place, line or 1, reason)] = None

    def _files(self, lines: list[str]) -> dict[str, str]:
        reached: set[Key] = self._pieces.reached(self._needs)
        pieces = [piece for key in reached if isinstance(piece := self._pieces.found[key], Piece)]
        by_module: dict[str, list[Piece]] = {}
        for piece in pieces:
            by_module.setdefault(self._module(piece.key), []).append(piece)
        order, globals_of = ordered(self._world, pieces)
        modules = self._world.labels.modules
        files = {
            f"src/{modules[name]}.rs": module_source(self._world, name, found, globals_of[name])
            for name, found in by_module.items()
        }
        inits = [modules[name] for name in order if globals_of[name]]
        name = self._world.live.settings.name
        declared = [modules[each] for each in by_module]
        files["src/main.rs"] = main_source(declared, inits, name, lines)
        return files

    def _module(self, key: Key) -> str:
        kind, module, which = key
        if kind == "function":
            return self._world.functions[int(which)].module
        return self._world.classes[int(which)].module if kind == "class" else module


def _add(lines: list[str], make: Callable[[], str]) -> None:
    lines.append(make())


def _name(route: Route) -> str:
    methods = [each for each in route.methods if each not in {"HEAD", "OPTIONS"}]
    return f"{' '.join(methods)} {route.rule}"
