"""A parity report as a page: what was asked, what differs, what would have been noticed."""

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

import msgspec

from agent_core.counting import counted
from agent_core.port.judging import ParityVerdict
from agent_core.port.report import ParityReport, Shown
from agent_core.port.telling import answer
from agent_core.proofs import Compiled, RouteResult, Timed
from agent_core.verdict import STATE_WORDS


class Beside(msgspec.Struct, frozen=True):
    """What a session knows of a port beside how it answers; `left` was not converted."""

    compiled: Compiled | None = None
    timed: Timed | None = None
    left: tuple[str, ...] = ()


def page(
    report: ParityReport | None,
    verdict: ParityVerdict,
    *,
    title: str,
    repeat: str,
    beside: Beside = Beside(),  # noqa: B008  (a frozen value)
) -> str:
    """The page as HTML, with nothing to load; `repeat` is the command that made the report.

    Without a report nothing was compared, and the verdict says why.
    """
    style = (files("resources") / "port" / "certificate.css").read_text("utf-8")
    body = "\n".join(_body(report, verdict, beside, title=title, repeat=repeat))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _body(
    report: ParityReport | None,
    verdict: ParityVerdict,
    beside: Beside,
    *,
    title: str,
    repeat: str,
) -> Iterator[str]:
    yield f"<h1>{escape(title)}</h1>"
    yield f'<p class="verdict {verdict.state}">{STATE_WORDS[verdict.state]}</p>'
    yield _list(verdict.reasons)
    if beside.left:
        yield "<h2>What was not converted</h2>"
        yield _list(beside.left)
    if beside.compiled and beside.compiled.diagnostics:
        yield "<h2>What the compiler says</h2>"
        for each in beside.compiled.diagnostics:
            yield f"<pre>{escape(each.rendered or each.sentence())}</pre>"
    if report is not None:
        yield from _answers(report)
    if beside.timed is not None:
        yield from _speed(beside.timed)
    yield "<h2>How to repeat it</h2>"
    yield f"<pre>{escape(repeat)}</pre>"


def _answers(report: ParityReport) -> Iterator[str]:
    yield "<h2>Routes</h2>"
    head = ("Route", "Answers", "Of them 2xx and 3xx", "Different", "State")
    yield _table(head, map(_route, report.routes))
    if report.shown:
        yield "<h2>Differences, each with the shortest sequence that shows it</h2>"
        for number, shown in enumerate(report.shown, start=1):
            yield from _shown(number, shown)
    yield "<h2>What would have been noticed</h2>"
    yield _list(report.strength.sentences() if report.strength else ("not measured",))
    yield "<h2>What was asked</h2>"
    rows = (
        (str(c.seed), f"{c.requests:,}", f"{c.sequences:,}", c.digest[:16]) for c in report.corpora
    )
    yield _table(("Seed", "Requests", "Sequences", "Frozen as (SHA-256)"), rows)
    tests = report.tests
    if tests.problem:
        yield f"<p>Its own tests over HTTP: {escape(tests.problem)}.</p>"
    else:
        apart = counted(len(tests.apart), "test")
        yield (
            f"<p>Its own tests over HTTP: {len(tests.green)} green, {len(tests.red)} red; "
            f"{apart} that prove nothing here.</p>"
        )
    yield _list((f"Isolation: {report.isolation}.", *report.notes))


def _speed(timed: Timed) -> Iterator[str]:
    yield "<h2>How fast it is</h2>"
    yield f"<p>{escape(timed.sentence())}</p>"
    if timed.figures:
        yield _table(("", "The original", "The port"), timed.figures)
        yield _list((f"The original is served by {timed.baseline}.", timed.load, *timed.notes))


def _route(route: RouteResult) -> tuple[str, ...]:
    counts = (f"{n:,}" for n in (route.requests, route.successes, route.differences))
    return (route.route, *counts, route.state)


def _shown(number: int, shown: Shown) -> Iterator[str]:
    requests = shown.sequence.requests
    yield f"<h3>{number}. {escape(shown.difference.sentence())}</h3>"
    yield f"<ol>{''.join(f'<li><code>{escape(r.sentence())}</code></li>' for r in requests)}</ol>"
    sides = (("The original", shown.original), ("The port", shown.port))
    for name, response in sides:
        yield f"<p>{name} answers the last one:</p>\n<pre>{escape(answer(response))}</pre>"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in rows)
    inner = "\n".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{inner}\n</tbody>\n</table>"


def _list(sentences: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in sentences)}</ul>"
