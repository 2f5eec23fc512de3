"""All sessions at a glance: what each was about and how it stands."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from agent_core import places
from agent_core.decisions import held
from agent_core.events import SessionStarted, SessionStopped, ToolFinished, WorkspaceReady
from agent_core.history import History
from agent_core.models.choice import ModelChoice
from agent_core.results import EditApplied
from agent_core.store import SessionStore
from agent_core.verdict import STATE_WORDS
from agent_core.words import ending
from editors import unified
from runners.case_ids import in_words, is_test, only_tests
from runners.problems import UserProblem

State = Literal["running", "interrupted", "ready", "accepted", "stopped", "failed", "unreadable"]
"""ready: proved, and nothing was accepted yet; stopped: by the user or its budget."""

RESUMABLE: frozenset[State] = frozenset({"interrupted", "stopped"})


class SessionRow(msgspec.Struct, frozen=True):
    """One session; `when` it was assigned, in seconds since the epoch; `words` say its state.

    `outcome` counts tests and checks, "" where no verdict tells; `files` are those of its change.
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
        files=_changed(history),
        choice=history.choice if started else ModelChoice(),
    )


def _outcome(history: History) -> str:
    """What the newest verdict comes to: what is red, or what is proved to have turned green."""
    stopped = history.last(SessionStopped)
    if stopped is None or history.running:
        return ""
    verdict = stopped.verdict
    red = (*verdict.still_failing, *verdict.newly_broken)
    if red:
        return f"{in_words(red)} {'fails' if len(red) == 1 else 'fail'}"
    green = verdict.fixed or verdict.own
    return " and ".join(_proved(green)) if verdict.holds else ""


def _proved(green: Sequence[str]) -> Iterator[str]:
    """What is green now: tests, and apart from them the checks that are no tests."""
    tests = only_tests(green)
    if tests:
        yield f"{in_words(tests)} turned green"
    if checks := [case for case in green if not is_test(case)]:
        yield f"{in_words(checks)} {'holds' if len(checks) == 1 else 'hold'} now"


def _changed(history: History) -> tuple[str, ...]:
    """The files of the change: those of the newest stop, with what was edited since.

    An edit that leads back to an earlier tree leaves the files of that tree.
    """
    files: tuple[str, ...] = ()
    known: dict[str, tuple[str, ...]] = {}
    for event in history.events:
        match event:
            case WorkspaceReady(snapshot=snapshot):
                known[snapshot] = files
            case ToolFinished(data=EditApplied(snapshot=snapshot, paths=paths)):
                files = known.setdefault(snapshot, tuple(dict.fromkeys((*files, *paths))))
            case SessionStopped(snapshot=snapshot, patch=patch):
                files = known[snapshot] = unified.paths(patch)
            case _:
                pass
    return files


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
    return "stopped" if by_user else "failed", f"{ending(stopped)}: {verdict}"


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
