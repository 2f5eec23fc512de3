"""What each command does."""

import argparse
import asyncio
import contextlib
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec

from agent_core import places
from agent_core.events import HunksAccepted, Progress, Record, SessionStarted, SessionStopped
from agent_core.models.builtin import BuiltinModel
from agent_core.review import accept as accept_hunks
from agent_core.session import Session
from agent_core.store import SessionStore, StoreFull
from agent_core.task import Budget, Check, Task
from agent_core.terminal import doctor, sample, show, words
from agent_core.terminal.cli import BAD_INPUT, BROKE, FIXED, NOT_SOLVED
from agent_core.terminal.live import Live
from editors.refusals import Refused
from runners.problems import JourneymanError, UserProblem


def run(asked: argparse.Namespace) -> int:
    """Run the command; whatever happens ends in a sentence and an exit code."""
    try:
        return _run(asked)
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python would complain once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_SOLVED
    except Exception:  # noqa: BLE001  (a fault of ours: Python's own exit code would say "not solved")
        traceback.print_exc()
        return _say("journeyman: something broke, see above; nothing acknowledged is lost", BROKE)


def _run(asked: argparse.Namespace) -> int:
    """Run the command and answer every failure that is to be expected."""
    handlers: dict[str | None, Callable[[argparse.Namespace], int]] = {
        None: lambda _: sample.try_it(),
        "fix": fix,
        "resume": resume,
        "sessions": sessions,
        "show": show_session,
        "accept": accept,
        "doctor": lambda args: doctor.report(args.path),
    }
    try:
        return handlers[asked.command](asked)
    except UserProblem as problem:
        return _say(f"journeyman: {problem}", BAD_INPUT)
    except (StoreFull, Refused) as problem:
        return _say(f"journeyman: {problem}", BROKE)
    except BrokenPipeError:
        raise
    except (JourneymanError, sqlite3.Error, OSError) as error:
        return _say(f"journeyman: something broke: {type(error).__name__}: {error}", BROKE)
    except KeyboardInterrupt:
        return _say("journeyman: stopped", NOT_SOLVED)


def _say(text: str, code: int) -> int:
    print(words.printable(text), file=sys.stderr)
    return code


def fix(asked: argparse.Namespace) -> int:
    """Make red tests green; with `--accept`, write the change once it is proved."""
    task = Task(
        goal="Make the failing tests pass.",
        check=Check(tests=tuple(asked.tests), command=asked.test_command),
        budget=Budget(minutes=asked.budget_minutes or Budget().minutes),
    )
    session = Session.create(asked.path, task, model=BuiltinModel().name, python=asked.python)
    with contextlib.closing(session):
        try:
            stopped = run_session(session, budget=None, as_json=asked.json)
        except UserProblem:
            if session.history.baseline is None:
                session.discard()
            raise
        if asked.accept and stopped.verdict.holds:
            written = accept_hunks(session, hunks=None, force=False)
            if not asked.json:
                print(show.patch(stopped))
                print(show.accepted(written))
            return _code(written)
        if not asked.json:
            print(show.advice(session.folder.name, stopped))
    return FIXED if stopped.verdict.holds else NOT_SOLVED


def resume(asked: argparse.Namespace) -> int:
    """Go on with a session."""
    with contextlib.closing(Session.open(asked.session, write=True)) as session:
        budget = Budget(minutes=asked.budget_minutes) if asked.budget_minutes else None
        stopped = run_session(session, budget=budget, as_json=asked.json)
    if not asked.json:
        print(show.advice(asked.session, stopped))
    return FIXED if stopped.verdict.holds else NOT_SOLVED


def run_session(session: Session, *, budget: Budget | None, as_json: bool) -> SessionStopped:
    """Run one stretch with its events printed, live or as JSON; Ctrl-C and SIGTERM stop it."""
    live = Live(sys.stdout)
    listener: Callable[[Record], None] = _print_json if as_json else live.record
    progress: Callable[[Progress], None] = _ignore if as_json else live.progress
    newest = session.log.records[-1]
    if isinstance(newest.event, SessionStarted):
        listener(newest)
    session.log.listeners.append(listener)

    async def stretch() -> SessionStopped:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, session.control.stop)
        try:
            return await session.run(BuiltinModel(), budget=budget, on_progress=progress)
        finally:
            session.log.listeners.remove(listener)

    return asyncio.run(stretch())


def _ignore(_: Progress) -> None:
    return None


def _print_json(record: Record) -> None:
    body = msgspec.to_builtins(record.event)
    line = msgspec.json.encode({"seq": record.seq, "at": record.at, **body})
    sys.stdout.write(line.decode() + "\n")
    sys.stdout.flush()


def sessions(asked: argparse.Namespace) -> int:
    """List every session with its state, newest first."""
    rows = sorted(map(_row, _folders()), key=lambda row: row.when, reverse=True)
    if asked.json:
        for row in rows:
            print(msgspec.json.encode(row).decode())
    else:
        print(show.session_table(rows) if rows else "No sessions yet. Start one: journeyman fix .")
    return FIXED


def _row(folder: Path) -> show.Row:
    """One line of the list; a session that cannot be read does not hide the others."""
    try:
        with SessionStore.open(folder, write=False) as store:
            return show.session_row(folder.name, store.records())
    except UserProblem as problem:
        return show.Row(
            session=folder.name,
            when=folder.stat().st_mtime,
            state="cannot be opened",
            project=problem.what,
            goal="",
        )


def _folders() -> list[Path]:
    try:
        return [p for p in places.sessions().iterdir() if places.SESSION_ID.fullmatch(p.name)]
    except FileNotFoundError:
        return []


def show_session(asked: argparse.Namespace) -> int:
    """Print a session's timeline and its change."""
    with contextlib.closing(Session.open(asked.session, write=False)) as session:
        if asked.json:
            for record in session.log.records:
                _print_json(record)
        else:
            print(show.timeline(session.log.records))
            print(show.change(session))
    return FIXED


def accept(asked: argparse.Namespace) -> int:
    """Write hunks of a session's change to the user's files."""
    with contextlib.closing(Session.open(asked.session, write=True)) as session:
        written = accept_hunks(session, hunks=asked.hunks, force=asked.force)
    print(show.accepted(written))
    return _code(written)


def _code(written: HunksAccepted) -> int:
    result = written.result
    return NOT_SOLVED if result.conflicts or result.skipped else FIXED
