"""Counts and lists in words."""

from agent_core.counting import counted, listed


def test_one_is_no_plural_and_thousands_are_set_apart() -> None:
    assert [counted(number, "hunk") for number in (0, 1, 12000)] == [
        "0 hunks",
        "1 hunk",
        "12,000 hunks",
    ]


def test_a_long_list_is_counted_at_its_end() -> None:
    assert listed(()) == ""
    assert listed(("a", "b")) == "a, b"
    assert listed(("a", "b", "c"), most=2) == "a, b and 1 more"
    assert listed(["x"] * 1400, most=1) == "x and 1,399 more"
