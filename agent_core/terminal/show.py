"""Sessions printed: the list, a timeline, a change, and what to do next."""

import sys
import time
from collections.abc import Sequence

import msgspec

from agent_core import places, words
from agent_core.choosing import Found, offered
from agent_core.counting import counted
from agent_core.events import (
    HunksAccepted,
    HunksTakenBack,
    Record,
    SessionStopped,
    ToolFinished,
    TurnStarted,
)
from agent_core.overview import SessionRow
from agent_core.results import Survivor
from agent_core.review import change_set
from agent_core.session import Session
from editors.unified import unified

PLACES = {
    "applied": " It is the change as it stands.",
    "out_of_reach": " The code has moved on since.",
}
"""What is said of survivors that cannot be tried."""

NAMED = 3
"""Other patches that are named with a result."""

LONGEST_PATCH = 600
"""Lines of a change that are printed unasked."""


def session_table(rows: Sequence[SessionRow]) -> str:
    """The list, aligned."""
    width = max(len(_state(row)) for row in rows)
    return "\n".join(
        f"{row.session}  {time.strftime('%Y-%m-%d %H:%M', time.localtime(row.when))}  "
        f"{_state(row):<{width}}  {words.printable(row.project or row.goal)}"
        for row in rows
    )


def _state(row: SessionRow) -> str:
    return f"{row.words}: resume it" if row.state == "interrupted" else row.words


def timeline(records: Sequence[Record]) -> str:
    """Every event that says something, with its time since the start."""
    lines = []
    for record in records:
        if isinstance(record.event, TurnStarted):
            lines.append(f"step {record.event.step}")
            continue
        text = words.line(record.event)
        if text:
            indent = "    " if isinstance(record.event, ToolFinished) else "  "
            stamp = f"{record.at - records[0].at:8.1f} s{indent}"
            rest = f"\n{' ' * len(stamp)}"
            lines.append(stamp + rest.join(words.printable(text).split("\n")))
    return "\n".join(lines)


def change(session: Session) -> str:
    """The change as a unified diff, each hunk's id before it."""
    diffs = change_set(session)
    if not diffs:
        return "\nNothing was changed."
    parts = [""]
    for diff in diffs:
        ids = ", ".join(hunk.id for hunk in diff.hunks)
        parts.append(f"{words.printable(diff.path)}  hunks: {ids}")
        parts.append(words.printable(unified(diff)))
    return "\n".join(parts)


def survivors(session: Session) -> str:
    """The survivors by number where there is a choice, and how to have another one proven."""
    found = offered(session.history)
    if not any(each.open for each in found):
        return ""
    lines = ["\nPatches under which the red tests passed while the search tried them:"]
    lines += [_survivor(each, width=len(str(len(found)))) for each in found]
    return "\n".join([*lines, _another(session)])


def _another(session: Session) -> str:
    command = f"{places.command()} resume {session.folder.name} --survivor N"
    return f"To have another one proven: {command}"


def others(session: Session) -> str:
    """The patches that turn the same red tests green as the change, "" if there is none."""
    found = offered(session.history)
    applied = next((each for each in found if each.place == "applied"), None)
    rest = [each for each in found if applied and each.tree == applied.tree and each != applied]
    if not rest:
        return ""
    turn, them = ("turns", "the two") if len(rest) == 1 else ("turn", "them")
    what = f"{counted(len(rest), 'other patch', 'other patches')} {turn} the same red tests green"
    lines = [f"{what}, so these tests do not tell {them} apart:"]
    lines += [f"  {each.number}  {_short(each.survivor)}" for each in rest[:NAMED]]
    if len(rest) > NAMED:
        lines.append(f"  … and {len(rest) - NAMED:,} more: `show` has them all")
    return "\n".join([*lines, _another(session)])


def _short(survivor: Survivor) -> str:
    patch = survivor.patch
    return words.printable(f"{patch.edits[0].file}, line {patch.line}: {patch.summary}")


def _survivor(found: Found, *, width: int) -> str:
    survivor = found.survivor
    against = f" Against it: {'; '.join(survivor.reasons)}." if survivor.reasons else ""
    mark = PLACES.get(found.place, "")
    return words.printable(f"{found.number:>{width + 2}}  {survivor.explanation}{against}{mark}")


def patch(stopped: SessionStopped) -> str:
    """The change as a unified diff, safe to print; of a very long one the beginning."""
    lines = words.printable(stopped.patch).split("\n")
    rest = len(lines) - LONGEST_PATCH
    more = [f"… and {counted(rest, 'line')} more: `show` has them all"] if rest > 0 else []
    return "\n".join([*lines[:LONGEST_PATCH], *more])


def advice(session: Session, stopped: SessionStopped) -> str:
    """The change and what the user can do with it."""
    name = session.folder.name
    lines = [patch(stopped)] if stopped.patch else []
    if (page := places.certificate(name)).exists():
        lines.append(f"The certificate, a page: {words.printable(str(page))}")
    accept = f"{places.command()} accept {name}"
    if stopped.verdict.holds:
        if told := others(session):
            lines.append(told)
        lines.append(f"Your files are untouched. To write this: {accept}")
    elif stopped.patch and stopped.verdict.part:
        lines.append(f"Your files are untouched. To write the part all the same: {accept} --force")
    if stopped.reason in {"budget_spent", "user_stopped"}:
        lines.append(f"To go on: {places.command()} resume {name}")
    lines.append(f"The whole timeline: {places.command()} show {name}")
    return "\n".join(lines)


def accepted(name: str, event: HunksAccepted | HunksTakenBack) -> str:
    """What was written to the user's files, and what was not."""
    result = event.result
    word = "Taken back" if isinstance(event, HunksTakenBack) else "Written"
    lines = [f"{word}: {path}" for path in result.written]
    lines += [f"Conflict in {c.path}, your text stays: {c.reason}" for c in result.conflicts]
    lines += [f"Not written: {s.path}: {s.reason}" for s in result.skipped]
    if result.conflicts and isinstance(event, HunksAccepted):
        lines.append("The window shows the conflict; --hunks ID accepts the others.")
    if result.written and isinstance(event, HunksAccepted):
        lines.append(f"To undo this: {places.command()} accept {name} --undo")
    if not lines and result.accepted and isinstance(event, HunksAccepted):
        lines.append("Nothing was written: it is accepted already.")
    return words.printable("\n".join(lines or ["Nothing was written."]))


def as_json(record: Record) -> None:
    """Print an event as one JSON object on a line."""
    body = msgspec.to_builtins(record.event)
    line = msgspec.json.encode({"seq": record.seq, "at": record.at, **body})
    sys.stdout.write(line.decode() + "\n")
    sys.stdout.flush()
