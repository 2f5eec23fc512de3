"""Changing files of the workspace, and taking a change back."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from agent_core.history import History
from agent_core.results import EditApplied, ToolFailure, ToolOutcome
from agent_core.tools.tool import Tool, ToolContext
from editors.edits import Create, Delete, Edit, Move, Replace, Splice, apply_edits
from editors.refusals import DiskFull, Refused
from editors.unified import unified
from runners.patches import TextEdit


class EditFile(msgspec.Struct, frozen=True):
    """Edits made together or not at all; or a candidate's `patch`; or the last edit taken back."""

    edits: tuple[Create | Replace | Delete | Move, ...] = ()
    patch: tuple[TextEdit, ...] = ()
    take_back: bool = False


async def _edit_file(context: ToolContext, asked: EditFile) -> ToolOutcome:
    workspace = context.workspace
    before = context.history.snapshot
    if asked.take_back:
        target = _before_last_edit(context.history)
        if target is None:
            return _refused("Nothing was changed: there is no edit to take back.")
        await asyncio.to_thread(workspace.restore, target)
        return await _applied(context, before)
    edits: Sequence[Edit] = (*asked.edits, *splices(context.root, asked.patch))
    if not edits:
        return _refused("Nothing was changed: the call names no edit.")
    try:
        await asyncio.to_thread(apply_edits, context.root, edits)
    except DiskFull:
        raise
    except Refused as error:
        return _refused(str(error))
    return await _applied(context, before)


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


async def _applied(context: ToolContext, before: str) -> ToolOutcome:
    workspace = context.workspace
    after = await asyncio.to_thread(workspace.snapshot)
    diffs = await asyncio.to_thread(workspace.store.diff, before, after)
    text = "".join(unified(diff) for diff in diffs)
    return ToolOutcome(
        text=text or "The files are as they were.",
        data=EditApplied(paths=tuple(diff.path for diff in diffs), snapshot=after, diff=text),
    )


def _before_last_edit(history: History) -> str | None:
    for done in reversed(history.done()):
        if isinstance(done.finished.data, EditApplied):
            return done.intended.snapshot
    return None


def _refused(text: str) -> ToolOutcome:
    return ToolOutcome(text=text, data=ToolFailure(kind="refused"))


TOOLS = (
    Tool(
        "edit_file",
        EditFile,
        _edit_file,
        effect="writes",
        description="Create, replace text in, delete or move files, all edits or none; the answer "
        "is the change as a diff. take_back undoes the last one.",
    ),
)
