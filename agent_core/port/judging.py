"""From a parity report to a verdict: pure rules."""

from collections.abc import Iterator

import msgspec

from agent_core.counting import counted
from agent_core.port.report import ParityReport
from agent_core.verdict import State

REQUESTS, SEEDS = 1_000, 3
"""What a corpus must hold, and how many of them, before it can prove anything."""
COVERAGE, MUTANTS = 0.9, 0.9
FEWEST_MUTANTS = 40


class ParityVerdict(msgspec.Struct, frozen=True):
    """Whether a server is a port of another: the state, and every reason for it."""

    state: State
    reasons: tuple[str, ...]

    def sentence(self) -> str:
        """The verdict in one line."""
        return f"{self.state}: {'; '.join(self.reasons)}"


def judge(report: ParityReport) -> ParityVerdict:
    """*failing* where anything differs, *unknown* where too little was asked, else *fixed*."""
    if wrong := tuple(_wrong(report)):
        return ParityVerdict("failing", wrong)
    if weak := tuple(_weak(report)):
        return ParityVerdict("unknown", weak)
    tests = f", {len(report.tests.green)} of its own tests" if report.tests.green else ""
    said = (
        f"the same answers to {report.requests:,} requests ({len(report.corpora)} seeds){tests}; "
        "equivalent within this corpus"
    )
    return ParityVerdict("fixed", (said,))


def _wrong(report: ParityReport) -> Iterator[str]:
    by_state: dict[str, list[str]] = {}
    for route in report.routes:
        by_state.setdefault(route.state, []).append(route.route)
    if differs := by_state.get("differs"):
        right = sum(route.state == "equivalent" for route in report.routes)
        said = f"{report.differences} answers differ on {', '.join(differs)}"
        yield f"mostly the same ({right} of {len(report.routes)} routes): {said}" if right else said
    elif report.differences:
        some = counted(report.differences, "answer")
        yield f"{some} {'differs' if report.differences == 1 else 'differ'}"
    if crashed := by_state.get("original crashed"):
        yield f"the original crashed on {', '.join(crashed)}"
    if noisy := by_state.get("nondeterministic"):
        yield f"nondeterministic, so nothing is proved: {', '.join(noisy)}"
    if report.tests.red:
        yield f"{len(report.tests.red)} of its own tests fail, first {report.tests.red[0]}"
    yield from report.beside


def _weak(report: ParityReport) -> Iterator[str]:
    unreached = [route.route for route in report.routes if route.state == "not reached"]
    if unreached:
        yield f"no request reached {', '.join(unreached)}"
    if len(report.corpora) < SEEDS or any(c.requests < REQUESTS for c in report.corpora):
        yield f"fewer than {SEEDS} times {REQUESTS:,} requests were compared"
    strength = report.strength
    if strength is None:
        yield "the strength of the corpus was not measured"
        return
    if strength.killed < MUTANTS * strength.mutants:
        yield f"{strength.killed} of {strength.mutants} wrong copies of the original were noticed"
    elif strength.mutants < FEWEST_MUTANTS and not strength.every:
        yield f"only {strength.mutants} wrong copies of the original were tried"
    if strength.coverage.taken < COVERAGE * strength.coverage.total:
        yield f"{strength.coverage.taken} of {strength.coverage.total} branches were reached"
