"""The built-in model and a language model on the same faults, by the same path.

`python -m benchmarks.deciders [--foreign FOLDER]` lets both fix the bundled samples, and the first
three foreign projects (`benchmarks.foreign`) whose planted bug the built-in model fixes. The
language model is a local endpoint that knows the repair: of a sample the one that the built-in
model made, of a foreign project the bug's reversal. Everything goes through the command line. Then
both are compared: events, timeline, review, accept, undo, and what a kill and a resume leave.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from agent_core import samples, words
from agent_core.events import (
    AcceptIntended,
    BaselineMeasured,
    Event,
    HunksAccepted,
    HunksTakenBack,
    Record,
    SessionStarted,
    SessionStopped,
    ToolFinished,
    TurnStarted,
    WorkspaceReady,
)
from agent_core.review import change_set
from agent_core.session import Session
from benchmarks import kills, table
from benchmarks.commands import CommandError, Finished, end_children_on_sigterm, run
from benchmarks.decider import BUILT_IN, Contents, Decider, changed, contents, scripted
from benchmarks.foreign_faults import plant
from benchmarks.foreign_projects import Place, lay_out, load, prepare
from tests.agent_core import grammar

ROOT = Path(__file__).resolve().parent.parent
COMMAND_S = 600.0
FOREIGN = 3
"""Foreign projects that are compared."""

SPEAKING = (
    SessionStarted,
    WorkspaceReady,
    BaselineMeasured,
    ToolFinished,
    SessionStopped,
    AcceptIntended,
    HunksAccepted,
    HunksTakenBack,
)
"""Events that a timeline may never pass over; a turn has its heading."""

ASPECTS = ("events", "log", "timeline", "review", "accept", "undo", "kill")


class Subject(msgspec.Struct, frozen=True):
    """A project with a fault. It is worked on at `origin`, laid out from `source` each time.

    `repair` has the whole texts of the files that mend it, where that is known beforehand.
    """

    name: str
    origin: Path
    source: Path
    python: Path
    repair: Contents = {}

    def fresh(self) -> Contents:
        """Lay it out, and say what is there then."""
        shutil.rmtree(self.origin, ignore_errors=True)
        shutil.copytree(self.source, self.origin, symlinks=True)
        return contents(self.origin)

    def fix(self, decider: Decider) -> tuple[str, ...]:
        """The command that has it mended."""
        return ("fix", str(self.origin), "--python", str(self.python), *decider.arguments)


class Complaint(msgspec.Struct, frozen=True):
    """What did not hold, under the aspect that the table has a column for."""

    aspect: str
    text: str


class Seen(msgspec.Struct, frozen=True):
    """One undisturbed session: what it printed, its log after accept and undo, what it wrote."""

    printed: tuple[kills.Event, ...]
    records: tuple[Record, ...]
    hunks: tuple[str, ...]
    places: tuple[str, ...]
    written: Contents
    complaints: tuple[Complaint, ...] = ()

    @property
    def events(self) -> list[Event]:
        """The log's events."""
        return [record.event for record in self.records]

    @property
    def verdict(self) -> str:
        """The verdict of its stop."""
        stops = [event for event in self.events if isinstance(event, SessionStopped)]
        return stops[-1].verdict.state if stops else "none"

    @property
    def kinds(self) -> Counter[str]:
        """How many events there are of each type."""
        return Counter(type(event).__name__ for event in self.events)


class Row(msgspec.Struct, frozen=True):
    """One project with one decider."""

    project: str
    decider: str
    seen: Seen
    killed: tuple[kills.Killed, ...]
    complaints: tuple[Complaint, ...]


def command(home: Path, *arguments: str) -> Finished:
    """One call of the command line with its data in `home`."""
    env = {**os.environ, "JOURNEYMAN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return run([*kills.COMMAND, *arguments], cwd=ROOT, timeout_s=COMMAND_S, env=env)


def observe(subject: Subject, decider: Decider, home: Path) -> Seen:
    """Fix, accept, take back, and look at everything that a user sees of it.

    Raises:
        CommandError: there was no session.
    """
    before = subject.fresh()
    fixed = command(home, *subject.fix(decider), "--json")
    printed = [msgspec.json.decode(line, type=kills.Event) for line in fixed.stdout.splitlines()]
    if not printed:
        raise CommandError(f"{subject.name}, {decider.name}: {fixed.stderr[-1000:]}")
    session = str(printed[0]["session"])
    found = []
    if command(home, "show", session, "--json").stdout != fixed.stdout:
        found.append(Complaint("log", "it is not what was printed as it happened"))
    if changed(before, contents(subject.origin)):
        found.append(Complaint("undo", "the folder was changed before the accept"))
    written, after_accept = _accepted(subject, home, session, before)
    records, hunks, spans = _log(home, session)
    shown = command(home, "show", session).stdout
    return Seen(
        printed=tuple(printed),
        records=records,
        hunks=hunks,
        places=spans,
        written=written,
        complaints=(
            *found,
            *after_accept,
            *_log_complaints(records),
            *_timeline_complaints(records, shown),
            *(Complaint("review", f"`show` lacks {hunk}") for hunk in hunks if hunk not in shown),
        ),
    )


def _accepted(
    subject: Subject, home: Path, session: str, before: Contents
) -> tuple[Contents, list[Complaint]]:
    """Files that accepting wrote, with what was wrong with it or with taking it back."""
    found = []
    done = command(home, "accept", session)
    after = contents(subject.origin)
    if done.exit_code != 0:
        found.append(Complaint("accept", done.stderr.strip()))
    undone = command(home, "accept", session, "--undo")
    if undone.exit_code != 0 or changed(before, contents(subject.origin)):
        found.append(Complaint("undo", undone.stderr.strip() or "other bytes than before"))
    return {path: after.get(path, b"") for path in changed(before, after)}, found


def _log(home: Path, session: str) -> tuple[tuple[Record, ...], tuple[str, ...], tuple[str, ...]]:
    """A session's records, the ids of its hunks, and the lines that they change."""
    os.environ["JOURNEYMAN_HOME"] = str(home)
    opened = Session.open(session, write=False)
    try:
        hunks = [hunk for diff in change_set(opened) for hunk in diff.hunks]
        lines = [
            (hunk, [n for n, line in enumerate(hunk.lines) if line.op != " "]) for hunk in hunks
        ]
        found = [f"{hunk.path}:{hunk.old_start + at[0]}" for hunk, at in lines if at]
        return tuple(opened.log.records), tuple(hunk.id for hunk in hunks), tuple(spans)
    finally:
        opened.close()


def _log_complaints(records: Sequence[Record]) -> Iterator[Complaint]:
    try:
        grammar.check([record.event for record in records])
    except (AssertionError, KeyError) as error:
        yield Complaint("log", f"it breaks the grammar: {error}")
    if [record.seq for record in records] != list(range(1, len(records) + 1)):
        yield Complaint("log", "its events are not counted from 1 without a gap")


def _timeline_complaints(records: Sequence[Record], shown: str) -> Iterator[Complaint]:
    """Events whose line is not in the timeline, after the line of the event before."""
    at = 0
    for record in records:
        event = record.event
        line = words.line(event)
        if isinstance(event, SPEAKING) and not line:
            yield Complaint("timeline", f"{type(event).__name__} {record.seq} has no words")
        wanted = f"step {event.step}\n" if isinstance(event, TurnStarted) else line
        first = words.printable(wanted.partition("\n")[0])
        place = shown.find(first, at)
        if place < 0:
            yield Complaint("timeline", f"the line of event {record.seq} is missing: {first}")
        at = max(at, place + len(first))


def compare(one: Seen, other: Seen) -> Iterator[Complaint]:
    """In what the sessions of two deciders differ where they must not."""
    if differing := one.kinds.keys() ^ other.kinds.keys():
        yield Complaint("events", f"only one of both has {', '.join(sorted(differing))}")
    if one.verdict != other.verdict:
        yield Complaint("events", f"{one.verdict} and {other.verdict}")
    if one.places != other.places:
        yield Complaint("review", f"{', '.join(one.places)} and {', '.join(other.places)}")
    if one.written != other.written:
        yield Complaint(
            "accept", f"other bytes in {', '.join(changed(one.written, other.written))}"
        )


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
    with tempfile.TemporaryDirectory(prefix="deciders-") as name:
        rows = list(_rows(asked, Path(name)))
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
    print(f"{subject.name}: {seen.verdict} by the built-in model", flush=True)
    if seen.verdict != "fixed":
        return []
    return both(subject, seen, folder, draws=draws, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
