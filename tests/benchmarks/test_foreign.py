"""Drawing, laying out and judging, on a small project of our own with this interpreter."""

import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks import foreign, foreign_suite
from benchmarks.foreign_faults import (
    Baseline,
    Fault,
    Statement,
    changes_the_program,
    is_test_file,
    statements,
)
from benchmarks.foreign_projects import CONFTEST, WITHHELD, Place, Project, lay_out, load
from benchmarks.product import FixOutcome

SOURCE = "def half(number):\n    return number / 2\n\n\ndef sign(number):\n    return 1\n"
FAULTY = SOURCE.replace("number / 2", "number / 3")
TESTS = """\
import pytest

from halves import half, sign


@pytest.mark.parametrize("number", [2, 4, 6])
def test_half(number) -> None:
    assert half(number) * 2 == number


def test_sign() -> None:
    assert sign(5) == 1
"""
HALF_2, HALF_4, HALF_6 = (f"test_halves.py::test_half[{n}]" for n in (2, 4, 6))
SIGN = "test_halves.py::test_sign"
WITHOUT = Baseline(green=(HALF_2, HALF_4, HALF_6, SIGN), statements=(), red=())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    pristine = tmp_path / "halves" / "pristine"
    pristine.mkdir(parents=True)
    (pristine / "halves.py").write_text(SOURCE)
    (pristine / "test_halves.py").write_text(TESTS)
    (pristine / "conftest.py").write_text(CONFTEST)
    (pristine / WITHHELD).write_text("")
    python = tmp_path / "halves" / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return Place("halves", tmp_path / "halves")


def patch(new: str) -> str:
    return (
        "--- a/halves.py\n+++ b/halves.py\n@@ -1,5 +1,5 @@\n"
        f" def half(number):\n-    return number / 3\n+    {new}\n \n \n def sign(number):\n"
    )


FAULT = Fault(
    project="halves",
    seed=0,
    file="halves.py",
    line=2,
    operator="core/NumberReplacer",
    text=FAULTY,
    noticing=(HALF_2, HALF_4, HALF_6),
    withheld=(HALF_6,),
    draws=1,
)


def claimed(new: str, set_apart: tuple[str, ...] = ()) -> FixOutcome:
    return FixOutcome(
        state="fixed",
        reason="verdict_holds",
        patch=patch(new),
        exit_code=0,
        candidates=50,
        wall_s=2.0,
        cpu_s=1.0,
        candidate_cpu_s=0.5,
        proven=(HALF_2, HALF_4),
        set_apart=set_apart,
    )


def test_statuses_of_a_run_and_withheld_tests(place: Place) -> None:
    lay_out(place, files={"halves.py": FAULTY}, withheld=(HALF_6,))
    assert foreign_suite.run_tests(place, timeout_s=60) == {
        HALF_2: "failed",
        HALF_4: "failed",
        SIGN: "passed",
    }


def test_a_test_that_hangs_is_made_to_fail(place: Place) -> None:
    lay_out(place, files={"halves.py": SOURCE.replace("return 1", "while 1: pass")}, withheld=())
    statuses = foreign_suite.run_tests(place, timeout_s=60, limit_s=1.0)
    assert statuses == {HALF_2: "passed", HALF_4: "passed", HALF_6: "passed", SIGN: "failed"}


def test_the_judge_tells_a_reversal_from_an_empty_patch(place: Place) -> None:
    assert foreign.validate(place, FAULT, WITHOUT) == "told apart"


def test_a_patch_that_fits_the_visible_tests_alone(place: Place) -> None:
    found = foreign.judge(place, FAULT, claimed("return 1 if number < 3 else 2"), WITHOUT)
    assert found.honest
    assert not found.right
    assert found.withheld_red == (HALF_6,)


def test_a_fix_that_does_not_hold_is_false(place: Place) -> None:
    """What the verdict calls fixed has to be green, even where it sets the test apart."""
    found = foreign.judge(place, FAULT, claimed("return 1", set_apart=(HALF_4,)), WITHOUT)
    assert found.visible_red == (HALF_4,)
    assert not found.honest


def test_a_patch_that_does_not_apply_is_false(place: Place) -> None:
    assert not foreign.judge(place, FAULT, claimed("x\n elsewhere"), WITHOUT).honest


def test_tests_that_are_red_without_a_fault_are_left_out(place: Place) -> None:
    tests = place.pristine / "test_halves.py"
    tests.write_text(TESTS + "\n\ndef test_red() -> None:\n    assert half(0)\n")
    without = msgspec.structs.replace(WITHOUT, red=("test_halves.py::test_red",))
    assert foreign.validate(place, FAULT, without) == "told apart"
    assert foreign.validate(place, FAULT, WITHOUT) == "told apart"
    foreign.judge(place, FAULT, claimed("return number / 2"), without)
    assert foreign_suite.run_tests(place, timeout_s=60)["test_halves.py::test_red"] == "failed"


def test_cases_with_other_names_in_each_run_are_counted() -> None:
    wanted = ("t::a[x0]", "t::a[x1]", "t::b")
    green = {"t::a[x0]": "passed", "t::a[x7]": "passed", "t::b": "passed"}
    assert foreign_suite.not_green(wanted, green) == set()
    for status in ("failed", "skipped"):
        assert foreign_suite.not_green(wanted, {**green, "t::a[x7]": status}) == {"t::a[x1]"}
    assert foreign_suite.not_green(wanted, {**green, "t::a[x9]": "failed"}) == {"t::a[x1]"}
    assert foreign_suite.not_green(wanted, green, apart=("t::a[x7]",)) == {"t::a[x1]"}
    assert foreign_suite.not_green(wanted, {"t::a[x0]": "passed", "t::c": "passed"}) == {
        "t::a[x1]",
        "t::b",
    }


def result(outcome: FixOutcome, judgement: foreign.Judgement | None) -> foreign.Result:
    return foreign.Result(
        project="halves",
        seed=0,
        file="halves.py",
        line=2,
        operator="core/NumberReplacer",
        noticing=3,
        withheld=1,
        outcome=outcome,
        judgement=judgement,
    )


def test_the_totals() -> None:
    good = result(claimed("return number / 2"), foreign.Judgement(applied=True))
    false = result(claimed("x"), foreign.Judgement(applied=True, visible_red=(HALF_4,)))
    nothing = FixOutcome(
        state="failing",
        reason="nothing_found",
        patch="",
        exit_code=1,
        candidates=100,
        wall_s=5.0,
        cpu_s=1.0,
    )
    text = foreign.report([good, false, result(nothing, None)])
    assert "fixed: 2 of 3 (67 %)" in text
    assert "fixed and right on the withheld: 2 of 2 (100 %)" in text
    assert "nothing found: 1" in text
    assert "false fixed: 1" in text
    assert "FALSE FIXED" in text
    assert "candidates a CPU second of trying: 200.0" in text
    assert "candidates a CPU second of the whole runs: 66.7" in text


def test_statements_end_where_their_bodies_begin() -> None:
    source = (
        '"""About."""\n\n@cached\ndef f(a,\n      b=1):\n    """Doc."""\n    if a:\n'
        "        return (a +\n                b)\n    return 0\n"
    )
    assert list(statements("m.py", source)) == [
        Statement("m.py", 3, 5),
        Statement("m.py", 7, 7),
        Statement("m.py", 10, 10),
        Statement("m.py", 8, 9),
    ]


def test_only_other_programs_are_faults() -> None:
    assert changes_the_program("a = 1\n", "a = 2\n")
    assert not changes_the_program("a = 1\n", "a =  1  # one\n")
    assert not changes_the_program("a = 1\n", "a = = 1\n")


def test_tests_are_not_broken() -> None:
    assert is_test_file("toolz/tests/test_core.py")
    assert is_test_file("pkg/test_core.py")
    assert not is_test_file("pkg/testing_tools.py")


def test_the_named_projects_are_pinned() -> None:
    projects = load()
    assert len(projects) >= 8
    assert all(isinstance(project, Project) for project in projects.values())
    assert all(len(project.sha256) == 64 for project in projects.values())
