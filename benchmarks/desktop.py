"""What the window costs: to start, to leave alone, to watch a session in, and with much to show.

`python -m benchmarks.desktop` prints one table, each figure beside its aim. CPU time, where it says
CPU, does not count what other programs take of the machine.
"""

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from benchmarks import table
from benchmarks.commands import must
from benchmarks.overhead import SAMPLE, copy_of_sample
from benchmarks.window import standing
from benchmarks.window.screen import name_of, screen
from benchmarks.window.session import Watched
from benchmarks.window.views import Sizes, Views

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 7
IDLE_S = 60.0
MILLI = 1000.0
MIB = 2.0**20

T = TypeVar("T")


class Row(msgspec.Struct, frozen=True):
    """One figure, a median where there are several; the worst of them; how much it may be."""

    what: str
    figure: float
    unit: str
    worst: float | None = None
    aim: float | None = None
    note: str = ""

    def cells(self) -> list[str]:
        """As the table shows it."""
        held = "" if self.aim is None else "yes" if self.figure <= self.aim else "NO"
        return [
            self.what,
            _number(self.figure, self.unit),
            "" if self.worst is None else _number(self.worst, self.unit),
            "" if self.aim is None else f"≤ {_number(self.aim, self.unit)}",
            held,
            self.note,
        ]


class Starts(msgspec.Struct, frozen=True):
    """The bare window; ours for a new user, with folders of before, and with a folder open."""

    bare: list[standing.Standing]
    new: list[standing.Standing]
    used: list[standing.Standing]
    folder: list[standing.Standing]


def starts(environ: Mapping[str, str], rounds: int) -> Starts:
    """Start all of them in turn, so that a busy machine slows all."""
    with tempfile.TemporaryDirectory(prefix="desktop-") as name:
        used = {**environ, "JOURNEYMAN_HOME": str(Path(name) / "used")}
        project = copy_of_sample(Path(name))
        argv = [sys.executable, "-m", "agent_core.terminal.cli", "fix", str(project)]
        argv += ["--python", sys.executable]
        must(["env", f"JOURNEYMAN_HOME={used['JOURNEYMAN_HOME']}", *argv], cwd=ROOT)
        folder = standing.journeyman(str(project))
        standing.stand(folder, used)  # so that it is a folder of before
        found = Starts([], [], [], [])
        for number in range(rounds):
            new = {**environ, "JOURNEYMAN_HOME": str(Path(name) / f"new-{number}")}
            found.bare.append(standing.stand(standing.bare(), environ))
            found.new.append(standing.stand(standing.journeyman(), new))
            found.used.append(standing.stand(standing.journeyman(), used))
            found.folder.append(standing.stand(folder, used))
        return found


def session(environ: Mapping[str, str], idle_seconds: float) -> Watched:
    """A sample fixed in a window that is left alone afterwards."""
    return _child(environ, "session", SAMPLE, str(idle_seconds), result=Watched)


def views(environ: Mapping[str, str], sizes: Sizes) -> Views:
    """Single views with much in them."""
    return _child(environ, "views", msgspec.json.encode(sizes).decode(), result=Views)


def _child(environ: Mapping[str, str], program: str, *arguments: str, result: type[T]) -> T:
    with tempfile.TemporaryDirectory(prefix="desktop-") as home:
        given = {**environ, "JOURNEYMAN_HOME": home, "TMPDIR": home}
        sets = [f"{name}={value}" for name, value in given.items() if os.environ.get(name) != value]
        argv = ["env", *sets, sys.executable, "-m", f"benchmarks.window.{program}", *arguments]
        return msgspec.json.decode(must(argv, cwd=ROOT), type=result)


def start_rows(found: Starts) -> list[Row]:
    """CPU and memory against the bare window's."""
    rows = []
    kinds = [
        ("window, new user", found.new, True),
        ("window, folders of before", found.used, True),
        ("window with a folder open", found.folder, False),
    ]

    def compare(what: str, of: Callable[[standing.Standing], float], unit: str, aim: float) -> None:
        floor = statistics.median(map(of, found.bare))
        for name, stands, aimed in kinds:
            amount = statistics.median(map(of, stands))
            rows.append(
                Row(
                    f"{name}: {what}",
                    amount / floor,
                    "times",
                    max(map(of, stands)) / floor,
                    aim if aimed else None,
                    f"{amount:.0f} {unit}; bare {floor:.0f} {unit}",
                )
            )

    compare("CPU until at rest", lambda each: MILLI * each.cpu_s, "ms", 3.0)
    compare("memory at rest, RSS", lambda each: each.rss / MIB, "MiB", 2.5)
    compare("memory at rest, PSS", lambda each: each.pss / MIB, "MiB", 2.5)
    return rows


def session_rows(watched: Watched) -> list[Row]:
    """Turns of the event loop in a session, and the idle time after it."""
    turns = sorted(MILLI * cost for cost in watched.turns_s)
    opening = sorted(MILLI * cost for cost in watched.opening_s)
    whole = f"{sum(opening):.0f} ms in {len(opening)} turns"
    idle = watched.idle
    about = f"{SAMPLE}, {watched.verdict}, {len(turns)} turns"
    beside = f"in {idle.seconds:.0f} s; CPU {MILLI * idle.cpu_s:.0f} ms"
    return [
        Row("turn in a session, p99", percentile(turns, 99), "ms", None, 16.0, about),
        Row("turn in a session, longest", turns[-1], "ms", None, 50.0, about),
        Row("opening the folder, longest turn", opening[-1], "ms", None, 50.0, whole),
        Row("paints while idle", idle.paints, "", None, 0, beside),
        Row("timer events while idle", idle.timers, "", None, None, beside),
    ]


def view_rows(found: Views, sizes: Sizes) -> list[Row]:
    """Single views."""

    def row(what: str, costs: Sequence[float], aim: float | None, note: str = "") -> Row:
        ms = [MILLI * cost for cost in costs]
        return Row(what, statistics.median(ms), "ms", max(ms), aim, note)

    hunks = f"{sizes.diff_lines:,} lines, {sizes.hunks} hunks"
    entries = f"{sizes.entries:,} entries, the window's thread"
    return [
        row("append a step to a timeline", found.append_s, 15.0, f"of {sizes.events:,} events"),
        row("open a file, first paint", found.file_s, 250.0, f"{sizes.file_lines:,} lines"),
        row("review, list of files", found.list_s, None, hunks),
        row("review, first paint", found.diff_s, 200.0, hunks),
        row("open a folder in the tree", found.tree_s, 50.0, entries),
        row("the same, longest turn", found.tree_turn_s, 50.0, entries),
    ]


def percentile(ordered: Sequence[float], share: int) -> float:
    """The value that `share` in a hundred are not above."""
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)]


def _number(value: float, unit: str) -> str:
    digits = (
        f"{value:.2f}" if unit == "times" else f"{value:.1f}" if unit == "ms" else f"{value:.0f}"
    )
    return f"{digits} {unit}".strip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desktop", description=__doc__)
    parser.add_argument("--idle-seconds", type=float, default=IDLE_S, metavar="S")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N", help="of each start")
    parser.add_argument("--offscreen", action="store_true", help="without an X server")
    asked = parser.parse_args(arguments)
    sizes = Sizes()
    with screen(offscreen=asked.offscreen) as environ:
        rows = start_rows(starts(environ, asked.rounds))
        rows += session_rows(session(environ, asked.idle_seconds))
        rows += view_rows(views(environ, sizes), sizes)
        header = ["what", "figure", "worst", "aim", "held", ""]
        print(table.render(header, [row.cells() for row in rows]))
        print(f"\non {name_of(environ)}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
