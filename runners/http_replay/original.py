"""The user's Flask application in its own interpreter: its facts, and a server of it.

For a worker process, which blocks; whatever is left dies with the worker's guardian.
"""

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Self, TypeVar, cast

import msgspec

from runners.http_replay.app import AppFacts
from runners.http_replay.live import Live
from runners.http_replay.serving import FirstState, ServerFailed, kill_session

LAUNCH = Path(__file__).parents[1] / "inside" / "launch.py"
IMPORT_S = 60.0
"""How long the application may take to be imported."""
ANSWER_S = 10.0
_LAST_WORDS = 2_000
_IMPORT = "to be imported; it may wait for something, or serve"
Kind = TypeVar("Kind")


class _Answer(msgspec.Struct, frozen=True):
    """Any line that serving answers with."""

    port: int = 0
    threads: int = 0
    problem: str = ""
    pid: int = 0
    ended: str = ""
    refused: tuple[str, ...] = ()
    started: tuple[str, ...] = ()


class Original:
    """Serves the application of the copy `root` from the state it has after its import.

    That state is kept in a process; each beginning forks it and puts the files of `root` back.
    `threads` counts what the application started at its import, which no fork has. `refused` and
    `started` grow with each end: what the guard refused, and the programs it saw started.
    """

    def __init__(
        self,
        interpreter: str,
        root: Path,
        env: Mapping[str, str],
        *,
        app: str | None = None,
        origin: Path | None = None,
        coverage: Path | None = None,
        files: Sequence[str] = (),
        guard: bool = True,
        deadline_s: float = IMPORT_S,
    ) -> None:
        """Import the application, found as `AppFacts.app` says. Raises ServerFailed.

        `origin` is the user's folder that `root` copies, to which editable installs may lead.
        `coverage` gets the arcs of `files`, a line of JSON each, at every end.
        """
        self.root = root
        self._serves = False
        self._inside = _Inside(interpreter, root, env, origin)
        try:
            self._inside.configure(
                {
                    "mode": "serve",
                    "app": app,
                    "port": 0,
                    "coverage": None if coverage is None else str(coverage),
                    "files": files,
                    "guard": guard,
                }
            )
            first = _loaded(self._inside.hear(_Answer, deadline_s, _IMPORT))
            # Only now: what the import writes belongs to the first state.
            self._first = FirstState(root)
        except BaseException:
            self.close()
            raise
        self.port = first.port
        self.threads = first.threads
        self.refused = first.refused
        self.started = first.started

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self) -> None:
        """Serve from the first state. Raises ServerFailed."""
        self.end()
        self._first.restore()
        self._inside.tell({"do": "begin"})
        self._inside.hear(_Answer, ANSWER_S, "to begin")
        self._serves = True

    def end(self) -> str:
        """Stop serving; how it had ended before, "" if it was alive. Raises ServerFailed."""
        if not self._serves:
            return ""
        self._serves = False
        self._inside.tell({"do": "end"})
        answer = self._inside.hear(_Answer, ANSWER_S, "to end")
        self.refused += answer.refused
        self.started += answer.started
        return answer.ended

    def close(self) -> None:
        """End it for good, with everything it started."""
        self._inside.close()


def facts(
    interpreter: str,
    root: Path,
    env: Mapping[str, str],
    *,
    app: str | None = None,
    origin: Path | None = None,
    guard: bool = True,
    secrets: str | None = None,
    deadline_s: float = IMPORT_S,
) -> AppFacts:
    """Import the application of the copy `root` and tell what it is made of.

    `secrets` names a file in `root` that gets the application's secrets, which passes through
    nothing else: a port needs it, to accept the cookies that the original signed. An application
    that cannot be imported is told by `AppFacts.problem`; so is an interpreter that ended.
    """
    settings = {"mode": "facts", "app": app, "guard": guard, "secrets": secrets}
    try:
        with contextlib.closing(_Inside(interpreter, root, env, origin)) as inside:
            return inside.ask(AppFacts, settings, deadline_s)
    except ServerFailed as failed:
        return AppFacts(problem=str(failed))


def live(
    interpreter: str,
    root: Path,
    env: Mapping[str, str],
    *,
    app: str | None = None,
    origin: Path | None = None,
    guard: bool = True,
    deadline_s: float = IMPORT_S,
) -> Live:
    """Import the application of the copy `root` and tell what its names stand for.

    One that cannot be imported is told by `Live.problem`; so is an interpreter that ended.
    """
    settings = {"mode": "live", "app": app, "guard": guard}
    try:
        with contextlib.closing(_Inside(interpreter, root, env, origin)) as inside:
            return inside.ask(Live, settings, deadline_s)
    except ServerFailed as failed:
        return Live(problem=str(failed))


def _loaded(first: _Answer) -> _Answer:
    if first.problem:
        raise ServerFailed(f"the application cannot be imported: {first.problem}")
    return first


class _Inside:
    """The process in the user's interpreter: lines of JSON to and fro."""

    def __init__(
        self, interpreter: str, root: Path, env: Mapping[str, str], origin: Path | None
    ) -> None:
        self._scratch = TemporaryDirectory(prefix="journeyman-", ignore_cleanup_errors=True)
        self._place: dict[str, object] = {
            "root": str(root.absolute()),
            "remap": [[str(origin.absolute()), str(root.absolute())]] if origin else [],
            "scratch": self._scratch.name,
        }
        self._heard = b""
        self._words = Path(self._scratch.name, "words.log")
        try:
            with self._words.open("wb") as words:
                self._process = subprocess.Popen(
                    (interpreter, str(LAUNCH)),
                    cwd=root,
                    env=dict(env),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=words,
                    start_new_session=True,
                )
        except OSError as error:
            self._scratch.cleanup()
            raise ServerFailed(f"the interpreter {interpreter} does not start: {error}") from error
        self._input = cast("IO[bytes]", self._process.stdin)
        self._output = cast("IO[bytes]", self._process.stdout)

    def configure(self, settings: Mapping[str, object]) -> None:
        """Send the first line. Raises ServerFailed."""
        self.tell({**self._place, **settings})

    def ask(self, kind: type[Kind], settings: Mapping[str, object], deadline_s: float) -> Kind:
        """What the application is, as one answer. Raises ServerFailed."""
        self.configure(settings)
        return self.hear(kind, deadline_s, _IMPORT)

    def tell(self, message: Mapping[str, object]) -> None:
        """Send one line. Raises ServerFailed."""
        try:
            self._input.write(msgspec.json.encode(message) + b"\n")
            self._input.flush()
        except OSError as error:
            raise ServerFailed(f"the application's interpreter ended: {self._said()}") from error

    def hear(self, kind: type[Kind], deadline_s: float, doing: str) -> Kind:
        """The next line, which answers when `doing` is done. Raises ServerFailed."""
        deadline = time.monotonic() + deadline_s
        while b"\n" not in self._heard:
            left = max(0.0, deadline - time.monotonic())
            if not select.select([self._output], [], [], left)[0]:
                raise ServerFailed(
                    f"the application took more than {deadline_s:g} s {doing}: {self._said()}"
                )
            part = os.read(self._output.fileno(), 1 << 16)
            if not part:
                raise ServerFailed(f"the application's interpreter ended: {self._said()}")
            self._heard += part
        line, _, self._heard = self._heard.partition(b"\n")
        return msgspec.json.decode(line, type=kind)

    def _said(self) -> str:
        words = self._words.read_bytes()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
        return words or "it printed nothing"

    def close(self) -> None:
        """End it with its whole process group."""
        kill_session(self._process)
        for pipe in (self._input, self._output):
            with contextlib.suppress(OSError):
                pipe.close()
        self._scratch.cleanup()
