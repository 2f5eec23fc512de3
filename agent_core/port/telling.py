"""A parity report in words, for a terminal."""

from collections.abc import Iterator

from agent_core.counting import counted
from agent_core.port.judging import ParityVerdict
from agent_core.port.report import ParityReport, Shown
from runners.http_replay.exchange import Response

_BODY = 300
"""Characters shown of a body."""
_NAMED = 10
"""Missed mutants and branches named before the rest is counted."""


def tell(report: ParityReport, verdict: ParityVerdict) -> Iterator[str]:
    """The report from the routes to the verdict, a line at a time."""
    yield from _routes(report)
    for number, shown in enumerate(report.shown, start=1):
        yield ""
        yield from _difference(number, shown)
    yield ""
    yield from _evidence(report)
    yield ""
    yield verdict.sentence()


def _routes(report: ParityReport) -> Iterator[str]:
    width = max((len(route.route) for route in report.routes), default=5)
    yield f"{'route':{width}}  {'answers':>7}  {'2xx, 3xx':>8}  {'differ':>6}"
    for route in report.routes:
        counts = f"{route.requests:7,}  {route.successes:8,}  {route.differences:6,}"
        yield f"{route.route:{width}}  {counts}  {route.state}"


def _difference(number: int, shown: Shown) -> Iterator[str]:
    requests = shown.sequence.requests
    yield f"Difference {number}, after {counted(len(requests), 'request')}:"
    for place, request in enumerate(requests, start=1):
        yield f"  {place}. {request.sentence()}"
    yield f"  original  {answer(shown.original)}"
    yield f"  port      {answer(shown.port)}"
    yield f"  {shown.difference.sentence()}"


def answer(response: Response) -> str:
    """An answer in a few words: status, kind and the beginning of its body."""
    if response.problem:
        return response.problem
    body = response.body.decode("utf-8", "replace").strip()
    short = body if len(body) <= _BODY else f"{body[:_BODY]}…"
    return f"{response.status} {response.first('content-type')} {short}".rstrip()


def _evidence(report: ParityReport) -> Iterator[str]:
    for corpus in report.corpora:
        yield (
            f"corpus of seed {corpus.seed}: {corpus.requests:,} requests in "
            f"{counted(corpus.sequences, 'sequence')}, frozen as {corpus.digest[:12]}"
        )
    tests = report.tests
    if tests.problem:
        yield f"its own tests: {tests.problem}"
    else:
        yield (
            f"its own tests over HTTP: {len(tests.green)} green, {len(tests.red)} red, "
            f"{len(tests.apart)} that prove nothing here"
        )
    if report.strength is not None:
        lines = list(report.strength.sentences())
        yield from lines[:_NAMED]
        if len(lines) > _NAMED:
            yield f"… and {len(lines) - _NAMED:,} more"
    yield f"isolation: {report.isolation}"
    yield from report.notes
