"""Which lines of two texts belong together."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from editors.alignment import changes, matching_blocks, split

lines = st.lists(st.sampled_from("abcdef"), max_size=30)


@given(st.binary(max_size=60))
def test_split_lines_join_again(data: bytes) -> None:
    parts = split(data)
    assert b"".join(parts) == data
    assert all(part.endswith(b"\n") and part.count(b"\n") == 1 for part in parts[:-1])
    assert b"" not in parts


@given(lines, lines)
def test_blocks_are_equal_in_order_and_apart(old: list[str], new: list[str]) -> None:
    last = (0, 0)
    for i, j, n in matching_blocks(old, new):
        assert n > 0
        assert old[i : i + n] == new[j : j + n]
        assert i >= last[0]
        assert j >= last[1]
        assert (i, j) == (0, 0) or (i, j) != last
        last = (i + n, j + n)


@given(lines, lines)
def test_changes_turn_old_into_new(old: list[str], new: list[str]) -> None:
    result: list[str] = []
    at = 0
    for old_from, old_to, new_from, new_to in changes(old, new):
        result += old[at:old_from] + new[new_from:new_to]
        at = old_to
    assert result + old[at:] == new


def test_distinct_lines_are_aligned_as_well_as_can_be() -> None:
    old = [f"line {number}" for number in range(60)]
    new = [*old[40:], "x", *old[:40]]
    kept = sum(n for _, _, n in matching_blocks(old, new))
    best = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    assert kept == sum(n for _, _, n in best) == 40


def test_a_great_heap_of_equal_lines_is_replaced_whole() -> None:
    old, new = ["a", *["x", "y"] * 2000], ["b", *["y", "x"] * 2000]
    assert changes(old, new) == [(0, len(old), 0, len(new))]
