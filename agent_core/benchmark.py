"""Is B faster than A? Servers, commands or revisions of a function, raced on private copies."""

import importlib.resources
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from agent_core import apart, places
from agent_core.port.ground import Ground, Rivals, ground, meet, staged
from agent_core.port.racing import Raced, RaceOrder, race_servers
from editors import revision
from runners import benchmark, toolchains
from runners.benchmark import Pair
from runners.benchmarking import building, commands, functions, gunicorn
from runners.benchmarking.building import NotBuilt
from runners.benchmarking.commands import CommandRace, Runner
from runners.benchmarking.functions import FunctionRound, Subject, Timing
from runners.cutoff import in_thread
from runners.http_replay.exchange import Request
from runners.problems import UserProblem

Say = Callable[[str], None]
SAID_CLIENT = "the load client could not be built ({why}): Python threads send the requests instead"


class ServersTask(Rivals, frozen=True):
    """What the user asks to race, and how long.

    The load is `requests`, or GETs of the rule `route`; of neither, GETs of the first rule that
    answers with JSON. `may_fetch`: whether gunicorn may be fetched if the project has none.
    """

    requests: tuple[Request, ...] = ()
    route: str = ""
    rounds: int = benchmark.ROUNDS
    seconds: float = 3.0
    connections: int = 16
    minutes: float = 30.0
    may_fetch: Callable[[], bool] = bool


class ServersReport(msgspec.Struct, frozen=True):
    """What was raced, and what there was to be said about how."""

    raced: Raced
    baseline: str
    notes: tuple[str, ...]


async def servers(origin: Path, task: ServersTask, *, say: Say) -> ServersReport:
    """Race the project under gunicorn against another server. Cancelling this stops both.

    Raises UserProblem, `pool.WorkerFailed`, and Interrupted when the time is up.
    """
    async with ground(origin, task.python, purpose="benchmark", say=say) as here:
        return await race_on(here, task, say=say)


async def race_on(here: Ground, task: ServersTask, *, say: Say) -> ServersReport:
    """Race where the original lies already. Raises as `servers`."""
    program, notes = await in_thread(_built_client)
    interpreter = await in_thread(_with_gunicorn, here, task, say)
    version = await in_thread(gunicorn.version, interpreter)
    stage = await staged(here, task)
    order = RaceOrder(
        stage=stage,
        gunicorn_python=interpreter,
        requests=task.requests,
        route=task.route,
        program=program,
        rounds=task.rounds,
        seconds=task.seconds,
        connections=task.connections,
    )
    raced = await meet(race_servers, order, stage, result=Raced, minutes=task.minutes, say=say)
    if raced.problem:
        raise UserProblem(raced.what, why=raced.problem)
    return ServersReport(raced, gunicorn.SENTENCE.format(version=version), notes)


def _built_client() -> tuple[str, tuple[str, ...]]:
    """The load client's path, "" with the reason if there is none."""
    sources = importlib.resources.files("resources") / "port" / building.NAME
    try:
        with importlib.resources.as_file(sources) as folder:
            return str(building.build(folder, places.home() / "build" / building.NAME)), ()
    except NotBuilt as why:
        return "", (SAID_CLIENT.format(why=why),)


def _with_gunicorn(here: Ground, task: ServersTask, say: Say) -> str:
    """The project's interpreter if it has gunicorn, else one of a throw-away environment."""
    interpreter = here.toolchain.interpreter
    if gunicorn.version(interpreter):
        return interpreter
    if not task.may_fetch():
        raise UserProblem(
            "The project's environment has no gunicorn",
            why="Flask's own server is two to four times slower, and so no baseline",
            hint="Add --fetch to let pip fetch it into a throw-away environment.",
        )
    say("fetching gunicorn into a throw-away environment")
    return gunicorn.layered(interpreter, here.scratch / "gunicorn")


async def two_commands(
    origin: Path, a: str, b: str, *, python: Path | None, rounds: int, minutes: float, say: Say
) -> CommandRace:
    """Race two commands, each in a copy of its own of the folder.

    `minutes` are for each single run. Raises UserProblem and what `process.run` does.
    """
    toolchain = await in_thread(toolchains.detect, origin, named=python, environ=os.environ)
    env = toolchains.activated(toolchain)
    with apart.scratch("benchmark") as scratch:
        runners = []
        for side, command in (("a", a), ("b", b)):
            workspace = await in_thread(apart.private_copy, origin, scratch / side)
            runners.append(await in_thread(Runner, command, workspace.root, env))
        return await commands.race(*runners, rounds=rounds, deadline_s=minutes * 60, say=say)


class FunctionReport(msgspec.Struct, frozen=True):
    """Sessions of pairs, the results of the first calls, and why they spoil it, "" if not."""

    sessions: tuple[tuple[Pair[FunctionRound], ...], ...]
    results: tuple[str, str]
    spoiled: str


async def two_revisions(
    origin: Path,
    revisions: tuple[str, str],
    timing: Timing,
    *,
    python: Path | None,
    rounds: int,
    seconds: float,
    minutes: float,
    say: Say,
) -> FunctionReport:
    """Race a function as it was at two revisions of its repository.

    Raises UserProblem where a revision or the function is not there.
    """
    toolchain = await in_thread(toolchains.detect, origin, named=python, environ=os.environ)
    env = toolchains.activated(toolchain)
    sessions = []
    with apart.scratch("benchmark") as scratch:
        roots = [
            await in_thread(_copy_at, origin, scratch / side, name)
            for side, name in zip("ab", revisions, strict=True)
        ]
        for number in range(1, benchmark.SESSIONS + 1):

            def tell(what: str, number: int = number) -> None:
                say(f"session {number} of {benchmark.SESSIONS}: {what}")

            a, b = (
                Subject(toolchain.interpreter, root, origin, env, timing, deadline_s=minutes * 60)
                for root in roots
            )
            pairs = await functions.race(a, b, rounds=rounds, seconds=seconds, say=tell)
            sessions.append(pairs)
    return FunctionReport(tuple(sessions), (a.result, b.result), functions.unlike((a, b)))


def _copy_at(origin: Path, folder: Path, name: str) -> Path:
    """A copy of the folder as it was at a revision."""
    workspace = apart.private_copy(origin, folder)
    if name != revision.AS_IT_IS:
        revision.turn_to(folder / (origin.name or "project"), name)
    return workspace.root
