"""Which lines of a text differ from an earlier one."""

from collections.abc import Mapping
from typing import Literal

from editors.alignment import changes

Mark = Literal["added", "changed", "deleted"]
"""How a line differs; "deleted": lines are missing above it."""


def change_marks(before: str, now: str) -> Mapping[int, Mark]:
    """Line of the text now, from 1 -> how it differs."""
    old, new = before.split("\n"), now.split("\n")
    marks: dict[int, Mark] = {}
    for old_from, old_to, new_from, new_to in changes(old, new):
        if new_from == new_to:
            marks.setdefault(min(new_from + 1, len(new)), "deleted")
        else:
            how: Mark = "changed" if old_to > old_from else "added"
            marks.update(dict.fromkeys(range(new_from + 1, new_to + 1), how))
    return marks
