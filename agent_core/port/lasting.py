"""Whether a difference is there again when both sides are asked again."""

from collections.abc import Sequence

from runners.http_replay.compare import Difference, Noise, differences
from runners.http_replay.exchange import Run
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.replay import replay
from runners.http_replay.serving import Server

AGAIN = 3


def looks_at_a_clock(sequences: Sequence[Requests]) -> bool:
    """Whether the application does: only then a corpus has sequences that wait."""
    return any(sequence.kind == "paced" for sequence in sequences)


def lasting(
    sequence: Requests, runs: tuple[Run, Run], servers: tuple[Server, Server], noise: Noise
) -> list[Difference]:
    """What differs in two runs; nothing if both sides then answer alike in one of a few tries.

    Between two requests a second may end on one side only, and what was made in them has another
    order. A difference that is none of the clock's comes each time.
    """
    found = differences(sequence, *runs, noise)
    one, two = servers
    alike = any(
        not differences(sequence, replay(sequence, one), replay(sequence, two), noise)
        for _ in range(AGAIN if found else 0)
    )
    return [] if alike else found
