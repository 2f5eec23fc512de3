"""What a request costs a port and its original, on one route that answers with JSON."""

import shlex
from pathlib import Path

import msgspec

from agent_core.benchmark import ServersReport, ServersTask, servers
from agent_core.port.racing import NOTHING_TO_ASK
from runners.benchmark import Ratio, ratio
from runners.http_replay.exchange import Request
from runners.problems import UserProblem

MEGABYTE = 1_000_000


class Race(msgspec.Struct, frozen=True):
    """How long to race, and with which request, "" for the first that the gate itself finds."""

    rounds: int
    seconds: float
    route: str = ""


class Speed(msgspec.Struct, frozen=True):
    """The original's CPU time a request over the port's, and bytes of memory after the load.

    `problem` is why there are none.
    """

    route: str = ""
    ratio: Ratio | None = None
    memory: int = 0
    original_memory: int = 0
    problem: str = ""

    def cells(self) -> tuple[str, str, str]:
        """Ratio, memory and route as a table has them."""
        if self.ratio is None:
            return "-", "-", self.problem
        found = self.ratio
        megabytes = [f"{each / MEGABYTE:.1f}" for each in (self.memory, self.original_memory)]
        return (
            f"{found.median:.1f} [{found.lowest:.1f} to {found.highest:.1f}]",
            " of ".join(megabytes),
            self.route,
        )


async def measure(program: Path, origin: Path, app: str | None, python: Path, race: Race) -> Speed:
    """Race the two. Raises WorkerFailed, Interrupted."""
    method, _, target = race.route.partition(" ")
    task = ServersTask(
        command=shlex.quote(str(program)),
        app=app,
        python=python,
        requests=(Request(method, target),) if target else (),
        rounds=race.rounds,
        seconds=race.seconds,
    )
    try:
        return summary(await servers(origin, task, say=lambda _text: None))
    except UserProblem as problem:
        no_route = problem.what == NOTHING_TO_ASK
        return Speed(problem="no JSON route" if no_route else str(problem))


def summary(report: ServersReport) -> Speed:
    """As much of a report as the table needs; memory is that of the last session."""
    raced = report.raced
    sent = raced.shots[0].request
    last = raced.sessions[-1]
    return Speed(
        route=f"{sent.method} {sent.route or sent.target}",
        ratio=ratio([session.pairs for session in raced.sessions]),
        memory=last.b.memory,
        original_memory=last.a.memory,
    )
