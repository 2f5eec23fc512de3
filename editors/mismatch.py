"""What is said when it is not clear where an edit goes: enough to send it right the next time."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from typing import Final

from editors.locate import Places, find_places
from editors.refusals import NoSuchPlace
from editors.textfile import ending, split_lines

_AROUND: Final = 5
_LONGEST: Final = 160
_NUMBERS: Final = ("", "", "both", "all three", "all four", "all five", "all six")


def no_such_place(path: str, text: str, old: str, new: str, *, edit: int, of: int) -> NoSuchPlace:
    """The error for text that is nowhere in the file; `edit` counts from 1."""
    lines, sent = _bare_lines(text), _bare_lines(old)
    size = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
    said = [f"Nothing was changed: {which(edit, of)} does not match {path} ({size})."]
    read_first = ""
    first = _closest(lines, sent)
    if first is not None:
        there = lines[first : first + len(sent)]
        said.append(_comparison(first, there, sent))
        start, end = _surroundings(first, len(there), len(lines))
        read_first = f"; read lines {start}-{end} first"
    if new.strip() and text.count(new) == 1:
        line = find_places(text, new, new).lines[0][0]
        said.append(f"The new text is there already, at line {line}.")
    said.append(f"Send {_all_edits(of)} again{read_first}.")
    return NoSuchPlace(path, "\n".join(said))


def several_places(path: str, text: str, places: Places, *, edit: int, of: int) -> NoSuchPlace:
    """The error for text that stands in several places and was to be replaced in one."""
    ranges = [str(a) if a == b else f"{a}-{b}" for a, b in places.lines]
    lines = _bare_lines(text)
    count = len(ranges)
    alike = len({tuple(lines[a - 1 : b]) for a, b in places.lines}) == 1
    kind = "identical lines" if alike and "-" not in ranges[0] else "places"
    return NoSuchPlace(
        path,
        f"Nothing was changed: {which(edit, of)} matches {path} in {count} places.\n"
        f"{', '.join(ranges)}: {count} {kind}.\n"
        f"Send {_all_edits(of)} again with the lines around the place that is meant, "
        "or with all_places to change every one.",
    )


def which(edit: int, of: int) -> str:
    """How an edit is called in messages; `edit` counts from 1."""
    return "the edit" if of == 1 else f"edit {edit} of {of}"


def _all_edits(of: int) -> str:
    if of == 1:
        return "the edit"
    return f"{_NUMBERS[of] if of < len(_NUMBERS) else f'all {of}'} edits"


def _closest(lines: Sequence[str], sent: Sequence[str]) -> int | None:
    """Index of the line where the most similar stretch of the file begins."""
    if not any(line.strip() for line in sent):
        return None
    places: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        places.setdefault(line.strip(), []).append(index)
    votes: Counter[int] = Counter()
    for offset, line in enumerate(sent):
        stripped = line.strip()
        alike = places.get(stripped, [])
        if stripped:
            votes.update(index - offset for index in alike if index >= offset)
    if not votes:
        return _closest_by_letters(lines, sent)
    most = max(votes.values())
    candidates = sorted(first for first, count in votes.items() if count == most)[:20]
    return max(candidates, key=lambda first: _likeness(lines[first : first + len(sent)], sent))


def _closest_by_letters(lines: Sequence[str], sent: Sequence[str]) -> int | None:
    offset, longest = max(enumerate(sent), key=lambda pair: len(pair[1].strip()))
    index_of: dict[str, int] = {}
    for index, line in enumerate(lines[offset:], offset):
        index_of.setdefault(line.strip()[:_LONGEST], index)
    alike = get_close_matches(longest.strip()[:_LONGEST], index_of, n=1, cutoff=0.6)
    return index_of[alike[0]] - offset if alike else None


def _likeness(there: Sequence[str], sent: Sequence[str]) -> float:
    return sum(
        SequenceMatcher(None, a[:_LONGEST], b[:_LONGEST], autojunk=False).ratio()
        for a, b in zip(there, sent, strict=False)
    )


def _comparison(first: int, there: Sequence[str], sent: Sequence[str]) -> str:
    equal = sum(mine == theirs for mine, theirs in zip(sent, there, strict=False))
    line, last = first + 1, first + len(there)
    span = f"line {line}" if len(there) == 1 else f"lines {line}-{last}"
    head = f"Closest: {span}, {equal} of {len(sent)} equal."
    where = " Line {}"
    if len(sent) == 1:
        head, where = f"Closest: {span}.", ""
    for offset, mine in enumerate(sent):
        if offset == len(there):
            return f"{head} The file ends after line {last}; sent next:\n  sent:  {_shown(mine)}"
        theirs = there[offset]
        if mine != theirs:
            left, right = _told_apart(mine, theirs)
            return f"{head}{where.format(line + offset)}\n  sent:  {left}\n  file:  {right}"
    return f"{head} They differ in their line endings."


def _told_apart(mine: str, theirs: str) -> tuple[str, str]:
    """Both lines without what they share on the left; quoted where only blanks differ."""
    if "".join(mine.split()) == "".join(theirs.split()):
        return _shown(repr(mine)), _shown(repr(theirs))
    if _indent(mine) == _indent(theirs):
        return _shown(mine.strip(" \t")), _shown(theirs.strip(" \t"))
    return _shown(mine), _shown(theirs)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _shown(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line)} characters)"


def _surroundings(first: int, count: int, total: int) -> tuple[int, int]:
    """Lines worth reading, to the full ten: the stretch and some around it."""
    start = (first + 1 - _AROUND) // 10 * 10
    end = -(-(first + count + _AROUND) // 10) * 10
    return max(start, 1), min(end, total)


def _bare_lines(text: str) -> list[str]:
    return [line[: len(line) - len(ending(line))] for line in split_lines(text)]
