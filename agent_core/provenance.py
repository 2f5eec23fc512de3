"""Why a hunk is there: the step whose edit last touched its lines, read from the log alone."""

import re
from collections.abc import Iterator

import msgspec

from agent_core.events import ToolFinished
from agent_core.history import History
from agent_core.results import EditApplied, parts
from editors.hunks import Hunk
from editors.unified import quoted

_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class _Touched(msgspec.Struct, frozen=True):
    """Lines [start:end] of the file after an edit that it made, `grown` more than before."""

    start: int
    end: int
    grown: int


class _FileEdit(msgspec.Struct, frozen=True):
    """What one edit did to one file: its name before, and every run of lines it changed."""

    old_name: str
    touched: tuple[_Touched, ...] = ()
    whole: bool = False


def why(history: History, hunk: Hunk) -> int | None:
    """The number of the step that last touched what a hunk of the whole change does.

    None where no edit did, as after a command that wrote the file.
    """
    name = quoted(hunk.path)
    start, end = _extent(hunk)
    for event in reversed(history.all(ToolFinished)):
        for data in reversed(parts(event.data)):
            edit = _edit_of(data, name) if isinstance(data, EditApplied) else None
            if edit is None:
                continue
            if edit.whole or hunk.kind != "lines" or _meets(edit, start, end):
                return event.step
            shift = sum(run.grown for run in edit.touched if run.end <= start)
            start, end, name = start - shift, end - shift, edit.old_name
    return None


def _extent(hunk: Hunk) -> tuple[int, int]:
    """First and last-plus-one line of the new file from the first change to the last."""
    before = next((i for i, line in enumerate(hunk.lines) if line.op != " "), 0)
    after = next((i for i, line in enumerate(reversed(hunk.lines)) if line.op != " "), 0)
    return hunk.new_start + before, hunk.new_start + len(hunk.new_lines) - after


def _meets(edit: _FileEdit, start: int, end: int) -> bool:
    """Whether an edit changed lines of a stretch; a place where lines went has no width."""
    for run in edit.touched:
        inside = run.start < end and start < run.end
        at_point = start == end or run.start == run.end
        if inside or (at_point and run.start <= end and start <= run.end):
            return True
    return False


def _edit_of(data: EditApplied, name: str) -> _FileEdit | None:
    """What an edit did to the file that had this name after it; names are as git quotes them."""
    for part in re.split(r"^(?=diff --git )", data.diff, flags=re.MULTILINE):
        head, at, body = part.partition("\n@@ ")
        lines = head.splitlines()
        moved = _after(lines, "rename to ")
        if lines and name == (moved or _name(lines[0])):
            old = _after(lines, "rename from ") or name
            return _FileEdit(
                old, tuple(_runs("@@ " + body)) if at else (), whole=not at and not moved
            )
    return None


def _after(lines: list[str], start: str) -> str:
    return next((line.removeprefix(start) for line in lines if line.startswith(start)), "")


def _name(head: str) -> str:
    """The file's name out of `diff --git a/NAME b/NAME`, both the same."""
    names = head.removeprefix("diff --git ")
    second = names[len(names) // 2 + 1 :]
    return f'"{second[3:]}' if second.startswith('"') else second[2:]


def _runs(body: str) -> Iterator[_Touched]:
    """Every run of changed lines in the hunks of one file."""
    at = start = gone = come = 0
    for line in body.split("\n"):
        head = _HEAD.match(line)
        sign = line[:1]
        if sign == "+":
            at, come = at + 1, come + 1
        elif sign == "-":
            gone += 1
        elif sign != "\\":
            if gone or come:
                yield _Touched(start, at, come - gone)
            gone = come = 0
            if head:
                # A range without lines names the line before it.
                at = int(head[3]) + (head[4] == "0")
            else:
                at += 1
            start = at
    if gone or come:
        yield _Touched(start, at, come - gone)
