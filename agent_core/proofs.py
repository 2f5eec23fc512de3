"""What the checks show that the gate makes itself: it compiles, answers the same, is faster.

Short enough for an event; the whole reports behind them are blobs.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from agent_core.counting import counted
from runners.benchmark import Ratio
from runners.diagnostics import Diagnostic

Outcome = Literal["holds", "fails", "unknown", "not_run"]
RouteState = Literal["equivalent", "differs", "nondeterministic", "original crashed", "not reached"]

SHOWN = 8
"""Messages of a compiler told in full before the rest is counted."""
OUTCOME_WORDS: dict[Outcome, str] = {
    "holds": "holds",
    "fails": "fails",
    "unknown": "unknown",
    "not_run": "not run",
}


class Compiled(msgspec.Struct, frozen=True, tag=True):
    """Whether a crate compiles without a warning. `problem`: why cargo could not try.

    `notes` are sentences on what was left out.
    """

    outcome: Outcome
    diagnostics: tuple[Diagnostic, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The outcome in one line."""
        if self.problem:
            return f"it does not compile: {self.problem}"
        errors = [each for each in self.diagnostics if each.level == "error"]
        if errors:
            return f"it does not compile: {_first(errors, 'error')}"
        if self.diagnostics:
            return f"it compiles with {_first(self.diagnostics, 'warning')}"
        return "; ".join(("it compiles without a warning", *self.notes))

    def lines(self) -> Iterator[str]:
        """The outcome, then the first messages as the compiler draws them."""
        yield self.sentence()
        yield from (each.rendered.rstrip() or each.sentence() for each in self.diagnostics[:SHOWN])
        if len(self.diagnostics) > SHOWN:
            yield f"… and {len(self.diagnostics) - SHOWN} more"


class RouteResult(msgspec.Struct, frozen=True):
    """One rule and method: how often asked, how often the original answered 2xx or 3xx."""

    route: str
    state: RouteState
    requests: int
    successes: int
    differences: int = 0


class Shortest(msgspec.Struct, frozen=True):
    """A difference, the shortest sequence of requests that shows it, and both last answers."""

    requests: tuple[str, ...]
    difference: str
    original: str
    port: str

    def lines(self) -> Iterator[str]:
        """The requests by number, then what came of the last one."""
        for place, request in enumerate(self.requests, start=1):
            yield f"  {place}. {request}"
        yield f"  original  {self.original}"
        yield f"  port      {self.port}"
        yield f"  {self.difference}"


class Compared(msgspec.Struct, frozen=True, tag=True):
    """Whether a server gives the same HTTP answers, with every reason and what that rests on.

    `mutants` are wrong copies of the original that were tried, `killed` those noticed; `branches`
    are those of the code that ran, `taken` those taken. `report` is the blob with everything.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    routes: tuple[RouteResult, ...] = ()
    shortest: tuple[Shortest, ...] = ()
    requests: int = 0
    corpora: tuple[str, ...] = ()
    mutants: int = 0
    killed: int = 0
    branches: int = 0
    taken: int = 0
    report: str = ""

    def sentence(self) -> str:
        """The outcome in one line."""
        return "; ".join(self.reasons)

    def lines(self) -> Iterator[str]:
        """The outcome, the shortest sequences that show differences, and how strong it is."""
        yield self.sentence()
        for number, each in enumerate(self.shortest, start=1):
            yield f"difference {number}, after {counted(len(each.requests), 'request')}:"
            yield from each.lines()
        if strength := self.strength():
            yield strength

    def strength(self) -> str:
        """What would have been noticed, "" where that was not measured."""
        parts = []
        if self.mutants:
            parts.append(f"{self.killed} of {self.mutants} wrong copies of the original noticed")
        if self.branches:
            parts.append(f"{self.taken} of {self.branches} branches taken")
        return "; ".join(parts)


class Timed(msgspec.Struct, frozen=True, tag=True):
    """How much less CPU time a request costs, and whether that is enough where a factor was asked.

    `load` is what was asked of both, `figures` a line each of a name and what A and B came to.
    """

    outcome: Outcome
    reason: str
    ratio: Ratio | None = None
    load: str = ""
    baseline: str = ""
    figures: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The outcome in one line."""
        return f"speed not measured: {self.reason}" if self.outcome == "not_run" else self.reason

    def lines(self) -> Iterator[str]:
        """The outcome, and the figures of both."""
        yield self.sentence()
        if self.load:
            yield f"load: {self.load}"
        yield from (f"{name}: {a}, the port {b}" for name, a, b in self.figures)
        yield from self.notes


Proof = Compiled | Compared | Timed


class Proofs(msgspec.Struct, frozen=True):
    """What was checked of one tree, each only where the one before it holds."""

    compiled: Compiled | None = None
    compared: Compared | None = None
    timed: Timed | None = None

    @property
    def all(self) -> tuple[Proof, ...]:
        """Those that were wanted, in order."""
        each = (self.compiled, self.compared, self.timed)
        return tuple(proof for proof in each if proof is not None)


def _first(found: Sequence[Diagnostic], noun: str) -> str:
    return f"{counted(len(found), noun)}, first {found[0].sentence()}"
