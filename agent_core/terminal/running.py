"""Commands that run a session: assign a task, go on with one, and print it as it happens."""

import argparse
import asyncio
import contextlib
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from agent_core import approvals, places
from agent_core.choosing import choose
from agent_core.events import (
    HunksAccepted,
    HunksTakenBack,
    Progress,
    Record,
    SessionStarted,
    SessionStopped,
)
from agent_core.models.choice import ModelChoice
from agent_core.occupancy import occupy
from agent_core.port import crates
from agent_core.port.asked import asks_for_port, port_check, port_task
from agent_core.review import accept
from agent_core.session import Session
from agent_core.task import Budget, Check, Task
from agent_core.terminal import show
from agent_core.terminal.asking import agrees
from agent_core.terminal.cli import FIXED, NOT_SOLVED
from agent_core.terminal.live import Live
from agent_core.terminal.naming import session_id
from editors.opening import open_project
from runners.problems import UserProblem

SPOKEN_MINUTES = 30.0
"""Time for a language model, which waits for its endpoint."""
FETCH = "Let cargo download the crates that a port is built on, once?"


def fix(asked: argparse.Namespace) -> int:
    """Make red tests green."""
    return _assign(asked, _task(asked, Check()))


def do(asked: argparse.Namespace) -> int:
    """Reach a goal in words, which takes a language model unless it is to port to Rust."""
    if not asked.goal.strip():
        raise UserProblem(
            "The goal is empty",
            hint=f"Say what is to be done, or have red tests made green: "
            f"{places.command()} fix {shlex.quote(str(asked.path))}",
        )
    if not _choice(asked).speaks:
        if asks_for_port(asked.goal) and not asked.check:
            return _port(asked, port_check())
        raise UserProblem(
            "A goal in words needs a language model",
            why="the built-in model reads no words; it makes red tests green, and converts a "
            "Flask project to Rust",
            hint=f"Add --model openai:NAME --base-url URL, or use `{places.command()} fix` or "
            f"`{places.command()} port`.",
        )
    return _assign(asked, _task(asked, Check(commands=tuple(asked.check))))


def port(asked: argparse.Namespace) -> int:
    """Convert a Flask project to Rust, until it compiles and answers the same."""
    return _port(asked, port_check(factor=asked.faster_by, fetch=asked.fetch), fetch=asked.fetch)


def _port(asked: argparse.Namespace, check: Check, *, fetch: bool = False) -> int:
    asyncio.run(crates.ready(lambda: fetch or agrees(FETCH)))
    task = _task(asked, check)
    budget = task.budget if asked.budget_minutes else None
    return _assign(asked, port_task(task.goal, task.check, budget))


def _task(asked: argparse.Namespace, check: Check) -> Task:
    check = msgspec.structs.replace(
        check, tests=tuple(asked.tests), test_command=asked.test_command
    )
    return Task(goal=asked.goal, check=check, budget=_budget(asked, _choice(asked)) or Budget())


def _assign(asked: argparse.Namespace, task: Task) -> int:
    choice = _choice(asked)
    choice.check(os.environ)
    _check_leave(asked.path, choice, allowed=asked.trust)
    session = Session.create(asked.path, task, choice=choice, python=asked.python)
    with contextlib.closing(session):
        try:
            with occupy(session.origin):
                return _first_run(asked, session, choice)
        except UserProblem:
            if session.history.baseline is None:
                session.discard()
            raise


def _first_run(asked: argparse.Namespace, session: Session, choice: ModelChoice) -> int:
    stopped = run_session(session, choice, budget=None, as_json=asked.json)
    page = places.certificate(session.folder.name)
    if asked.page and page.exists():
        shutil.copyfile(page, asked.page)
    if asked.accept and stopped.verdict.holds:
        written = accept(session, hunks=None, force=False)
        if not asked.json:
            print(show.patch(stopped))
            print(show.accepted(session.folder.name, written))
        return written_code(written)
    if not asked.json:
        print(show.advice(session, stopped))
    return FIXED if stopped.verdict.holds else NOT_SOLVED


def resume(asked: argparse.Namespace) -> int:
    """Go on with a session, with further words for its model if there are any."""
    if asked.survivor and (asked.words or asked.model):
        raise UserProblem(
            "The built-in model proves a survivor, and takes no words for that",
            hint="Leave out the words and --model.",
        )
    name = session_id(asked.session)
    with contextlib.closing(Session.open(name, write=True)) as session:
        choice = _choice(asked) if asked.model else session.history.choice
        choice.check(os.environ)
        if asked.words and not choice.speaks:
            raise UserProblem(
                "The built-in model reads no words", hint="Add --model openai:NAME --base-url URL."
            )
        _check_leave(session.origin, choice, allowed=asked.trust)
        with occupy(session.origin):
            if asked.words:
                session.steer(asked.words)
            if asked.survivor:
                choose(session, asked.survivor)
            stopped = run_session(
                session, choice, budget=_budget(asked, choice), as_json=asked.json
            )
        if not asked.json:
            print(show.advice(session, stopped))
    return FIXED if stopped.verdict.holds else NOT_SOLVED


def _choice(asked: argparse.Namespace) -> ModelChoice:
    return ModelChoice(spec=asked.model or ModelChoice().spec, base_url=asked.base_url or "")


def _check_leave(origin: Path, choice: ModelChoice, *, allowed: bool) -> None:
    """A language model may only have a project's tests run where the user said so."""
    if not choice.speaks:
        return
    root = Path(open_project(origin).root)
    if not allowed and not approvals.trusted(root):
        allowed = agrees(f"{approvals.NEEDED}\nMay it run the tests of {root}?")
    approvals.check(root, allowed=allowed)


def _budget(asked: argparse.Namespace, choice: ModelChoice) -> Budget | None:
    """What the user sets; None if that is nothing and the model needs no more than usual."""
    usual = Budget(minutes=SPOKEN_MINUTES) if choice.speaks else Budget()
    named = {
        "minutes": asked.budget_minutes,
        "steps": asked.budget_steps,
        "tokens": asked.budget_tokens,
        "money": asked.budget_money,
    }
    named = {name: value for name, value in named.items() if value is not None}
    if not named and not choice.speaks:
        return None
    return Budget(**{**_fields(usual), **named})


def _fields(budget: Budget) -> dict[str, object]:
    return {name: getattr(budget, name) for name in budget.__struct_fields__}


def run_session(
    session: Session, choice: ModelChoice, *, budget: Budget | None, as_json: bool
) -> SessionStopped:
    """Run one stretch with its events printed, live or as JSON.

    Ctrl-C and SIGTERM stop it; on a terminal, lines typed meanwhile are words for the model.
    """
    model = choice.model(os.environ)
    live = Live(sys.stdout)
    listener: Callable[[Record], None] = show.as_json if as_json else live.record
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
            with _listening(loop, session, choice):
                return await session.run(model, choice=choice, budget=budget, on_progress=progress)
        finally:
            session.log.listeners.remove(listener)

    return asyncio.run(stretch())


@contextlib.contextmanager
def _listening(
    loop: asyncio.AbstractEventLoop, session: Session, choice: ModelChoice
) -> Iterator[None]:
    """Pass typed lines on to a language model while it works."""
    if not choice.speaks or not sys.stdin.isatty():
        yield
        return

    def on_line() -> None:
        line = sys.stdin.readline()
        if not line:
            loop.remove_reader(sys.stdin.fileno())
        elif line.strip():
            session.steer(line.strip())

    loop.add_reader(sys.stdin.fileno(), on_line)
    try:
        yield
    finally:
        loop.remove_reader(sys.stdin.fileno())


def _ignore(_: Progress) -> None:
    return None


def written_code(written: HunksAccepted | HunksTakenBack) -> int:
    """The exit code of what was written: 1 if a part of it could not be."""
    result = written.result
    return NOT_SOLVED if result.conflicts or result.skipped else FIXED
