"""A session in a list, in words: how it stands, what it changed, who worked on it."""

import time
from pathlib import PurePosixPath

from agent_core.counting import listed
from agent_core.overview import SessionRow


def state_words(row: SessionRow) -> str:
    """How it stands, with the tests that say so."""
    return " · ".join(part for part in (row.words, row.outcome) if part)


def details(row: SessionRow) -> tuple[str, ...]:
    """The files it changed by their names, and its model."""
    if row.state == "unreadable":
        return ()
    names = [PurePosixPath(path).name for path in row.files]
    return listed(names, most=1) or "no file changed", row.choice.shown


def told(row: SessionRow) -> tuple[str, ...]:
    """All that is known of it, for whoever listens or waits for a tip."""
    if row.state == "unreadable":
        return row.goal, row.words
    return (
        row.goal,
        state_words(row),
        listed(row.files) or "no file changed",
        row.choice.shown,
    )


def rivals_words(rivals: int) -> str:
    """That the tests do not tell the change from other patches, "" where there are none."""
    if not rivals:
        return ""
    they = "1 other patch turns" if rivals == 1 else f"{rivals:,} other patches turn"
    return f"{they} the same tests green"


def rivals_link(rivals: int) -> str:
    """The same where there is little room, as a link to them."""
    return (
        "1 other patch does as well →" if rivals == 1 else f"{rivals:,} other patches do as well →"
    )


def when(at: float) -> str:
    """The clock for today, else the date."""
    then = time.localtime(at)
    today = time.localtime()[:3] == then[:3]
    return time.strftime("%H:%M" if today else "%d %b", then)
