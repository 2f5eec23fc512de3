"""What a session's gate last said of a port, folded from its events. No Qt."""

from collections.abc import Iterator

import msgspec

from agent_core.counting import counted
from agent_core.history import History
from agent_core.proofs import Proofs, RouteResult, RouteState, Timed
from agent_core.results import EditApplied, FinishAsked
from agent_core.verdict import STATE_WORDS, Verdict
from desktop.models.timeline_heads import VERDICTS

STATES: dict[RouteState, tuple[str, str]] = {
    "equivalent": ("circle-check", "good"),
    "differs": ("circle-x", "bad"),
    "original crashed": ("triangle-alert", "warning"),
    "nondeterministic": ("circle-help", "warning"),
    "not reached": ("circle-dashed", "text3"),
}
"""An icon and a colour for each state of a route."""


class PortFacts(msgspec.Struct, frozen=True):
    """The page's parts: the verdict in a word, its icon and tone, why, facts, routes, details.

    Routes that are not the same come first.
    """

    word: str
    icon: str
    tone: str
    why: str
    facts: tuple[str, ...]
    routes: tuple[RouteResult, ...]
    details: str


def port_facts(history: History) -> PortFacts | None:
    """What is known of the port; None where none was judged."""
    asked = [each for each in history.results(FinishAsked) if each.verdict.proofs.all]
    if not asked:
        return None
    verdict = asked[-1].verdict
    compared = verdict.proofs.compared
    icon, tone = VERDICTS[verdict.state]
    order = list(STATES)
    routes = compared.routes if compared else ()
    return PortFacts(
        word=STATE_WORDS[verdict.state].capitalize(),
        icon=icon,
        tone=tone,
        why=_why(verdict),
        facts=tuple(_facts(verdict.proofs)),
        routes=tuple(sorted(routes, key=lambda r: (r.state == "equivalent", order.index(r.state)))),
        details="\n".join(_details(history, verdict.proofs)).strip(),
    )


def _why(verdict: Verdict) -> str:
    open_ = next((p for p in verdict.proofs.all if p.outcome != "holds"), None)
    compared = verdict.proofs.compared
    if verdict.state == "fixed" and compared is not None:
        return compared.sentence()
    return open_.sentence() if open_ else verdict.reason


def _facts(proofs: Proofs) -> Iterator[str]:
    compared, timed = proofs.compared, proofs.timed
    if compared is not None and compared.requests:
        yield counted(compared.requests, "request")
    if compared is not None and compared.mutants:
        yield f"{compared.killed} of {compared.mutants} wrong copies noticed"
    if compared is not None and compared.branches:
        yield f"{compared.taken} of {compared.branches} branches"
    if timed is not None and timed.ratio is not None:
        yield f"{timed.ratio.plainly()} less CPU"


def _details(history: History, proofs: Proofs) -> Iterator[str]:
    """Everything that was found, the shortest sequences first."""
    compared = proofs.compared
    for number, each in enumerate(compared.shortest if compared else (), start=1):
        yield f"Difference {number}, after {counted(len(each.requests), 'request')}"
        yield from each.lines()
        yield ""
    if proofs.compiled is not None:
        yield "Compiler"
        yield from (f"  {line}" for text in proofs.compiled.lines() for line in text.split("\n"))
        yield ""
    edits = history.results(EditApplied)
    if edits and edits[0].notes:
        yield "Not converted"
        yield from (f"  {note.removeprefix('not converted: ')}" for note in edits[0].notes)
        yield ""
    if compared is not None and len(compared.reasons) > 1:
        yield "Reasons"
        yield from (f"  {reason}" for reason in compared.reasons)
        yield ""
    if proofs.timed is not None:
        yield "Speed"
        yield from (f"  {line}" for line in _speed(proofs.timed))


def _speed(timed: Timed) -> Iterator[str]:
    yield timed.sentence()
    rows = [("", "original", "port"), *timed.figures] if timed.figures else []
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for name, a, b in rows:
        yield f"{name:{widths[0]}}  {a:>{widths[1]}}  {b:>{widths[2]}}"
    if timed.load:
        yield f"load: {timed.load}"
        yield f"original: {timed.baseline}"
    yield from timed.notes
