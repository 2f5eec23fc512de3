"""Which files judge a change, and which a repair may touch."""

import pytest

from agent_core.integrity import (
    is_configuration,
    is_source,
    is_test_file,
    judges,
    tampered,
)
from agent_core.source_reading import examples
from runners.reports import TestCase, TestReport


def unchanged(_: str) -> bool:
    return True


REPORT = TestReport(
    health="ran",
    cases=(
        TestCase("checks/prices.py::test_a", "passed"),
        TestCase("checks/prices.py::TestB::test_c[1]", "failed"),
        TestCase("README.md::README.md", "passed"),
    ),
)


def always(_: str) -> bool:
    """Whether a file's examples are as they were: yes."""
    return True


def never(_: str) -> bool:
    """Whether a file's examples are as they were: no."""
    return False


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py",
        "a/test/data.json",
        "conftest.py",
        "src/test_a.py",
        "a_test.py",
        "tests.py",
        "Tests/expected.py",
        "unit_tests/expected.py",
        "system-tests/a.py",
        "testdata/a.json",
        "a/test_data/b.py",
        "fixtures/a.json",
        "web/__tests__/a.py",
        "specs/a.py",
    ],
)
def test_test_code(path: str) -> None:
    assert is_test_file(path)
    assert not is_source(path)


@pytest.mark.parametrize(
    "path",
    [
        "shop/prices.py",
        "latest.py",
        "contest.py",
        "testimony/m.py",
        "attest_more.py",
        "contests/m.py",
    ],
)
def test_sources(path: str) -> None:
    assert is_source(path)
    assert not is_test_file(path)
    assert tampered([path], REPORT, unchanged) == ()


@pytest.mark.parametrize(
    "path",
    ["pytest.ini", "pyproject.toml", "sub/setup.cfg", "tox.ini", "hook.pth", "sitecustomize.py"],
)
def test_configuration_of_the_runner(path: str) -> None:
    assert is_configuration(path)
    assert not is_source(path)
    assert tampered([path], REPORT, unchanged) == (path,)


@pytest.mark.parametrize("path", ["data.json", "prices.pyi", "prices.pyx", "Makefile"])
def test_what_is_no_python_is_no_source(path: str) -> None:
    assert not is_source(path)


def test_files_with_collected_tests_judge_whatever_their_names() -> None:
    assert judges(REPORT) == {"checks/prices.py", "README.md"}
    changed = ["shop/prices.py", "README.md", "tests/helper.py", "checks/prices.py"]
    assert tampered(changed, REPORT, never) == ("README.md", "checks/prices.py", "tests/helper.py")


def test_a_source_that_is_collected_for_its_examples_judges_by_these_alone() -> None:
    doctest = TestCase("shop/prices.py::shop.prices.total", "failed")
    report = TestReport(health="ran", cases=(*REPORT.cases, doctest))
    changed = ["README.md", "checks/prices.py", "shop/prices.py"]
    assert tampered(changed, report, always) == ("README.md", "checks/prices.py")
    assert tampered(changed, report, never) == ("README.md", "checks/prices.py", "shop/prices.py")


def test_the_examples_of_a_module_are_its_docstrings_with_prompts() -> None:
    first = (
        '"""Sums.\n\n>>> add(1, 2)\n3\n"""\n\n\ndef add(a, b):\n    """No example."""\n    return a'
    )
    assert examples(first) == ("Sums.\n\n>>> add(1, 2)\n3\n",)
    assert examples(first + " + b\n") == examples(first)
    assert examples(first.replace("3", "1")) != examples(first)
    assert examples("def broken(:\n") is None
