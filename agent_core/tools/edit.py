"""Changing files of the workspace, and taking a change back."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from agent_core.history import History
from agent_core.judging import touched
from agent_core.results import EditApplied, FinishAsked, TestsRan, ToolOutcome
from agent_core.tools import tests
from agent_core.tools.changes import Change, edits_of
from agent_core.tools.plan import ask_gate
from agent_core.tools.schema import HIDDEN
from agent_core.tools.tool import Arguments, Tool, ToolContext, refused
from editors.diff import FileDiff
from editors.edits import Edit, Move, Splice, apply_edits
from editors.refusals import DiskFull, Refused
from editors.sources import ignored_among
from editors.unified import unified
from runners.cutoff import in_thread
from runners.patches import TextEdit

LONGEST = 120
"""Lines of a change that are shown whole."""


class EditFile(Arguments, frozen=True):
    """Edits made together or not at all; or a candidate's `patch`; or the last edit taken back."""

    edits: tuple[Change, ...] = ()
    patch: Annotated[tuple[TextEdit, ...], HIDDEN] = ()
    take_back: bool = False
    then_test: tuple[str, ...] | None = None
    finish_if_green: bool = False
    summary: str = ""


async def _edit_file(context: ToolContext, asked: EditFile) -> ToolOutcome:
    if asked.finish_if_green and not asked.summary:
        return refused("Nothing was changed: finish_if_green needs a summary.")
    try:
        await _change(context, asked)
    except DiskFull:
        raise
    except Refused as error:
        return refused(str(error))
    diffs, snapshot = await changes_made(context)
    judging = await _judging(context, snapshot)
    texts, then = await _then(context, asked)
    return ToolOutcome(
        text="\n".join([*map(_told, diffs), *judging, *texts]) or "The files are as they were.",
        data=EditApplied(
            paths=tuple(diff.path for diff in diffs),
            snapshot=snapshot,
            diff="".join(map(unified, diffs)),
            then=then,
            taken_back=asked.take_back,
        ),
    )


async def _judging(context: ToolContext, snapshot: str) -> list[str]:
    """Said with the edit itself: it touches what judges the change, so no verdict can hold."""
    found = await in_thread(context.gate.tampering, context.history.measured, snapshot)
    return [f"As it stands this can never end fixed: {touched(found)}."] if found else []


def _told(diff: FileDiff) -> str:
    """A change as the model that made it needs it: where it went, and not what it sent itself."""
    text = unified(diff)
    if diff.status == "created" or text.count("\n") > LONGEST:
        added, removed = diff.counts
        return f"{diff.path}: {diff.status}, +{added} -{removed}"
    return text.rstrip("\n")


async def _then(
    context: ToolContext, asked: EditFile
) -> tuple[list[str], tuple[TestsRan | FinishAsked, ...]]:
    """What the call wants done after the edit: tests, and the gate unless one of them is red."""
    texts: list[str] = []
    then: list[TestsRan | FinishAsked] = []
    green = True
    if asked.then_test is not None:
        text, ran = await tests.run(context, asked.then_test)
        green = ran.run.health == "ran" and not ran.delta.still_failing + ran.delta.newly_broken
        texts.append(text)
        then.append(ran)
    if asked.finish_if_green and green:
        text, finish = await ask_gate(context, asked.summary)
        texts.append(text)
        then.append(finish)
    return texts, tuple(then)


async def _change(context: ToolContext, asked: EditFile) -> None:
    """Write what is asked for. Raises Refused, and the files are as before then."""
    if asked.take_back:
        target = _before_last_edit(context.history)
        if target is None:
            raise Refused("", "Nothing was changed: there is no edit to take back.")
        await in_thread(context.workspace.restore, target)
        return
    edits: Sequence[Edit] = (*edits_of(asked.edits), *splices(context.root, asked.patch))
    if not edits:
        raise Refused("", "Nothing was changed: the call names no edit.")
    touched = {edit.path for edit in edits} | {e.to for e in edits if isinstance(e, Move)}
    if ignored := await in_thread(ignored_among, context.root, touched):
        them = ", ".join(ignored)
        raise Refused(
            ignored[0],
            f"Nothing was changed: git ignores {them}, so it would be no part of the change.",
        )
    await in_thread(apply_edits, context.root, edits)


def splices(root: Path, patch: Sequence[TextEdit]) -> tuple[Splice, ...]:
    """A candidate's edits, bound to the bytes the files have now."""
    digests = {
        file: hashlib.sha256((root / file).read_bytes()).hexdigest()
        for file in sorted({edit.file for edit in patch})
    }
    return tuple(
        Splice(
            path=edit.file,
            start=edit.start,
            end=edit.end,
            text=edit.text,
            sha256_before=digests[edit.file],
        )
        for edit in patch
    )


async def changes_made(context: ToolContext) -> tuple[tuple[FileDiff, ...], str]:
    """What the edit changed, and the tree as it now is."""
    workspace, before = context.workspace, context.history.snapshot
    after = await in_thread(workspace.snapshot)
    return await in_thread(workspace.store.diff, before, after), after


def _before_last_edit(history: History) -> str | None:
    for done in reversed(history.done()):
        if isinstance(done.finished.data, EditApplied):
            return done.intended.snapshot
    return None


TOOLS = (
    Tool(
        "edit_file",
        EditFile,
        _edit_file,
        effect="writes",
        description="Change files: all edits are made or none; the answer is the change as a diff. "
        "take_back undoes the last call. then_test runs these tests after the edit ([]: all). "
        "finish_if_green asks the gate in the same call, with the summary.",
    ),
)
