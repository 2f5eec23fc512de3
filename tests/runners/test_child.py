import asyncio
import time
import uuid

import pytest

from runners import process
from runners.process import CannotStart, Child, Command, LineTooLong, start
from tests.runners.processes import STUBBORN, python, survivors, wait_until_gone

ECHO = """
import sys
for line in sys.stdin.buffer:
    sys.stdout.buffer.write(line[::-1].strip(b"\\n") + b"\\n")
    sys.stdout.flush()
"""


@pytest.fixture
def token() -> str:
    return uuid.uuid4().hex


def test_lines_go_to_and_fro() -> None:
    async def talk() -> list[bytes | None]:
        child = await start(python(ECHO))
        child.send(b"one")
        child.send(b"two")
        answers = [await child.receive(10), await child.receive(10)]
        await child.close()
        answers.append(await child.receive(10))
        assert child.outcome is not None
        assert (child.outcome.exit_code, child.outcome.ended_by) == (0, "itself")
        return answers

    assert asyncio.run(talk()) == [b"eno", b"owt", None]


def test_line_of_several_megabytes() -> None:
    async def talk() -> bytes | None:
        child = await start(python(ECHO))
        child.send(b"a" * 8_000_000 + b"b")
        answer = await child.receive(10)
        await child.close()
        return answer

    assert asyncio.run(talk()) == b"b" + b"a" * 8_000_000


def test_lines_of_a_child_that_ended_are_still_there() -> None:
    async def late() -> list[bytes | None]:
        child = await start(python("print('first'); print('second')"))
        await asyncio.sleep(0.3)
        answers = [await child.receive(1) for _ in range(4)]
        await child.close()
        return answers

    assert asyncio.run(late()) == [b"first", b"second", None, None]


def test_silence_is_a_timeout_and_the_child_lives_on() -> None:
    async def patient() -> bytes | None:
        child = await start(python(ECHO))
        with pytest.raises(TimeoutError):
            await child.receive(0.1)
        child.send(b"now")
        answer = await child.receive(10)
        await child.close()
        return answer

    assert asyncio.run(patient()) == b"won"


def test_end_of_the_child_wakes_who_waits() -> None:
    async def widowed() -> tuple[bytes | None, Child]:
        child = await start(python("import os, sys, time; time.sleep(0.2); sys.exit('last words')"))
        began = time.monotonic()
        answer = await child.receive(10)
        assert time.monotonic() - began < 2
        child.send(b"anybody there?")
        await child.close()
        return answer, child

    answer, child = asyncio.run(widowed())
    assert answer is None
    assert child.stderr_tail == b"last words\n"
    assert child.outcome is not None
    assert child.outcome.exit_code == 1


def test_unread_lines_wait_in_the_child() -> None:
    """A child that talks faster than it is heard must not fill our memory."""
    code = "import sys\nfor n in range(100): print(str(n) * 100_000, flush=True)"
    code += "\nprint('done', file=sys.stderr, flush=True); sys.stdin.read()"

    async def slow() -> None:
        child = await start(python(code))
        await asyncio.sleep(0.5)
        assert child.stderr_tail == b"", "it has not got rid of all its lines"
        lines = [await child.receive(10) for _ in range(100)]
        assert lines == [str(n).encode() * 100_000 for n in range(100)]
        await child.close()

    asyncio.run(slow())


def test_endless_line_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LINE_LIMIT", 1_000_000)

    async def endless() -> None:
        child = await start(python("import os\nwhile True: os.write(1, b'x' * 65536)"))
        with pytest.raises(LineTooLong):
            await child.receive(10)
        await child.close()

    asyncio.run(endless())


@pytest.mark.parametrize("kind", STUBBORN)
def test_close_leaves_nothing(kind: str, token: str) -> None:
    async def closed() -> float:
        child = await start(python("print(flush=True)\n" + STUBBORN[kind], token=token))
        assert await child.receive(10) == b""
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await child.close()
        return time.monotonic() - began

    assert asyncio.run(closed()) < process.CLOSE_S + 1.0
    assert survivors(token) == []


def test_deadline_ends_a_child(token: str) -> None:
    async def overdue() -> None:
        child = await start(python(STUBBORN["plain"], token=token, timeout_s=0.2))
        assert await child.receive(10) is None
        assert child.outcome is not None
        assert child.outcome.ended_by == "deadline"
        await child.close()

    asyncio.run(overdue())
    assert survivors(token) == []


def test_loop_that_ends_takes_a_forgotten_child_along(token: str) -> None:
    async def forgetful() -> None:
        child = await start(python("print(flush=True)\n" + STUBBORN["plain"], token=token))
        await child.receive(10)

    asyncio.run(forgetful())
    wait_until_gone(token, seconds=0.5)


def test_child_that_cannot_start() -> None:
    async def refused() -> None:
        child = await start(Command(argv=("/no/such/program",), cwd="/", env={}, timeout_s=9))
        with pytest.raises(CannotStart, match="No such file"):
            await child.receive(10)
        await child.close()

    asyncio.run(refused())
