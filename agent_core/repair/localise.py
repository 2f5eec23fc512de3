"""Where the fault may be: places ranked by which tests execute them and by the tracebacks."""

import math
from collections.abc import Callable

import msgspec

from runners.observations import Observations, TestTrace
from runners.reports import RED, Failure, TestReport

_MOST = 150
_FRAMES = 3
_RAISED = 0.9
_IMPORT_SHARE = 0.3
"""Suspicion of what ran at import, against the file's worst line: it says little by itself."""
_IMPORTED = "ran while the module was imported"


class Place(msgspec.Struct, frozen=True):
    """A line under suspicion (0 to 1), and why, in words for the user."""

    file: str
    line: int
    suspicion: float
    reason: str


def rank_places(
    report: TestReport, observations: Observations, is_source: Callable[[str], bool]
) -> tuple[Place, ...]:
    """The most suspicious lines of the code under test, best first.

    Ochiai over the lines each test executed; the last frames of a failing test's traceback
    inside the code are raised to at least 0.9. Files for which `is_source` is false never appear.
    """
    red = set(report.red)
    failing = [t for t in observations.traces if _is_red(t, red, report)]
    passing = [t for t in observations.traces if not _is_red(t, red, report) and t.lines]
    failing = [t for t in failing if t.lines]
    places = _spectrum(failing, passing, is_source)
    for failure in _failures(report):
        _raise_frames(places, failure, is_source)
    _add_imported(places, observations, is_source)
    ordered = sorted(places.values(), key=lambda p: (-p.suspicion, p.file, p.line))
    return tuple(ordered[:_MOST])


def _is_red(trace: TestTrace, red: set[str], report: TestReport) -> bool:
    # Tracing changes some outcomes: what the plain run said wins where it knows the test.
    if report.case(trace.test) is not None:
        return trace.test in red
    return trace.status in RED


def _failures(report: TestReport) -> list[Failure]:
    return [c.failure for c in report.cases if c.status in RED and c.failure is not None]


def _spectrum(
    failing: list[TestTrace], passing: list[TestTrace], is_source: Callable[[str], bool]
) -> dict[tuple[str, int], Place]:
    hit_red = _hits(failing, is_source)
    hit_green = _hits(passing, is_source)
    places: dict[tuple[str, int], Place] = {}
    for spot, reds in hit_red.items():
        greens = hit_green.get(spot, 0)
        value = reds / math.sqrt(len(failing) * (reds + greens))
        words = (
            f"executed by {reds} of {len(failing)} failing "
            f"and {greens} of {len(passing)} passing tests"
        )
        places[spot] = Place(file=spot[0], line=spot[1], suspicion=value, reason=words)
    return places


def _add_imported(
    places: dict[tuple[str, int], Place],
    observations: Observations,
    is_source: Callable[[str], bool],
) -> None:
    """Lines that ran only while modules were imported, in files the failing tests lead to."""
    best: dict[str, float] = {}
    for place in places.values():
        best[place.file] = max(best.get(place.file, 0.0), place.suspicion)
    for file, lines in observations.imported.items():
        if file in best and is_source(file):
            for line in lines:
                value = _IMPORT_SHARE * best[file]
                made = Place(file=file, line=line, suspicion=value, reason=_IMPORTED)
                places.setdefault((file, line), made)


def _hits(traces: list[TestTrace], is_source: Callable[[str], bool]) -> dict[tuple[str, int], int]:
    counts: dict[tuple[str, int], int] = {}
    accepted: dict[str, bool] = {}
    for trace in traces:
        for file, lines in trace.lines.items():
            if file not in accepted:
                accepted[file] = is_source(file)
            if accepted[file]:
                for line in lines:
                    counts[file, line] = counts.get((file, line), 0) + 1
    return counts


def _raise_frames(
    places: dict[tuple[str, int], Place], failure: Failure, is_source: Callable[[str], bool]
) -> None:
    inside = [f for f in failure.frames if f.file and f.line > 0 and is_source(f.file)]
    for depth, frame in enumerate(reversed(inside[-_FRAMES:])):
        spot = (frame.file, frame.line)
        least = _RAISED + 0.05 - 0.02 * depth
        known = places.get(spot)
        if known is not None and known.suspicion >= least:
            continue
        cause = (
            f"raised {failure.exception}"
            if depth == 0
            else f"called what raised {failure.exception}"
        )
        if frame.function == "<module>":
            cause = f"{_IMPORTED} and {cause}"
        reason = cause if known is None else f"{cause}; {known.reason}"
        places[spot] = Place(file=spot[0], line=spot[1], suspicion=least, reason=reason)
