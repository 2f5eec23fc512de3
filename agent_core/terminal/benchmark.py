"""`journeyman benchmark`: whether B is faster than A, and how many times."""

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Self

import msgspec

from agent_core import benchmark, figures, words
from agent_core.events import Progress
from agent_core.terminal.asking import agrees
from agent_core.terminal.cli import FIXED, NOT_SOLVED
from agent_core.terminal.live import Live
from editors.opening import open_project
from runners.benchmark import SESSIONS, Faster, Measured, Pair, judge, ratio
from runners.benchmarking.functions import Timing
from runners.http_replay.exchange import Request
from runners.problems import UserProblem

MINUTES = 30.0
FETCH = "Let pip fetch gunicorn into a throw-away environment?"
SERVER_ROUND_S, FUNCTION_ROUND_S = 3.0, 0.3

Sessions = tuple[tuple[Pair[Measured], ...], ...]


class _Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request in the user's file."""

    target: str
    method: str = "GET"
    headers: dict[str, str] = {}
    body: str = ""


def run(asked: argparse.Namespace) -> int:
    """Race, print the figures, and answer whether the check holds, if there is one."""
    origin = asked.path.resolve()
    open_project(origin)  # refuses what no task may be given
    kinds = {"servers": _servers, "commands": _commands, "function": _function}
    return kinds[asked.kind](origin, asked)


def _servers(origin: Path, asked: argparse.Namespace) -> int:
    if asked.folder and not asked.folder.is_dir():
        raise UserProblem(f"There is no folder {asked.folder}", hint="Name the port's folder.")
    task = benchmark.ServersTask(
        command=asked.against,
        requests=_requests(asked),
        route=asked.route or "",
        folder=asked.folder and asked.folder.resolve(),
        setup=asked.setup,
        app=asked.app,
        python=asked.python,
        rounds=asked.rounds,
        seconds=asked.seconds or SERVER_ROUND_S,
        connections=asked.connections,
        minutes=asked.budget_minutes or MINUTES,
        may_fetch=lambda: asked.fetch or agrees(FETCH),
    )
    with _Telling() as say:
        report = asyncio.run(benchmark.servers(origin, task, say=say))
    sessions = tuple(session.pairs for session in report.raced.sessions)
    return _answer(asked, sessions, report, list(figures.of_servers(report, task)))


def _requests(asked: argparse.Namespace) -> tuple[Request, ...]:
    if asked.get:
        return tuple(Request("GET", target) for target in asked.get)
    if not asked.requests:
        return ()
    try:
        wanted = msgspec.json.decode(asked.requests.read_bytes(), type=tuple[_Wanted, ...])
    except (OSError, msgspec.DecodeError) as error:
        raise UserProblem(
            f"{asked.requests} is no file of requests",
            why=str(error),
            hint='Such a file is like [{"target": "/items"}, {"target": "/new", "method": "POST", '
            '"headers": {"Content-Type": "application/json"}, "body": "{}"}].',
        ) from error
    if not wanted:
        raise UserProblem(f"{asked.requests} holds no request", hint="Name at least one.")
    return tuple(
        Request(each.method, each.target, tuple(each.headers.items()), each.body.encode())
        for each in wanted
    )


def _commands(origin: Path, asked: argparse.Namespace) -> int:
    with _Telling() as say:
        race = asyncio.run(
            benchmark.two_commands(
                origin,
                asked.a,
                asked.b,
                python=asked.python,
                rounds=asked.rounds,
                minutes=asked.budget_minutes or MINUTES,
                say=say,
            )
        )
    return _answer(asked, (race.pairs,), race, list(figures.of_commands(race)), needed=1)


def _function(origin: Path, asked: argparse.Namespace) -> int:
    module, _, name = asked.function.partition(":")
    if not module or not name:
        raise UserProblem(
            f"{asked.function!r} names no function", hint="Write it as package.module:function."
        )
    with _Telling() as say:
        report = asyncio.run(
            benchmark.two_revisions(
                origin,
                (asked.revisions[0], asked.revisions[1]),
                Timing(asked.function, tuple(asked.args)),
                python=asked.python,
                rounds=asked.rounds,
                seconds=asked.seconds or FUNCTION_ROUND_S,
                minutes=asked.budget_minutes or MINUTES,
                say=say,
            )
        )
    said = list(figures.of_function(report, asked.revisions))
    return _answer(asked, report.sessions, report, said, spoiled=report.spoiled)


def _answer(
    asked: argparse.Namespace,
    sessions: Sessions[Measured],
    report: msgspec.Struct,
    lines: list[str],
    *,
    spoiled: str = "",
    needed: int = SESSIONS,
) -> int:
    """Print everything. Without a check, 0 says that there is a ratio."""
    found = ratio(sessions)
    check: Faster | None = None
    if asked.faster_by:
        check = judge(sessions, asked.faster_by, spoiled=spoiled, needed=needed)
    if asked.json:
        print(msgspec.json.encode({"ratio": found, "check": check, "report": report}).decode())
    else:
        lines += figures.of_ratios(sessions, found)
        lines += [f"note: {spoiled}"] if spoiled and check is None else []
        lines += [check.sentence()] if check else []
        for line in lines:
            print(words.printable(line))
    good = found is not None if check is None else check.state == "holds"
    return FIXED if good else NOT_SOLVED


class _Telling:
    """The progress line while something is raced."""

    def __init__(self) -> None:
        self._live = Live(sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._live.end()

    def __call__(self, text: str) -> None:
        self._live.progress(Progress(call_id="", text=text))
