"""What Journeyman itself costs, as ratios and differences measured side by side in one run.

`python -m benchmarks.overhead` prints: the CPU of `journeyman --help` against that of a bare
interpreter with three standard modules; the time of a step that a scripted model asks for against
a loop that only journals the same events; and the peak memory of fixing a bundled sample.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path

import msgspec

from agent_core.events import Event, ToolCall, ToolIntended, TurnEnded, TurnStarted
from agent_core.models.choice import ModelChoice
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.session import Session
from agent_core.store import SessionStore
from agent_core.task import Task
from benchmarks import table
from benchmarks.commands import must, run

ROOT = Path(__file__).resolve().parent.parent
FIX = (sys.executable, "-m", "agent_core.terminal.cli")
SAMPLE = "invoices"
STARTS = 15
ROUNDS = 20

START_AIM = 1.5
STEP_AIM_MS = 15.0


class Startup(msgspec.Struct, frozen=True):
    """Median CPU seconds of a start, with and without the program."""

    program_s: float
    floor_s: float

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.program_s / self.floor_s


class Steps(msgspec.Struct, frozen=True):
    """Seconds of each step by tool, and of journalling a step's events alone."""

    harness_s: dict[str, list[float]]
    floor_s: list[float]

    @property
    def mean_s(self) -> float:
        """Mean of all steps: reading and editing ones in equal parts of four."""
        return statistics.fmean(second for seconds in self.harness_s.values() for second in seconds)

    @property
    def floor_mean_s(self) -> float:
        """Mean of journalling alone."""
        return statistics.fmean(self.floor_s)

    @property
    def difference_ms(self) -> float:
        """Milliseconds a step above the floor."""
        return 1000 * (self.mean_s - self.floor_mean_s)


def startup(starts: int = STARTS) -> Startup:
    """Start both in turn, so that a busy machine slows both."""
    program: list[float] = []
    floor: list[float] = []
    for _ in range(starts):
        floor.append(_cpu([sys.executable, "-c", "import argparse, asyncio, sqlite3"]))
        program.append(_cpu([*FIX, "--help"]))
    return Startup(statistics.median(program), statistics.median(floor))


def _cpu(argv: Sequence[str]) -> float:
    return run(argv, cwd=ROOT, timeout_s=60).cpu_s


def script(rounds: int) -> list[Turn]:
    """Turns that read, search, list and edit, none like an earlier one."""
    turns: list[Turn] = []
    for number in range(rounds):
        note = {"path": f"notes/{number}.txt", "new": f"note {number}\n"}
        turns += [
            _turn(call("read_file", path="README.md", first=1 + number)),
            _turn(call("search_text", text=f"def {number}")),
            _turn(call("list_files", pattern=f"*{number}")),
            _turn(call("edit_file", edits=[note])),
        ]
    return turns


def _turn(asked: ToolCall) -> Turn:
    return Turn(calls=(asked,))


def steps(home: Path, rounds: int = ROUNDS) -> Steps:
    """Time the steps of a scripted session on a copy of a sample, then the same events alone."""
    os.environ["JOURNEYMAN_HOME"] = str(home / "data")
    session = Session.create(
        copy_of_sample(home),
        Task(goal="measure"),
        choice=ModelChoice(),
        python=Path(sys.executable),
    )
    try:
        asyncio.run(session.run(ScriptedModel(script(rounds))))
        records = session.log.records
    finally:
        session.close()
    begun = [record.at for record in records if isinstance(record.event, TurnStarted)]
    turns = [record.event for record in records if isinstance(record.event, TurnEnded)]
    tools = [turn.calls[0].tool for turn in turns]
    harness: dict[str, list[float]] = {}
    for tool, (start, end) in zip(tools, pairwise(begun), strict=False):
        harness.setdefault(tool, []).append(end - start)
    events = [record.event for record in records if record.at >= begun[0]]
    return Steps(harness, _journal(events, home / "floor"))


def _journal(events: Sequence[Event], folder: Path) -> list[float]:
    """Seconds a step when its events are written and nothing else is done."""
    moments: list[float] = []
    with SessionStore.open(folder, write=True) as store:
        for event in events:
            if isinstance(event, TurnStarted):
                moments.append(time.perf_counter())
            writes = isinstance(event, ToolIntended) and event.effect == "writes"
            store.append(event, durable=writes)
    return [end - start for start, end in pairwise(moments)]


def peak_memory(home: Path) -> int:
    """Greatest sum of resident bytes of the program and all its descendants during one fix."""
    env = {**os.environ, "JOURNEYMAN_HOME": str(home / "data"), "PYTHONPATH": str(ROOT)}
    argv = [*FIX, "fix", str(copy_of_sample(home)), "--json", "--python", sys.executable]
    peak = 0
    with subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, tree_bytes(process.pid))
            time.sleep(0.05)
    return peak


def tree_bytes(top: int) -> int:
    """Resident bytes of a process and its descendants now."""
    resident: dict[int, int] = {}
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The name in parentheses may hold spaces; the fields after it do not.
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        parents[int(entry.name)] = int(fields[1])
        resident[int(entry.name)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    family = {top}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(resident.get(pid, 0) for pid in family)


def copy_of_sample(folder: Path) -> Path:
    """A fresh copy of the bundled sample, as a repository."""
    target = folder / SAMPLE
    with as_file(files("resources") / "samples" / SAMPLE) as bundled:
        shutil.copytree(bundled, target)
    must(["git", "init", "--quiet"], cwd=target)
    return target


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def main() -> int:
    """Measure all three and print them."""
    start = startup()
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        step = steps(Path(folder))
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        peak = peak_memory(Path(folder))
    rows = [
        ["start, CPU", _ms(start.program_s), _ms(start.floor_s)],
        ["step, mean", _ms(step.mean_s), _ms(step.floor_mean_s)],
        *(
            [f"step with {tool}, median", _ms(statistics.median(seconds)), ""]
            for tool, seconds in step.harness_s.items()
        ),
        ["memory of a fix, whole tree", f"{peak / 2**20:.0f} MiB", ""],
    ]
    print(table.render(["what", "Journeyman", "floor"], rows))
    print(f"\nstart: {start.ratio:.2f} times the floor (aim: {START_AIM})")
    print(f"step: the floor + {step.difference_ms:.1f} ms (aim: {STEP_AIM_MS:.0f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
