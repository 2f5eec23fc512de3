"""What the process tests share: small Python commands, and a look for what outlived them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runners.process import Command

ROOT = Path(__file__).parents[2]
TOKEN = "JOURNEYMAN_TEST_TOKEN"

STUBBORN = {
    "plain": "import time; time.sleep(60)",
    "ignores SIGTERM": "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)",
    "stops itself": "import os, time; os.kill(os.getpid(), 19); time.sleep(60)",
    "holds the pipe": """
import os, time
if os.fork() == 0:
    os.setsid()
time.sleep(60)
""",
    "daemon": """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    signal.signal(15, signal.SIG_IGN)
    if os.fork() == 0:
        for fd in range(3):
            os.close(fd)
        time.sleep(60)
    os._exit(0)
os.wait()
time.sleep(60)
""",
    "fork bomb": """
import os, time
end = time.monotonic() + 20
for _ in range(20):
    if os.fork() == 0:
        while time.monotonic() < end:
            if os.fork() != 0:
                os._exit(0)
            os.setsid()
        os._exit(0)
time.sleep(60)
""",
}
"""Programs that do not want to end; each ends by itself within a minute should all else fail."""


def python(
    code: str,
    *arguments: str,
    token: str = "",
    timeout_s: float = 20,
    stdin: bytes = b"",
    output_limit: int = 4_000_000,
    memory_limit: int | None = None,
) -> Command:
    """A command that runs Python code; what carries `token` is found by `survivors`."""
    return Command(
        argv=(sys.executable, "-I", "-S", "-c", code, *arguments),
        cwd="/",
        env={TOKEN: token, "PATH": os.environ["PATH"]},
        timeout_s=timeout_s,
        stdin=stdin,
        output_limit=output_limit,
        memory_limit=memory_limit,
    )


@contextmanager
def program(code: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of its own that can import ours; killed at the end if it has not been before."""
    argv = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def survivors(token: str) -> list[int]:
    """Processes, zombies excepted, whose environment carries the token."""
    mark = f"{TOKEN}={token}\0".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                environment = (folder / "environ").read_bytes()
            except OSError:
                continue
            if mark in environment:
                found.append(int(folder.name))
    return found


def wait_for(path: Path, *, seconds: float = 10) -> str:
    """The text of a file, once a process has written it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.005)
    raise TimeoutError(f"nobody wrote {path}")


def wait_until_gone(token: str, *, seconds: float) -> float:
    """Seconds until nothing carries the token; fails when that takes too long."""
    began = time.monotonic()
    while survivors(token):
        waited = time.monotonic() - began
        assert waited < seconds, f"still running: {survivors(token)}"
        time.sleep(0.01)
    return time.monotonic() - began
