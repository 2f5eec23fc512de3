"""Is this server a port of that Flask project? From the user's folder to a report."""

import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from agent_core import apart
from agent_core.port.examine import Examined, examine
from agent_core.port.report import ParityReport
from agent_core.port.stage import Order
from editors.workspace import Workspace
from runners import toolchains
from runners.cutoff import in_thread
from runners.http_replay import isolation
from runners.problems import UserProblem
from runners.suite import Suite
from runners.suite_runs import detect_suite
from runners.toolchain import Toolchain

NO_NETWORK = "a network namespace that holds only the two servers and their client"
GUARDED = "an audit hook in the original refuses other sockets and writes elsewhere; the port: none"


class ParityTask(msgspec.Struct, frozen=True):
    """What the user asks to compare.

    `command` starts the port in a copy of `folder`, or of the project; `setup` is run in each copy
    before its server starts; `python` and `app` name the original's interpreter and application
    where they are not to be looked for.
    """

    command: str
    folder: Path | None = None
    setup: str = ""
    app: str | None = None
    python: Path | None = None
    seeds: tuple[int, ...] = (0, 1, 2)
    requests: int = 1_000
    mutants: int = 40
    minutes: float = 30.0


async def compare(origin: Path, task: ParityTask, *, say: Callable[[str], None]) -> ParityReport:
    """Compare on copies. Cancelling this stops every server.

    Raises UserProblem, `pool.WorkerFailed`, and Interrupted when the time is up.
    """
    toolchain = await in_thread(toolchains.detect, origin, named=task.python, environ=os.environ)
    say(toolchain.sentence())
    with apart.scratch("parity") as scratch:
        workspace = await in_thread(apart.private_copy, origin, scratch)
        order = Order(
            root=str(workspace.root),
            origin=str(origin),
            scratch=str(scratch),
            interpreter=toolchain.interpreter,
            env=toolchains.activated(toolchain),
            command=task.command,
            port_root=str(task.folder or workspace.root),
            app=task.app,
            setup=task.setup,
            seeds=task.seeds,
            requests=task.requests,
            mutants=task.mutants,
            suite=_suite(workspace, toolchain),
            progress=str(scratch / "progress.txt"),
        )
        alone = await in_thread(isolation.namespace_works)
        order = msgspec.structs.replace(
            order, own_network=alone, isolation=NO_NETWORK if alone else GUARDED
        )
        examined = await apart.in_worker(
            examine,
            order,
            result=Examined,
            progress=Path(order.progress),
            timeout_s=task.minutes * 60,
            say=say,
            prefix=isolation.PREFIX if alone else (),
        )
    if examined.original:
        raise UserProblem("The original cannot be served", why=examined.original)
    if examined.report is None:
        raise UserProblem("The port cannot be served", why=examined.port)
    return examined.report


def _suite(workspace: Workspace, toolchain: Toolchain) -> Suite | None:
    """How the app's own tests run, if it has any."""
    try:
        return detect_suite(workspace.root, workspace.origin, toolchain)
    except UserProblem:
        return None
