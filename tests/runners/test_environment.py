import asyncio
import os
import sys

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


def test_what_a_caller_adds_wins() -> None:
    env = child_environment(extra={"PYTHONHASHSEED": "5", "PYTHONPATH": "/x"})
    assert (env["PYTHONHASHSEED"], env["PYTHONPATH"]) == ("5", "/x")
