"""Load on a server: the same requests again and again, over kept connections.

The built client (`resources/port/load_client`) sends them, or threads of ours where it could not be
built; what the client itself costs is never counted.
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from runners.http_replay.exchange import Request
from runners.problems import JourneymanError
from runners.quick import run_quick

LATE_S = 30.0
"""How long after the end of a round the client may take: one answer, and then some."""
_LAST_WORDS = 500


class LoadFailed(JourneymanError):  # noqa: N818  (says what happened)
    """The client broke, so nothing is known of the server."""


class Shot(msgspec.Struct, frozen=True):
    """A request, and the status that is its right answer."""

    request: Request
    status: int


class Load(msgspec.Struct, frozen=True):
    """What came back within `seconds`: right answers, connections opened, errors by kind.

    `latencies` are pairs in ascending order: microseconds that no answer of a bucket exceeds, and
    how many answers are in it.
    """

    requests: int
    seconds: float
    connections: int
    errors: dict[str, int] = {}
    latencies: tuple[tuple[int, int], ...] = ()

    def problem(self) -> str:
        """Why it says nothing of the server's speed, "" if it does."""
        if self.errors:
            kinds = ", ".join(f"{count:,} {kind}" for kind, count in self.errors.items())
            return f"{sum(self.errors.values()):,} requests failed ({kinds})"
        return "" if self.requests else "no request was answered"


class LoadClient(Protocol):
    """Something that sends the shots it was made with."""

    name: str

    def load(self, port: int, seconds: float) -> Load:
        """Send to a port on loopback for some seconds. Raises LoadFailed."""


class BuiltClient:
    """The program, with a file of the requests."""

    name = "the built client"

    def __init__(
        self,
        program: Path,
        shots: Sequence[Shot],
        *,
        connections: int,
        scratch: Path,
        env: Mapping[str, str],
    ) -> None:
        self._program = program
        self._connections = connections
        self._env = env
        self._file = scratch / "requests.bin"
        self._file.write_bytes(b"".join(map(_framed, shots)))

    def load(self, port: int, seconds: float) -> Load:
        """Run the program. Raises LoadFailed."""
        ended = run_quick(
            (str(self._program), str(port), str(self._connections), str(seconds), str(self._file)),
            cwd=self._file.parent,
            env=self._env,
            timeout_s=seconds + LATE_S,
        )
        if ended.exit_code != 0:
            words = ended.stderr[-_LAST_WORDS:].decode("utf-8", "replace").strip()
            raise LoadFailed(f"the load client failed: {words or ended.sentence()}")
        return msgspec.json.decode(ended.stdout, type=Load)


def percentile(loads: Sequence[Load], share: float) -> int:
    """Microseconds within which this share of all answers came; 0 without any."""
    counts: dict[int, int] = {}
    for load in loads:
        for edge, count in load.latencies:
            counts[edge] = counts.get(edge, 0) + count
    left = math.ceil(share * sum(counts.values()))
    for edge in sorted(counts):
        left -= counts[edge]
        if left <= 0:
            return edge
    return 0


def wire(request: Request) -> bytes:
    """The bytes of a request."""
    given = {name.lower() for name, _ in request.headers}
    headers = [] if "host" in given else [("Host", "localhost")]
    headers += request.headers
    sends = request.body or request.method in {"POST", "PUT", "PATCH"}
    if sends and "content-length" not in given:
        headers.append(("Content-Length", str(len(request.body))))
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


def _framed(shot: Shot) -> bytes:
    data = wire(shot.request)
    return b"%d %d\n%s" % (shot.status, len(data), data)
