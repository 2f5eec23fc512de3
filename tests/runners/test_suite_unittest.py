"""Runs of unittest give the same report as those of pytest."""

from pathlib import Path

import pytest

from tests.runners.projects import Project, statuses

COMMAND = "python -m unittest"

EVERY_KIND = """
    import unittest

    class Plain(unittest.TestCase):
        def test_ok(self): pass
        def test_equal(self): self.assertEqual(1, 2)
        def test_error(self): return 1 / 0
        def test_parts(self):
            for part in range(3):
                with self.subTest(part=part):
                    self.assertNotEqual(part, 1)
        @unittest.skip("no")
        def test_skipped(self): pass
        @unittest.expectedFailure
        def test_expected(self): self.fail()
        @unittest.expectedFailure
        def test_unexpected(self): pass

    class SetUp(unittest.TestCase):
        @classmethod
        def setUpClass(cls): raise ValueError("early")
        def test_1(self): pass
        def test_2(self): pass

    class TearDown(unittest.TestCase):
        @classmethod
        def tearDownClass(cls): raise ValueError("late")
        def test_1(self): pass
        def test_2(self): pass

    class Skipped(unittest.TestCase):
        @classmethod
        def setUpClass(cls): raise unittest.SkipTest("no")
        def test_1(self): pass
"""
GREEN = """
    import unittest
    class T(unittest.TestCase):
        def test_a(self): pass
        def test_b(self): pass
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_each_test_is_one_case(project: Project) -> None:
    report = project.run({"test_kinds.py": EVERY_KIND}, command=COMMAND)
    assert report.health == "ran"
    assert statuses(report) == {
        "Plain::test_ok": "passed",
        "Plain::test_equal": "failed",
        "Plain::test_error": "failed",
        "Plain::test_parts": "failed",
        "Plain::test_skipped": "skipped",
        "Plain::test_expected": "xfailed",
        "Plain::test_unexpected": "failed",
        "SetUp::test_1": "error",
        "SetUp::test_2": "error",
        "TearDown::test_1": "passed",
        "TearDown::test_2": "error",
        "Skipped::test_1": "skipped",
    }
    case = report.case("test_kinds.py::SetUp::test_1")
    assert case is not None
    assert case.failure is not None
    assert (case.failure.phase, case.failure.exception) == ("setup", "ValueError")


def test_packages_and_loose_folders_are_discovered_and_broken_modules_named(
    project: Project,
) -> None:
    files = {
        "lib.py": "VALUE = 1\n",
        "test_top.py": GREEN,
        "pkg/__init__.py": "",
        "pkg/test_in.py": "import lib\n" + GREEN.replace("\n    ", "\n"),
        "loose/test_loose.py": GREEN,
        "loose/test_broken.py": "import no_such_module\n",
    }
    report = project.run(files, command=COMMAND)
    assert set(report.green) == {
        f"{file}::T::test_{letter}"
        for file in ("test_top.py", "pkg/test_in.py", "loose/test_loose.py")
        for letter in "ab"
    }
    assert report.red == ("loose/test_broken.py",)
    (failure,) = (case.failure for case in report.cases if case.failure)
    assert (failure.phase, failure.exception) == ("collect", "ModuleNotFoundError")
    assert ("lib", True) in {(module.name, module.inside) for module in report.modules}
    assert project.files() == set(files)


def test_the_users_arguments_are_those_of_unittest(project: Project) -> None:
    files = {"checks/verify_a.py": GREEN, "test_b.py": GREEN}
    report = project.run(files, command=f"{COMMAND} discover -s checks -p 'verify_*.py' -f")
    assert report.green == ("checks/verify_a.py::T::test_a", "checks/verify_a.py::T::test_b")


def test_named_tests_and_reverse_order(project: Project) -> None:
    files = {"test_a.py": GREEN, "test_b.py": GREEN, "test_c.py": GREEN}
    wanted = ["test_c.py::T::test_a", "test_a.py", "test_b.py::T::test_gone"]
    report = project.run(files, command=COMMAND, tests=wanted, reverse_files=True)
    assert [case.id for case in report.cases] == [
        "test_c.py::T::test_a",
        "test_a.py::T::test_a",
        "test_a.py::T::test_b",
        "test_a.py",
        "test_b.py::T::test_gone",
    ]
    assert [case.status for case in report.cases] == ["passed"] * 4 + ["not_run"]


def test_a_hanging_test_and_no_test(project: Project) -> None:
    assert project.run({"lib.py": ""}, command=COMMAND).health == "no_tests"
    code = """
        import unittest
        class T(unittest.TestCase):
            def test_a(self): pass
            def test_b(self):
                while True: pass
    """
    report = project.run({"test_a.py": code}, command=COMMAND, deadline_s=1.5)
    assert report.health == "timed_out"
    assert report.red == ("test_a.py::T::test_b",)
    assert report.cases[1].failure is not None
    assert report.cases[1].failure.line == 6
