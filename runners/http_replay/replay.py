"""Send a sequence to a server in its first state and keep what came back."""

from collections.abc import Callable

from runners.http_replay.client import Client
from runners.http_replay.databases import contents
from runners.http_replay.exchange import Response, Run, Sequence
from runners.http_replay.serving import Server, ServerFailed

DEAD = "no answer: the server has ended"


def replay(sequence: Sequence, server: Server, *, until: int | None = None) -> Run:
    """The server's answers, all or the first `until`, and what its databases held then.

    A server that cannot start answers nothing, and says why.
    """
    requests = sequence.requests[:until]
    try:
        server.begin()
    except ServerFailed as failed:
        return Run((Response(problem=str(failed)),))
    responses: list[Response] = []
    with Client(server.port) as client:
        for request in requests:
            responses.append(client.send(request, responses))
            if responses[-1].problem:
                break
    databases = contents(server.root)
    died = server.end()
    if died and responses and not responses[-1].problem:
        responses[-1] = Response(problem=f"{DEAD}: {died}")
    return Run(tuple(responses), databases)


def replay_all(
    sequences: tuple[Sequence, ...], server: Server, on_sequence: Callable[[], None]
) -> list[Run]:
    """One run a sequence, in order."""
    runs = []
    for sequence in sequences:
        runs.append(replay(sequence, server))
        on_sequence()
    return runs
