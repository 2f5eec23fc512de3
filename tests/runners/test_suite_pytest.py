"""Runs of pytest: what becomes of each kind of result, of options, and of runs gone wrong."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runners.reports import Failure
from runners.suite_runs import run_suite
from tests.runners.projects import Project, statuses, write

GREEN = "def test_a(): pass\ndef test_b(): pass\n"

EVERY_KIND = """
    import unittest

    import pytest


    def add(a, b):
        return a - b


    @pytest.mark.parametrize(("a", "total"), [(0, 0), (1, 2)])
    def test_add(a, total):
        assert add(a, a) == total


    @pytest.mark.xfail
    def test_expected():
        assert False


    @pytest.mark.xfail
    def test_unexpected():
        pass


    @pytest.mark.xfail(strict=True)
    def test_strict():
        pass


    @pytest.mark.skip
    def test_skipped():
        pass


    @pytest.fixture
    def early():
        raise RuntimeError("early")


    @pytest.fixture
    def late():
        yield
        raise RuntimeError("late")


    def test_set_up(early):
        pass


    def test_tear_down(late):
        pass


    class TestIt(unittest.TestCase):
        def test_equal(self):
            self.assertEqual(1, 2)

        def test_parts(self):
            for part in range(3):
                with self.subTest(part=part):
                    self.assertNotEqual(part, 1)
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def failure_of(project: Project, report_id: str, files: dict[str, str]) -> Failure:
    case = project.run(files).case(report_id)
    assert case is not None
    assert case.failure is not None
    return case.failure


def test_each_test_is_one_case_whatever_its_phases(project: Project) -> None:
    report = project.run({"test_kinds.py": EVERY_KIND})
    assert report.health == "ran"
    assert report.exit_code == 1
    assert statuses(report) == {
        "test_add[0-0]": "passed",
        "test_add[1-2]": "failed",
        "test_expected": "xfailed",
        "test_unexpected": "xpassed",
        "test_strict": "failed",
        "test_skipped": "skipped",
        "test_set_up": "error",
        "test_tear_down": "error",
        "TestIt::test_equal": "failed",
        "TestIt::test_parts": "failed",
    }
    phases = {case.id: case.failure.phase for case in report.cases if case.failure}
    assert phases["test_kinds.py::test_set_up"] == "setup"
    assert phases["test_kinds.py::test_tear_down"] == "teardown"
    assert project.seen == list(report.cases)


def test_a_failure_has_values_place_and_source(project: Project) -> None:
    failure = failure_of(
        project,
        "tests/test_f.py::test_f",
        {
            "lib.py": "def half(n):\n    return n // 0\n",
            "tests/test_f.py": "import lib\ndef test_f():\n    assert lib.half(4) == 2\n",
        },
    )
    assert failure.exception == "ZeroDivisionError"
    assert (failure.file, failure.line) == ("lib.py", 2)
    assert ">    2      return n // 0" in failure.excerpt
    assert [(frame.file, frame.function) for frame in failure.frames] == [
        ("tests/test_f.py", "test_f"),
        ("lib.py", "half"),
    ]


def test_an_assertion_is_explained_by_its_values(project: Project) -> None:
    failure = failure_of(
        project,
        "test_a.py::test_a",
        {"test_a.py": "def double(n): return n\ndef test_a():\n    assert double(2) == 4\n"},
    )
    assert failure.message == "assert 2 == 4\n +  where 2 = double(2)"


def test_long_messages_and_deep_tracebacks_are_cut(project: Project) -> None:
    report = project.run(
        {
            "test_a.py": """
                def test_long():
                    raise ValueError("line\\n" * 500)
                def test_deep():
                    def again(): again()
                    again()
            """
        }
    )
    long, deep = (case.failure for case in report.cases)
    assert long is not None
    assert long.message.endswith("... 488 more lines")
    assert deep is not None
    assert deep.exception == "RecursionError"
    assert len(deep.frames) == 40


def test_an_exception_that_cannot_be_printed_is_reported_all_the_same(project: Project) -> None:
    code = """
        class Odd(Exception):
            def __str__(self): return 1 / 0
        def test_a(): raise Odd
        def test_b(): assert "\\udc80" == "b"
    """
    report = project.run({"test_a.py": code})
    assert report.health == "ran"
    assert [case.status for case in report.cases] == ["failed", "failed"]
    assert report.cases[0].failure is not None
    assert "ZeroDivisionError" in report.cases[0].failure.message


def test_collection_errors_are_cases_and_the_rest_still_runs(project: Project) -> None:
    report = project.run(
        {
            "test_import.py": "import no_such_module\n",
            "test_syntax.py": "def f(:\n",
            "test_value.py": "1 / 0\n",
            "test_skip.py": "import pytest\npytest.skip('no', allow_module_level=True)\n",
            "sub/conftest.py": "1 / 0\n",
            "sub/test_sub.py": GREEN,
            "test_ok.py": GREEN,
        }
    )
    found = {
        case.id: (case.status, case.failure.phase, case.failure.exception, case.failure.line)
        for case in report.cases
        if case.failure
    }
    assert found == {
        "sub/conftest.py": ("error", "collect", "ZeroDivisionError", 1),
        "test_import.py": ("error", "collect", "ModuleNotFoundError", 1),
        "test_syntax.py": ("error", "collect", "SyntaxError", 1),
        "test_value.py": ("error", "collect", "ZeroDivisionError", 1),
    }
    assert report.green == ("test_ok.py::test_a", "test_ok.py::test_b")
    assert statuses(report)["test_skip.py"] == "skipped"


def test_only_the_named_tests_run_and_other_files_are_not_even_loaded(project: Project) -> None:
    files = {
        "a/test_one.py": GREEN,
        "a/test_two.py": "raise SystemExit('loaded')\n",
        "b/c/test_three.py": GREEN,
        "b/c/__init__.py": "",
        "b/__init__.py": "",
    }
    wanted = ["b/c/test_three.py::test_b", "a/test_one.py::test_a", "a/test_one.py::test_gone"]
    report = project.run(files, tests=wanted)
    assert report.health == "ran"
    assert {case.id: case.status for case in report.cases} == {
        "b/c/test_three.py::test_b": "passed",
        "a/test_one.py::test_a": "passed",
        "a/test_one.py::test_gone": "not_run",
    }


def test_a_bare_file_stands_for_its_tests_and_for_being_collected(project: Project) -> None:
    files = {"test_a.py": "import no_such_module\n", "test_b.py": GREEN}
    assert project.run(files, tests=["test_a.py"]).red == ("test_a.py",)
    mended = project.run({"test_a.py": GREEN}, tests=["test_a.py"])
    assert mended.green == ("test_a.py::test_a", "test_a.py::test_b", "test_a.py")


def test_files_can_run_in_reverse_order(project: Project) -> None:
    files = {"a/test_one.py": GREEN, "b/test_two.py": GREEN}
    assert [case.id for case in project.run(files, reverse_files=True).cases] == [
        "b/test_two.py::test_a",
        "b/test_two.py::test_b",
        "a/test_one.py::test_a",
        "a/test_one.py::test_b",
    ]


def test_ids_are_relative_to_the_workspace_when_pytest_takes_another_root(
    project: Project,
) -> None:
    files = {"sub/pytest.ini": "[pytest]\n", "sub/test_a.py": GREEN}
    report = project.run(files, command="pytest sub", tests=["sub/test_a.py::test_b"])
    assert report.green == ("sub/test_a.py::test_b",)


def test_stopping_early_by_the_projects_own_options_is_switched_off(project: Project) -> None:
    files = {
        "pytest.ini": "[pytest]\naddopts = -x --maxfail=1 --ff\n",
        "test_a.py": "def test_a(): assert 0\ndef test_b(): assert 0\ndef test_c(): pass\n",
    }
    assert statuses(project.run(files)) == {
        "test_a": "failed",
        "test_b": "failed",
        "test_c": "passed",
    }


@pytest.mark.slow
def test_hypothesis_finds_the_same_example_each_time(project: Project) -> None:
    code = """
        from hypothesis import given, strategies

        @given(strategies.integers())
        def test_property(n):
            assert n < 1000
    """
    messages = []
    for _ in range(2):
        failure = project.run({"test_a.py": code}).cases[0].failure
        assert failure is not None
        messages.append(failure.message)
    assert messages[0] == messages[1]
    assert project.files() == {"test_a.py"}


def test_nothing_is_left_in_the_workspace_or_in_scratch(project: Project) -> None:
    files = {
        "lib.py": "VALUE = 1\n",
        "test_a.py": """
            import subprocess, sys
            import lib

            def test_cache(cache, tmp_path):
                cache.set("a/b", 1)
                subprocess.run([sys.executable, "-c", "import lib"], check=True)
        """,
    }
    assert project.run(files).green == ("test_a.py::test_cache",)
    assert project.files() == set(files)
    assert list(project.scratch.iterdir()) == []


def test_modules_say_where_they_came_from(project: Project) -> None:
    report = project.run(
        {
            "src/pkg/__init__.py": "",
            "src/shared/part.py": "",
            "pytest.ini": "[pytest]\npythonpath = src\n",
            "test_a.py": "import json, pkg, shared.part\ndef test_a(): pass\n",
        }
    )
    found = {module.name: (module.file, module.inside) for module in report.modules}
    assert found["pkg"] == (str(project.root / "src/pkg/__init__.py"), True)
    assert found["shared.part"][1]
    assert "json" not in found


def test_a_module_taken_from_elsewhere_is_outside(project: Project, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "pkg.py").write_text("")
    report = project.run(
        {
            "src/pkg.py": "",
            "test_a.py": f"import sys\nsys.path.insert(0, {str(elsewhere)!r})\nimport pkg\n"
            "def test_a(): pass\n",
        }
    )
    assert [m.inside for m in report.modules if m.name == "pkg"] == [False]


def test_a_hanging_test_is_named_and_located_and_finished_ones_are_kept(project: Project) -> None:
    code = """
        def test_a(): pass
        def forever():
            while True:
                pass
        def test_b(): forever()
        def test_c(): pass
    """
    report = project.run({"test_a.py": code}, deadline_s=2.5)
    assert report.health == "timed_out"
    assert "test_a.py::test_b" in report.problem
    assert statuses(report) == {"test_a": "passed", "test_b": "error", "test_c": "not_run"}
    failure = report.cases[1].failure
    assert failure is not None
    assert failure.line in {4, 5}
    assert [frame.function for frame in failure.frames] == ["test_b", "forever"]


def test_a_file_that_hangs_while_it_is_imported_is_located(project: Project) -> None:
    report = project.run({"test_a.py": "while True: pass\n"}, deadline_s=5)
    assert report.health == "timed_out"
    assert "while the tests were collected, at test_a.py:1" in report.problem


@pytest.mark.parametrize(
    "end", ["os._exit(0)", f"os.kill(os.getpid(), {int(signal.SIGSEGV)})"], ids=["exit", "signal"]
)
def test_a_test_that_ends_the_interpreter_is_named(project: Project, end: str) -> None:
    code = f"import os\ndef test_a(): pass\ndef test_b(): {end}\ndef test_c(): pass\n"
    report = project.run({"test_a.py": code})
    assert report.health == "crashed"
    assert "test_a.py::test_b" in report.problem
    assert statuses(report) == {"test_a": "passed", "test_b": "error", "test_c": "not_run"}


BROKEN = {
    "exit in conftest": ({"conftest.py": "import os\nos._exit(0)\n"}, "os._exit"),
    "missing plugins": (
        {"pytest.ini": "[pytest]\naddopts = --cov=x --reruns=2\n"},
        "install pytest-cov and pytest-rerunfailures",
    ),
    "required plugin": ({"pytest.ini": "[pytest]\nrequired_plugins = pytest-no\n"}, "pytest-no"),
    "named plugin": ({"pytest.ini": "[pytest]\naddopts = -p no_plugin\n"}, "-p no_plugin"),
    "conftest": ({"conftest.py": "import no_such\n"}, "conftest.py cannot be imported"),
    "configure": (
        {"conftest.py": "def pytest_configure(): raise ValueError('odd')\n"},
        "conftest.py:1 (ValueError: odd)",
    ),
    "warning": (
        {
            "pytest.ini": "[pytest]\nfilterwarnings = error\n",
            "conftest.py": "import warnings\ndef pytest_configure(): warnings.warn('old')\n",
        },
        "not caused by the code under test",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_run_that_ran_no_test_says_so_with_its_cause(project: Project, name: str) -> None:
    files, cause = BROKEN[name]
    report = project.run({"test_a.py": GREEN, **files})
    assert report.health == "broken"
    assert report.problem.startswith("no test ran: ")
    assert cause in report.problem


DISAGREEING = {
    "green by force": "def pytest_sessionfinish(session): session.exitstatus = 0\n",
    "red by force": (
        "import pytest\n"
        "@pytest.hookimpl(trylast=True)\n"
        "def pytest_sessionfinish(session): session.exitstatus = 1\n"
        "def pytest_collection_modifyitems(items): del items[0]\n"
    ),
    "exit handler": "import atexit, os\natexit.register(os._exit, 7)\n",
}


@pytest.mark.parametrize("name", DISAGREEING)
def test_an_exit_code_that_contradicts_the_cases_is_no_result(project: Project, name: str) -> None:
    files = {"test_a.py": "def test_a(): assert 0\ndef test_b(): pass\n"}
    report = project.run({**files, "conftest.py": DISAGREEING[name]})
    assert report.health == "broken"


def test_no_test_at_all_is_told_apart_from_success(project: Project) -> None:
    assert project.run({"test_a.py": "VALUE = 1\n"}).health == "no_tests"
    report = project.run({"test_a.py": GREEN}, tests=["test_a.py::test_gone"])
    assert report.health == "no_tests"
    assert "test_a.py::test_gone" in report.problem


@pytest.mark.slow
def test_threads_that_outlive_the_tests_do_not_hold_the_run_up(project: Project) -> None:
    code = """
        import threading, time
        def test_a(): threading.Thread(target=time.sleep, args=(60,)).start()
    """
    report = project.run({"test_a.py": code}, deadline_s=30)
    assert report.health == "ran"
    assert report.wall_s < 20


def test_a_forked_copy_of_the_tests_reports_nothing(project: Project) -> None:
    code = """
        import os
        def test_a():
            if os.fork() == 0:
                raise SystemExit(0)
            os.wait()
        def test_b(): pass
    """
    report = project.run({"test_a.py": code})
    assert statuses(report) == {"test_a": "passed", "test_b": "passed"}
    assert len(project.seen) == 2


def test_the_tests_see_the_command_line_and_environment_of_their_toolchain(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    code = """
        import json, os, sys, tempfile
        def test_a():
            seen = {"argv": sys.argv[0], "path": sys.path, "secret": "SECRET_TOKEN" in os.environ,
                    "first": os.environ["PATH"].split(os.pathsep)[0]}
            open("seen.json", "w").write(json.dumps(seen))
    """
    project.run({"test_a.py": code})
    seen = json.loads((project.root / "seen.json").read_text())
    assert Path(seen["argv"]).as_posix().endswith("pytest/__main__.py")
    assert str(project.root) in seen["path"]
    assert not [entry for entry in seen["path"] if entry.endswith("inside")]
    assert not seen["secret"]
    assert seen["first"] == str(Path(project.suite().toolchain.interpreter).parent)


def test_a_doctest_failure_shows_both_outputs(project: Project) -> None:
    code = '''
        def one():
            """
            >>> one()
            2
            """
            return 1
    '''
    report = project.run({"lib.py": code}, command="python -m pytest --doctest-modules")
    failure = report.cases[0].failure
    assert failure is not None
    assert failure.message == "one()\nexpected: 2\ngot: 1"
    assert (failure.file, failure.line) == ("lib.py", 4)


def test_a_cancelled_run_leaves_nothing_behind(project: Project) -> None:
    code = "import time\ndef test_a(): pass\ndef test_b(): time.sleep(60)\n"
    write(project.root, {"test_a.py": code})
    suite = project.suite()

    async def started_then_cancelled() -> None:
        first = asyncio.Event()
        run = asyncio.ensure_future(
            run_suite(
                suite,
                deadline_s=60,
                scratch=project.scratch,
                on_case=lambda _case: first.set(),
            )
        )
        await first.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run

    asyncio.run(asyncio.wait_for(started_then_cancelled(), 30))
    assert list(project.scratch.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can fix addresses")
def test_tests_made_from_a_set_keep_their_names(project: Project) -> None:
    code = (
        "import pytest\n\n"
        "class Thing: pass\n\n"
        "THINGS = {Thing(): n for n in range(9)} | {None: 9}\n\n"
        "@pytest.mark.parametrize('n', [THINGS[t] for t in set(THINGS)])\n"
        "def test_thing(n): pass\n"
    )
    if not addresses_can_be_fixed():
        pytest.skip("this container forbids it")
    first, second = (project.run({"test_a.py": code}) for _ in range(2))
    assert [case.id for case in first.cases] == [case.id for case in second.cases]


def addresses_can_be_fixed() -> bool:
    """Whether a child process may ask for the same addresses each time."""
    ask = "import ctypes, sys; sys.exit(ctypes.CDLL(None).personality(0x0040000) == -1)"
    return subprocess.run([sys.executable, "-c", ask], check=False).returncode == 0


def test_a_test_cut_off_at_its_limit_is_reported_however_long_that_takes(project: Project) -> None:
    plugin = (
        "import time\n\n\n"
        "def pytest_runtest_makereport(item, call):\n"
        "    end = time.monotonic() + 1.5\n"
        "    while time.monotonic() < end: pass\n"
    )
    tests = "def test_hangs():\n    while True: pass\n\n\ndef test_b(): pass\n"
    report = project.run({"conftest.py": plugin, "test_a.py": tests}, test_limit_s=0.5)
    assert report.health == "ran"
    assert statuses(report) == {"test_hangs": "failed", "test_b": "passed"}
