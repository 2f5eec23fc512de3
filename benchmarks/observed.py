"""One session as its user sees it: what was printed, its log, timeline, change, accept and undo."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from agent_core import words
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
from benchmarks import kills
from benchmarks.commands import CommandError, Finished, run
from benchmarks.decider import Contents, Decider, changed, contents
from benchmarks.repository import apply_patch
from editors.hunks import Hunk
from tests.agent_core import grammar

ROOT = Path(__file__).resolve().parent.parent
COMMAND_S = 600.0

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
    hunks: tuple[Hunk, ...]
    written: Contents
    complaints: tuple[Complaint, ...] = ()

    @property
    def events(self) -> list[Event]:
        """The log's events."""
        return [record.event for record in self.records]

    @property
    def places(self) -> tuple[str, ...]:
        """Where the change is, hunk by hunk."""
        return tuple(map(_place, self.hunks))

    @property
    def verdict(self) -> str:
        """The verdict of its stop."""
        stops = [event for event in self.events if isinstance(event, SessionStopped)]
        return stops[-1].verdict.state if stops else "none"

    @property
    def kinds(self) -> Counter[str]:
        """How many events there are of each type."""
        return Counter(type(event).__name__ for event in self.events)


def command(home: Path, *arguments: str) -> Finished:
    """One call of the command line with its data in `home`."""
    env = {**os.environ, "JOURNEYMAN_HOME": str(home), "PYTHONPATH": str(ROOT)}
    return run([*kills.COMMAND, *arguments], cwd=ROOT, timeout_s=COMMAND_S, env=env)


def observe(subject: Subject, decider: Decider, home: Path) -> Seen:
    """Fix, accept, take back, and look at everything that a user sees of it.

    Raises:
        CommandError: there was no session, or git does not apply its patch.
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
        found.append(Complaint("accept", "the folder was changed before it"))
    written, after_accept = _accepted(subject, home, session, before)
    if written != _patched(subject, before, str(printed[-1].get("patch", ""))):
        found.append(Complaint("accept", "it wrote other bytes than the patch"))
    records, hunks = _log(home, session)
    shown = command(home, "show", session).stdout
    return Seen(
        printed=tuple(printed),
        records=records,
        hunks=hunks,
        written=written,
        complaints=(
            *found,
            *after_accept,
            *log_complaints(records),
            *timeline_complaints(records, shown),
            *_review_complaints(hunks, shown),
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


def _patched(subject: Subject, before: Contents, patch: str) -> Contents:
    """Files that git writes when it applies the printed patch to a fresh project."""
    subject.fresh()
    apply_patch(subject.origin, patch)
    after = contents(subject.origin)
    return {path: after.get(path, b"") for path in changed(before, after)}


def _log(home: Path, session: str) -> tuple[tuple[Record, ...], tuple[Hunk, ...]]:
    """A session's records and the hunks of its change."""
    os.environ["JOURNEYMAN_HOME"] = str(home)
    opened = Session.open(session, write=False)
    try:
        hunks = [hunk for diff in change_set(opened) for hunk in diff.hunks]
        return tuple(opened.log.records), tuple(hunks)
    finally:
        opened.close()


def _place(hunk: Hunk) -> str:
    """The first line that a hunk changes, and how many go and come."""
    ops = [line.op for line in hunk.lines]
    kept = next((number for number, op in enumerate(ops) if op != " "), 0)
    return f"{hunk.path}:{hunk.old_start + kept} -{ops.count('-')} +{ops.count('+')}"


def log_complaints(records: Sequence[Record]) -> Iterator[Complaint]:
    """Where a log does not keep the rules of what may follow what."""
    try:
        grammar.check([record.event for record in records])
    except (AssertionError, KeyError) as error:
        yield Complaint("log", f"it breaks the grammar: {error}")
    if [record.seq for record in records] != list(range(1, len(records) + 1)):
        yield Complaint("log", "its events are not counted from 1 without a gap")


def timeline_complaints(records: Sequence[Record], shown: str) -> Iterator[Complaint]:
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
        else:
            at = place + len(first)


def _review_complaints(hunks: Sequence[Hunk], shown: str) -> Iterator[Complaint]:
    """Hunks that the printed change does not name, or whose lines it does not have."""
    for hunk in hunks:
        lines = [f"{line.op}{line.text.decode()}".rstrip("\n") for line in hunk.lines]
        if hunk.id not in shown or words.printable("\n".join(lines)) not in shown:
            yield Complaint("review", f"`show` lacks hunk {hunk.id}")


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
