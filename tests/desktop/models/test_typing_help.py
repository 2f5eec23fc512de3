"""Indentation and brackets."""

import pytest

from desktop.models.change_marks import change_marks
from desktop.models.typing_help import next_indent, partner, unit_of


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("def f():\n  if x:\n    y\n", "  "),
        ("if x:\n\ty\n", "\t"),
        ("a\n    b\n\n    c\n        d\n", "    "),
        ("flat\ntext\n", "    "),
        ("", "    "),
    ],
)
def test_the_unit_is_what_a_text_uses(text: str, unit: str) -> None:
    assert unit_of(text) == unit


@pytest.mark.parametrize(
    ("line", "language", "indent"),
    [
        ("    x = 1", "python", "    "),
        ("    if x:", "python", "        "),
        ("    if x:", "yaml", "    "),
        ("    return x", "python", ""),
        ("    return x;", "c", "    "),
        ("f(", "c", "    "),
        ("  }", "c", "  "),
        ("", "python", ""),
    ],
)
def test_the_next_line_is_indented(line: str, language: str, indent: str) -> None:
    assert next_indent(line, "    ", language=language) == indent


def test_brackets_find_each_other() -> None:
    text = "f(a[1], (b))]"
    pairs = {at: partner(text, at) for at, letter in enumerate(text) if letter in "()[]"}
    assert pairs == {1: 11, 3: 5, 5: 3, 8: 10, 10: 8, 11: 1, 12: None}
    assert partner(text, 0) is None
    assert partner(text, -1) is None
    assert partner("(" + "x" * 50_000 + ")", 0) is None


def test_lines_that_differ_are_marked() -> None:
    assert change_marks("a\nb\nc\nd\n", "a\nB\nc\nd\nnew\n") == {2: "changed", 5: "added"}
    assert change_marks("a\nb\nc", "a\nc") == {2: "deleted"}
    assert change_marks("a\nb", "a") == {1: "deleted"}
    assert change_marks("a", "a") == {}
