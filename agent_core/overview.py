"""All sessions at a glance: what each was about and how it stands."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from agent_core import places
from agent_core.counting import counted
from agent_core.decisions import held
from agent_core.events import SessionStarted, SessionStopped
from agent_core.history import History
from agent_core.models.choice import ModelChoice
from agent_core.results import EditApplied
from agent_core.store import SessionStore
from agent_core.verdict import STATE_WORDS
from agent_core.words import REASONS
from runners.problems import UserProblem

State = Literal["running", "interrupted", "ready", "accepted", "stopped", "failed", "unreadable"]
"""ready: proved, and nothing was accepted yet; stopped: by the user or its budget."""

RESUMABLE: frozenset[State] = frozenset({"interrupted", "stopped"})


class SessionRow(msgspec.Struct, frozen=True):
    """One session; `when` it was assigned, in seconds since the epoch; `words` say its state.

    `outcome` counts tests, "" where no verdict is known; `files` are those it has edited.
    """

    session: str
    when: float
    project: str
    goal: str
    state: State
    words: str
    outcome: str = ""
    files: tuple[str, ...] = ()
    choice: ModelChoice = ModelChoice()


def rows(origin: Path | None = None) -> tuple[SessionRow, ...]:
    """The sessions of a folder, or of all, newest first; one that is damaged hides no other."""
    found = (_row(folder) for folder in _folders())
    wanted = (row for row in found if origin is None or row.project == str(origin))
    return tuple(sorted(wanted, key=lambda row: row.when, reverse=True))


def _folders() -> Iterator[Path]:
    try:
        yield from (p for p in places.sessions().iterdir() if places.SESSION_ID.fullmatch(p.name))
    except FileNotFoundError:
        return


def _row(folder: Path) -> SessionRow:
    try:
        with SessionStore.open(folder, write=False) as store:
            records = store.records()
    except UserProblem as problem:
        when = folder.stat().st_mtime
        return SessionRow(folder.name, when, "", problem.what, "unreadable", "cannot be opened")
    history = History([record.event for record in records])
    started = history.last(SessionStarted)
    state, said = standing(history, written=_is_written(folder))
    return SessionRow(
        session=folder.name,
        when=records[0].at if records else folder.stat().st_mtime,
        project=started.origin if started else "",
        goal=started.task.goal if started else "",
        state=state,
        words=said,
        outcome=_outcome(history),
        files=_edited(history),
        choice=history.choice if started else ModelChoice(),
    )


def _outcome(history: History) -> str:
    """What the newest verdict comes to in tests."""
    stopped = history.last(SessionStopped)
    if stopped is None:
        return ""
    verdict = stopped.verdict
    red = len(verdict.still_failing) + len(verdict.newly_broken)
    if red:
        return f"{counted(red, 'test')} {'fails' if red == 1 else 'fail'}"
    green = len(verdict.fixed) or len(verdict.own)
    return f"{counted(green, 'test')} turned green" if green else ""


def _edited(history: History) -> tuple[str, ...]:
    edits = history.results(EditApplied)
    return tuple(dict.fromkeys(path for edit in edits for path in edit.paths))


def standing(history: History, *, written: bool) -> tuple[State, str]:
    """How a session stands, and the same in words; `written`: a program has it open to go on."""
    if history.running:
        return ("running", "running") if written else ("interrupted", "interrupted")
    stopped = history.last(SessionStopped)
    if stopped is None:
        return "stopped", "not begun"
    if held(history):
        return "accepted", "accepted"
    verdict = STATE_WORDS[stopped.verdict.state]
    if stopped.reason == "verdict_holds":
        return "ready", f"ready: {verdict}"
    by_user = stopped.reason in {"user_stopped", "budget_spent"}
    return "stopped" if by_user else "failed", f"{REASONS[stopped.reason]}: {verdict}"


def _is_written(folder: Path) -> bool:
    """Whether a program has the session open to go on with it."""
    try:
        lock = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
