"""From suspects to an ordered list of candidate patches, made in a worker process."""

import asyncio
import hashlib
from pathlib import Path

import msgspec

from agent_core.integrity import is_source
from agent_core.repair.generate import GenerateRequest, GenerateResult, generate
from agent_core.repair.localise import Place
from agent_core.repair.wishes import literals_of
from agent_core.results import FaultLocated
from agent_core.tools.tool import ToolContext
from editors.paths import Folder
from editors.refusals import Refused
from editors.textfile import TextFile, read
from runners.observations import Observations
from runners.patches import TextEdit
from runners.pool import call

MOST = 100_000
"""Candidates made at once; more are never tried within any budget."""


async def generated(
    context: ToolContext,
    *,
    tests: tuple[str, ...],
    places: tuple[str, ...],
    families: tuple[str, ...],
) -> GenerateResult:
    """Candidates at the given places, else at the last suspects; the same call, the same list."""
    request = await asyncio.to_thread(_request, context, tests, places, families)
    key = hashlib.sha256(msgspec.json.encode(request)).hexdigest()
    known = context.search.generated.get(key)
    if known is None:
        known = await call(
            generate,
            request,
            result=GenerateResult,
            timeout_s=max(1.0, context.left(context.search_deadline)),
        )
        known = await asyncio.to_thread(_on_disk, context.root, known)
        known = _marked(known, request.observations)
        context.search.generated[key] = known
    return known


def _request(
    context: ToolContext, tests: tuple[str, ...], places: tuple[str, ...], families: tuple[str, ...]
) -> GenerateRequest:
    located = context.history.results(FaultLocated)
    observations = Observations()
    suspects: tuple[Place, ...] = ()
    if located:
        blob = context.store.blob(located[-1].observations)
        observations = msgspec.json.decode(blob, type=Observations)
        suspects = tuple(
            Place(file=s.file, line=s.line, suspicion=s.suspicion, reason=s.reason)
            for s in located[-1].suspects
        )
    if places:
        suspects = tuple(_named(text) for text in places)
    baseline = context.history.baseline
    cases = baseline.run.red if baseline else ()
    return GenerateRequest(
        sources=_sources(context.root, suspects),
        places=suspects,
        observations=observations,
        families=families,
        literals=failing_literals(context.root, tests),
        failures=tuple(
            case.failure for case in cases if case.failure is not None and case.id in tests
        ),
        limit=MOST,
    )


def _named(text: str) -> Place:
    file, _, line = text.rpartition(":")
    return Place(
        file=file,
        line=int(line),
        suspicion=1.0,
        reason="named in the call",
    )


def _sources(root: Path, places: tuple[Place, ...]) -> dict[str, str]:
    sources = {}
    with Folder(root) as folder:
        for path in sorted({place.file for place in places}):
            if is_source(path):
                try:
                    sources[path] = read(folder, path).text
                except (Refused, OSError):
                    continue  # a file that cannot be edited as text has no candidates
    return sources


def failing_literals(root: Path, tests: tuple[str, ...]) -> tuple[str, ...]:
    """The literals that these tests are written with."""
    by_file: dict[str, set[str]] = {}
    for test in tests:
        file, _, rest = test.partition("::")
        by_file.setdefault(file, set()).add(rest.rpartition("::")[2].partition("[")[0])
    found: dict[str, None] = {}
    with Folder(root) as folder:
        for file in sorted(by_file):
            try:
                text = read(folder, file).text
            except (Refused, OSError):
                continue  # a test that is no file (a doctest of a text, say) speaks of nothing
            found |= dict.fromkeys(literals_of(text, by_file[file]))
    return tuple(found)


def _marked(result: GenerateResult, observations: Observations) -> GenerateResult:
    """Say of patches whose place no test ran, but the import of a module did."""
    ran: set[tuple[str, int]] = set()
    for trace in observations.traces:
        ran |= {(file, line) for file, lines in trace.lines.items() for line in lines}
    early = {(f, line) for f, lines in observations.imported.items() for line in lines} - ran
    patches = tuple(
        msgspec.structs.replace(patch, at_import=True)
        if (patch.edits[0].file, patch.line) in early
        else patch
        for patch in result.patches
    )
    return msgspec.structs.replace(result, patches=patches)


def _on_disk(root: Path, result: GenerateResult) -> GenerateResult:
    """Edits counted in bytes of the decoded text, moved to bytes of the file as it is stored."""
    files: dict[str, TextFile] = {}
    with Folder(root) as folder:
        for path in sorted({edit.file for patch in result.patches for edit in patch.edits}):
            files[path] = read(folder, path)
    if all(file.encoding in {"utf-8", "ascii"} and not file.bom for file in files.values()):
        return result
    moved = tuple(
        msgspec.structs.replace(
            patch, edits=tuple(_moved(edit, files[edit.file]) for edit in patch.edits)
        )
        for patch in result.patches
    )
    return msgspec.structs.replace(result, patches=moved)


def _moved(edit: TextEdit, file: TextFile) -> TextEdit:
    text = file.text.encode()

    def stored(offset: int) -> int:
        return len(file.bom) + len(text[:offset].decode().encode(file.encoding))

    return msgspec.structs.replace(edit, start=stored(edit.start), end=stored(edit.end))
