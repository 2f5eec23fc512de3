"""What a race measured, in words: a table of A and B, then the ratios."""

from collections.abc import Iterator, Sequence
from statistics import median

from agent_core.benchmark import FunctionReport, ServersReport, ServersTask
from agent_core.counting import counted
from runners.benchmark import Measured, Pair, Ratio, Side, ratio
from runners.benchmarking.commands import CommandRace, CommandRound
from runners.benchmarking.functions import FunctionRound
from runners.benchmarking.load import percentile
from runners.benchmarking.servers import Session

_SIDES: tuple[Side, Side] = ("A", "B")
_MOST_VOID = 5
"""Void pairs told in full."""
Column = dict[str, str]
"""The figures of one side, by name."""
Row = tuple[str, str, str]
"""A name, and what A and B came to."""


def of_servers(report: ServersReport, task: ServersTask) -> Iterator[str]:
    """The servers, the load, and a table of medians."""
    yield f"A: the project under {report.baseline}"
    yield f"B: {task.command}"
    yield f"load: {load(report, task)}"
    yield from (f"note: {note}" for note in notes(report))
    yield from _table(server_rows(report))


def load(report: ServersReport, task: ServersTask) -> str:
    """What was asked of both servers, and how."""
    asked = [shot.request.sentence() for shot in report.raced.shots]
    what = asked[0] if len(asked) == 1 else f"{counted(len(asked), 'request')}, first {asked[0]}"
    return (
        f"{what}; {counted(task.connections, 'connection')}, rounds of {task.seconds:g} s, "
        f"sent by {report.raced.client}"
    )


def notes(report: ServersReport) -> Iterator[str]:
    """What else there is to say of a race of servers."""
    yield from report.notes
    if not report.raced.same_bodies:
        yield "some answers differ in their bodies; `parity` tells whether that matters"
    if report.raced.by_wrk is not None and (found := ratio([report.raced.by_wrk.pairs])):
        yield f"CPU, A over B, under wrk: {found.median:.3g}"


def server_rows(report: ServersReport) -> list[Row]:
    """The medians of both servers, by name."""
    return _rows(*(_server(report.raced.sessions, side) for side in _SIDES))


def _server(sessions: Sequence[Session], side: Side) -> Column:
    """A server's figures: medians of the rounds that count, and every error."""
    every = [_of(pair, side) for session in sessions for pair in session.pairs]
    good = _good([session.pairs for session in sessions], side)
    loads = [each.load for each in good if each.load]
    standing = [session.a if side == "A" else session.b for session in sessions]
    column: Column = {}
    if loads:
        column |= {
            "CPU a request": _time(median(each.cost for each in good)),
            "answers a second": f"{median(load.requests / load.seconds for load in loads):,.0f}",
            "p50": _time(percentile(loads, 0.5) / 1e6),
            "p99": _time(percentile(loads, 0.99) / 1e6),
        }
    return column | {
        "start to answer": _time(median(each.start_s for each in standing)),
        "memory (PSS)": _size(median(each.memory for each in standing)),
        "errors": f"{sum(sum(each.load.errors.values()) for each in every if each.load):,}",
    }


def of_commands(race: CommandRace) -> Iterator[str]:
    """A table of medians of the runs."""
    yield from _table(_rows(*(_command(_good([race.pairs], side)) for side in _SIDES)))
    if not race.same_output:
        yield "note: the runs did not all print the same"


def _command(runs: Sequence[CommandRound]) -> Column:
    if not runs:
        return {}
    return {
        "CPU": _time(median(run.cost for run in runs)),
        "wall": _time(median(run.wall_s for run in runs)),
        "largest process": _size(max(run.memory for run in runs)),
    }


def of_function(report: FunctionReport, revisions: Sequence[str]) -> Iterator[str]:
    """The revisions, and a table of medians a call."""
    yield f"A: {revisions[0]}, B: {revisions[1]}"
    yield from _table(_rows(*(_function(_good(report.sessions, side)) for side in _SIDES)))


def _function(rounds: Sequence[FunctionRound]) -> Column:
    if not rounds:
        return {}
    return {
        "CPU a call": _time(median(each.cost for each in rounds)),
        "wall a call": _time(median(each.wall_s for each in rounds)),
        "calls": f"{sum(each.calls for each in rounds):,}",
    }


def of_ratios(sessions: Sequence[Sequence[Pair[Measured]]], whole: Ratio | None) -> Iterator[str]:
    """The ratios of each session and of all, and what was void."""
    if len(sessions) > 1:
        for number, pairs in enumerate(sessions, start=1):
            if found := ratio([pairs]):
                yield f"CPU, A over B, session {number}: {found.sentence()}"
    yield f"CPU, A over B: {whole.sentence()}" if whole else "CPU, A over B: no pair counts"
    void = [pair.void for pairs in sessions for pair in pairs if pair.void]
    yield from (f"void: {why}" for why in void[:_MOST_VOID])
    if len(void) > _MOST_VOID:
        yield f"… and {counted(len(void) - _MOST_VOID, 'more void pair')}"


def _good(sessions: Sequence[Sequence[Pair[Measured]]], side: Side) -> list[Measured]:
    return [_of(pair, side) for pairs in sessions for pair in pairs if not pair.void]


def _of(pair: Pair[Measured], side: Side) -> Measured:
    return pair.a if side == "A" else pair.b


def _rows(a: Column, b: Column) -> list[Row]:
    return [(name, a[name], b[name]) for name in a if name in b]


def _table(rows: Sequence[Row]) -> Iterator[str]:
    lines = [("", *_SIDES), *rows] if rows else []
    widths = [max((len(line[column]) for line in lines), default=0) for column in range(3)]
    for name, one, two in lines:
        yield f"{name:{widths[0]}}  {one:>{widths[1]}}  {two:>{widths[2]}}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def _size(size: float) -> str:
    return f"{size / 1e6:.1f} MB"
