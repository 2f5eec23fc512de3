"""The order in which globals get their values, so that each finds those that it needs."""

from agent_core.port.translate.pieces import Key, Piece
from agent_core.port.translate.world import World


def ordered(world: World, pieces: list[Piece]) -> tuple[list[str], dict[str, list[Piece]]]:
    """Modules, and their globals and classes, in the order of evaluation."""
    by_key = {piece.key: piece for piece in pieces}
    modules: list[str] = []
    found: dict[str, list[Piece]] = {each.name: [] for each in world.live.modules}
    done: set[Key] = set()

    def visit(piece: Piece, above: tuple[Key, ...]) -> None:
        if piece.key in done or piece.key in above:
            return
        for key in _needed(piece):
            if key in by_key:
                visit(by_key[key], (*above, piece.key))
        done.add(piece.key)
        if piece.key[0] != "function":
            module = piece.key[1] or world.classes[int(piece.key[2])].module
            found[module].append(piece)
            if module not in modules:
                modules.append(module)

    for piece in sorted(pieces, key=lambda each: (each.line, str(each.key))):
        if piece.key[0] != "function":
            visit(piece, ())
    return modules, found


def _needed(piece: Piece) -> list[Key]:
    keys: list[Key] = [("global", module, name) for module, name in sorted(piece.needs.globals)]
    keys += [("class", "", number) for number in sorted(piece.needs.classes)]
    return keys
