"""Makes an environment of exactly what a lock file names: `environment.py ROOT KIND FOLDER`.

Started by `environment.sh` with whatever interpreter the machine has, so standard library only.
FOLDER is finished when it holds `locked.txt`, a copy of the lock, which is written last: what an
interrupted start left behind has none and is made anew.
"""

import fcntl
import io
import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

# Settings of a person's pip that would send packages elsewhere or change what is locked. Their
# index, mirror, certificates, proxy, cache and time-outs stay.
UNWANTED = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_REQUIREMENT", "PIP_USER")

TAIL = 12  # lines of a failed command's output that are shown; the log has all of it
PACKAGE = re.compile(r"(?:Collecting |Processing .*/(?=[^/ ]+\.whl))([\w.-]+?)(?:==|-)(\d[\w.+!]*)")
SIZE = re.compile(r"(?:Downloading|Using cached) .*\((.+)\)$")


class SetUpFailed(Exception):  # noqa: N818  (its text is the whole message for the user)
    """The environment could not be made."""


def main(arguments: list[str]) -> int:
    """Make the environment unless another start has just made it; 0, or 2 with a message."""
    root, kind, folder = Path(arguments[0]), arguments[1], Path(arguments[2])
    lock = root / "requirements" / f"{kind}.txt"
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # paths may be in any encoding
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with only_one(folder.with_name(f"{kind}.lock")):
            if not is_ready(folder, root=root, lock=lock):
                make(folder, root=root, lock=lock)
    except OSError as error:
        print(f"journeyman: the environment in {folder} could not be made: {error}")
        return 2
    except SetUpFailed as failure:
        print(f"journeyman: {failure}")
        return 2
    except KeyboardInterrupt:
        print("journeyman: set-up interrupted; the next start makes it anew")
        return 130
    return 0


def is_ready(folder: Path, *, root: Path, lock: Path) -> bool:
    """Whether the folder holds a finished environment for this lock and this checkout."""
    try:
        made_for = (folder / "checkout").read_bytes()
        locked = (folder / "locked.txt").read_bytes()
    except OSError:
        return False
    usable = os.access(folder / "bin" / "python", os.X_OK)
    return usable and made_for == line_of(root) and locked == lock.read_bytes()


def make(folder: Path, *, root: Path, lock: Path) -> None:
    """Build the environment from nothing."""
    started = time.monotonic()
    locked = lock.read_bytes()
    if folder.exists():
        (folder / "locked.txt").unlink(missing_ok=True)
        shutil.rmtree(folder)
    count = sum(1 for line in locked.decode().splitlines() if line[:1].isalnum())
    version = ".".join(map(str, sys.version_info[:3]))
    log = folder.with_name(f"{folder.name}.log")
    log.write_bytes(b"")
    say(f"making an environment with Python {version} in {folder}")
    run(base_interpreter(), "-I", "-m", "venv", str(folder), failing="make it", log=log)
    noun = "package" if count == 1 else "packages"
    say(f"installing {count} {noun}, each checked against {lock.relative_to(root)}")
    python = str(folder / "bin" / "python")
    install = ("install", "--require-hashes", "--only-binary=:all:", "--no-deps", "-r", str(lock))
    quiet = ("--no-input", "--disable-pip-version-check", "--no-warn-script-location")
    pip = (python, "-I", "-u", "-m", "pip", *install, *quiet, "--progress-bar=off", "--no-color")
    run(*pip, failing="install packages", log=log, progress=Progress(count))
    site = next((folder / "lib").glob("python3.*/site-packages"))
    # Code and plain ASCII: how a path in such a file is decoded depends on the locale of the day.
    entry = f"import os, sys; sys.path.append(os.fsdecode({os.fsencode(root)!r}))\n"
    (site / "journeyman.pth").write_text(entry, encoding="ascii")
    (folder / "checkout").write_bytes(line_of(root))
    (folder / "locked.txt").write_bytes(locked)
    say(f"environment ready after {time.monotonic() - started:.0f} s")


def line_of(path: Path) -> bytes:
    """The path as the file system spells it, in whatever encoding, and a line's end."""
    return os.fsencode(path) + b"\n"


def base_interpreter() -> str:
    """The interpreter under any virtual environment or version-manager shim, links resolved.

    After an upgrade a link such as python3 leads elsewhere unseen; a target that is gone is seen.
    """
    return str(Path(getattr(sys, "_base_executable", sys.executable)).resolve())


class Progress:
    """What pip is at, in one line that is written again and again; nothing but on a terminal."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._at = 0
        self._package = self._what = ""
        self._began = time.monotonic()
        self._shown = sys.stdout.isatty()

    def hear(self, line: str) -> None:
        """Learn from a line of pip's; lines that are unknown say nothing, "" is a second more."""
        if package := PACKAGE.match(line):
            self._at += 1
            self._package = self._what = f"{self._at}/{self._count} {package[1]} {package[2]}"
        elif size := SIZE.match(line.strip()):
            self._what = f"{self._package} ({size[1]})"
        elif line.startswith("Installing collected"):
            self._what = "all are here; writing them"
        if self._what:
            self._show(f"    {self._what}, {time.monotonic() - self._began:.0f} s")

    def end(self) -> None:
        """Leave an empty line for what is said next."""
        self._show("")

    def _show(self, text: str) -> None:
        if self._shown:
            columns = shutil.get_terminal_size().columns
            print(f"\r{text[: columns - 1]:{columns - 1}}\r", end="", flush=True)


def run(*command: str, failing: str, log: Path, progress: Progress | None = None) -> None:
    """Run one set-up command; what it says goes to the log. Raises SetUpFailed."""
    environ = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    with (
        log.open("ab") as kept,
        subprocess.Popen(
            command,
            env=environ | {"PIP_USER": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        assert process.stdout is not None  # noqa: S101  (a pipe, as asked for above)
        for line in lines_of(process.stdout):
            kept.write(line)
            if progress:
                progress.hear(line.decode(errors="replace"))
    if progress:
        progress.end()
    if process.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace").splitlines()
        tail = "".join(f"    | {line}\n" for line in said[-TAIL:])
        raise SetUpFailed(
            f"could not {failing} (exit code {process.returncode}):\n{tail}"
            f"    All that was said is in {log}\n"
            "    Mend it (network, package mirror, disk space) and start again: what is half-made"
            " is not used."
        )


def lines_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Whole lines as they come, and b"" after each second without any."""
    rest = b""
    while True:
        if not select.select([stream], [], [], 1)[0]:
            yield b""
            continue
        piece = os.read(stream.fileno(), 65536)
        *lines, rest = (rest + piece).splitlines(keepends=True) or [b""]
        if not piece or rest.endswith(b"\n"):
            lines.append(rest)
            rest = b""
        yield from lines
        if not piece:
            return


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold a lock that other starts wait for; the kernel lets go of it with the process."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is making the environment; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def say(text: str) -> None:
    """Tell the user, who sees standard output and error as one stream here."""
    print(f"journeyman: {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
