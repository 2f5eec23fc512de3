import asyncio
import time
from pathlib import Path

import pytest

from runners.coverage import observe
from tests.runners.planted import own_suite, write_project

FILES: dict[str, str | bytes] = {
    "bank.py": """
        RATE = 2


        class Account:
            def __init__(self, owner):
                self.owner = owner
                self.items = []

            @property
            def trap(self):
                raise SystemExit("must not be read by the tracer")

            def add(self, amount, names):
                if amount > 1:
                    self.items.append(names[0] * RATE)
                return self.items


        def find(table, key):
            return table[key]


        def spin():
            while True:
                spinning = RATE


        def numbers():
            yield 1
        """,
    "test_bank.py": """
        import os
        import time

        import bank


        def test_small():
            account = bank.Account("a")
            assert account.add(1, ["x"]) == []


        def test_large():
            account = bank.Account("a")
            assert account.add(2, ["x"]) == ["xx"]


        def test_missing():
            assert bank.find({"k": 1}, "k") == 1
            assert list(bank.numbers()) == [1]
            bank.find({"k": 1}, "no")


        def test_spin():
            bank.spin()


        def test_dies():
            os._exit(0)


        def test_last():
            assert bank.find({}, 1) is None
        """,
}


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return write_project(tmp_path / "bank", FILES)


def names(*tests: str) -> list[str]:
    return [f"test_bank.py::test_{test}" for test in tests]


def line_of(root: Path, text: str) -> int:
    lines = (root / "bank.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_lines_types_returns_and_attributes(bank: Path, tmp_path: Path) -> None:
    seen = asyncio.run(
        observe(
            own_suite(bank),
            tests=names("small", "large", "missing"),
            deadline_s=30,
            per_test_s=10,
            values=True,
            scratch=tmp_path,
        )
    )
    small, large, missing = seen.traces
    assert [trace.status for trace in seen.traces] == ["passed", "passed", "failed"]
    append = line_of(bank, "append")
    assert append in large.lines["bank.py"]
    assert append not in small.lines["bank.py"]
    # What runs at import belongs to no test.
    assert line_of(bank, "RATE = 2") not in small.lines["bank.py"]
    values = seen.values["bank.py"][append]
    assert values["names"] == ("list[str]",)
    assert values["names[0]"] == ("str",)
    assert values["self.items"] == ("list",)
    assert values["self"] == ("bank.Account",)
    assert values["RATE"] == ("int",)
    assert "self.trap" not in values
    # An exception leaves `find` without a value, which is not None.
    assert seen.returns["bank.py"]["find"] == ("int",)
    assert seen.returns["bank.py"]["Account.add"] == ("list", "list[str]")
    assert seen.returns["bank.py"]["numbers"] == ("generator",)
    assert seen.attributes["bank.Account"] == {"items": ("list", "list[str]"), "owner": ("str",)}
    assert seen.hanging == ()
    assert line_of(bank, "return table") in missing.lines["bank.py"]


def test_goes_on_behind_a_hang_and_a_crash(bank: Path, tmp_path: Path) -> None:
    seen = asyncio.run(
        observe(
            own_suite(bank),
            tests=names("spin", "dies", "last"),
            deadline_s=30,
            per_test_s=0.3,
            values=False,
            scratch=tmp_path,
            plain={names("last")[0]: "passed"},
        )
    )
    assert seen.hanging == tuple(names("spin", "dies"))
    statuses = {trace.test: trace.status for trace in seen.traces}
    # The run without tracing has the last word.
    assert statuses == {names("spin")[0]: "failed", names("last")[0]: "passed"}
    assert line_of(bank, "spinning") in seen.traces[0].lines["bank.py"]
    assert seen.values == {}


def test_the_deadline_holds(bank: Path, tmp_path: Path) -> None:
    began = time.monotonic()
    seen = asyncio.run(
        observe(
            own_suite(bank),
            tests=names("small", "spin", "last"),
            deadline_s=2.5,
            per_test_s=60,
            values=False,
            scratch=tmp_path,
        )
    )
    assert time.monotonic() - began < 4
    assert [trace.test for trace in seen.traces] == names("small")


def test_unittest_suites_are_traced(tmp_path: Path) -> None:
    root = write_project(
        tmp_path / "cases",
        {
            "doubling.py": "def double(number):\n    return number * 2\n",
            "test_code.py": """
                import unittest

                from doubling import double


                class CodeTest(unittest.TestCase):
                    def test_double(self):
                        self.assertEqual(double(2), 4)
                """,
        },
    )
    seen = asyncio.run(
        observe(
            own_suite(root, "unittest"),
            tests=["test_code.py::CodeTest::test_double"],
            deadline_s=30,
            per_test_s=10,
            values=True,
            scratch=tmp_path,
        )
    )
    [trace] = seen.traces
    assert trace.status == "passed"
    assert trace.lines["doubling.py"] == (2,)
    assert seen.returns["doubling.py"]["double"] == ("int",)
