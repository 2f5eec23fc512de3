"""Work beside the user's files that is no session: scratch folders, private copies, workers."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from agent_core import places
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from runners import pool

_POLL_S = 0.2
P = TypeVar("P")
R = TypeVar("R")


@contextlib.contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """A folder of our own, on the disk where sessions are; gone at the end."""
    places.home().mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=places.home()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def private_copy(origin: Path, folder: Path) -> Workspace:
    """A copy in a folder below `folder`, named like the original."""
    store = ShadowStore.open(places.project_store(origin))
    return Workspace.create(origin, folder / (origin.name or "project"), store)


async def in_worker(
    function: Callable[[P], R],
    order: P,
    *,
    result: type[R],
    progress: Path,
    timeout_s: float,
    say: Callable[[str], None],
    prefix: tuple[str, ...] = (),
) -> R:
    """As `pool.call`, passing on each line that the worker adds to the file `progress`."""
    working = asyncio.ensure_future(
        pool.call(function, order, result=result, timeout_s=timeout_s, prefix=prefix)
    )
    try:
        seen = 0
        while not working.done():
            await asyncio.wait({working}, timeout=_POLL_S)
            lines = _lines(progress)
            for line in lines[seen:]:
                say(line)
            seen = len(lines)
    finally:
        if not working.done():
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
    return working.result()


def _lines(progress: Path) -> list[str]:
    return progress.read_text("utf-8").splitlines() if progress.exists() else []
