"""The gate's own checks as tools: a model sees what they show before it asks to finish."""

from collections.abc import Iterable
from typing import Annotated

import msgspec

from agent_core.proofs import Compared, Compiled, Proof
from agent_core.results import ToolOutcome
from agent_core.task import FasterBy
from agent_core.tools.tool import Arguments, Tool, ToolContext, refused

ROUNDS, ROUND_S = 3, 1.0
"""A short race: enough to see where one stands."""
NOT_HERE = "Nothing was done: this task has no such check; `run_tests` runs those it has."


class Compile(Arguments, frozen=True):
    """Nothing to choose."""


class Parity(Arguments, frozen=True):
    """How many requests to compare; the gate itself asks far more, and tries wrong copies."""

    requests: Annotated[int, msgspec.Meta(ge=10, le=3_000)] = 300


class Benchmark(Arguments, frozen=True):
    """Nothing to choose."""


async def _compile(context: ToolContext, _: Compile) -> ToolOutcome:
    wanted = context.history.task.check.compiles
    if wanted is None:
        return refused(NOT_HERE)
    compiled, _program = await context.gate.prover.compile(
        wanted, deadline=context.deadline, say=context.say
    )
    return _told(compiled, compiled.lines())


async def _parity(context: ToolContext, asked: Parity) -> ToolOutcome:
    answers = context.history.task.check.answers
    if answers is None:
        return refused(NOT_HERE)
    program = await _program(context)
    if isinstance(program, Compiled):
        return _told(program, program.lines())
    wanted = msgspec.structs.replace(
        answers, seeds=answers.seeds[:1], requests=asked.requests, mutants=0
    )
    compared = await context.gate.prover.compare(
        wanted,
        program,
        context.history.measured.snapshot,
        deadline=context.deadline,
        say=context.say,
    )
    return _told(compared, _parity_lines(compared))


async def _program(context: ToolContext) -> str | Compiled:
    """The program to be judged, "" where a command starts it, or why there is none."""
    wanted = context.history.task.check.compiles
    if wanted is None:
        return ""
    compiled, program = await context.gate.prover.compile(
        wanted, deadline=context.deadline, say=context.say
    )
    return program or compiled


def _parity_lines(compared: Compared) -> Iterable[str]:
    if compared.outcome == "unknown" and compared.requests and not compared.shortest:
        return (f"no difference in {compared.requests:,} requests; `finish` compares with more",)
    return compared.lines()


async def _benchmark(context: ToolContext, _: Benchmark) -> ToolOutcome:
    check = context.history.task.check
    if check.answers is None:
        return refused(NOT_HERE)
    program = await _program(context)
    if isinstance(program, Compiled):
        return _told(program, program.lines())
    timed = await context.gate.prover.race(
        FasterBy(fetch=check.faster is not None and check.faster.fetch),
        check.answers,
        program,
        context.history.measured.snapshot,
        deadline=context.deadline,
        say=context.say,
        rounds=ROUNDS,
        seconds=ROUND_S,
    )
    return _told(timed, timed.lines())


def _told(proof: Proof, lines: Iterable[str]) -> ToolOutcome:
    return ToolOutcome(text="\n".join(lines), data=proof)


TOOLS = (
    Tool(
        "compile",
        Compile,
        _compile,
        effect="runs",
        description="Build the crate with cargo and look at it with clippy; errors and warnings "
        "come with their places.",
    ),
    Tool(
        "parity",
        Parity,
        _parity,
        effect="runs",
        description="Build the crate, send it and the original the same requests, and show the "
        "shortest sequence for each kind of difference.",
    ),
    Tool(
        "benchmark",
        Benchmark,
        _benchmark,
        effect="runs",
        description="Build the crate and measure how much less CPU time a request costs than in "
        "the original under gunicorn.",
    ),
)
