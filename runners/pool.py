"""Heavy computing off the event loop: one function call in a worker process of our own.

The worker lives under a guardian like every other process, so it can be cancelled at any moment
and never outlives us. Payload and result cross as MessagePack of their declared types.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from runners import ourselves
from runners.environment import child_environment
from runners.problems import Interrupted, JourneymanError
from runners.process import Command, ProcessOutcome, run
from runners.worker import Answer, Job

P = TypeVar("P")
R = TypeVar("R")

RESULT_LIMIT = 1_000_000_000
"""Bytes of a result; more fails."""
LAST_WORDS = 4_000


class WorkerFailed(JourneymanError):  # noqa: N818  (says what happened)
    """The function raised, or the worker died; `details` is the traceback or its last words."""

    def __init__(self, what: str, details: str) -> None:
        super().__init__(f"{what}\n{details}" if details else what)
        self.what = what
        self.details = details


async def call(
    function: Callable[[P], R],
    payload: P,
    *,
    result: type[R],
    timeout_s: float,
    prefix: tuple[str, ...] = (),
) -> R:
    """Run a module-level function in a worker process; cancelling this kills the worker.

    `prefix` is put before the worker's command line: a program that becomes the one it is given.
    Raises WorkerFailed when the function raised or the worker died, Interrupted at the deadline.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    outcome = await run(_command(function, payload, timeout_s, prefix))
    if outcome.ended_by == "deadline":
        raise Interrupted(f"{name} was stopped at its deadline of {timeout_s:.1f} s")
    answer = _answer(outcome, name)
    if answer.error:
        raise WorkerFailed(f"{name} failed: {answer.error}", answer.traceback)
    return msgspec.msgpack.decode(answer.result, type=result)


def _command(
    function: Callable[[P], R], payload: P, timeout_s: float, prefix: tuple[str, ...]
) -> Command:
    job = Job(
        module=function.__module__,
        function=function.__qualname__,
        payload=msgspec.msgpack.encode(payload),
    )
    return Command(
        argv=(*prefix, *ourselves.worker()),
        cwd=str(Path.cwd()),
        # What we can import, the worker can: in the same order, from the same places.
        env=child_environment(extra={"PYTHONPATH": os.pathsep.join(sys.path)}),
        timeout_s=timeout_s,
        stdin=msgspec.msgpack.encode(job),
        output_limit=RESULT_LIMIT,
    )


def _answer(outcome: ProcessOutcome, name: str) -> Answer:
    try:
        if outcome.exit_code == 0:
            return msgspec.msgpack.decode(outcome.stdout, type=Answer)
    except msgspec.DecodeError:
        pass  # cut or garbled: said below like every other death
    last_words = outcome.stderr[-LAST_WORDS:].decode(errors="replace")
    raise WorkerFailed(f"the worker of {name} died: {outcome.sentence()}", last_words)
