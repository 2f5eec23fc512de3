"""Text as an editor shows it, and back to the file's own line endings."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editors.shown import (
    LONGEST_LINE,
    MOST_SHOWN,
    as_shown,
    edited,
    folded,
    reconcile,
    why_read_only,
)
from editors.textfile import TextFile, commonest_newline

TEXTS = st.text("abé\r\n", max_size=40)


def file(text: str) -> TextFile:
    return TextFile(text, newline=commonest_newline(text))


@given(TEXTS)
def test_an_unchanged_text_gives_the_file_back(text: str) -> None:
    assert edited(file(text), as_shown(file(text))) == file(text)


@given(TEXTS, TEXTS)
def test_what_is_edited_is_what_is_shown(old: str, new: str) -> None:
    wanted = as_shown(file(new))
    assert as_shown(edited(file(old), wanted)) == wanted


@pytest.mark.parametrize(
    ("old", "shown", "new"),
    [
        ("a\r\nb\nc\r\n", "a\nB\nc\n", "a\r\nB\r\nc\r\n"),
        ("a\r\nb\nc\r\n", "a\nb\nnew\nc\n", "a\r\nb\nnew\r\nc\r\n"),
        ("a\r\nb", "a\nb\n", "a\r\nb\r\n"),
        ("a\rb\r", "b\n", "b\r"),
        ("a\n", "a\nb\n", "a\nb\n"),
        ("a\n\ra", "\n\n", "\n\n"),
    ],
)
def test_only_lines_that_change_change_their_endings(old: str, shown: str, new: str) -> None:
    assert edited(file(old), shown).text == new


def test_what_is_not_the_text_is_kept() -> None:
    before = TextFile("a\r\n", "utf-16-le", b"\xff\xfe", "\r\n", 0o755)
    assert edited(before, "b\n") == msgspec.structs.replace(before, text="b\r\n")


def test_what_an_editor_cannot_keep_is_read_only() -> None:
    assert why_read_only(file("a\u2028b\xa0\n" * 10)) == ""
    assert "line ends" in why_read_only(file("a\u2029b"))
    assert "folded" in why_read_only(file("x" * (LONGEST_LINE + 1)))
    assert "in part" in why_read_only(file("x\n" * MOST_SHOWN))


def test_long_lines_are_folded_and_long_files_cut() -> None:
    shown = folded(file("short\n" + "x" * 1_000_000 + "\nend\r\n"))
    assert shown == "short\n" + "x" * 2000 + " … 998,000 more characters in this line\nend\n"
    assert folded(file("x\n" * MOST_SHOWN)).endswith(f"\n… {MOST_SHOWN:,} more characters")
    assert folded(file("x" * LONGEST_LINE)) == "x" * LONGEST_LINE


def test_both_sides_of_a_change_come_together() -> None:
    assert reconcile("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n").text == "A\nb\nC\n"
    collided = reconcile("a\nb\nc\n", "a\nM\nc\n", "a\nT\nc\n")
    assert collided.text is None
    assert collided.conflicts[0].ours == (1, 2)
