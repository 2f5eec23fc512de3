"""How the tests of a workspace are run, found out; and a run of them as a typed report."""

import asyncio
import contextlib
import json
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from runners import process
from runners.frameworks import detection
from runners.frameworks.events import Results
from runners.frameworks.report import report_of
from runners.reports import TestCase, TestReport
from runners.suite import HttpTests, Suite
from runners.toolchain import Toolchain
from runners.toolchains import activated

LAUNCH = Path(__file__).parent / "inside" / "launch.py"
POLL_S = 0.05
ASK_BEFORE_S = 0.5
"""So long before its deadline the run is asked where it is."""


def detect_suite(
    root: Path, origin: Path, toolchain: Toolchain, *, test_command: str | None = None
) -> Suite:
    """Find out how the tests of a workspace run. Raises UserProblem."""
    framework, arguments = detection.detect(root, origin, toolchain, test_command)
    return Suite(
        toolchain=toolchain,
        framework=framework,
        root=str(root),
        origin=str(origin),
        arguments=arguments,
    )


def configuration(suite: Suite, *, mode: str, results: Path, scratch: Path) -> dict[str, Any]:
    """What `inside/launch.py` reads; the mode's own entries are added by the caller."""
    return {
        "mode": mode,
        "framework": suite.framework,
        "root": suite.root,
        "origin": suite.origin,
        "arguments": list(suite.arguments),
        "tests": None,
        "reverse_files": False,
        "results": str(results),
        "key": secrets.token_hex(),
        "remap": [[suite.origin, suite.root]],
        "scratch": str(scratch),
    }


def launch_command(
    suite: Suite, config: dict[str, Any], *, temporary: str, deadline_s: float
) -> process.Command:
    """The command that starts `launch.py` with this configuration as its first line of input.

    It holds the key that seals the results, so it is in no file that the tests could read.
    `temporary` is the folder in which the tests make their temporary files: a short path, as
    tests put sockets there.
    """
    return process.Command(
        argv=(suite.toolchain.interpreter, str(LAUNCH)),
        cwd=suite.root,
        env=environment(suite, scratch=Path(config["scratch"]), temporary=temporary),
        timeout_s=deadline_s,
        stdin=json.dumps(config).encode() + b"\n",
    )


def environment(suite: Suite, *, scratch: Path, temporary: str) -> dict[str, str]:
    """The environment of the tests: as in an activated toolchain, with no place to litter."""
    return activated(suite.toolchain) | {
        # Their old folders would otherwise push out those that the user still wants to look at.
        "TMPDIR": temporary,
        "TEMP": temporary,
        "TMP": temporary,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(scratch / "hypothesis"),
    }


def command_environment(suite: Suite, *, scratch: Path) -> dict[str, str]:
    """The environment of a check command: editable installs lead into the workspace there too."""
    folders = dict.fromkeys(_import_folder(suite, Path(path)) for path in suite.toolchain.editable)
    environ = environment(suite, scratch=scratch, temporary=str(scratch))
    return environ | ({"PYTHONPATH": os.pathsep.join(folders)} if folders else {})


def _import_folder(suite: Suite, path: Path) -> str:
    """The workspace's folder from which an editable install imports; a package lies in it."""
    moved = Path(suite.root) / path.relative_to(Path(suite.origin).resolve())
    package = moved.suffix == ".py" or (moved / "__init__.py").exists()
    return str(moved.parent if package else moved)


async def run_suite(
    suite: Suite,
    *,
    tests: Sequence[str] | None = None,
    reverse_files: bool = False,
    deadline_s: float,
    scratch: Path,
    test_limit_s: float | None = None,
    on_case: Callable[[TestCase], None] | None = None,
    http: HttpTests | None = None,
) -> TestReport:
    """Run the suite, or only `tests`, and report one case a test.

    A test that takes longer than `test_limit_s` seconds fails with TooSlow where it is; a suite
    in which many do gets less for each further one. With `http`, requests go over HTTP.

    A failing suite, a broken one and one that hangs all end in a report, see its health. Raises
    `process.CannotStart` and `process.GuardianLost`.
    """
    with (
        tempfile.TemporaryDirectory(prefix="run-", dir=scratch) as own,
        tempfile.TemporaryDirectory(prefix="journeyman-", ignore_cleanup_errors=True) as temporary,
    ):
        folder = Path(own)
        path = folder / "results.jsonl"
        config = configuration(suite, mode="run", results=path, scratch=folder)
        config["tests"] = None if tests is None else list(tests)
        config["reverse_files"] = reverse_files
        config["test_limit_s"] = test_limit_s
        if http is not None:
            config["http"] = {"control": list(http.control), "record": http.record}
        command = launch_command(suite, config, temporary=temporary, deadline_s=deadline_s)
        results = Results(path, config["key"], on_case)
        outcome = await follow(command, results)
        return report_of(
            outcome,
            results,
            root=suite.root,
            tests=tests,
            deadline_s=deadline_s,
            hang=_text(folder / "hang.txt"),
        )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _ask_where(results: Results) -> None:
    if results.watched is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(results.watched.pid, results.watched.signal)


async def follow(command: process.Command, results: Results) -> process.ProcessOutcome:
    """Run a command to its end and read its results as they come."""
    ask_at = time.monotonic() + max(command.timeout_s - ASK_BEFORE_S, command.timeout_s / 2)
    asked = False
    running = asyncio.ensure_future(process.run(command))
    try:
        while not running.done():
            await asyncio.wait({running}, timeout=POLL_S)
            results.read()
            if not asked and time.monotonic() >= ask_at and not running.done():
                asked = True
                _ask_where(results)
    finally:
        if not running.done():
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
    return running.result()
