"""From suspects to an ordered list of candidate patches, made in a worker process."""

import asyncio
import hashlib
from pathlib import Path

import msgspec

from agent_core.integrity import is_source
from agent_core.repair.candidates import Candidates, Wanted, candidates
from agent_core.repair.generate import GenerateRequest
from agent_core.repair.localise import Place
from agent_core.repair.wishes import literals_of
from agent_core.results import FaultLocated
from agent_core.tools.tool import ToolContext
from editors.paths import Folder
from editors.refusals import Refused
from editors.textfile import read
from runners.observations import Observations
from runners.pool import call

MOST = 100_000
"""Candidates made at once; more are never tried within any budget."""


async def generated(
    context: ToolContext,
    *,
    tests: tuple[str, ...],
    places: tuple[str, ...],
    families: tuple[str, ...],
) -> Candidates:
    """Candidates at the given places, else at the last suspects; the same call, the same list."""
    request = await asyncio.to_thread(_request, context, tests, places, families)
    key = await asyncio.to_thread(_key, request)
    known = context.search.generated.get(key)
    if known is None:
        known = await call(
            candidates,
            Wanted(request, str(context.root)),
            result=Candidates,
            timeout_s=max(1.0, context.left(context.search_deadline)),
        )
        context.search.generated[key] = known
    return known


def _key(request: GenerateRequest) -> str:
    return hashlib.sha256(msgspec.json.encode(request)).hexdigest()


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
