"""Runs the checks that the gate makes itself, on the tree of a workspace as it stands."""

import contextlib
import shlex
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec

from agent_core import apart, benchmark, figures, places
from agent_core.bench import Bench
from agent_core.port import crates
from agent_core.port.ground import Ground
from agent_core.port.judging import judge
from agent_core.port.parity import ParityTask, compare_on
from agent_core.port.report import ParityReport, Shown
from agent_core.port.telling import answer
from agent_core.proofs import Compared, Compiled, Outcome, Proofs, Shortest, Timed
from agent_core.task import Compiles, FasterBy, SameAnswers
from agent_core.verdict import State
from runners import cargo
from runners.benchmark import ROUNDS, ratio
from runners.benchmark import judge as judge_speed
from runners.cutoff import in_thread
from runners.problems import UserProblem

ROUND_S = 3.0
RACE_S = 240.0
"""What a race takes at most; where it decides nothing, it is left out if less is left."""
SHORTEST = 3
"""Differences that an event carries with their sequences."""
DIAGNOSTICS = 20
_OUTCOMES: dict[State, Outcome] = {"fixed": "holds", "failing": "fails", "unknown": "unknown"}

Say = Callable[[str], None]


class Prover:
    """Checks the tree of a workspace against an earlier one, where the original is.

    Deadlines are on the monotonic clock. `spare` is the folder for a copy of the earlier tree.
    """

    def __init__(self, bench: Bench, *, spare: Path) -> None:
        self._bench = bench
        self._spare = spare

    async def prove(self, original: str, *, deadline: float, say: Say) -> Proofs:
        """Everything that the task wants, each check only if the one before it holds.

        `original` is the snapshot that holds the project as it was.
        """
        check, program = self._bench.check, ""
        compiled = compared = timed = None
        if check.compiles is not None:
            compiled, program = await self.compile(check.compiles, deadline=deadline, say=say)
        if check.answers is not None:
            compared = Compared("not_run", ("not compared, as it does not compile",))
            if compiled is None or compiled.outcome == "holds":
                compared = await self.compare(
                    check.answers, program, original, deadline=deadline, say=say
                )
        if check.faster is not None and check.answers is not None:
            timed = Timed("not_run", "the answers are not known to be the same")
            if compared is not None and compared.outcome == "holds":
                timed = await self.race(
                    check.faster, check.answers, program, original, deadline=deadline, say=say
                )
        return Proofs(compiled, compared, timed)

    async def compile(self, wanted: Compiles, *, deadline: float, say: Say) -> tuple[Compiled, str]:
        """Whether a crate compiles without a warning, and the program that came of it."""
        manifest = self._bench.workspace.root / wanted.folder / "Cargo.toml"
        if not manifest.exists():
            return Compiled("fails", problem=f"there is no {wanted.folder}/{manifest.name}"), ""
        say("cargo builds it, and clippy looks at it")
        before = await in_thread(self._bench.workspace.snapshot)
        try:
            built = await cargo.build(
                crates.cargo(),
                manifest,
                target=places.cargo_target(),
                keep=self._bench.scratch / "program",
                timeout_s=_left(deadline),
            )
        finally:
            await in_thread(self._bench.workspace.restore, before)
        found = (*built.errors, *built.warnings)
        clean = built.program and not found
        compiled = Compiled(
            "holds" if clean else "fails",
            diagnostics=found[:DIAGNOSTICS],
            problem=built.problem,
            notes=built.notes,
        )
        return compiled, built.program

    async def compare(
        self, wanted: SameAnswers, program: str, original: str, *, deadline: float, say: Say
    ) -> Compared:
        """Whether a server answers as the project did at the snapshot `original`.

        Raises `pool.WorkerFailed`, and Interrupted at the deadline.
        """
        async with self._ground(original, "parity") as here:
            task = ParityTask(
                **self._port(wanted, program),
                seeds=wanted.seeds,
                requests=wanted.requests,
                mutants=wanted.mutants,
                minutes=_left(deadline) / 60,
            )
            examined = await compare_on(here, task, say=say)
        if examined.original:
            return Compared("unknown", (f"the original cannot be served: {examined.original}",))
        if examined.report is None:
            return Compared("fails", (f"the port cannot be served: {examined.port}",))
        blob = self._bench.store.put_blob(msgspec.json.encode(examined.report))
        return compared(examined.report, blob)

    async def race(
        self,
        wanted: FasterBy,
        answers: SameAnswers,
        program: str,
        original: str,
        *,
        deadline: float,
        say: Say,
        rounds: int = ROUNDS,
        seconds: float = ROUND_S,
    ) -> Timed:
        """How much faster that server is. Raises as `compare`."""
        if wanted.factor is None and _left(deadline) < RACE_S:
            return Timed("not_run", "too little time was left")
        async with self._ground(original, "benchmark") as here:
            task = benchmark.ServersTask(
                **self._port(answers, program),
                rounds=rounds,
                seconds=seconds,
                minutes=_left(deadline) / 60,
                may_fetch=lambda: wanted.fetch,
            )
            try:
                report = await benchmark.race_on(here, task, say=say)
            except UserProblem as problem:
                why = f"{problem.what}: {problem.why}" if problem.why else problem.what
                return Timed("not_run", why)
        return timed(wanted, task, report)

    def _port(self, answers: SameAnswers, program: str) -> dict[str, Any]:
        """The server to be judged, in a copy of the tree: what a comparison and a race share."""
        return {
            "command": answers.command or shlex.quote(program),
            "folder": self._bench.workspace.root,
            "setup": answers.setup,
            "app": answers.app,
        }

    @contextlib.asynccontextmanager
    async def _ground(self, original: str, purpose: str) -> AsyncIterator[Ground]:
        toolchain = await self._bench.toolchain()
        async with self._bench.at(original, self._spare) as before:
            with apart.scratch(purpose) as scratch:
                origin = self._bench.workspace.origin
                yield Ground(before.workspace.root, origin, scratch, toolchain)


def compared(report: ParityReport, blob: str) -> Compared:
    """A report as an event carries it; `blob` is the whole."""
    verdict, strength = judge(report), report.strength
    by_length = sorted(report.shown, key=lambda shown: len(shown.sequence.requests))
    return Compared(
        _OUTCOMES[verdict.state],
        verdict.reasons,
        routes=report.routes,
        shortest=tuple(map(_shortest, by_length[:SHORTEST])),
        requests=report.requests,
        corpora=tuple(corpus.digest for corpus in report.corpora),
        mutants=strength.mutants if strength else 0,
        killed=strength.killed if strength else 0,
        branches=strength.coverage.total if strength else 0,
        taken=strength.coverage.taken if strength else 0,
        report=blob,
    )


def timed(wanted: FasterBy, task: benchmark.ServersTask, report: benchmark.ServersReport) -> Timed:
    """A race as an event carries it."""
    sessions = [session.pairs for session in report.raced.sessions]
    found = ratio(sessions)
    outcome: Outcome = "holds" if found else "unknown"
    said = f"a request costs {found.plainly()} less CPU time" if found else "no pair counts"
    if wanted.factor is not None:
        judged = judge_speed(sessions, wanted.factor)
        outcome, said = judged.state, judged.reason
    return Timed(
        outcome,
        said,
        ratio=found,
        load=figures.load(report, task),
        baseline=report.baseline,
        figures=tuple(figures.server_rows(report)),
        notes=tuple(figures.notes(report)),
    )


def _shortest(shown: Shown) -> Shortest:
    return Shortest(
        tuple(request.sentence() for request in shown.sequence.requests),
        shown.difference.sentence(),
        answer(shown.original),
        answer(shown.port),
    )


def _left(deadline: float) -> float:
    return max(0.1, deadline - time.monotonic())
