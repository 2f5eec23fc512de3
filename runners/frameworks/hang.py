"""Where a test hung: reads the tracebacks that `faulthandler` wrote before the deadline."""

import re
from pathlib import Path

from runners.reports import Frame

_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (.+)$')


def frames_of(text: str, *, root: str, file: str) -> tuple[Frame, ...]:
    """The frames, outermost first, of the thread that runs the tests of `file`."""
    for part in text.split("\n\n"):
        frames = _thread(part, root)
        entry = next((i for i, frame in enumerate(frames) if frame.file == file), None)
        if entry is not None:
            return frames[entry:]
    return ()


def innermost(text: str, *, root: str) -> Frame | None:
    """The deepest place inside the workspace, of the thread that started first."""
    inside = [frame for part in text.split("\n\n") for frame in _thread(part, root) if frame.file]
    return inside[-1] if inside else None


def _thread(text: str, root: str) -> tuple[Frame, ...]:
    found = [match.groups() for line in text.splitlines() if (match := _FRAME.match(line))]
    return tuple(
        Frame(_relative(name, root), int(number), function)
        for name, number, function in reversed(found)
    )


def _relative(name: str, root: str) -> str:
    path = Path(name)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
