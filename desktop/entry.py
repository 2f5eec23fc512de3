"""What `journeyman` starts: the window where one can open and nothing else is asked for."""

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from agent_core import places
from agent_core.terminal import cli

LIBRARIES = (
    "libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon0 libxcb-cursor0 "
    "libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"
)
"""Debian's names of what Qt loads and its wheel does not bring."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window for no arguments or for one folder; everything else is a command."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    folder = len(given) == 1 and Path(given[0]).is_dir()
    if given and not folder:
        return cli.main(given)
    if not _display():
        problem = "there is no display"
    else:
        try:
            from desktop import app  # noqa: PLC0415  (Qt is slow to load, and may be missing)
        except ImportError as error:
            problem = f"{error}. Debian's names of what may be missing: {LIBRARIES}"
        else:
            return app.main(given)
    print(f"journeyman: no window can open here: {problem}", file=sys.stderr)
    if folder:
        command = shlex.join((places.command(), "fix", given[0]))
        print(f"hint: without a window: {command}", file=sys.stderr)
        return cli.BAD_INPUT
    return cli.main([])


def _display() -> bool:
    """Whether there is something to show a window on; a platform named by hand counts."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in named)


if __name__ == "__main__":
    sys.exit(main())
