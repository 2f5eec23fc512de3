"""What a failing test showed, in a form that can be compared between two runs of it."""

from __future__ import annotations

import re
from typing import Any

from . import failures

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")


def place_of(error: BaseException | None, root: str) -> tuple[Any, ...]:
    """The exception's type and the lines of the workspace it passed."""
    if error is None:
        return ()
    if isinstance(error, RecursionError):
        # Where it stops depends on how deep the call of the test itself was.
        return (type(error).__name__, ())
    frames = failures.frames_of(error.__traceback__, root)
    lines = tuple((frame["file"], frame["line"]) for frame in frames if frame["file"])
    return (type(error).__name__, lines)


def text_of(error: BaseException | None) -> str:
    """The exception's message without memory addresses."""
    return "" if error is None else _ADDRESS.sub("0x", failures.message_of(error))
