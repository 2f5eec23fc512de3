"""What the tests run cannot forge their own results by way of the results file."""

import json
import secrets
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.frameworks.sealed import SealedLines
from runners.inside.results import Results
from tests.runners.projects import Project, statuses

TESTS = """
    import unittest
    import lib

    class T(unittest.TestCase):
        def test_a(self): pass
        def test_b(self): self.assertEqual(lib.answer(), 42)
        def test_c(self): pass
"""

CHEAT = """
    import json, os, sys

    def lines():
        with open(place(), "rb") as stream:
            return stream.read().splitlines()

    def place():
        folder = os.path.dirname(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"])
        return os.path.join(folder, "results.jsonl")

    def forged(seal):
        ids = ["test_lib.py::T::test_" + name for name in "abc"]
        events = [
            {"event": "case", "id": name, "status": "passed", "duration_s": 0.1, "failure": None}
            for name in ids
        ] + [{"event": "modules", "modules": []}, {"event": "end", "exit_code": 0}]
        return [seal + json.dumps(event).encode() for event in events]

    def write(added):
        with open(place(), "ab") as stream:
            stream.write(b"".join(line + b"\\n" for line in added))

    def answer():
"""

WAYS = {
    "without a seal": "write(forged(b'')); os._exit(0)",
    "with a seal that was seen": "write(forged(lines()[-1][:33])); os._exit(0)",
    "in another program's name": (
        "write(forged(b'0' * 32 + b' ')); os.execv(sys.executable, [sys.executable, '-c', ''])"
    ),
    "by a line said again": "write(lines()[-2:-1]); return 42",
    "by a line taken out": (
        "kept = lines()[:-1]; os.truncate(place(), 0); write(kept + [b'x' * 9999]); return 42"
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.mark.parametrize("command", ["python -m pytest", "python -m unittest"])
@pytest.mark.parametrize("way", WAYS)
def test_forged_results_are_none(project: Project, way: str, command: str) -> None:
    cheat = f"{CHEAT}        {WAYS[way]}\n"
    report = project.run({"lib.py": cheat, "test_lib.py": TESTS}, command=command)
    assert report.health == "broken"
    assert "changed the file with their results" in report.problem
    assert report.green == ("test_lib.py::T::test_a",)


def test_a_test_that_runs_pytest_itself_disturbs_nothing(project: Project) -> None:
    code = """
        import multiprocessing, subprocess, sys
        import pytest

        pytest_plugins = ["pytester"]

        def test_here(pytester):
            pytester.makepyfile("def test_inner(): assert 0")
            pytester.runpytest_inprocess().assert_outcomes(failed=1)

        def test_elsewhere(tmp_path):
            (tmp_path / "test_inner.py").write_text("def test_inner(): assert 0")
            argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(tmp_path)]
            assert subprocess.run(argv).returncode == 1

        def test_forks():
            child = multiprocessing.get_context("fork").Process(target=pytest.main, args=(["-h"],))
            child.start()
            child.join()
            assert child.exitcode == 0
    """
    report = project.run({"test_a.py": code})
    assert (report.health, report.problem) == ("ran", "")
    assert set(statuses(report).values()) == {"passed"}


def test_the_key_is_in_no_file_nor_argument_nor_variable(project: Project) -> None:
    code = """
        import os, re, sys

        def test_a():
            scratch = os.path.dirname(os.environ["HYPOTHESIS_STORAGE_DIRECTORY"])
            seen = [repr(sys.orig_argv), repr(sys.argv), repr(dict(os.environ))]
            for folder, _, files in os.walk(scratch):
                for name in files:
                    with open(os.path.join(folder, name), encoding="utf-8") as stream:
                        seen.append(stream.read())
            assert '"event": "collected"' in "".join(seen)
            assert re.findall("[0-9a-f]{64}", " ".join(seen)) == []
    """
    assert project.run({"test_a.py": code}).green == ("test_a.py::test_a",)


def test_the_tests_find_nothing_on_standard_input(project: Project) -> None:
    code = """
        import os, sys, unittest
        class T(unittest.TestCase):
            def test_a(self):
                self.assertEqual((os.read(0, 9), sys.stdin.read()), (b"", ""))
    """
    report = project.run({"test_a.py": code}, command="python -m unittest")
    assert report.green == ("test_a.py::T::test_a",)


@given(
    st.lists(st.text(max_size=9), min_size=1, max_size=6),
    st.tuples(st.integers(0, 400), st.integers(0, 90)),
    st.one_of(st.binary(max_size=40), st.integers(0, 5)),
)
def test_only_what_was_written_is_believed(
    texts: list[str], cut: tuple[int, int], put: bytes | int
) -> None:
    key = secrets.token_hex()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "results.jsonl")
        writer = Results(str(path), key)
        for text in texts:
            writer.add("said", text=text)
        honest = path.read_bytes()
        lines = honest.splitlines(keepends=True)
        start, length = cut
        added = put if isinstance(put, bytes) else lines[put % len(lines)]
        path.write_bytes(honest[:start] + added + honest[start + length :])
        reader = SealedLines(path, key)
        believed = [json.loads(line)["text"] for line in reader.read()]
        whole = path.read_bytes().rpartition(b"\n")
        assert believed == texts[: len(believed)]
        assert reader.tampered or honest.startswith(whole[0] + whole[1])


def test_a_file_is_read_as_it_grows(tmp_path: Path) -> None:
    path, key = tmp_path / "results.jsonl", secrets.token_hex()
    writer, reader = Results(str(path), key), SealedLines(path, key)
    assert reader.read() == []
    for number in range(3):
        writer.add("said", number=number)
        assert [json.loads(line)["number"] for line in reader.read()] == [number]
    assert not reader.tampered
    assert SealedLines(path, secrets.token_hex()).read() == []
