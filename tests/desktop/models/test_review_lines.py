"""The lines of a hunk: nothing stays unseen, and what differs inside a pair stands out."""

import pytest

from desktop.models.review_colours import WIDEST, Run, coloured
from desktop.models.review_lines import (
    LONGEST,
    ShownLine,
    differing,
    paired,
    readable,
    shown_lines,
)
from editors.diff import diff_bytes


def lines(old: bytes, new: bytes) -> tuple[ShownLine, ...]:
    (hunk,) = diff_bytes("f.py", old, new).hunks
    return shown_lines(hunk)


def strong(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[first:last] for first, last in spans]


def test_each_side_has_its_own_numbers() -> None:
    shown = lines(b"a\nb\nc\nd\n", b"a\nB\nB2\nc\n")
    assert [(line.op, line.old, line.new) for line in shown] == [
        (" ", 1, 1), ("-", 2, None), ("+", None, 2), ("+", None, 3), (" ", 3, 4), ("-", 4, None),
    ]  # fmt: skip


def test_the_words_that_differ_stand_out() -> None:
    old, new = "    return round(price - rate, 2)", "    return round(price + rates, 2)"
    before, after = differing(old, new)
    assert (strong(old, before), strong(new, after)) == (["-", "rate"], ["+", "rates"])


@pytest.mark.parametrize(
    ("old", "new"),
    [("import os", "def total(prices):"), ("x = 1", "x" * 600), ("same", "same")],
)
def test_lines_that_have_little_in_common_are_two_lines(old: str, new: str) -> None:
    assert differing(old, new) == ((), ())


def test_a_line_that_only_comes_has_nothing_to_compare() -> None:
    assert all(line.strong == () for line in lines(b"a\n", b"a\nb c\n"))


def test_what_cannot_be_seen_is_shown() -> None:
    assert readable([b"a\tb\r\n", b"\x1b[0m\n", b"caf\xc3\xa9\n"]) == ["a   b", "\u241b[0m", "café"]
    assert readable([b"caf\xe9\n"]) == ["café"]
    (long,) = readable([b"x" * (LONGEST + 1)])
    assert len(long) == LONGEST + 1
    assert long.endswith("x…")


def test_endings_are_said_where_they_differ() -> None:
    assert [line.note for line in lines(b"a\r\nb\n", b"a\r\nb")] == [
        "CRLF", "LF", "no newline at the end",
    ]  # fmt: skip
    assert [line.note for line in lines(b"a\r\nb\r\n", b"a\r\nc\r\n")] == ["", "", ""]


def test_code_is_coloured_on_each_side() -> None:
    shown = lines(b"x = 1\n", b"def f():\n    return '\xf0\x9f\x90\x8d' # s\n")
    runs = coloured("f.py", shown)
    assert Run(4, 5, "number") in runs[0]
    assert Run(0, 3, "keyword") in runs[1]
    assert any(run.capture == "comment" for run in runs[2])
    for line, found in zip(shown, runs, strict=True):
        assert "".join(line.text[run.start : run.end] for run in found) == line.text


def test_what_has_no_language_or_is_too_long_stays_plain() -> None:
    shown = lines(b"x = 1\n", b"x = 2\n")
    assert coloured("notes.unknown", shown) == ((), ())
    wide = lines(b"x = 1\n", b"x = '%s'\n" % (b"y" * WIDEST))
    assert coloured("f.py", wide)[1] == ()


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", [(0, 0), (1, 2), (3, 3)]),
        (b"a\nb\n", b"a\nb\nc\n", [(0, 0), (1, 1), (None, 2)]),
        (b"a\nb\nc\n", b"A\n", [(0, 3), (1, None), (2, None)]),
    ],
)
def test_what_went_stands_beside_what_came(
    old: bytes, new: bytes, rows: list[tuple[int | None, int | None]]
) -> None:
    (hunk,) = diff_bytes("f", old, new).hunks
    assert list(paired(hunk.lines)) == rows
