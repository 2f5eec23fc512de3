import os
import signal
import time
import uuid
from pathlib import Path

import pytest

from runners.process import CannotStart
from runners.quick import run_quick
from tests.cutting import seconds_to_let_go
from tests.runners.processes import STUBBORN, program, python, survivors, wait_until_gone

OWNER = """
import sys
from pathlib import Path
from runners.quick import run_quick
argv = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)"]
print("ready", flush=True)
run_quick(argv, cwd=Path("/"), env={"JOURNEYMAN_TEST_TOKEN": sys.argv[1]}, timeout_s=60)
"""


@pytest.fixture
def token() -> str:
    return uuid.uuid4().hex


def test_result(tmp_path: Path) -> None:
    argv = ["sh", "-c", "cat; echo oh >&2; exit 4"]
    outcome = run_quick(argv, cwd=tmp_path, env=os.environ, stdin=[b"in", b"", b"\0"])
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (4, b"in\0", b"oh\n")


def test_much_goes_in_and_out_at_once(tmp_path: Path) -> None:
    parts = [os.urandom(size) for size in (0, 1, 5_000_000, 0, 70_000, *range(200))]
    outcome = run_quick(["cat"], cwd=tmp_path, env=os.environ, stdin=parts)
    assert outcome.stdout == b"".join(parts)


def test_input_that_nobody_reads_is_dropped(tmp_path: Path) -> None:
    outcome = run_quick(["true"], cwd=tmp_path, env=os.environ, stdin=[bytes(10_000_000)])
    assert outcome.exit_code == 0


def test_deadline_kills_the_group(tmp_path: Path) -> None:
    argv = ["sh", "-c", "echo first; sleep 60 & sleep 60"]
    began = time.monotonic()
    outcome = run_quick(argv, cwd=tmp_path, env=os.environ, timeout_s=0.2)
    assert (outcome.ended_by, outcome.signal, outcome.stdout) == ("deadline", 9, b"first\n")
    assert time.monotonic() - began < 1.0


def test_deadline_counts_for_what_closes_its_pipes_and_stays(tmp_path: Path) -> None:
    argv = ["sh", "-c", "exec sleep 60 <&- >&- 2>&-"]
    outcome = run_quick(argv, cwd=tmp_path, env=os.environ, timeout_s=0.2)
    assert (outcome.ended_by, outcome.signal) == ("deadline", 9)


def test_pipe_held_from_outside_the_group_does_not_hang(tmp_path: Path, token: str) -> None:
    command = python(STUBBORN["holds the pipe"], token=token)
    began = time.monotonic()
    outcome = run_quick(command.argv, cwd=tmp_path, env=command.env, timeout_s=0.2)
    assert outcome.ended_by == "deadline"
    assert time.monotonic() - began < 2.0
    for pid in survivors(token):
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(("text", "said"), [(None, "No such file"), ("#!/no/such\n", "No such")])
def test_what_cannot_be_started(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "program"
    if text is not None:
        file.write_text(text)
        file.chmod(0o755)
    with pytest.raises(CannotStart, match=said):
        run_quick([str(file)], cwd=tmp_path, env=os.environ)


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="No such file"):
        run_quick(["true"], cwd=tmp_path / "missing", env=os.environ)


def test_the_child_dies_with_a_killed_owner(token: str) -> None:
    with program(OWNER, token) as owner:
        end = time.monotonic() + 10
        while not survivors(token):
            assert time.monotonic() < end
            time.sleep(0.01)
        owner.kill()
        owner.wait()
        assert wait_until_gone(token, seconds=1.0) < 1.0


def test_a_child_is_killed_when_nobody_waits_for_it(tmp_path: Path, token: str) -> None:
    command = python(STUBBORN["ignores SIGTERM"], token=token)

    def work() -> None:
        run_quick(command.argv, cwd=tmp_path, env=command.env, timeout_s=60)

    assert seconds_to_let_go(work, lambda: survivors(token)) < 0.5
    assert survivors(token) == []
