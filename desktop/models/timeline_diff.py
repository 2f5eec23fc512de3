"""A unified diff line by line, each with its place in the new file."""

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

Op = Literal["file", "hunk", "+", "-", " ", "note"]

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)")


class Place(msgspec.Struct, frozen=True):
    """One line of a diff without its mark; `line` counts from 1, 0 where there is none."""

    op: Op
    text: str
    path: str = ""
    line: int = 0


def placed(diff: str) -> Iterator[Place]:
    """The lines of a diff; what git writes above the first hunk of a file becomes one line."""
    path, line, old_left, new_left = "", 0, 0, 0
    for text in diff.splitlines():
        mark, rest = text[:1], text[1:]
        if old_left > 0 or new_left > 0:
            if mark == "\\":
                yield Place("note", rest.strip(), path)
                continue
            yield Place("+" if mark == "+" else "-" if mark == "-" else " ", rest, path, line)
            old_left -= mark != "+"
            new_left -= mark != "-"
            line += mark != "-"
        elif hunk := _HUNK.match(text):
            old_left, new_left = int(hunk[1] or 1), int(hunk[3] or 1)
            line = int(hunk[2])
            yield Place("hunk", f"line {line}{hunk[4]}", path, line)
        elif text.startswith("diff --git "):
            path = _path(text)
            yield Place("file", path, path, 1)
        elif text.startswith(("new file", "deleted file", "rename from", "old mode", "new mode")):
            yield Place("note", text, path)


def _path(header: str) -> str:
    """The new path of a header; one in quotes is left as git wrote it."""
    _, _, new = header.rpartition(" b/")
    return new or header.rpartition(' "b/')[2].rstrip('"')
