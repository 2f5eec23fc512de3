"""What an editor does for one who types: indentation, and which bracket belongs to which."""

import re
from collections import Counter
from typing import Final

PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
OPENING: Final = {close: opening for opening, close in PAIRS.items()}
FARTHEST: Final = 20_000
"""Letters that are looked through for the other bracket."""

_LEADING = re.compile(r"[ \t]*")
_LEAVES: Final = ("return", "raise", "pass", "break", "continue")


def indent_of(line: str) -> str:
    """The white space a line starts with."""
    found = _LEADING.match(line)
    return found.group() if found else ""


def unit_of(text: str, *, default: str = "    ") -> str:
    """What one level is in a text: a tab, or the commonest step between indented lines."""
    steps: Counter[str] = Counter()
    before = 0
    for line in text[:200_000].splitlines():
        indent = indent_of(line)
        if len(indent) == len(line):
            continue
        if indent.startswith("\t"):
            steps["\t"] += 1
        elif len(indent) - before in {2, 3, 4, 8}:
            steps[" " * (len(indent) - before)] += 1
        before = len(indent)
    return steps.most_common(1)[0][0] if steps else default


def next_indent(line: str, unit: str, *, language: str) -> str:
    """How the line after `line` starts; `line` is what stands before the cursor."""
    indent = indent_of(line)
    code = line.rstrip()
    if code.endswith(tuple(PAIRS)) or (language == "python" and code.endswith(":")):
        return indent + unit
    if language == "python" and code.split(maxsplit=1)[:1] and code.split()[0] in _LEAVES:
        return indent.removesuffix(unit)
    return indent


def partner(text: str, at: int) -> int | None:
    """Where the bracket is that belongs to the one at `at`; None where there is none near."""
    bracket = text[at] if 0 <= at < len(text) else ""
    if bracket in PAIRS:
        step, other = 1, PAIRS[bracket]
    elif bracket in OPENING:
        step, other = -1, OPENING[bracket]
    else:
        return None
    depth = 0
    last = min(len(text), at + FARTHEST) if step > 0 else max(-1, at - FARTHEST)
    for place in range(at, last, step):
        if text[place] == bracket:
            depth += 1
        elif text[place] == other:
            depth -= 1
            if not depth:
                return place
    return None
