"""Servers that die, tests in other processes, and unittest cases."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pytest

from runners.problems import UserProblem
from runners.screening import Screener
from tests.runners.planted import own_suite, replacing, write_project
from tests.runners.screened import COUNTING, START_S, judged


@pytest.mark.parametrize("framework", ["pytest", "unittest"])
def test_unittest_cases(
    tmp_path: Path, scratch: Path, framework: Literal["pytest", "unittest"]
) -> None:
    root = write_project(
        tmp_path / "cases",
        {
            "stack.py": """
                LIMIT = 1


                class Stack:
                    def __init__(self):
                        self.items = []

                    def push(self, item):
                        self.items.insert(0, item)
                """,
            "test_stack.py": """
                import unittest

                import stack


                class StackTest(unittest.TestCase):
                    @classmethod
                    def setUpClass(cls):
                        cls.limit = 2

                    def setUp(self):
                        self.stack = stack.Stack()

                    def test_order(self):
                        self.stack.push(1)
                        self.stack.push(2)
                        self.assertEqual(self.stack.items, [1, 2])

                    def test_limit(self):
                        self.assertEqual(stack.LIMIT, self.limit)
                """,
        },
    )
    suite = own_suite(root, framework)
    old = "insert(0, item)"
    patches = [
        replacing(root, "stack.py", old, new) for new in ("insert(0, 7)", "append(item)", "exit()")
    ]
    assert judged(suite, ["test_stack.py::StackTest::test_order"], patches, scratch) == [
        ("insert(0, 7)", "failed"),
        ("append(item)", "survivor"),
        ("exit()", "failed"),
    ]
    patches = [replacing(root, "stack.py", "LIMIT = 1", new) for new in ("LIMIT = 2", "LIMIT = 3")]
    assert judged(suite, ["test_stack.py::StackTest::test_limit"], patches, scratch) == [
        ("LIMIT = 2", "survivor"),
        ("LIMIT = 3", "failed"),
    ]


def test_the_server_comes_back_after_its_death(counting: Path, scratch: Path) -> None:
    # A signal to the parent of the fork, which is the server.
    deadly = "__import__('os').kill(__import__('os').getppid(), 9); __import__('time').sleep(1)"
    patches = [
        replacing(counting, "counting.py", "result = number", new, name=name)
        for name, new in [
            ("wrong", "result = 5"),
            ("deadly", deadly),
            ("right", "result += number"),
        ]
    ]
    assert judged(own_suite(counting), COUNTING, patches, scratch) == [
        ("wrong", "failed"),
        ("deadly", "crashed"),
        ("right", "survivor"),
    ]


def test_tests_that_pass_alone_are_set_apart(counting: Path, scratch: Path) -> None:
    async def start(failing: Sequence[str]) -> tuple[str, ...]:
        started = await Screener.start(
            own_suite(counting), failing=failing, scratch=scratch, deadline_s=START_S
        )
        async with started as screener:
            return screener.unusable

    both = [*COUNTING, "test_counting.py::test_none"]
    assert asyncio.run(start(both)) == ("test_counting.py::test_none",)
    with pytest.raises(UserProblem, match="pass when they run alone"):
        asyncio.run(start(["test_counting.py::test_none"]))


def test_code_that_runs_in_another_process_is_out_of_reach(tmp_path: Path, scratch: Path) -> None:
    root = write_project(
        tmp_path / "tool",
        {
            "tool.py": """
                def answer():
                    return 41


                if __name__ == "__main__":
                    print(answer())
                """,
            "test_tool.py": """
                import subprocess
                import sys

                import tool


                def test_tool():
                    assert tool
                    assert subprocess.check_output([sys.executable, "tool.py"]) == b"42\\n"
                """,
        },
    )
    patch = replacing(root, "tool.py", "return 41", "return 42")
    assert judged(own_suite(root), ["test_tool.py::test_tool"], [patch], scratch) == [
        ("return 42", "inapplicable")
    ]
