"""Where a comparison happens: copies of the project, and the servers that run in them."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from runners.http_replay.app import AppFacts
from runners.http_replay.client import Client
from runners.http_replay.exchange import Request, Response
from runners.http_replay.original import Original, facts
from runners.http_replay.serving import CommandServer, Server, ServerFailed
from runners.suite import Suite

SETUP_S = 120.0
SECRETS = "port.env"
"""A file in the port's folder with the original's secret key: both sign cookies with it."""
_WORDS = 500
_NOT_COPIED = shutil.ignore_patterns(".git", "__pycache__")


class Order(msgspec.Struct, frozen=True):
    """What to compare. `root` is a copy of `origin`, the project; `scratch` takes further ones.

    `suite` is how the app's own tests run in `root`, `own_network` whether the worker has a network
    namespace to itself. `command` starts the port in a copy of `port_root`; `setup` is run in every
    copy first, "" for nothing. `progress` is a file to which a line is added for each thing begun.
    """

    root: str
    origin: str
    scratch: str
    interpreter: str
    env: dict[str, str]
    command: str
    port_root: str
    app: str | None = None
    setup: str = ""
    seeds: tuple[int, ...] = (0, 1, 2)
    requests: int = 1_000
    mutants: int = 40
    suite: Suite | None = None
    progress: str = ""
    own_network: bool = False
    isolation: str = "none"


class Stage:
    """The original, the port, and wrong copies of the original, each in a copy of its own."""

    def __init__(self, order: Order) -> None:
        """Import the original once. Raises ServerFailed where that fails."""
        self.order = order
        self.root = Path(order.root)
        self.scratch = Path(order.scratch)
        self.arcs = self.scratch / "arcs.jsonl"
        self._copies = 0
        self.say("importing the original")
        first = self.copy("facts")
        self._secrets = first / SECRETS
        self.facts: AppFacts = facts(
            order.interpreter,
            first,
            order.env,
            app=order.app,
            origin=Path(order.origin),
            secrets=SECRETS,
        )
        if self.facts.problem:
            raise ServerFailed(self.facts.problem)

    def original(self, *, coverage: bool = False, hash_seed: int = 0) -> Original:
        """A server of the original; with another seed its sets have another order."""
        return self.serve(self.copy("original"), coverage=coverage, hash_seed=hash_seed)

    def serve(self, copy: Path, *, coverage: bool = False, hash_seed: int = 0) -> Original:
        """A server of a copy of the original as it lies there. Raises ServerFailed."""
        return Original(
            self.order.interpreter,
            copy,
            {**self.order.env, "PYTHONHASHSEED": str(hash_seed)},
            app=self.order.app,
            origin=Path(self.order.origin),
            coverage=self.arcs if coverage else None,
            files=self.facts.files,
            guard=True,
        )

    def port(self) -> CommandServer:
        """The server that claims to be a port."""
        copy = self.copy("port", of=Path(self.order.port_root))
        if self._secrets.exists():
            shutil.copy2(self._secrets, copy / SECRETS)
        return CommandServer(self.order.command, copy, self.order.env)

    def copy(self, name: str, *, of: Path | None = None) -> Path:
        """A further copy, of the project if of nothing else, set up. Raises ServerFailed."""
        self._copies += 1
        place = self.scratch / f"{name}-{self._copies}"
        shutil.copytree(of or self.root, place, symlinks=True, ignore=_NOT_COPIED)
        if self.order.setup:
            _set_up(self.order.setup, place, self.order.env)
        return place

    def say(self, what: str) -> None:
        """Tell whoever waits what is done now."""
        if self.order.progress:
            with Path(self.order.progress).open("a", encoding="utf-8") as file:
                file.write(f"{what}\n")


class Live:
    """A server while a corpus is made for it; each sequence finds it in its first state."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._client: Client | None = None

    def begin(self) -> None:
        """Start over: the next request is the first of a sequence."""
        self.close()
        self._server.begin()
        self._client = Client(self._server.port)

    def send(self, request: Request, earlier: Sequence[Response]) -> Response:
        """The server's answer."""
        if self._client is None:
            raise RuntimeError("begin() comes first")
        return self._client.send(request, earlier)

    def close(self) -> None:
        """End the sequence."""
        if self._client is not None:
            self._client.close()
            self._client = None
            self._server.end()


def _set_up(command: str, place: Path, env: Mapping[str, str]) -> None:
    done = subprocess.run(
        ("/bin/sh", "-c", command),
        cwd=place,
        env=dict(env),
        capture_output=True,
        timeout=SETUP_S,
        check=False,
    )
    if done.returncode != 0:
        words = (done.stderr or done.stdout)[-_WORDS:].decode("utf-8", "replace").strip()
        raise ServerFailed(
            f"`{command}` failed with exit code {done.returncode} in a copy: {words}"
        )
