"""A text file as an editor shows it, and the way back: every line keeps the ending it had.

An editor knows one kind of line ending. A file may have several, and characters that an editor
takes for line ends; those cannot be edited without losing something, and this module says so.
"""

import re
from typing import Final

import msgspec

from editors.alignment import matching_blocks
from editors.merge import Conflict, merge
from editors.textfile import TextFile, ending, split_lines

LONGEST_LINE: Final = 10_000
"""Letters of a line above which it is shown folded."""

MOST_SHOWN: Final = 4_000_000
"""Letters of a file that are shown at most."""

_LINE_ENDS_TO_AN_EDITOR: Final = re.compile("[\u2029\ufdd0\ufdd1]")
_LONG: Final = re.compile(rf"[^\n]{{{LONGEST_LINE + 1},}}")
_KEPT: Final = 2_000


class Reconciled(msgspec.Struct, frozen=True):
    """An edited text and a file that changed under it, as one; None where they collide."""

    text: str | None
    conflicts: tuple[Conflict, ...] = ()


def as_shown(file: TextFile) -> str:
    """The file's text with "\\n" at the end of every line."""
    return file.text.replace("\r\n", "\n").replace("\r", "\n")


def why_read_only(file: TextFile) -> str:
    """Why an editor must not change this file, "" where it may."""
    if _LONG.search(as_shown(file)):
        return f"Lines of more than {LONGEST_LINE:,} characters are folded. It cannot be edited."
    if len(file.text) > MOST_SHOWN:
        return f"Shown in part: the file has {len(file.text):,} characters. It cannot be edited."
    if _LINE_ENDS_TO_AN_EDITOR.search(file.text):
        return "It has characters that an editor would take for line ends. It cannot be edited."
    return ""


def folded(file: TextFile) -> str:
    """The file's text as it is shown when it cannot be edited: long lines and the rest cut."""
    whole = _LONG.sub(_fold, as_shown(file))
    if len(whole) <= MOST_SHOWN:
        return whole
    return f"{whole[:MOST_SHOWN]}\n… {len(whole) - MOST_SHOWN:,} more characters"


def edited(file: TextFile, text: str) -> TextFile:
    """The file with another text; lines that stay keep their endings, new ones get the usual."""
    old = split_lines(file.text)
    if file.text.count("\r") == file.text.count("\r\n") == 0:
        return msgspec.structs.replace(file, text=text)
    bodies = [line.removesuffix(ending(line)) for line in old]
    new = text.split("\n")
    ends = [file.newline] * (len(new) - 1) + [""]
    for old_at, new_at, count in matching_blocks(bodies, new):
        for at in range(count):
            if new_at + at < len(new) - 1 and ending(old[old_at + at]):
                ends[new_at + at] = ending(old[old_at + at])
    for at in reversed(range(len(new) - 1)):
        if ends[at] == "\r" and (new[at + 1] + ends[at + 1]).startswith("\n"):
            ends[at] = "\n"  # else both would be read as one line's end
    lines = (body + end for body, end in zip(new, ends, strict=True))
    return msgspec.structs.replace(file, text="".join(lines))


def reconcile(before: str, mine: str, theirs: str) -> Reconciled:
    """Merge what was typed and what changed on the disk since both were `before`."""
    result = merge(_bytes(before), _bytes(mine), _bytes(theirs))
    if result.merged is None:
        return Reconciled(None, result.conflicts)
    return Reconciled(result.merged.decode("utf-8", "surrogatepass"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _fold(line: re.Match[str]) -> str:
    text = line.group()
    return f"{text[:_KEPT]} … {len(text) - _KEPT:,} more characters in this line"
