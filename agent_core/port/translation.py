"""A conversion as it is ordered and as it comes back; a worker alone loads what converts."""

from pathlib import Path

import msgspec

from agent_core.port.refusals import Refusal


class TranslateOrder(msgspec.Struct, frozen=True):
    """What to convert: the copy `root` of the project `origin`, with the user's interpreter."""

    root: str
    origin: str
    interpreter: str
    env: dict[str, str]
    app: str | None = None


class SecretNeeded(msgspec.Struct, frozen=True):
    """An environment variable that the crate reads at its start, and where the value stands now."""

    name: str
    path: str


class Translation(msgspec.Struct, frozen=True):
    """A crate as files by their path below `rust/`, none if nothing could be converted.

    `routes` are the rules that the crate serves, `left` those that it does not, files apart; the
    runtime crate belongs beside it. `problem` says why the application cannot be imported.
    """

    files: dict[str, str] = {}
    routes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    secrets: tuple[SecretNeeded, ...] = ()
    problem: str = ""


def translate(order: TranslateOrder) -> Translation:
    """Convert an application; blocks until its import is done: for a worker."""
    # A session that converts nothing would load fifty modules for this.
    from agent_core.port.translate.crate import Conversion  # noqa: PLC0415
    from runners.http_replay.original import live  # noqa: PLC0415

    root = Path(order.root)
    found = live(order.interpreter, root, order.env, app=order.app, origin=Path(order.origin))
    if found.problem:
        return Translation(problem=found.problem)
    return Conversion(found, root).translation()
