"""Where a Flask project and another server meet: on copies, with one worker that asks both."""

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from agent_core import apart
from agent_core.port.stage import Order
from runners import toolchains
from runners.cutoff import in_thread
from runners.http_replay import isolation
from runners.toolchain import Toolchain

P = TypeVar("P")
R = TypeVar("R")
Say = Callable[[str], None]


class Rivals(msgspec.Struct, frozen=True):
    """A Flask project against `command`, a server started in a copy of `folder` or the project.

    `setup` is run in each copy first; `python` and `app` name the original's interpreter and
    application where they are not to be looked for.
    """

    command: str
    folder: Path | None = None
    setup: str = ""
    app: str | None = None
    python: Path | None = None


class Ground(msgspec.Struct, frozen=True):
    """A copy `root` of the project `origin`, and `scratch`, which takes further ones."""

    root: Path
    origin: Path
    scratch: Path
    toolchain: Toolchain


@contextlib.asynccontextmanager
async def ground(
    origin: Path, python: Path | None, *, purpose: str, say: Say
) -> AsyncIterator[Ground]:
    """A private copy of the user's folder; gone at the end. Raises UserProblem."""
    toolchain = await in_thread(toolchains.detect, origin, named=python, environ=os.environ)
    say(toolchain.sentence())
    with apart.scratch(purpose) as scratch:
        workspace = await in_thread(apart.private_copy, origin, scratch)
        yield Ground(workspace.root, workspace.origin, scratch, toolchain)


async def staged(here: Ground, rivals: Rivals) -> Order:
    """What a worker has to know of the two servers."""
    return Order(
        root=str(here.root),
        origin=str(here.origin),
        scratch=str(here.scratch),
        interpreter=here.toolchain.interpreter,
        env=toolchains.activated(here.toolchain),
        command=rivals.command,
        port_root=str(rivals.folder or here.root),
        app=rivals.app,
        setup=rivals.setup,
        progress=str(here.scratch / "progress.txt"),
        own_network=await in_thread(isolation.namespace_works),
    )


async def meet(
    function: Callable[[P], R],
    order: P,
    stage: Order,
    *,
    result: type[R],
    minutes: float,
    say: Say,
) -> R:
    """Have the worker do it, in a network namespace where the machine has them.

    Cancelling this stops every server. Raises `pool.WorkerFailed`, and Interrupted when the time
    is up.
    """
    return await apart.in_worker(
        function,
        order,
        result=result,
        progress=Path(stage.progress),
        timeout_s=minutes * 60,
        say=say,
        prefix=isolation.PREFIX if stage.own_network else (),
    )
