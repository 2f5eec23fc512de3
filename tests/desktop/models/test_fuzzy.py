"""The search of palette and quick open."""

import time

from hypothesis import given
from hypothesis import strategies as st

from desktop.models.fuzzy import LIMIT, search

NAMES = ["invoices/money.py", "tests/test_money.py", "invoices/tax.py", "my/own/notes.txt"]


def found(wanted: str, names: list[str] = NAMES) -> list[str]:
    return [match.text for match in search(wanted, names)]


def test_the_files_own_name_comes_before_its_folders() -> None:
    assert found("money") == ["invoices/money.py", "tests/test_money.py"]
    assert found("tax")[0] == "invoices/tax.py"


def test_scattered_letters_match_and_no_case_counts() -> None:
    assert found("TMPY")[0] == "tests/test_money.py"
    assert found("zzz") == []


def test_no_letters_list_everything_in_order() -> None:
    assert found(" ") == NAMES
    assert len(found("", ["x"] * 3 * LIMIT)) == LIMIT


@given(st.text(min_size=1, max_size=8), st.lists(st.text(max_size=30), max_size=20))
def test_every_match_holds_the_letters_where_it_says(wanted: str, names: list[str]) -> None:
    letters = [letter for letter in wanted.casefold() if not letter.isspace()]
    for match in search(wanted, names):
        if letters:
            assert list(match.at) == sorted(set(match.at))
            assert "".join(match.text[place] for place in match.at).casefold() == "".join(letters)


def test_a_hundred_thousand_files_are_searched_in_a_moment() -> None:
    names = [f"package_{i % 300}/module_{i % 7}/file_{i}.py" for i in range(100_000)]
    began = time.process_time()
    assert search("p1m2file9", names)
    assert time.process_time() - began < 2.0
