"""One port: compiled, judged by the parity gate as the product does it, and raced."""

import argparse
import asyncio
import os
import shlex
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from agent_core import benchmark
from agent_core.port import crates, parity
from agent_core.port.judging import judge
from agent_core.port.report import ParityReport
from benchmarks import port_apps, port_run
from benchmarks.commands import CommandError, run
from benchmarks.repository import commit_everything
from benchmarks.wrong_subjects import SUBJECTS
from runners.benchmark import Faster
from runners.benchmark import judge as judge_speed
from runners.http_replay.exchange import Request

MOST_REQUESTS = 5
"""What a shortest differing sequence may hold."""
FACTOR = 15.0
HOT = Request("GET", "/books/1", route="/books/<int:number>")
"""What a race asks."""
PARITY_MINUTES = 60.0
Crate = Mapping[str, str]
"""Texts by their path below the crate, its runtime included."""


class Outcome(msgspec.Struct, frozen=True):
    """What the gate says of one port of `subject`, of which `said` is what is wrong.

    `passed` says why a drawn port is none of the wrong ones and was not judged. `requests` is the
    size of the shortest differing sequence, 0 if there is none; `route` and `shown` are its
    difference; `beside` is what goes wrong beyond single clients.
    """

    port: str
    subject: str
    said: str
    passed: str = ""
    state: str = ""
    reasons: tuple[str, ...] = ()
    seeds: int = 0
    compared: int = 0
    requests: int = 0
    route: str = ""
    shown: str = ""
    beside: tuple[str, ...] = ()
    speed: Faster | None = None
    seconds: float = 0.0

    @property
    def refused(self) -> bool:
        """Whether the gate refuses it, with as few requests as that may take."""
        short = 0 < self.requests <= MOST_REQUESTS
        return self.state == "failing" and (short or bool(self.beside))


class Bench:
    """The folder in which everything happens."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.folder: Path = options.folder
        self.python = port_apps.environment(self.folder)
        self._options = options

    def right(self, subject: str) -> Crate:
        """The right port as it is converted. Raises CommandError where that is not all of it."""
        made = asyncio.run(port_run.convert(self._project(subject), None, self.python))
        if made.problem or made.left or made.refusals:
            raise CommandError(f"{subject} is not converted: {made.problem or made.refusals}")
        runtime = {f"{crates.RUNTIME}/{path}": text for path, text in crates.runtime().items()}
        return {**runtime, **made.files}

    def outcome(self, port: Outcome, crate: Crate, *, mutants: int, race: bool) -> Outcome:
        """The port with everything that is said of it."""
        started = time.monotonic()
        program = self._program(port.subject, crate, release=race)
        if program is None:
            return msgspec.structs.replace(port, passed="it does not compile")
        judged = with_report(port, self._report(port.subject, program, mutants))
        speed = self._race(port.subject, program) if race else None
        return msgspec.structs.replace(judged, speed=speed, seconds=time.monotonic() - started)

    def _project(self, subject: str) -> Path:
        place = self.folder / "projects" / subject
        if not place.exists():
            place.mkdir(parents=True)
            (place / "app.py").write_text(SUBJECTS[subject], encoding="utf-8")
            commit_everything(place)
        return place

    def _program(self, subject: str, crate: Crate, *, release: bool) -> Path | None:
        place = port_run.write_crate(self.folder / "crates" / subject, crate)
        profile = ("--release",) if release else ()
        done = run(
            ["cargo", "build", *profile, "--quiet", "--message-format=json"],
            cwd=place,
            timeout_s=port_run.BUILD_S,
            env={"CARGO_TARGET_DIR": str(self.folder / "target"), **os.environ},
        )
        built = port_run.read_messages(done.stdout)
        if built.binary is None:
            if not built.errors:
                raise CommandError(f"cargo builds nothing in {place}: {done.stderr[-2000:]}")
            return None
        return Path(shutil.copy2(built.binary, place.with_name(f"{subject}-program")))

    def _report(self, subject: str, program: Path, mutants: int) -> ParityReport:
        task = parity.ParityTask(
            command=shlex.quote(str(program)),
            python=self.python,
            seeds=tuple(range(self._options.seeds)),
            requests=self._options.requests,
            mutants=mutants,
            minutes=PARITY_MINUTES,
        )
        return asyncio.run(parity.compare(self._project(subject), task, say=lambda _text: None))

    def _race(self, subject: str, program: Path) -> Faster:
        task = benchmark.ServersTask(
            command=shlex.quote(str(program)),
            requests=(HOT,),
            python=self.python,
            rounds=self._options.rounds,
            may_fetch=lambda: True,
        )
        found = asyncio.run(benchmark.servers(self._project(subject), task, say=lambda _text: None))
        return judge_speed([session.pairs for session in found.raced.sessions], FACTOR)


def with_report(port: Outcome, report: ParityReport) -> Outcome:
    """The port with what the report says, as much of it as a table needs."""
    verdict = judge(report)
    judged = msgspec.structs.replace(
        port,
        state=verdict.state,
        reasons=verdict.reasons,
        seeds=len(report.corpora),
        compared=report.requests,
        beside=report.beside,
    )
    if not report.shown:
        return judged
    shortest = min(report.shown, key=lambda each: len(each.sequence.requests))
    asked = shortest.sequence.requests
    sentences = " ; ".join(request.sentence() for request in asked)
    return msgspec.structs.replace(
        judged,
        requests=len(asked),
        route=f"{asked[-1].method} {asked[-1].route or asked[-1].target}",
        shown=f"{sentences}: {shortest.difference.sentence()}",
    )
