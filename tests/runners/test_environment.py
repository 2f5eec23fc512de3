import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runners.environment import child_environment
from runners.process import Command, run

PLANTED = (
    "OPENAI_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "SSH_AUTH_SOCK",
    "HTTPS_PROXY",
    "http_proxy",
    "LD_PRELOAD",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTEST_ADDOPTS",
    "SOMETHING_ELSE",
)


def test_nothing_passes_that_is_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PLANTED:
        monkeypatch.setenv(name, "planted")
    code = "import os; print('\\n'.join(sorted(os.environ)))"
    argv = (sys.executable, "-S", "-c", code)
    # PYTHONHOME would keep our own interpreter from starting; the guardian must not see it either.
    command = Command(argv=argv, cwd="/", env=child_environment(), timeout_s=20)
    outcome = asyncio.run(run(command))
    seen = outcome.stdout.decode().splitlines()
    assert outcome.exit_code == 0
    assert not set(PLANTED) & set(seen)
    assert {"PATH", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"} <= set(seen)


def test_language_and_places_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_MESSAGES", "de_DE.UTF-8")
    monkeypatch.setenv("HOME", "/somewhere")
    env = child_environment()
    assert (env["LC_MESSAGES"], env["HOME"], env["PATH"]) == (
        "de_DE.UTF-8",
        "/somewhere",
        os.environ["PATH"],
    )


def test_runs_are_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "17")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    env = child_environment()
    assert (env["PYTHONHASHSEED"], env["PYTHONDONTWRITEBYTECODE"]) == ("0", "1")


LOOKED_AT = """
import ctypes, os, subprocess, sys
from runners.environment import close_to_others

LOOK = f"print(b'SECRET=x' in open('/proc/{os.getpid()}/environ', 'rb').read())"

def look():
    subprocess.run([sys.executable, "-c", LOOK], env={}, stderr=subprocess.DEVNULL)

look()
close_to_others()
look()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.root_or_user
@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_children_cannot_read_what_we_were_started_with() -> None:
    program = subprocess.run(
        [sys.executable, "-u", "-c", LOOKED_AT],
        env={**os.environ, "SECRET": "x"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    to_root = ["True"] if os.geteuid() == 0 else []
    assert program.stdout.split() == ["True", *to_root, "0"]


def test_what_a_caller_adds_wins() -> None:
    env = child_environment(extra={"PYTHONHASHSEED": "5", "PYTHONPATH": "/x"})
    assert (env["PYTHONHASHSEED"], env["PYTHONPATH"]) == ("5", "/x")
