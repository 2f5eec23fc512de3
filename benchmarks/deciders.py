"""The built-in model and a language model on the same faults, by the same path.

`python -m benchmarks.deciders [--foreign FOLDER]` lets both fix the bundled samples, and the first
three foreign projects (`benchmarks.foreign`) whose planted bug the built-in model fixes. The
language model is a local endpoint that knows the repair: of a sample the one that the built-in
model made, of a foreign project the bug's reversal. Everything goes through the command line. Then
both are compared: events, timeline, review, accept, undo, and what a kill and a resume leave.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from agent_core import samples
from benchmarks import kills, table
from benchmarks.commands import end_children_on_sigterm
from benchmarks.decider import BUILT_IN, Decider, scripted
from benchmarks.foreign_faults import plant
from benchmarks.foreign_projects import Place, lay_out, load, prepare
from benchmarks.observed import Complaint, Seen, Subject, compare, observe

FOREIGN = 3
"""Foreign projects that are compared."""

ASPECTS = ("events", "log", "timeline", "review", "accept", "undo", "kill")


class Row(msgspec.Struct, frozen=True):
    """One project with one decider."""

    project: str
    decider: str
    seen: Seen
    killed: tuple[kills.Killed, ...]
    complaints: tuple[Complaint, ...]


def both(subject: Subject, built_in: Seen, folder: Path, *, draws: int, seed: int) -> list[Row]:
    """The rows of a project whose session with the built-in model was seen already."""
    before = subject.fresh()
    after = before | (subject.repair or built_in.written)
    with scripted(before, after) as decider:
        model = observe(subject, decider, folder / "model")
        same = tuple(compare(built_in, model)) + _prefix_complaints(decider)
        return [
            _row(subject, BUILT_IN, built_in, (), folder, draws=draws, seed=seed),
            _row(subject, decider, model, same, folder, draws=draws, seed=seed),
        ]


def _prefix_complaints(decider: Decider) -> tuple[Complaint, ...]:
    breaks = decider.endpoint.breaks() if decider.endpoint else []
    return tuple(Complaint("events", text) for text in breaks)


def _row(
    subject: Subject,
    decider: Decider,
    seen: Seen,
    found: tuple[Complaint, ...],
    folder: Path,
    *,
    draws: int,
    seed: int,
) -> Row:
    """Kill the same session so often, and put everything together."""
    killed = []
    for number, (at, kind) in enumerate(kills.moments(seen.printed, draws, seed)):
        subject.fresh()
        home = folder / f"{decider.name}-{number}"
        fix = subject.fix(decider)
        killed.append(
            kills.interrupted(
                seen.printed, subject.origin, home, fix, at=at, kind=kind, decider=decider
            )
        )
    wrong = [
        Complaint("kill", f"after event {each.at}, {each.kind}: {text}")
        for each in killed
        for text in each.complaints
    ]
    return Row(
        project=subject.name,
        decider=decider.name,
        seen=seen,
        killed=tuple(killed),
        complaints=(*seen.complaints, *found, *wrong),
    )


def bundled(folder: Path, names: Sequence[str]) -> Iterator[Subject]:
    """The sample projects, copied below a folder."""
    for name in names:
        source = folder / "sources" / name
        with as_file(files("resources") / "samples" / name) as sample:
            shutil.copytree(sample, source, ignore=shutil.ignore_patterns("__pycache__"))
        yield Subject(name, folder / name, source, Path(sys.executable))


def foreign(folder: Path, scratch: Path, names: Sequence[str], *, seed: int) -> Iterator[Subject]:
    """Foreign projects, each with its planted bug; all tests that notice it are there."""
    projects = load()
    for name in names:
        place = Place(name, folder / name)
        prepare(place, projects[name])
        fault = plant(name, place, projects[name], seed)
        lay_out(place, files={fault.file: fault.text}, withheld=())
        source = scratch / "sources" / name
        shutil.copytree(place.work, source, symlinks=True)
        repair = {fault.file: (place.pristine / fault.file).read_bytes()}
        yield Subject(name, place.work, source, place.python, repair)


def report(rows: Sequence[Row]) -> str:
    """The table, the events by type, and what did not hold."""
    header = ("project", "decider", "verdict", *ASPECTS, "hunks", "killed after")
    lines = [table.render(header, [_cells(row) for row in rows]), "", _kinds(rows)]
    lines += [
        f"{row.project}, {row.decider}, {complaint.aspect}: {complaint.text}"
        for row in rows
        for complaint in row.complaints
    ]
    wrong = sum(len(row.complaints) for row in rows)
    return "\n".join([*lines, f"\n{len(rows)} rows, {wrong} complaints"])


def _cells(row: Row) -> list[str]:
    wrong = {complaint.aspect for complaint in row.complaints}
    moments = [f"{killed.at} {killed.kind}" for killed in row.killed]
    return [
        row.project,
        row.decider,
        row.seen.verdict,
        *("WRONG" if aspect in wrong else "holds" for aspect in ASPECTS),
        ", ".join(row.seen.places),
        ", ".join(moments),
    ]


def _kinds(rows: Sequence[Row]) -> str:
    """One line an event type, one column a row of the table above."""
    kinds = list(dict.fromkeys(kind for row in rows for kind in row.seen.kinds))
    names = [row.project if row.decider == BUILT_IN.name else row.decider for row in rows]
    return table.render(
        ["event", *names], [[kind, *(str(row.seen.kinds[kind]) for row in rows)] for kind in kinds]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything asked for; 1 if anything did not hold."""
    end_children_on_sigterm()
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    known = sorted(load())
    parser.add_argument("--samples", nargs="*", choices=samples.names(), default=samples.names())
    parser.add_argument("--foreign", type=Path, metavar="FOLDER", help="as benchmarks.foreign's")
    parser.add_argument("--only", nargs="+", choices=known, default=known, help="foreign projects")
    parser.add_argument("--kills", type=int, default=2, help="kills of each session")
    parser.add_argument("--seed", type=int, default=0, help="of the bugs and of the kills")
    asked = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory(prefix="deciders-") as name:
        for row in _rows(asked, Path(name)):
            print(" | ".join(_cells(row)), flush=True)
            rows.append(row)
    print(report(rows))
    return 1 if any(row.complaints for row in rows) else 0


def _rows(asked: argparse.Namespace, scratch: Path) -> Iterator[Row]:
    for subject in bundled(scratch, asked.samples):
        yield from examine(subject, scratch, draws=asked.kills, seed=asked.seed)
    if asked.foreign is None:
        return
    compared = 0
    for subject in foreign(asked.foreign.resolve(), scratch, asked.only, seed=asked.seed):
        rows = examine(subject, scratch, draws=asked.kills, seed=asked.seed)
        yield from rows
        compared += bool(rows)
        if compared == FOREIGN:
            return


def examine(subject: Subject, scratch: Path, *, draws: int, seed: int) -> list[Row]:
    """Both rows of a project; none where the built-in model does not fix it."""
    folder = scratch / "homes" / subject.name
    seen = observe(subject, BUILT_IN, folder / "built-in")
    reason = seen.printed[-1].get("reason")
    print(f"{subject.name}: {seen.verdict} by the built-in model ({reason})", flush=True)
    if seen.verdict != "fixed":
        return []
    return both(subject, seen, folder, draws=draws, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
