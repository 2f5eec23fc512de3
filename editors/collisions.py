"""Where a change and what the user wrote meanwhile collide, as three texts to choose from."""

import msgspec

from editors.alignment import split
from editors.merge import merge
from editors.textfile import is_binary


class Collision(msgspec.Struct, frozen=True):
    """One place both sides changed; lines keep their endings.

    hunks: references to what could not be written. line: where it is in the user's file, from 1.
    The texts are empty where the file can only be taken whole; `reason` is in words for the user.
    """

    path: str
    hunks: tuple[str, ...]
    reason: str
    line: int = 1
    yours: tuple[bytes, ...] = ()
    base: tuple[bytes, ...] = ()
    agents: tuple[bytes, ...] = ()


def collisions(
    path: str,
    hunks: tuple[str, ...],
    reason: str,
    *,
    base: bytes | None,
    yours: bytes | None,
    agents: bytes | None,
) -> tuple[Collision, ...]:
    """Every place where two versions of a file collide; one without texts where they are whole."""
    whole = (Collision(path, hunks, reason),)
    if base is None or yours is None or agents is None:
        return whole
    if any(is_binary(data) for data in (base, yours, agents)):
        return whole
    old, mine, other = split(base), split(yours), split(agents)
    return (
        tuple(
            Collision(
                path,
                hunks,
                reason,
                place.ours[0] + 1,
                tuple(mine[slice(*place.ours)]),
                tuple(old[slice(*place.base)]),
                tuple(other[slice(*place.theirs)]),
            )
            for place in merge(base, yours, agents).conflicts
        )
        or whole
    )
