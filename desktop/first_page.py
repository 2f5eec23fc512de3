"""What the first page shows of before: folders and sessions, each with its state."""

from itertools import islice
from pathlib import Path
from typing import Final

from agent_core import overview
from desktop.models.session_words import details, when
from desktop.views.welcome import Earlier, Recent

SESSIONS: Final = 6
"""Sessions that are listed."""


def first_page(names: tuple[str, ...]) -> tuple[tuple[Recent, ...], tuple[Earlier, ...]]:
    """These folders, and the newest sessions of any; reads logs: not for the window's thread."""
    rows = overview.rows()
    shown = (row for row in rows if row.state != "unreadable" and Path(row.project).is_dir())
    return tuple(_recent(name, rows) for name in names), tuple(
        _earlier(row) for row in islice(shown, SESSIONS)
    )


def _recent(name: str, rows: tuple[overview.SessionRow, ...]) -> Recent:
    newest = next((row for row in rows if row.project == name), None)
    if not Path(name).is_dir():
        return Recent(Path(name), "gone", "the folder is gone")
    if newest is None:
        return Recent(Path(name), "new", "no session yet")
    return Recent(Path(name), newest.state, newest.words)


def _earlier(row: overview.SessionRow) -> Earlier:
    folder = Path(row.project)
    about = (folder.name, row.outcome, *details(row), when(row.when))
    return Earlier(
        folder, row.session, row.goal, " · ".join(filter(None, about)), row.state, row.words
    )
