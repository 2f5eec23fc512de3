"""Which lines of two texts belong together.

Lines that occur once on both sides and in the same order are fixed points; between them the same
is tried again, and only what is left over is compared line by line. So a long file with many
blank and repeated lines costs no more than its changes.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, TypeVar

Item = TypeVar("Item", bytes, str)

Block = tuple[int, int, int]
"""Start in the old text, start in the new text, number of equal lines."""

Change = tuple[int, int, int, int]
"""Old lines [0:1] that become the new lines [2:3]; one of both ranges may be empty."""

_MOST_PAIRS: Final = 300_000
"""Equal pairs up to which leftover regions are compared line by line (some 0.1 s)."""


def split(data: bytes) -> list[bytes]:
    """Lines as git counts them: ended by a line feed, the last one perhaps by nothing."""
    lines = [line + b"\n" for line in data.split(b"\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def matching_blocks(old: Sequence[Item], new: Sequence[Item]) -> list[Block]:
    """Runs of equal lines in order, none touching the next on both sides."""
    blocks: list[Block] = []
    todo: list[Change] = [(0, len(old), 0, len(new))]
    while todo:
        region, head = _without_equal_head(old, new, todo.pop())
        region, tail = _without_equal_tail(old, new, region)
        blocks += [head, tail]
        old_from, old_to, new_from, new_to = region
        if old_from == old_to or new_from == new_to:
            continue
        inner_old, inner_new = old[old_from:old_to], new[new_from:new_to]
        fixed = _fixed_points(inner_old, inner_new)
        found = [(i, j, 1) for i, j in fixed] or _compared(inner_old, inner_new)
        blocks += [(old_from + i, new_from + j, n) for i, j, n in found]
        if fixed:
            todo += _between(region, fixed)
    return _joined(sorted(block for block in blocks if block[2]))


def changes(old: Sequence[Item], new: Sequence[Item]) -> list[Change]:
    """What lies between the matching blocks, in order."""
    found: list[Change] = []
    old_at = new_at = 0
    for i, j, n in [*matching_blocks(old, new), (len(old), len(new), 0)]:
        if i > old_at or j > new_at:
            found.append((old_at, i, new_at, j))
        old_at, new_at = i + n, j + n
    return found


def _without_equal_head(
    old: Sequence[Item], new: Sequence[Item], region: Change
) -> tuple[Change, Block]:
    old_from, old_to, new_from, new_to = region
    most = min(old_to - old_from, new_to - new_from)
    n = 0
    while n < most and old[old_from + n] == new[new_from + n]:
        n += 1
    return (old_from + n, old_to, new_from + n, new_to), (old_from, new_from, n)


def _without_equal_tail(
    old: Sequence[Item], new: Sequence[Item], region: Change
) -> tuple[Change, Block]:
    old_from, old_to, new_from, new_to = region
    most = min(old_to - old_from, new_to - new_from)
    n = 0
    while n < most and old[old_to - n - 1] == new[new_to - n - 1]:
        n += 1
    return (old_from, old_to - n, new_from, new_to - n), (old_to - n, new_to - n, n)


def _between(region: Change, fixed: Sequence[tuple[int, int]]) -> Iterator[Change]:
    old_from, old_to, new_from, new_to = region
    last_old, last_new = old_from, new_from
    for i, j in fixed:
        yield last_old, old_from + i, last_new, new_from + j
        last_old, last_new = old_from + i + 1, new_from + j + 1
    yield last_old, old_to, last_new, new_to


def _fixed_points(old: Sequence[Item], new: Sequence[Item]) -> list[tuple[int, int]]:
    """Pairs of lines that occur once on each side, the longest run in the same order."""
    in_old, in_new = Counter(old), Counter(new)
    place = {line: j for j, line in enumerate(new) if in_new[line] == 1}
    pairs = [(i, place[line]) for i, line in enumerate(old) if in_old[line] == 1 and line in place]
    ends: list[int] = []  # the smallest last position of a run of each length
    owners: list[int] = []
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        if length == len(ends):
            ends.append(j)
            owners.append(index)
        else:
            ends[length] = j
            owners[length] = index
        before.append(owners[length - 1] if length else -1)
    run = []
    at = owners[-1] if owners else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


def _compared(old: Sequence[Item], new: Sequence[Item]) -> list[Block]:
    in_new = Counter(new)
    if sum(in_new[line] for line in old) > _MOST_PAIRS:
        return []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [(i, j, n) for i, j, n in matcher.get_matching_blocks() if n]


def _joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for i, j, n in blocks:
        if joined and (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]) == (i, j):
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + n)
        else:
            joined.append((i, j, n))
    return joined
