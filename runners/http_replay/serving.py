"""A server under test: started on a copy of the project, on loopback, in its first state each time.

For a worker process, which blocks; whatever is left of a server dies with the worker's guardian.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol, Self

from runners.http_replay.client import HOST
from runners.problems import JourneymanError

START_S = 30.0
"""How long a server may take until it listens."""
END_S = 2.0
"""How long it may take to end after it has been asked to."""
_POLL_S = 0.01
_LAST_WORDS = 2_000


class ServerFailed(JourneymanError):  # noqa: N818  (says what happened)
    """A server did not start, or is not the one that listens; the text ends in its last words."""


class Server(Protocol):
    """What can be asked the same requests again and again."""

    root: Path
    port: int

    def begin(self) -> None:
        """Serve from the first state. Raises ServerFailed."""

    def end(self) -> str:
        """Stop serving; the reason if it had ended before, "" if it was alive."""

    def close(self) -> None:
        """End for good."""


class CommandServer:
    """Any program that listens on the port it finds in `PORT`, or in place of `{port}`.

    It runs in a copy of the project, `root`, which is put back to what it was at each beginning.
    `listened_s` is how long it took until it listened then.
    """

    def __init__(self, command: str, root: Path, env: Mapping[str, str]) -> None:
        self.root = root
        self.port = 0
        self.listened_s = 0.0
        self._command = command
        self._env = env
        self._first = FirstState(root)
        self._process: subprocess.Popen[bytes] | None = None
        self._log = root.parent / f"{root.name}.log"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process that leads its session, 0 if it does not run."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended, or does so now: its connections break before it is gone."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return not self.pid

    def begin(self) -> None:
        """Start it in its first state. Raises ServerFailed."""
        self.end()
        self._first.restore()
        self.port = free_port()
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ("/bin/sh", "-c", self._command.replace("{port}", str(self.port))),
                cwd=self.root,
                env={**self._env, "PORT": str(self.port), "HOST": HOST},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait_until_it_listens(self._process)

    def _wait_until_it_listens(self, process: subprocess.Popen[bytes]) -> None:
        began = time.monotonic()
        while not listens(self.port):
            if process.poll() is not None:
                raise ServerFailed(f"the server ended at its start ({self._ended()})")
            if time.monotonic() > began + START_S:
                self.end()
                raise ServerFailed(
                    f"the server did not listen on 127.0.0.1:{self.port} within {START_S:g} s; "
                    f"its port is in PORT, or {{port}} in the command ({self._last_words()})"
                )
            time.sleep(_POLL_S)
        self.listened_s = time.monotonic() - began
        owner = owners(self.port)
        if owner and process.pid not in {_session(pid) for pid in owner}:
            self.end()
            raise ServerFailed(f"another program listens on port {self.port}")

    def end(self) -> str:
        """Stop it; how it had ended before, "" if it was alive."""
        process, self._process = self._process, None
        if process is None:
            return ""
        died = "" if process.poll() is None else self._said(process.returncode)
        kill_session(process)
        return died

    def _ended(self) -> str:
        process = self._process
        return self._said(process.returncode) if process else self._last_words()

    def _said(self, code: int) -> str:
        how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        return f"{how}: {self._last_words()}"

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            text = self._log.read_bytes()[-_LAST_WORDS:].decode("utf-8", "replace").strip()
            return text or "it said nothing"
        return "it said nothing"

    def close(self) -> None:
        """End it for good."""
        self.end()


class FirstState:
    """The files of a folder as they were, to be put back: databases, uploads, logs."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._kept = root.parent / f"{root.name}.first"
        shutil.copytree(root, self._kept, symlinks=True)
        self._before = dict(_signatures(root))

    def restore(self) -> None:
        """Put back what has been changed, added and removed."""
        now = dict(_signatures(self._root))
        for path in now.keys() - self._before.keys():
            (self._root / path).unlink(missing_ok=True)
        for path, signature in self._before.items():
            if now.get(path) != signature:
                place = self._root / path
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self._kept / path, place, follow_symlinks=False)
                self._before[path] = _signature(place.lstat())


def _signatures(root: Path) -> Iterable[tuple[str, tuple[int, int, int]]]:
    for folder, _, files in os.walk(root):
        for name in files:
            place = Path(folder, name)
            with contextlib.suppress(FileNotFoundError):
                yield str(place.relative_to(root)), _signature(place.lstat())


def _signature(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def kill_session(process: subprocess.Popen[bytes]) -> None:
    """Ask a process group to end, then make it."""
    for number, patience in ((signal.SIGTERM, END_S), (signal.SIGKILL, END_S)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
            if number == signal.SIGTERM:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
            return


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        # With nobody there, a socket that is given this very port meets itself.
        return probe.connect_ex((HOST, port)) == 0 and probe.getsockname()[1] != port


def owners(port: int) -> set[int]:
    """The processes that hold a listening socket on this port; empty where nobody can tell."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                listening = fields[3] == "0A"
                if listening and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    found = set()
    for folder in Path("/proc").glob("[0-9]*/fd") if inodes else ():
        with contextlib.suppress(OSError):
            if any(str(entry.readlink()) in inodes for entry in folder.iterdir()):
                found.add(int(folder.parent.name))
    return found


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0
