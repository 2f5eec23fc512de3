"""What a log says of files: which the agent has changed, and which lines it suspects."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from agent_core.events import Event, ToolFinished
from agent_core.results import EditApplied, FaultLocated, ToolData, parts

Fate = Literal["added", "changed", "deleted"]


def agent_files(events: Iterable[Event]) -> dict[str, Fate]:
    """Paths the agent has changed in its copy, with what became of each."""
    fates: dict[str, Fate] = {}
    for data in _results(events):
        if isinstance(data, EditApplied):
            created, deleted = _ends(data.diff)
            for path in data.paths:
                if path in deleted and fates.get(path) == "added":
                    del fates[path]
                elif path in deleted:
                    fates[path] = "deleted"
                elif path in created or fates.get(path) == "added":
                    fates[path] = "added"
                else:
                    fates[path] = "changed"
    return fates


def suspicion(events: Iterable[Event]) -> Mapping[str, Mapping[int, float]]:
    """Path -> line -> 0 to 1, of the newest time the fault was located."""
    newest: FaultLocated | None = None
    for data in _results(events):
        if isinstance(data, FaultLocated):
            newest = data
    heat: dict[str, dict[int, float]] = {}
    for suspect in newest.suspects if newest else ():
        lines = heat.setdefault(suspect.file, {})
        lines[suspect.line] = max(suspect.suspicion, lines.get(suspect.line, 0.0))
    return heat


def _results(events: Iterable[Event]) -> Iterator[ToolData]:
    for event in events:
        if isinstance(event, ToolFinished):
            yield from parts(event.data)


def _ends(diff: str) -> tuple[set[str], set[str]]:
    """Paths that a unified diff creates, and those it deletes."""
    created, deleted = set(), set()
    before = ""
    for line in diff.splitlines():
        if line.startswith("--- "):
            before = line[4:].partition("\t")[0]
        elif line.startswith("+++ "):
            after = line[4:].partition("\t")[0]
            if before == "/dev/null":
                created.add(after.removeprefix("b/"))
            elif after == "/dev/null":
                deleted.add(before.removeprefix("a/"))
    return created, deleted
