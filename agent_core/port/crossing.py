"""Each side has to accept the session cookie and the password hash that the other made."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from runners.http_replay.client import Client
from runners.http_replay.compare import Noise, place_of, unlike_answers
from runners.http_replay.cookies import Jar, session_data, set_by
from runners.http_replay.databases import contents
from runners.http_replay.exchange import Request, Response, Run
from runners.http_replay.exchange import Sequence as Requests
from runners.http_replay.serving import Server, ServerFailed

PLACES = 12
"""How many routes are asked: one that reads the session tells."""
LOGINS = 2
"""How many sequences are asked that leave a password's hash behind."""
_HASH = re.compile(r"\b(?:scrypt:\d+:\d+:\d+|pbkdf2:\w+(?::\d+)?)\$\w+\$[0-9a-f]{32,}")
"""As werkzeug writes it: method, salt and what comes of both."""


class _Crossing(msgspec.Struct, frozen=True):
    """A sequence up to a request that only reads, after a signed cookie was set."""

    sequence: Requests
    until: int

    @property
    def request(self) -> Request:
        return self.sequence.requests[self.until]


def unaccepted_cookies(
    sequences: Sequence[Requests],
    runs: Sequence[Run],
    original: Server,
    port: Server,
    noise: Noise,
) -> Iterator[str]:
    """One sentence for each side that does not go by the other's session cookie."""
    crossings = list(_crossings(sequences, runs, noise))[:PLACES]
    for giver, taker, said in (
        (original, port, "the port does not accept the original's session cookie"),
        (port, original, "the original does not accept the port's session cookie"),
    ):
        for crossing in crossings:
            if not _accepted(crossing, giver, taker, noise):
                yield f"{said}: {place_of(crossing.request)}"
                break


def _crossings(
    sequences: Sequence[Requests], runs: Sequence[Run], noise: Noise
) -> Iterator[_Crossing]:
    """For each route that only reads, where it is first asked after a signed cookie was set."""
    seen: set[str] = set()
    for sequence, run in zip(sequences, runs, strict=True):
        signed = False
        for number, response in enumerate(run.responses):
            request = sequence.requests[number]
            place = place_of(request)
            reads = request.method == "GET" and request.route and not noise.drowns(place)
            if signed and reads and response.good and place not in seen:
                seen.add(place)
                yield _Crossing(sequence, number)
            signed = signed or any(
                session_data(cookie.value) is not None for cookie in set_by(response)
            )


def unaccepted_hashes(
    sequences: Sequence[Requests],
    runs: Sequence[Run],
    original: Server,
    port: Server,
    noise: Noise,
) -> Iterator[str]:
    """One sentence for each side that refuses a password whose hash the other made.

    Each gets the databases that the other has filled, as it does when one takes over.
    """
    logins = list(_logins(sequences, runs))[:LOGINS]
    for giver, taker, said in (
        (original, port, "the port does not accept the original's password hash"),
        (port, original, "the original does not accept the port's password hash"),
    ):
        for login in logins:
            # With its own databases put back, a side may not know its users again either.
            own, crossed = (_taken_over(login, each, taker) for each in (taker, giver))
            if own and crossed and unlike_answers(login.request, own, crossed, noise):
                yield f"{said}: {place_of(login.request)}"
                break


def _logins(sequences: Sequence[Requests], runs: Sequence[Run]) -> Iterator[_Crossing]:
    """Where a session is entered after a password was sent, whose hash a database holds."""
    for sequence, run in zip(sequences, runs, strict=True):
        if not _HASH.search(str(run.databases)):
            continue
        for number, response in enumerate(run.responses):
            writes = sequence.requests[number].method == "POST"
            sessions = (session_data(cookie.value) for cookie in set_by(response))
            if number and writes and response.good and any(sessions):
                yield _Crossing(sequence, number)
                break


def _taken_over(login: _Crossing, giver: Server, taker: Server) -> Response | None:
    """The taker's answer to the login, with the giver's databases after all that came before."""
    if _played(login, giver, None) is None:
        return None
    filled = {path: (giver.root / path).read_bytes() for path in contents(giver.root)}
    try:
        taker.begin()
        for path, data in filled.items():
            (taker.root / path).write_bytes(data)
        with Client(taker.port) as client:
            return client.send(login.request)
    except (OSError, ServerFailed):
        return None
    finally:
        taker.end()


def _accepted(crossing: _Crossing, giver: Server, taker: Server, noise: Noise) -> bool:
    """Whether the taker answers the same with the giver's cookies as with its own.

    Both go through the whole sequence, so that what the cookie leads to is there on either side.
    """
    given, own = _played(crossing, giver, None), _played(crossing, taker, None)
    if given is None or own is None:
        return True  # one of them cannot be asked, which is said elsewhere
    crossed = _played(crossing, taker, given[0])
    if crossed is None:
        return True
    unlike = unlike_answers(crossing.request, own[1], crossed[1], noise)
    # What cookies are renewed is no matter of what is accepted.
    return not any(not path.startswith("cookie ") for path in unlike)


def _played(crossing: _Crossing, server: Server, jar: Jar | None) -> tuple[Jar, Response] | None:
    """The jar before the reading request, and its answer, with another `jar` if one is given.

    None if the server does not start.
    """
    try:
        server.begin()
    except ServerFailed:
        return None
    try:
        with Client(server.port) as client:
            earlier: list[Response] = []
            for request in crossing.sequence.requests[: crossing.until]:
                earlier.append(client.send(request, earlier))
            held = client.jar.copy()
        with Client(server.port, jar=(jar or held).copy()) as client:
            return held, client.send(crossing.request, earlier)
    finally:
        server.end()
