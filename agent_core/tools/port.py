"""Converting the workspace's Flask project to a Rust crate beside it."""

from pathlib import PurePosixPath

from agent_core.port import crates
from agent_core.port.asked import FOLDER
from agent_core.port.translation import TranslateOrder, Translation, translate
from agent_core.results import EditApplied, ToolOutcome
from agent_core.tools.edit import changes_made
from agent_core.tools.tool import Arguments, Tool, ToolContext, refused
from editors.edits import Create, apply_edits
from editors.refusals import DiskFull, Refused
from editors.unified import unified
from runners import pool, toolchains
from runners.cutoff import in_thread

SHOWN = 40
"""Refused constructs named before the rest is counted."""


class ConvertFlask(Arguments, frozen=True):
    """Convert the Flask application, found by itself or named as in "module:name"."""

    app: str | None = None


async def _convert(context: ToolContext, asked: ConvertFlask) -> ToolOutcome:
    if (context.root / FOLDER).exists():
        return refused(f"Nothing was converted: there is a folder {FOLDER}/ already.")
    toolchain = await context.bench.toolchain()
    context.progress("importing the application and converting it", 0, 0)
    order = TranslateOrder(
        root=str(context.root),
        origin=str(context.workspace.origin),
        interpreter=toolchain.interpreter,
        env=toolchains.activated(toolchain),
        app=asked.app,
    )
    translation = await pool.call(
        translate, order, result=Translation, timeout_s=context.left(context.deadline)
    )
    if translation.problem or not translation.files:
        why = translation.problem or "\n".join(_refusals(translation)) or "there are no routes"
        return refused(f"Nothing was converted: {why}")
    runtime = {f"{crates.RUNTIME}/{path}": text for path, text in crates.runtime().items()}
    locked = {"Cargo.lock": crates.lock(crates.CRATE)}
    try:
        await in_thread(
            apply_edits,
            context.root,
            [
                Create(path=str(PurePosixPath(FOLDER, path)), text=text)
                for path, text in {**locked, **translation.files, **runtime}.items()
            ],
        )
    except DiskFull:
        raise
    except Refused as error:
        return refused(str(error))
    diffs, snapshot = await changes_made(context)
    notes = tuple(_refusals(translation))
    return ToolOutcome(
        text="\n".join((f"{len(translation.routes)} routes converted to {FOLDER}/.", *notes)),
        data=EditApplied(
            paths=tuple(diff.path for diff in diffs),
            snapshot=snapshot,
            diff="".join(map(unified, diffs)),
            notes=notes,
        ),
    )


def _refusals(translation: Translation) -> list[str]:
    """What was not converted, and why, a line each."""
    lines = [f"not converted: {r.file}, line {r.line}: {r.reason}" for r in translation.refusals]
    rest = len(lines) - SHOWN
    return [*lines[:SHOWN], *((f"… and {rest} more",) if rest > 0 else ())]


TOOLS = (
    Tool(
        "convert_flask",
        ConvertFlask,
        _convert,
        effect="writes",
        description=f"Convert the Flask project to a Rust crate in {FOLDER}/. What cannot "
        "be converted is named with its place.",
    ),
)
