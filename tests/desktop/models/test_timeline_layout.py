"""Where rows lie, how long lines break, and finding a bit at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.models.timeline_find import Match, Search
from desktop.models.timeline_layout import Layout
from desktop.models.timeline_rows import Rows
from desktop.models.timeline_wrap import cells, wrapped
from tests.desktop.story import Story

CHANGES = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 90)), max_size=30)


@given(changes=CHANGES)
def test_positions_are_those_of_a_walk_over_all_rows(changes: list[tuple[int, int]]) -> None:
    layout = Layout()
    layout.count = 20
    heights = [layout.row_height] * 20
    for row, below in changes:
        layout.set_below(row, below)
        heights[row] = layout.row_height + below
    assert layout.total == sum(heights)
    for row in range(20):
        top = sum(heights[:row])
        assert layout.top(row) == top
        assert layout.row_at(top) == row
        assert layout.row_at(top + heights[row] - 1) == row


def test_there_is_no_row_in_an_empty_layout_and_the_last_one_below_all() -> None:
    layout = Layout()
    assert layout.row_at(5) == -1
    layout.count = 3
    assert layout.row_at(10_000) == 2


@given(text=st.text(max_size=200), columns=st.integers(8, 40))
def test_hard_breaks_lose_nothing_and_fit(text: str, columns: int) -> None:
    pieces = wrapped(text, columns, at_spaces=False)
    assert "".join(pieces) == text
    assert all(cells(piece) <= columns for piece in pieces)


@given(text=st.text(alphabet="ab 日", max_size=200), columns=st.integers(8, 40))
def test_soft_breaks_lose_spaces_alone(text: str, columns: int) -> None:
    pieces = wrapped(text, columns, at_spaces=True)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(cells(piece) <= columns for piece in pieces)


def test_words_stay_whole() -> None:
    assert wrapped("one two three four", 10, at_spaces=True) == ["one two", "three four"]


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[Rows]:
    story = Story(tmp_path)
    story.begin()
    story.repair()
    rows = Rows()
    rows.append(story.records)
    yield rows
    story.store.close()


def test_finding_reaches_heads_output_and_reasoning(rows: Rows) -> None:
    search = Search("RATE")
    while search.more(rows.rows, within_s=0.0001):
        pass
    assert Match(9, 3) in search.matches  # the removed line of the edit
    assert Match(13, -1) not in search.matches
    assert search.matches == sorted(search.matches)


def test_a_row_that_changed_is_looked_at_again(rows: Rows) -> None:
    search = Search("rate")
    search.more(rows.rows, within_s=10)
    before = list(search.matches)
    search.again(9)
    search.more(rows.rows, within_s=10)
    assert search.matches == before
