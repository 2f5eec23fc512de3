"""A function of two copies is raced in the user's interpreter."""

import asyncio
import sys
from pathlib import Path

import pytest

from runners.benchmark import ratio
from runners.benchmarking.functions import Subject, Timing, race, unlike
from runners.problems import UserProblem
from tests.runners.benchmarking.servers import ENV

SLOW = """
def total(numbers, start=0):
    for number in numbers:
        start += number
    numbers.clear()
    return start
"""
QUICK = """
def total(numbers, start=0):
    start += sum(numbers)
    numbers.clear()
    return start
"""
ODD = """
class Shop:
    @staticmethod
    def price():
        print("printed")
        return 3

def later():
    yield 1

def ends():
    raise SystemExit(4)

def dies():
    import os
    os._exit(3)
"""


def subject(folder: Path, source: str, function: str, *arguments: str) -> Subject:
    folder.mkdir()
    (folder / "shop.py").write_text(source)
    timing = Timing(f"shop:{function}", arguments)
    return Subject(sys.executable, folder, folder, ENV, timing, deadline_s=60)


async def entered(one: Subject) -> str:
    async with one:
        assert (await one.round(0.01)).calls > 0
        return one.result


def test_the_quicker_revision_is_told(tmp_path: Path) -> None:
    numbers = "list(range(2000))"
    a = subject(tmp_path / "a", SLOW, "total", numbers, "start=5")
    b = subject(tmp_path / "b", QUICK, "total", numbers, "start=5")
    pairs = asyncio.run(race(a, b, rounds=3, seconds=0.05, say=lambda _: None))
    found = ratio([pairs])
    assert found is not None
    assert found.lowest > 1.5
    # A call empties the list that it was given: each gets its own.
    assert a.result == b.result == "1999005"
    assert unlike((a, b)) == ""
    assert pairs[0].a.calls > 10


def test_different_results_are_told(tmp_path: Path) -> None:
    a = subject(tmp_path / "a", SLOW, "total", "[1, 2]")
    b = subject(tmp_path / "b", QUICK, "total", "[1, 3]")
    asyncio.run(race(a, b, rounds=1, seconds=0.01, say=lambda _: None))
    assert unlike((a, b)) == "the revisions give different results: 3 and 4"


def test_what_it_prints_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    assert asyncio.run(entered(subject(tmp_path / "a", ODD, "Shop.price"))) == "3"


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("nothing", "shop has no function nothing"),
        ("later", "later does its work only when its result is used"),
        ("ends", "calling it failed: shop.py, line 12: SystemExit: 4"),
        ("dies", "The function ended its process"),
    ],
)
def test_what_cannot_be_timed_is_a_problem_of_the_users(
    tmp_path: Path, function: str, said: str
) -> None:
    with pytest.raises(UserProblem, match=said):
        asyncio.run(entered(subject(tmp_path / "a", ODD, function)))


def test_a_module_from_elsewhere_is_not_the_projects(tmp_path: Path) -> None:
    one = Subject(
        sys.executable, tmp_path, tmp_path, ENV, Timing("json:dumps", ("1",)), deadline_s=60
    )
    with pytest.raises(UserProblem, match="json does not come from the project"):
        asyncio.run(entered(one))


def test_arguments_that_are_no_expressions_are_told(tmp_path: Path) -> None:
    with pytest.raises(UserProblem, match=r"its arguments failed: .*SyntaxError"):
        asyncio.run(entered(subject(tmp_path / "a", SLOW, "total", "[1, 2")))
