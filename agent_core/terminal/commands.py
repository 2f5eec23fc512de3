"""What each command does."""

import argparse
import contextlib
import os
import sqlite3
import sys
import traceback
from collections.abc import Callable

import msgspec

from agent_core import overview, places, words
from agent_core.events import HunksAccepted, HunksTakenBack
from agent_core.occupancy import occupy
from agent_core.review import accept as accept_hunks
from agent_core.review import take_back
from agent_core.session import Session
from agent_core.store import StoreFull
from agent_core.terminal import benchmark, doctor, parity, running, sample, show
from agent_core.terminal.cli import BAD_INPUT, BROKE, FIXED, NOT_SOLVED
from agent_core.terminal.naming import session_id
from editors.refusals import Refused
from runners.environment import close_to_others
from runners.problems import JourneymanError, UserProblem


def run(asked: argparse.Namespace) -> int:
    """Run the command; whatever happens ends in a sentence and an exit code."""
    close_to_others()
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
        "fix": running.fix,
        "do": running.do,
        "resume": running.resume,
        "sessions": sessions,
        "show": show_session,
        "accept": accept,
        "port": running.port,
        "parity": parity.run,
        "benchmark": benchmark.run,
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


def sessions(asked: argparse.Namespace) -> int:
    """List every session with its state, newest first."""
    rows = overview.rows()
    if asked.json:
        for row in rows:
            print(msgspec.json.encode(row).decode())
    else:
        print(
            show.session_table(rows)
            if rows
            else f"No sessions yet. Start one: {places.command()} fix ."
        )
    return FIXED


def show_session(asked: argparse.Namespace) -> int:
    """Print a session's timeline and its change."""
    name = session_id(asked.session)
    with contextlib.closing(Session.open(name, write=False)) as session:
        if asked.json:
            for record in session.log.records:
                show.as_json(record)
        else:
            print(show.timeline(session.log.records))
            print(show.change(session))
            if told := show.survivors(session):
                print(told)
    return FIXED


def accept(asked: argparse.Namespace) -> int:
    """Write hunks of a session's change to the user's files, or take the last ones back."""
    name = session_id(asked.session)
    with (
        contextlib.closing(Session.open(name, write=True)) as session,
        occupy(session.origin),
    ):
        if asked.undo:
            written: HunksAccepted | HunksTakenBack = take_back(session)
        else:
            written = accept_hunks(session, hunks=asked.hunks, force=asked.force)
    print(show.accepted(name, written))
    return running.written_code(written)
