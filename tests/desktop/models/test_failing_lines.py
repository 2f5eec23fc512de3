"""Lines that failing tests stop in."""

from desktop.models.failing_lines import failing_lines
from desktop.models.tests_rows import TestRow
from runners.reports import Failure, Frame

FAILURE = Failure(
    "call", "KeyError", "'x'", "tests/test_a.py", 4,
    frames=(Frame("tests/test_a.py", 4, "test_a"), Frame("a.py", 9, "get"), Frame("", 1, "lib")),
)  # fmt: skip


def test_every_line_of_the_project_on_the_way_counts() -> None:
    row = TestRow("tests/test_a.py::test_a", "failed", before_failure=FAILURE)
    assert failing_lines([row]) == {
        "tests/test_a.py": frozenset({4}), "a.py": frozenset({9}),
    }  # fmt: skip


def test_what_is_green_again_does_not() -> None:
    fixed = TestRow("t", "failed", "passed", before_failure=FAILURE)
    assert failing_lines([fixed, TestRow("u", "passed")]) == {}
