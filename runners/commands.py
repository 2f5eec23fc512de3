"""Checks that are the user's own commands: run in a shell, told as one case of a test report."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from runners import process
from runners.case_ids import case_id
from runners.reports import Failure, TestCase

SHOWN = 4_000
"""Characters kept of a failed command's output, from its end."""
OUTPUT_LIMIT = 400_000
_PLAIN = {"NO_COLOR": "1", "TERM": "dumb", "CI": "1"}
"""Asks programs for output that is read, not watched."""
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\r(?!\n)")


async def run_check(
    command: str, *, root: Path, env: Mapping[str, str], deadline_s: float
) -> TestCase:
    """Run a command in a folder: *passed* is exit code 0, *failed* anything else.

    That holds for one that kills whoever started it, too. Raises `process.CannotStart`.
    """
    try:
        outcome = await process.run(
            process.Command(
                argv=(*_shell(), command),
                cwd=str(root),
                env={**env, **_PLAIN},
                timeout_s=deadline_s,
                output_limit=OUTPUT_LIMIT,
            )
        )
    except process.GuardianLost as error:
        failure = Failure(phase="call", exception="killed", message=str(error))
        return TestCase(id=case_id(command), status="failed", failure=failure)
    if outcome.exit_code == 0 and outcome.ended_by == "itself":
        return TestCase(id=case_id(command), status="passed", duration_s=outcome.wall_s)
    failure = Failure(phase="call", exception=_what(outcome), message=_tail(outcome))
    return TestCase(
        id=case_id(command), status="failed", duration_s=outcome.wall_s, failure=failure
    )


def _shell() -> tuple[str, ...]:
    """A shell in which a pipeline fails with its first part that does, where there is one."""
    bash = shutil.which("bash")
    return (bash, "-o", "pipefail", "-c") if bash else ("/bin/sh", "-c")


def _what(outcome: process.ProcessOutcome) -> str:
    if outcome.ended_by != "itself":
        return "TooSlow" if outcome.ended_by == "deadline" else outcome.ended_by
    if outcome.signal is not None:
        return f"killed by signal {outcome.signal}"
    return f"exit code {outcome.exit_code}"


def _tail(outcome: process.ProcessOutcome) -> str:
    streams = (outcome.stdout, outcome.stderr)
    text = "\n".join(s.decode("utf-8", "replace").strip() for s in streams if s.strip())
    plain = _ESCAPES.sub("", text)
    return plain if len(plain) <= SHOWN else f"…{plain[-SHOWN:]}"
