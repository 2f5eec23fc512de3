"""Is this server a port of that Flask project? From the user's folder to a report."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from agent_core.port.examine import Examined, examine
from agent_core.port.ground import Ground, Rivals, ground, meet, staged
from agent_core.port.report import ParityReport
from runners.cutoff import in_thread
from runners.problems import UserProblem
from runners.suite import Suite
from runners.suite_runs import detect_suite

NO_NETWORK = "a network namespace that holds only the two servers and their client"
GUARDED = "an audit hook in the original refuses other sockets and writes elsewhere; the port: none"


class ParityTask(Rivals, frozen=True):
    """What the user asks to compare, and with how much: `mutants` are wrong copies to try."""

    seeds: tuple[int, ...] = (0, 1, 2)
    requests: int = 1_000
    mutants: int = 40
    minutes: float = 30.0


async def compare(origin: Path, task: ParityTask, *, say: Callable[[str], None]) -> ParityReport:
    """Compare on copies. Cancelling this stops every server.

    Raises UserProblem, `pool.WorkerFailed`, and Interrupted when the time is up.
    """
    async with ground(origin, task.python, purpose="parity", say=say) as here:
        examined = await compare_on(here, task, say=say)
    if examined.original:
        raise UserProblem("The original cannot be served", why=examined.original)
    if examined.report is None:
        raise UserProblem("The port cannot be served", why=examined.port)
    return examined.report


async def compare_on(here: Ground, task: ParityTask, *, say: Callable[[str], None]) -> Examined:
    """Compare where the original lies already. Raises as `compare`, no UserProblem."""
    stage = await staged(here, task)
    order = msgspec.structs.replace(
        stage,
        seeds=task.seeds,
        requests=task.requests,
        mutants=task.mutants,
        suite=await in_thread(_suite, here),
        isolation=NO_NETWORK if stage.own_network else GUARDED,
    )
    return await meet(examine, order, order, result=Examined, minutes=task.minutes, say=say)


def _suite(here: Ground) -> Suite | None:
    """How the app's own tests run, if it has any."""
    try:
        return detect_suite(here.root, here.origin, here.toolchain)
    except UserProblem:
        return None
