"""Before the first step: the private copy, what runs the tests in it, and what a model is told."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from agent_core.bench import Bench
from agent_core.briefing import briefing
from agent_core.events import SessionStarted, WorkspaceReady
from agent_core.premises import Premises
from agent_core.verdict import Baseline
from editors.opening import open_project
from editors.paths import Folder
from editors.refusals import Refused
from editors.textfile import read
from editors.workspace import Workspace
from runners import toolchains
from runners.cutoff import in_thread
from runners.problems import UserProblem
from runners.suite import Suite
from runners.suite_runs import detect_suite
from runners.toolchain import Toolchain

SHOWN = 5
"""Things left out of the copy that are named before the rest is counted."""


async def prepare(
    started: SessionStarted, premises: Premises, *, say: Callable[[str], None]
) -> tuple[WorkspaceReady, Workspace]:
    """Find out how the user's tests run, and copy the folder.

    Raises:
        UserProblem: there is nothing the task could be checked with.
    """
    toolchain, untested = await in_thread(_toolchain, started, premises.origin)
    say("making a private copy")
    workspace = await in_thread(
        premises.create_workspace, packages=bool(started.task.check.commands)
    )
    suite = None
    if toolchain is not None:
        suite, untested = await in_thread(_suite, started, workspace, toolchain)
    ready = WorkspaceReady(
        snapshot=workspace.base,
        suite=suite,
        project=await in_thread(open_project, premises.origin),
        notes=(*untested, *_left_out(workspace)),
        ignored=workspace.ignored,
    )
    return ready, workspace


def _toolchain(started: SessionStarted, origin: Path) -> tuple[Toolchain | None, tuple[str, ...]]:
    """The project's interpreter; none, and why, where the checks do without it."""
    named = Path(started.python) if started.python else None
    try:
        return toolchains.detect(origin, named=named, environ=os.environ), ()
    except UserProblem as problem:
        return None, _without_tests(started, problem)


def _suite(
    started: SessionStarted, workspace: Workspace, toolchain: Toolchain
) -> tuple[Suite | None, tuple[str, ...]]:
    command = started.task.check.test_command
    try:
        suite = detect_suite(workspace.root, workspace.origin, toolchain, test_command=command)
    except UserProblem as problem:
        return None, _without_tests(started, problem)
    return suite, ()


def _without_tests(started: SessionStarted, problem: UserProblem) -> tuple[str, ...]:
    """Go on without tests where something else checks the task, and say so."""
    if not started.task.check.beside:
        raise problem
    return (f"no tests are run: {problem.what}",)


def _left_out(workspace: Workspace) -> tuple[str, ...]:
    """What the user should know of the copy: all that is not in it."""
    notes = [f"not copied: {left.path} ({left.reason})" for left in workspace.left_out[:SHOWN]]
    if len(workspace.left_out) > SHOWN:
        notes.append(f"not copied: {len(workspace.left_out) - SHOWN} more")
    # A name that is not UTF-8 cannot be written down as it is.
    return tuple(note.encode(errors="backslashreplace").decode() for note in notes)


def brief(bench: Bench, baseline: Baseline) -> str:
    """What a language model is told of the baseline, with the code as it is in the copy."""
    workspace = bench.workspace

    @cache
    def text(path: str) -> str | None:
        try:
            with Folder(workspace.root) as folder:
                return read(folder, path).text
        except (OSError, Refused):
            return None

    files = tuple(workspace.store.files(baseline.snapshot))
    return briefing(bench.report(baseline.run), baseline.target, files=files, read=text)
