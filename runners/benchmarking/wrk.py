"""The program `wrk`, where it is installed: whether another load client sees the same ratio."""

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from runners.benchmarking.load import LATE_S, Load, LoadFailed, Shot
from runners.http_replay.client import HOST
from runners.quick import run_quick

THREADS = 2
_REQUESTS = re.compile(r"(\d+) requests in ")
_RATE = re.compile(r"Requests/sec:\s*([\d.]+)")
_SOCKETS = re.compile(r"(connect|read|write|timeout) (\d+)")
_STATUS = re.compile(r"Non-2xx or 3xx responses: (\d+)")
_LAST_WORDS = 500


def usable(shots: Sequence[Shot]) -> bool:
    """Whether `wrk` is there, and the first shot is one that it can send: a plain GET."""
    return shutil.which("wrk") is not None and shots[0].request.method == "GET"


class WrkClient:
    """Sends the first of the shots, whole seconds long; it keeps no distribution of latencies."""

    name = "wrk"

    def __init__(self, shots: Sequence[Shot], *, connections: int, env: Mapping[str, str]) -> None:
        self._request = shots[0].request
        self._connections = connections
        self._env = env

    def load(self, port: int, seconds: float) -> Load:
        """Run it for at least a second. Raises LoadFailed."""
        duration = max(1, round(seconds))
        headers = [
            word for name, text in self._request.headers for word in ("-H", f"{name}: {text}")
        ]
        ended = run_quick(
            (
                *("wrk", "-t", str(min(THREADS, self._connections))),
                *("-c", str(self._connections), "-d", f"{duration}s", *headers),
                f"http://{HOST}:{port}{self._request.target}",
            ),
            cwd=Path("/"),
            env=self._env,
            timeout_s=duration + LATE_S,
        )
        said = ended.stdout.decode("utf-8", "replace")
        requests, rate = _REQUESTS.search(said), _RATE.search(said)
        if ended.exit_code != 0 or requests is None or rate is None:
            words = ended.stderr[-_LAST_WORDS:].decode("utf-8", "replace").strip()
            raise LoadFailed(f"wrk failed: {words or ended.sentence()}")
        count = int(requests[1])
        return Load(
            requests=count,
            seconds=count / float(rate[1]) if count else float(duration),
            connections=self._connections,
            errors=dict(_errors(said)),
        )


def _errors(said: str) -> list[tuple[str, int]]:
    line = next((line for line in said.splitlines() if "Socket errors:" in line), "")
    found = [(kind, int(count)) for kind, count in _SOCKETS.findall(line)]
    if status := _STATUS.search(said):
        found.append(("status", int(status[1])))
    return [(kind, count) for kind, count in found if count]
