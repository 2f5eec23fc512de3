import asyncio
import os
import resource
import signal
import threading
import time
import uuid
from pathlib import Path

import pytest

from runners import guardian, process
from runners.process import CannotStart, Command, GuardianLost, run
from tests.runners.processes import STUBBORN, program, python, survivors, wait_for, wait_until_gone

READY = "print('ready', flush=True);"


@pytest.fixture
def token() -> str:
    return uuid.uuid4().hex


async def started(command: Command) -> "asyncio.Task[process.ProcessOutcome]":
    """Run in the background, from the moment the command has said `ready`."""
    ready = asyncio.Event()
    task = asyncio.create_task(run(command, on_output=lambda _: ready.set()))
    await asyncio.wait_for(ready.wait(), 10)
    return task


def test_result_is_typed() -> None:
    code = "import sys; print(sys.stdin.read()[::-1]); sys.stderr.write('oh'); sys.exit(3)"
    outcome = asyncio.run(run(python(code, stdin=b"hello")))
    assert (outcome.exit_code, outcome.signal, outcome.ended_by) == (3, None, "itself")
    assert (outcome.stdout, outcome.stderr, outcome.cut_bytes) == (b"olleh\n", b"oh", 0)
    assert "exit code 3" in outcome.sentence()


def test_signal_is_told_from_exit_code() -> None:
    outcome = asyncio.run(run(python("import os; os.kill(os.getpid(), 11)")))
    assert (outcome.exit_code, outcome.signal, outcome.ended_by) == (None, 11, "itself")
    assert "SIGSEGV" in outcome.sentence()


def test_cpu_time_is_that_of_the_whole_tree() -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    code = f"""
import os
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        exec({burn!r})
    os._exit(0)
os.wait()
import time; time.sleep(1.5)
"""
    outcome = asyncio.run(run(python(code)))
    assert 0.3 <= outcome.cpu_s < 1.0 < outcome.wall_s


def test_child_gets_exactly_the_environment_given() -> None:
    command = Command(
        argv=("/usr/bin/env",), cwd="/", env={"A": "1", "UMLAUT": "ü", "RAW": "\udcff"}, timeout_s=9
    )
    outcome = asyncio.run(run(command))
    assert sorted(outcome.stdout.split(b"\n")) == [b"", b"A=1", b"RAW=\xff", "UMLAUT=ü".encode()]


def test_child_has_default_signals_and_no_descriptor_of_ours() -> None:
    shell = "yes | head -n 1 >/dev/null; ls -l /proc/self/fd"
    command = Command(argv=("sh", "-c", shell), cwd="/", env=dict(os.environ), timeout_s=9)
    outcome = asyncio.run(run(command))
    assert outcome.stderr == b"", "with SIGPIPE ignored, yes complains"
    assert b"socket" not in outcome.stdout
    assert len([line for line in outcome.stdout.splitlines() if b"->" in line]) == 4


def test_crash_leaves_no_core_file() -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    before = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("core files are forbidden on this machine already")
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        command = Command(argv=("sh", "-c", "ulimit -c"), cwd="/", env={}, timeout_s=9)
        assert asyncio.run(run(command)).stdout == b"0\n"
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.mark.parametrize(
    ("argv", "cwd"), [(("/no/such/program",), "/"), (("true",), "/no/such/folder")]
)
def test_what_cannot_start_is_an_error(argv: tuple[str, ...], cwd: str) -> None:
    command = Command(argv=argv, cwd=cwd, env=dict(os.environ), timeout_s=9)
    with pytest.raises(CannotStart, match="No such file") as caught:
        asyncio.run(run(command))
    assert caught.value.errno == 2


def test_gigabyte_of_output_is_bounded_and_does_not_block() -> None:
    code = """
import os
block = b'x' * 1_000_000
for _ in range(1000):
    left = memoryview(block)
    while left:
        left = left[os.write(1, left):]
"""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = asyncio.run(run(python(code, output_limit=10_000)))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert (outcome.exit_code, outcome.cut_bytes) == (0, 1_000_000_000 - 10_000)
    assert len(outcome.stdout) < 10_100
    assert b"bytes cut" in outcome.stdout
    assert grown_mb < 20


def test_event_loop_stays_responsive_under_a_flood() -> None:
    async def longest_pause() -> float:
        code = "import os\nwhile True: os.write(1, b'y' * 65536)"
        task = asyncio.create_task(run(python(code, timeout_s=0.7)))
        longest, last = 0.0, time.perf_counter()
        while not task.done():
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
        assert task.result().ended_by == "deadline"
        return longest

    assert asyncio.run(longest_pause()) < 0.2


def test_long_line_nul_and_invalid_utf8_come_as_they_are() -> None:
    code = "import os, sys; sys.stdout.buffer.write(b'l' * 10_000_000 + b'\\0\\xff\\xfe')"
    outcome = asyncio.run(run(python(code, output_limit=20_000_000)))
    assert outcome.stdout == b"l" * 10_000_000 + b"\0\xff\xfe"


def test_input_nobody_reads_does_not_hang() -> None:
    outcome = asyncio.run(run(python("pass", stdin=b"x" * 5_000_000)))
    assert outcome.exit_code == 0


@pytest.mark.root_or_user
@pytest.mark.parametrize("kind", STUBBORN)
def test_cancel_ends_every_process_within_a_second(kind: str, token: str) -> None:
    async def cancelled() -> float:
        task = await started(python(READY + STUBBORN[kind], token=token))
        await asyncio.sleep(0.1)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - began

    assert asyncio.run(cancelled()) < 1.0
    assert survivors(token) == []


@pytest.mark.root_or_user
@pytest.mark.parametrize("kind", STUBBORN)
def test_deadline_ends_every_process_within_a_second(kind: str, token: str) -> None:
    outcome = asyncio.run(run(python(STUBBORN[kind], token=token, timeout_s=0.3)))
    assert outcome.ended_by == "deadline"
    assert 0.3 <= outcome.wall_s < 1.3
    assert survivors(token) == []


@pytest.mark.parametrize("first", ["", "os.kill(os.getpid(), signal.SIGSTOP)"])
def test_deadline_leaves_a_moment_to_clean_up(first: str) -> None:
    code = f"""
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit("cleaned up"))
{first}
time.sleep(60)
"""
    outcome = asyncio.run(run(python(code, timeout_s=0.3)))
    assert (outcome.ended_by, outcome.exit_code) == ("deadline", 1)
    assert outcome.stderr == b"cleaned up\n"


def test_cancel_at_any_moment(token: str) -> None:
    async def cancelled(delay_s: float) -> float:
        task = asyncio.create_task(run(python(STUBBORN["plain"], token=token)))
        await asyncio.sleep(delay_s)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - began

    for step in range(16):
        assert asyncio.run(cancelled(step * 0.002)) < 1.0
    assert survivors(token) == []


def test_guardian_cannot_be_talked_into_leaving() -> None:
    code = """
import os, time
for number in (1, 2, 15):
    os.kill(os.getppid(), number)
time.sleep(0.1)
"""
    outcome = asyncio.run(run(python(code)))
    assert (outcome.ended_by, outcome.exit_code) == ("itself", 0)


def test_owner_that_ignores_the_ends_of_children() -> None:
    """Ignoring SIGCHLD is inherited, and takes the exit status away from who waits."""
    code = """
import asyncio, signal, sys
from runners.process import run
from tests.runners.processes import python
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print(asyncio.run(run(python("import sys; sys.exit(3)"))).exit_code)
"""
    with program(code) as owner:
        assert owner.communicate(timeout=20)[0] == b"3\n"


def test_nul_is_refused_before_anything_is_started() -> None:
    with pytest.raises(ValueError, match="NUL"):
        asyncio.run(run(python("pass", "a\0b")))


@pytest.mark.parametrize("kind", ["holds the pipe", "daemon", "fork bomb"])
def test_what_a_command_leaves_behind_is_swept(kind: str, token: str) -> None:
    """The command itself ends at once; what it started would go on for a minute."""
    code = f"import os\nif os.fork() == 0:\n    exec({STUBBORN[kind]!r})\n    os._exit(0)"
    began = time.monotonic()
    outcome = asyncio.run(run(python(code + "\nimport time; time.sleep(0.2)", token=token)))
    assert (outcome.ended_by, outcome.exit_code) == ("itself", 0)
    assert time.monotonic() - began < 1.5
    assert survivors(token) == []


OWNER = """
import asyncio, sys
from runners.process import run
from tests.runners.processes import python
command = python(sys.argv[1], token=sys.argv[2])
asyncio.run(run(command, on_output=lambda _: print("on", flush=True)))
"""


@pytest.mark.root_or_user
@pytest.mark.parametrize("kind", ["ignores SIGTERM", "daemon", "fork bomb"])
def test_nothing_survives_an_owner_killed_at_once(kind: str, token: str) -> None:
    with program(OWNER, READY + STUBBORN[kind], token) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"on\n"
        time.sleep(0.1)
        assert survivors(token)
        owner.kill()
    wait_until_gone(token, seconds=1.0)


def test_group_dies_with_a_killed_guardian(tmp_path: Path, token: str) -> None:
    path = tmp_path / "parent"
    code = f"""
import os, time
parent = os.getppid()
if os.fork() == 0:
    open({str(path)!r}, 'w').write(str(parent))
time.sleep(60)
"""

    async def lose_guardian() -> None:
        task = asyncio.create_task(run(python(code, token=token)))
        os.kill(int(await asyncio.to_thread(wait_for, path)), signal.SIGKILL)
        with pytest.raises(GuardianLost):
            await task

    asyncio.run(lose_guardian())
    wait_until_gone(token, seconds=1.0)


def test_command_dies_when_owner_and_guardian_are_killed(tmp_path: Path, token: str) -> None:
    """Then the kernel alone is left to do it."""
    path = tmp_path / "parent"
    code = f"import os, time; open({str(path)!r}, 'w').write(str(os.getppid())); time.sleep(60)"
    with program(OWNER, code, token) as owner:
        pid = int(wait_for(path))
        owner.send_signal(signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        wait_until_gone(token, seconds=1.0)


def test_memory_of_the_whole_tree_is_limited(token: str) -> None:
    code = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        break
hog = bytearray(os.urandom(1000)) * 60_000
time.sleep(30)
"""
    outcome = asyncio.run(run(python(code, token=token, memory_limit=150_000_000)))
    assert outcome.ended_by == "memory"
    assert "memory" in outcome.sentence()
    assert outcome.wall_s < 5
    assert survivors(token) == []


def test_pages_that_forks_share_count_once() -> None:
    code = """
import os, time
shared = bytearray(os.urandom(1000)) * 60_000
for _ in range(5):
    if os.fork() == 0:
        time.sleep(0.5)
        os._exit(0)
time.sleep(0.5)
"""
    outcome = asyncio.run(run(python(code, memory_limit=150_000_000)))
    assert (outcome.ended_by, outcome.exit_code) == ("itself", 0)


def test_runs_in_a_thread_of_its_own() -> None:
    outcomes = []
    thread = threading.Thread(
        target=lambda: outcomes.append(asyncio.run(run(python("print('here')"))))
    )
    thread.start()
    thread.join(20)
    assert [outcome.stdout for outcome in outcomes] == [b"here\n"]


def test_many_side_by_side_leak_no_descriptor() -> None:
    async def several() -> list[process.ProcessOutcome]:
        return await asyncio.gather(*(run(python(f"print({n})")) for n in range(10)))

    asyncio.run(several())
    before = len(list(Path("/proc/self/fd").iterdir()))
    outcomes = asyncio.run(several())
    assert [int(outcome.stdout) for outcome in outcomes] == list(range(10))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_second_cancel_does_not_cut_the_first_one_short(tmp_path: Path, token: str) -> None:
    path = tmp_path / "cleaned"
    code = f"""
import signal, sys, time
def clean(*_):
    time.sleep(0.1)
    open({str(path)!r}, "w").close()
    sys.exit()
signal.signal(signal.SIGTERM, clean)
print("ready", flush=True)
time.sleep(60)
"""

    async def impatient() -> None:
        task = await started(python(code, token=token))
        task.cancel()
        await asyncio.sleep(0.03)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(impatient())
    assert path.exists()
    assert survivors(token) == []


def test_process_table_scan_finds_what_the_kernel_lists(token: str) -> None:
    """Kernels without lists of children are served by the scan."""
    code = "import os, time\nos.fork()\nos.fork()\ntime.sleep(60)"

    async def both_ways() -> None:
        ready = "import sys, threading; print('ready', flush=True)\n"
        task = await started(python(ready + code, token=token))
        await asyncio.sleep(0.3)
        listed = set(guardian.descendants(os.getpid(), guardian.children_listed))
        scan = guardian.parents_scanned()
        scanned = set(guardian.descendants(os.getpid(), lambda pid: scan.get(pid, [])))
        assert len(survivors(token)) == 4
        assert set(survivors(token)) <= listed
        assert listed == scanned
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(both_ways())
