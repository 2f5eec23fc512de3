"""Rows of a timeline as text: for the clipboard, a screen reader, and a row under way."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from agent_core.events import BaselineMeasured, Progress, SessionStopped, ToolFinished
from agent_core.results import EditApplied, FileRead, TestsRan
from desktop.models.timeline_detail import detail
from desktop.models.timeline_heads import Head, clock, duration, head
from desktop.models.timeline_rows import Row

PLAIN_ROWS = 2_000
"""Rows that the plain text tells, the newest."""

Target = Literal["", "review", "tests"] | tuple[str, int]


def target(row: Row) -> Target:
    """Where a row leads: the review, the tests, or a line of a file."""
    match (row.ended or row.began).event:
        case SessionStopped(patch=patch):
            return "review" if patch else ""
        case BaselineMeasured():
            return "tests"
        case ToolFinished(data=FileRead(path=path, first=first)):
            return path, first
        case ToolFinished(data=EditApplied(paths=paths)) if paths:
            return paths[0], 0
        case ToolFinished(data=TestsRan()):
            return "tests"
        case _:
            return ""


def live_head(shown: Head, progress: Progress | None, delta: str) -> Head:
    """The line of a row under way: what it last said of itself."""
    if delta:
        return msgspec.structs.replace(shown, text=delta.rstrip().rpartition("\n")[2])
    if progress is None:
        return shown
    count = f"{progress.done:,} of {progress.total:,} " if progress.total else ""
    count = count or (f"{progress.done:,} so far · " if progress.done else "")
    return msgspec.structs.replace(shown, text=f"{count}{progress.text}".partition("\n")[0])


def spoken(row: Row) -> str:
    """A row in one sentence."""
    shown = head(row)
    parts = [f"{shown.title}: {shown.text}" if shown.text else shown.title]
    if row.ended is None:
        parts.append("under way")
    elif took := duration(shown.duration_s):
        parts.append(took)
    return ", ".join(parts)


def row_text(row: Row, start: float, *, full: bool) -> str:
    """A row as it can be pasted elsewhere; `full` with its lines below."""
    lines = [f"{clock(row.began.at - start):>7}  {spoken(row)}"]
    if full:
        lines += [f"         {line.text}" for line in detail(row)]
    return "\n".join(lines)


def plain(rows: Sequence[Row], start: float) -> str:
    """The whole timeline unfolded, or its newest rows where it is long."""
    shown = rows[-PLAIN_ROWS:]
    parts = [row_text(row, start, full=True) for row in shown]
    if len(shown) < len(rows):
        parts.insert(0, f"The newest {len(shown):,} of {len(rows):,} rows:")
    return "\n".join(parts)
