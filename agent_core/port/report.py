"""What a parity run found: by route, with the shortest sequence for each kind of difference."""

import msgspec

from agent_core.port.strength import Strength
from agent_core.proofs import RouteResult
from runners.http_replay.compare import Difference
from runners.http_replay.exchange import Response, Sequence


class Shown(msgspec.Struct, frozen=True):
    """A difference with the shortest sequence found for it, and both sides' last answers."""

    difference: Difference
    sequence: Sequence
    original: Response
    port: Response


class CorpusNote(msgspec.Struct, frozen=True):
    """What was frozen before judging: seed, hash, sizes."""

    seed: int
    digest: str
    sequences: int
    requests: int


class OwnTests(msgspec.Struct, frozen=True):
    """The app's own tests with the client swapped for HTTP; ids of tests.

    `apart` are red against the original itself, or send no request: they prove nothing here.
    """

    green: tuple[str, ...] = ()
    red: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    problem: str = ""


class ParityReport(msgspec.Struct, frozen=True):
    """Everything a verdict on a port rests on.

    `beside` says what goes wrong beyond single clients with their own cookies.
    """

    corpora: tuple[CorpusNote, ...]
    routes: tuple[RouteResult, ...]
    shown: tuple[Shown, ...]
    differences: int
    tests: OwnTests
    beside: tuple[str, ...]
    strength: Strength | None
    isolation: str
    notes: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """How many requests were compared."""
        return sum(corpus.requests for corpus in self.corpora)
