import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from runners.patches import Patch, PatchOutcome, TextEdit
from runners.screening import Screener
from tests.runners.planted import own_suite, replacing, write_project
from tests.runners.screened import COUNTING, START_S, fingerprint, judged, screened


def test_every_status_has_its_patch(counting: Path, scratch: Path) -> None:
    def change(new: str, name: str) -> Patch:
        return replacing(counting, "counting.py", "result = number", new, name=name)

    before = fingerprint(counting)
    outcomes = asyncio.run(
        screened(
            own_suite(counting),
            COUNTING,
            [
                change("result = number ", "nothing changed"),
                change("result += number", "right"),
                change("result = (result + number)", "right as well"),
                change("result = 3", "one of two"),
                change("result = result + number # same as above", "said again"),
                change("result = = number", "no Python"),
                change("while True: result += 1", "endless"),
                change("import os; os._exit(0)", "exit"),
                change("import sys; sys.exit(0)", "exit by exception"),
                change("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed"),
                change("result = bytearray(1 << 40)", "memory"),
                change("result += number; __import__('os').closerange(0, 3)", "closes stdout"),
            ],
            scratch,
        )
    )
    assert [(outcome.patch, outcome.status) for outcome in outcomes] == [
        ("nothing changed", "failed"),
        ("right", "survivor"),
        ("right as well", "survivor"),
        ("one of two", "partial"),
        ("said again", "duplicate"),
        ("no Python", "inapplicable"),
        ("endless", "exhausted"),
        ("exit", "crashed"),
        ("exit by exception", "failed"),
        ("killed", "crashed"),
        ("memory", "failed"),
        ("closes stdout", "survivor"),
    ]
    assert outcomes[1].fixed == COUNTING
    assert len(outcomes[3].fixed) == 1
    assert {outcome.way for outcome in outcomes} == {"warm"}
    assert fingerprint(counting) == before


def test_stops_behind_the_wanted_survivor(counting: Path, scratch: Path) -> None:
    patches = [
        replacing(counting, "counting.py", "result = number", new)
        for new in ("result = 7", "result += number", "result = number + result", "result = 8")
    ]
    outcomes = asyncio.run(screened(own_suite(counting), COUNTING, patches, scratch, stop_after=1))
    assert [outcome.status for outcome in outcomes] == ["failed", "survivor"]


def test_the_deadline_holds(counting: Path, scratch: Path) -> None:
    sleeping = [
        replacing(counting, "counting.py", "result = number", f"__import__('time').sleep(9{n})")
        for n in range(6)
    ]

    async def run() -> tuple[list[PatchOutcome], float, list[PatchOutcome]]:
        started = await Screener.start(
            own_suite(counting), failing=COUNTING, scratch=scratch, deadline_s=START_S
        )
        async with started as screener:
            began = time.monotonic()
            cut = await screener.screen(sleeping, deadline_s=0.6)
            took = time.monotonic() - began
            right = replacing(counting, "counting.py", "result = number", "result += number")
            return cut, took, await screener.screen([right], deadline_s=START_S)

    cut, took, later = asyncio.run(run())
    assert cut == []
    assert took < 1.6
    assert [outcome.status for outcome in later] == ["survivor"]


def test_the_first_test_that_a_patch_breaks_is_named(counting: Path, scratch: Path) -> None:
    patch = replacing(counting, "counting.py", "result = 0", "result = 1")
    constant = replacing(counting, "counting.py", "def half(number)", "def half(number=1)")
    text = (counting / "test_counting.py").read_text()
    log = scratch / "log"
    noted = (
        f"def _note(line):\n    with open({str(log)!r}, 'a') as file:\n        file.write(line)\n"
    )
    busy = "    import counting\n    list(map(counting.half, range(0, 800_000, 2)))\n"
    late = f"\n\ndef test_later():\n{busy}    _note('later ')\n"
    (counting / "test_counting.py").write_text(f"{text}\n\n{noted}{late}")
    tests = ["test_counting.py::test_none", "test_counting.py::test_later"]

    async def run() -> list[tuple[str, str]]:
        started = await Screener.start(
            own_suite(counting), failing=COUNTING, scratch=scratch, deadline_s=START_S
        )
        found = []
        async with started as screener:
            for each in (patch, constant):
                log.write_text("")
                broken = await screener.broken(each, tests, deadline_s=START_S)
                found.append((broken, log.read_text()))
        return found

    assert asyncio.run(run()) == [("test_counting.py::test_none", ""), ("", "later ")]


PLACES = {
    "shop/__init__.py": "from shop.places import price as cost\n",
    "shop/places.py": """
        from __future__ import annotations

        import functools

        RATE = 3


        def doubled(function):
            @functools.wraps(function)
            def wrapper(*arguments):
                return 2 * function(*arguments) + 1
            return wrapper


        @doubled
        def price(number: int, extra: int = 1):
            return number * extra


        class Base:
            def name(self):
                return "base"


        class Item(Base):
            label = "item"

            def name(self):
                return super().name() + self.__mark()

            def __mark(self):
                return "?"

            @staticmethod
            def size():
                return 1

            @property
            def area(self):
                return self.size() * 3


        def adder(amount):
            def add(number):
                return number - amount
            return add


        add_two = adder(2)


        def rated(number):
            return number * RATE
        """,
    "test_shop.py": """
        import shop
        from shop.places import Item, add_two, rated


        def test_bodies():
            assert shop.cost(5) == 10
            assert Item().name() == "base!"
            assert (Item.size(), Item().area) == (2, 5)
            assert add_two(1) == 3


        def test_rest():
            assert rated(2) == 8
            assert Item.label == "thing"
            assert shop.cost(2) == 9
        """,
}


@pytest.mark.parametrize(
    ("test", "way", "changes"),
    [
        (
            "test_bodies",
            "warm",
            [
                ("2 * function(*arguments) + 1", "2 * function(*arguments)"),
                ('return "?"', 'return "!"'),
                ("return 1", "return 2"),
                ("self.size() * 3", "self.size() + 3"),
                ("number - amount", "number + amount"),
            ],
        ),
        (
            "test_rest",
            "cold",
            [
                ("RATE = 3", "RATE = 4"),
                ('label = "item"', 'label = "thing"'),
                ("extra: int = 1", "extra: int = 2"),
            ],
        ),
    ],
)
def test_reaches_every_place(
    tmp_path: Path, scratch: Path, test: str, way: str, changes: list[tuple[str, str]]
) -> None:
    root = write_project(tmp_path / "shop", PLACES)
    edits = [replacing(root, "shop/places.py", *change).edits[0] for change in changes]

    def patch(chosen: Sequence[TextEdit], name: str) -> Patch:
        return Patch(id=name, edits=tuple(chosen), family="test", line=1, score=0.0)

    patches = [
        patch([edit for edit in edits if edit is not left_out], left_out.text) for left_out in edits
    ]
    everything = patch(edits, "everything")
    failing = [f"test_shop.py::{test}"]
    outcomes = asyncio.run(screened(own_suite(root), failing, [*patches, everything], scratch))
    assert [outcome.status for outcome in outcomes] == ["failed"] * len(edits) + ["survivor"]
    assert {outcome.way for outcome in outcomes} == {way}


def test_a_test_that_never_ends(tmp_path: Path, scratch: Path) -> None:
    root = write_project(
        tmp_path / "loop",
        {
            "loop.py": """
                def bits(number):
                    count = 0
                    while number:
                        number ^= number - 1
                        count += 1
                    return count
                """,
            "test_loop.py": """
                from loop import bits


                def test_bits():
                    assert bits(6) == 2
                """,
        },
    )
    patches = [replacing(root, "loop.py", "^=", new) for new in ("^= 0 +", "&=", "//=")]
    assert judged(own_suite(root), ["test_loop.py::test_bits"], patches, scratch) == [
        ("^= 0 +", "exhausted"),
        ("&=", "survivor"),
        ("//=", "failed"),
    ]


def test_a_file_that_cannot_be_collected(tmp_path: Path, scratch: Path) -> None:
    root = write_project(
        tmp_path / "broken",
        {
            "table.py": "LIMITS = dict(low=1, high=undefined)\n",
            "test_table.py": """
                from table import LIMITS


                def test_low():
                    assert LIMITS["low"] == 1


                def test_high():
                    assert LIMITS["high"] == 9
                """,
            "test_other.py": "def test_other():\n    pass\n",
        },
    )
    patches = [replacing(root, "table.py", "undefined", new) for new in ("missing", "8", "9")]
    assert judged(own_suite(root), ["test_table.py"], patches, scratch) == [
        ("missing", "failed"),
        ("8", "failed"),
        ("9", "survivor"),
    ]


@pytest.mark.parametrize(
    ("head", "encoding", "newline"),
    [
        ("# coding: latin-1\n", "latin-1", "\n"),
        ("", "utf-8-sig", "\r\n"),
    ],
)
def test_file_formats(
    tmp_path: Path, scratch: Path, head: str, encoding: str, newline: str
) -> None:
    text = head + "def greet(name):\n    # ä\n    return 'hallo ' + name\n\n\nMARK = 'ü'\n"
    root = write_project(
        tmp_path / "formats",
        {
            "greeting.py": text.replace("\n", newline).encode(encoding),
            "test_greeting.py": """
                import greeting


                def test_greet():
                    assert greeting.greet("x") == "grüß x" and greeting.MARK == "\\u00fc"
                """,
        },
    )
    patches = [replacing(root, "greeting.py", "'hallo '", new) for new in ("'nein '", "'grüß '")]
    assert judged(own_suite(root), ["test_greeting.py::test_greet"], patches, scratch) == [
        ("'nein '", "failed"),
        ("'grüß '", "survivor"),
    ]


def test_two_files_in_one_patch(tmp_path: Path, scratch: Path) -> None:
    root = write_project(
        tmp_path / "two",
        {
            "one.py": "def a():\n    return 1\n",
            "two.py": "def b():\n    return 1\n",
            "test_both.py": """
                def test_both():
                    from one import a
                    from two import b
                    assert (a(), b()) == (2, 3)
                """,
        },
    )
    first = replacing(root, "one.py", "return 1", "return 2")
    second = replacing(root, "two.py", "return 1", "return 3")
    both = Patch(id="both", edits=first.edits + second.edits, family="test", line=1, score=0.0)
    suite = own_suite(root)
    assert judged(suite, ["test_both.py::test_both"], [first, second, both], scratch) == [
        ("return 2", "failed"),
        ("return 3", "failed"),
        ("both", "survivor"),
    ]


def test_a_candidate_does_not_spoil_the_next_one(tmp_path: Path, scratch: Path) -> None:
    root = write_project(
        tmp_path / "memory",
        {
            "memory.py": """
                import functools

                CACHE = {}


                def remember(key, value):
                    return CACHE.setdefault(key, value - 1)


                @functools.lru_cache(maxsize=None)
                def square(number):
                    return number * number - 1
                """,
            "test_memory.py": """
                import pytest

                from memory import remember, square

                ITEMS = [3, 1, 2]


                @pytest.fixture
                def items():
                    return [3, 1, 2]


                def test_remember(items):
                    items.sort()
                    assert items == [1, 2, 3]
                    assert remember("a", 1) == 1


                def test_square():
                    assert square(3) == 9


                @pytest.mark.parametrize("numbers", [ITEMS])
                def test_same(numbers):
                    numbers.append(0)
                    assert numbers is ITEMS and len(numbers) == 4
                    assert remember("b", 4) == 4
                """,
        },
    )
    suite = own_suite(root)
    wrong = ["value - 2", "value - 3", "value * 0", "CACHE.clear() or 5", "value", "value - 4"]
    patches = [replacing(root, "memory.py", "value - 1", new) for new in wrong]
    tests = ["test_memory.py::test_remember", "test_memory.py::test_same[numbers0]"]
    outcomes = judged(suite, tests, patches, scratch)
    assert [status for _, status in outcomes] == ["failed"] * 4 + ["survivor", "failed"]

    wrong = ["- 2", "- 3", "- 4", "- 0", "- 5"]
    patches = [
        replacing(root, "memory.py", "number * number - 1", "number * number " + new)
        for new in wrong
    ]
    outcomes = judged(suite, ["test_memory.py::test_square"], patches, scratch)
    assert [status for _, status in outcomes] == ["failed"] * 3 + ["survivor", "failed"]
