import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from runners import ourselves
from runners.worker import Answer, Job

BUNDLE = """
import os, sys
sys.frozen = True
from runners import ourselves
ourselves.begin_bundled()
print("the program starts", *sys.argv[1:], os.environ.get("LD_LIBRARY_PATH"))
"""
"""The bundle's first lines, run by an interpreter in its place."""


def bundle(*arguments: str, stdin: bytes = b"", libraries: Mapping[str, str] = {}) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", BUNDLE, *arguments],
        input=stdin,
        env={**libraries, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_from_files_our_interpreter_runs_our_files() -> None:
    assert ourselves.interpreter() == Path(sys.executable)
    assert ourselves.guardian(5)[0] == ourselves.worker()[0] == sys.executable
    assert Path(ourselves.guardian(5)[-2]).name == "guardian.py"


def test_the_bundle_has_no_interpreter_to_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert ourselves.interpreter() is None


def test_the_bundle_is_the_worker_that_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    _, *arguments = ourselves.worker()
    job = Job(module=__name__, function="last_part", payload=msgspec.msgpack.encode("a/b"))
    answer = msgspec.msgpack.decode(
        bundle(*arguments, stdin=msgspec.msgpack.encode(job)), type=Answer
    )
    assert (answer.error, msgspec.msgpack.decode(answer.result)) == ("", "b")


def last_part(path: str) -> str:
    return path.rpartition("/")[2]


def test_the_bundle_is_the_guardian_that_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    _, *arguments = ourselves.guardian(0)
    # Its owner is gone before it gave an order, so there is nothing to guard.
    assert bundle(*arguments) == b""


@pytest.mark.parametrize("arguments", [(), ("fix", "a folder"), ("--worker", "a folder")])
def test_the_bundle_starts_the_program_for_all_else(arguments: tuple[str, ...]) -> None:
    said = bundle(*arguments).decode()
    assert said == " ".join(["the program starts", *arguments, "None\n"])


def test_what_the_bundle_starts_does_not_load_its_libraries() -> None:
    own = {"LD_LIBRARY_PATH": "/bundle/_internal"}
    assert bundle(libraries=own).endswith(b" None\n")
    assert bundle(libraries=own | {"LD_LIBRARY_PATH_ORIG": "/user"}).endswith(b" /user\n")
