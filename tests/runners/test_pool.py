import asyncio
import os
import sys
import time
from pathlib import Path

import msgspec
import pytest

from runners.pool import WorkerFailed, call
from runners.problems import Interrupted
from tests.runners.processes import program, wait_for


class Numbers(msgspec.Struct, frozen=True):
    values: tuple[int, ...]
    name: str = ""


def total(numbers: Numbers) -> Numbers:
    sys.stdout.write("what a function prints is not its answer")
    return Numbers(values=(sum(numbers.values),), name=numbers.name.upper())


def fail(numbers: Numbers) -> int:
    return numbers.values[0] // 0


def die(code: int) -> int:
    os._exit(code)


def dawdle(path: str) -> int:
    Path(path).write_text(str(os.getpid()))
    time.sleep(60)
    return 0


def hash_of(text: str) -> int:
    return hash(text)


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_result_is_of_its_type() -> None:
    numbers = Numbers(values=(1, 2, 3), name="ä")
    result = asyncio.run(call(total, numbers, result=Numbers, timeout_s=30))
    assert result == Numbers(values=(6,), name="Ä")


def test_large_payload_and_result() -> None:
    numbers = Numbers(values=(1,), name="x" * 20_000_000)
    result = asyncio.run(call(total, numbers, result=Numbers, timeout_s=30))
    assert result.name == "X" * 20_000_000


def test_error_carries_the_traceback() -> None:
    with pytest.raises(WorkerFailed, match="ZeroDivisionError") as caught:
        asyncio.run(call(fail, Numbers(values=(1,)), result=int, timeout_s=30))
    assert "numbers.values[0] // 0" in caught.value.details


def test_death_of_the_worker_is_told() -> None:
    with pytest.raises(WorkerFailed, match="exit code 9"):
        asyncio.run(call(die, 9, result=int, timeout_s=30))


def test_worker_imports_what_we_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "just_made.py").write_text("def twice(n: int) -> int:\n    return 2 * n\n")
    monkeypatch.syspath_prepend(tmp_path)
    import just_made  # type: ignore[import-not-found]  # noqa: PLC0415  (made by this test)

    assert asyncio.run(call(just_made.twice, 21, result=int, timeout_s=30)) == 42


def test_hash_seed_is_always_the_same() -> None:
    async def twice() -> set[int]:
        return {await call(hash_of, "text", result=int, timeout_s=30) for _ in range(2)}

    assert len(asyncio.run(twice())) == 1


def test_deadline(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with pytest.raises(Interrupted, match="deadline"):
        asyncio.run(call(dawdle, str(path), result=int, timeout_s=1.5))
    assert not alive(int(path.read_text()))


def test_cancel_kills_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "pid"

    async def cancelled() -> int:
        task = asyncio.create_task(call(dawdle, str(path), result=int, timeout_s=60))
        pid = int(await asyncio.to_thread(wait_for, path))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return pid

    assert not alive(asyncio.run(cancelled()))


OWNER = """
import asyncio, sys
from runners.pool import call
from tests.runners.test_pool import dawdle
asyncio.run(call(dawdle, sys.argv[1], result=int, timeout_s=60))
"""


def test_worker_dies_with_a_killed_owner(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    with program(OWNER, str(path)) as owner:
        pid = int(wait_for(path))
        assert alive(pid)
        owner.kill()
    end = time.monotonic() + 1.0
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not alive(pid)
