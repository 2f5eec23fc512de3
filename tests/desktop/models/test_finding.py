"""Finding: positions as Qt counts them, and expressions that would run away."""

import time

import pytest

from desktop.models.finding import MOST_HITS, Query, find, replacement


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        (Query("b"), ((3, 4), (5, 6))),
        (Query("b", case=True), ((5, 6),)),
        (Query("."), ()),
        (Query("^b", regex=True), ((5, 6),)),
        (Query("x*", regex=True), ()),
        (Query(""), ()),
    ],
)
def test_hits_are_counted_in_utf_16(query: Query, hits: tuple[tuple[int, int], ...]) -> None:
    assert find("😀aB\nbc", query).hits == hits


def test_too_many_hits_are_cut() -> None:
    found = find("a" * (MOST_HITS + 1), Query("a"))
    assert len(found.hits) == MOST_HITS
    assert found.more


def test_a_bad_expression_is_a_problem() -> None:
    assert find("a", Query("(", regex=True)).problem


def test_an_expression_that_runs_away_gives_up() -> None:
    began = time.process_time()
    find("a" * 40 + "b", Query("(a+)+$", regex=True))
    assert time.process_time() - began < 2


def test_replacements_name_groups() -> None:
    query = Query(r"(\w)(\w)", regex=True)
    assert replacement("xx ab", query, (3, 5), r"$2\1\n\\\$") == "ba\n\\$"
    assert replacement("xx ab", Query("ab"), (3, 5), r"\1") == r"\1"
