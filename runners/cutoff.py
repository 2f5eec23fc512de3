"""Cut blocking work off. A thread cannot be cancelled, but what runs in it can ask, often.

Work started with `in_thread` is cut off when whoever awaits it is cancelled, be it by a deadline or
by the user: its next `check` raises. Loops over files check once a file and once a chunk, and
`run_quick` while its child runs. Work started in any other way is never cut off.
"""

import asyncio
import contextvars
import functools
import threading
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from runners.problems import Interrupted

CHUNK: Final = 4 << 20
"""Bytes of a file that are read or written between two checks."""

_P = ParamSpec("_P")
_T = TypeVar("_T")

_cut: contextvars.ContextVar[threading.Event | None] = contextvars.ContextVar("cut", default=None)


class CutOff(Interrupted):
    """Whoever waited for this work does so no more; it is left as it is."""


def check() -> None:
    """Raise CutOff if nobody waits for the work of this thread any more."""
    cut = _cut.get()
    if cut is not None and cut.is_set():
        raise CutOff("the work was cut off")


async def in_thread(work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Run blocking work in a thread. Cancelling cuts it off and waits until it has let go."""
    cut = threading.Event()
    context = contextvars.copy_context()
    context.run(_cut.set, cut)
    call = functools.partial(context.run, work, *args, **kwargs)
    running = asyncio.get_running_loop().run_in_executor(None, call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        cut.set()
        while not running.done():
            try:
                await asyncio.wait([running])
            except asyncio.CancelledError:
                continue
        running.exception()  # looked at, or asyncio complains; being cancelled says enough
        raise
