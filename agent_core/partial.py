"""The verdict of a part of the change: of the baseline with exactly these hunks and no others.

It is found out in a copy of its own, by the gate's rules, and leaves the workspace alone.
"""

import shutil
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path

from agent_core.bench import Bench
from agent_core.decisions import held, judged, verdict_of
from agent_core.events import HunksJudged, WorkspaceReady
from agent_core.gate import Gate
from agent_core.history import History
from agent_core.session import Session
from agent_core.verdict import Verdict
from editors.accept import hold
from editors.held import Held
from editors.workspace import Workspace
from runners.cutoff import in_thread
from runners.problems import UserProblem
from runners.reports import TestCase


async def judge_hunks(
    session: Session,
    hunks: Collection[str] | None = None,
    *,
    deadline: float,
    on_case: Callable[[TestCase], None] = lambda _: None,
) -> Verdict:
    """Judge the baseline with these hunks; None means what the user has accepted so far.

    By a deadline on the monotonic clock. A set, or a tree, that was judged before is not run again.
    The answer is kept in the log. One judgement at a time: cancel an older one first, which ends
    its children.

    Raises:
        UserProblem: there is nothing to judge, no room for the copy, or the time is over.
    """
    history = session.history
    parts = held(history) if hunks is None else (Held(history.snapshot, tuple(hunks)),)
    if not any(part.hunks for part in parts):
        raise UserProblem("Nothing has been accepted yet", hint="Accept a hunk first.")
    if known := judged(history, parts):
        return known
    async with _copy(session, history, parts) as workspace:
        tree = await in_thread(workspace.snapshot)
        verdict = verdict_of(history, tree)
        if verdict is None:
            gate = _gate(session, history, workspace)
            verdict = await gate.evaluate(history.measured, deadline=deadline, on_case=on_case)
            if not verdict.holds and time.monotonic() >= deadline:
                # No word on these hunks: kept, it would stand in the way of another try.
                raise UserProblem(
                    "The tests took too long to judge what was accepted", hint="Check it again."
                )
    session.log.append(HunksJudged(held=parts, verdict=verdict))
    return verdict


def _folder(session: Session) -> Path:
    return session.folder / "judging"


def _ready(history: History) -> WorkspaceReady:
    ready = history.last(WorkspaceReady)
    if ready is None:
        raise LookupError("a session makes its workspace before its first step")
    return ready


@asynccontextmanager
async def _copy(
    session: Session, history: History, parts: tuple[Held, ...]
) -> AsyncIterator[Workspace]:
    """A spare copy of the workspace with the baseline and these hunks; gone afterwards."""
    folder = _folder(session)
    workspace = session.premises.workspace(_ready(history))
    try:
        # One may be left of a program that was killed.
        await in_thread(shutil.rmtree, folder, ignore_errors=True)
        spare = await in_thread(
            workspace.spare, folder / "copy" / session.premises.workspace_folder.name
        )
        base = history.measured.snapshot
        await in_thread(spare.restore, base)
        result = await in_thread(hold, spare.root, spare.store, base=base, held=parts)
        if left := (*result.conflicts, *result.skipped):
            why = "; ".join(f"{each.path}: {each.reason}" for each in left)
            raise UserProblem(
                "What was accepted cannot be checked alone",
                why=why,
                hint="Undo what was decided there, or run the tests in your folder.",
            )
        yield spare
    finally:
        await in_thread(shutil.rmtree, folder, ignore_errors=True)


def _gate(session: Session, history: History, workspace: Workspace) -> Gate:
    """The session's gate, moved to the copy; its scratch folder and spare copy are its own."""
    folder = _folder(session)
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    bench = Bench(
        workspace,
        _ready(history).suite,
        check=history.task.check,
        python=history.python,
        scratch=scratch,
        store=session.store,
    ).elsewhere(workspace)
    return Gate(bench, spare=folder / "spare" / workspace.root.name)
