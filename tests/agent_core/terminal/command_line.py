"""The command line, run as a user runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec

Event = dict[str, object]


class Answer(msgspec.Struct, frozen=True):
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[Event]:
        """The printed events of a `--json` run."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def state(self) -> object:
        """The verdict's state of the last event."""
        verdict = self.events[-1]["verdict"]
        assert isinstance(verdict, dict)
        return verdict["state"]


def journeyman(*arguments: str | Path, env: dict[str, str] | None = None) -> Answer:
    """Run a command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "agent_core.terminal.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])} | (env or {}),
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


def fix(folder: Path, *arguments: str | Path, env: dict[str, str] | None = None) -> Answer:
    """`fix --json` with our own interpreter for the project."""
    return journeyman("fix", folder, "--python", sys.executable, "--json", *arguments, env=env)
