"""The runtime that every port is built on, and whether cargo has what that needs."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from agent_core import places
from runners import cargo as toolchain
from runners.environment import child_environment
from runners.problems import UserProblem
from runners.process import Command, ProcessOutcome, run

CRATE = "flask-port"
RUNTIME = "flask_runtime"
KEPT = ("Cargo.toml", "Cargo.lock", "LICENSE", "Werkzeug-LICENSE.txt", "supported.json")
"""Files beside the sources that come along with a port."""
FETCH_S = 600.0
_WORDS = 800


def cargo() -> str:
    """Where cargo is. Raises UserProblem with the way to get it."""
    found = toolchain.find()
    if found is None:
        raise UserProblem(
            "There is no Rust toolchain on this machine",
            why="a port is compiled by cargo, which was not found",
            hint="Install it (https://rustup.rs, or your system's package cargo), then try again.",
        )
    return found


def runtime() -> dict[str, str]:
    """The sources of the runtime crate, by their path in it."""
    with as_file(files("resources") / "port" / RUNTIME) as folder:
        kept = [folder / name for name in KEPT if (folder / name).exists()]
        sources = sorted((folder / "src").rglob("*"))
        return {
            str(path.relative_to(folder)): path.read_text("utf-8")
            for path in (*kept, *sources)
            if path.is_file()
        }


def lock(crate: str) -> str:
    """The lock of a crate that needs the runtime alone: the runtime's, with that crate in it."""
    needs = f'dependencies = [\n "{RUNTIME}",\n]'
    entry = f'[[package]]\nname = "{crate}"\nversion = "0.1.0"\n{needs}\n'
    own = f'[[package]]\nname = "{RUNTIME}"\n'
    before, _, after = runtime()["Cargo.lock"].partition(own)
    return f"{before}{entry}\n{own}{after}"


async def ready(may_fetch: Callable[[], bool]) -> None:
    """Have cargo and all crates at hand; `may_fetch` is asked before anything is downloaded.

    Raises UserProblem.
    """
    cargo()
    if await fetched():
        return
    if not may_fetch():
        raise UserProblem(
            "cargo has to download the crates that a port is built on, once",
            hint=f"Run `{places.command()} port PATH --fetch`; afterwards no network is needed.",
        )
    await fetch()


async def fetched() -> bool:
    """Whether cargo has all crates of the runtime, so that it needs no network."""
    with _project() as folder:
        return (await _fetch(folder, offline=True)).exit_code == 0


async def fetch() -> None:
    """Let cargo download the crates. Raises UserProblem."""
    with _project() as folder:
        done = await _fetch(folder, offline=False)
    if done.exit_code != 0:
        raise UserProblem(
            "cargo could not fetch the crates of a port",
            why=done.stderr[-_WORDS:].decode("utf-8", "replace").strip(),
            hint="Mend the connection, or cargo's configuration, then try again.",
        )


async def _fetch(folder: Path, *, offline: bool) -> ProcessOutcome:
    """Only what this machine's kind needs: of the others there is much."""
    options = ("--offline",) if offline else ()
    said = (await _cargo(folder, "-vV")).stdout.decode()
    host = re.search(r"^host: (\S+)$", said, re.MULTILINE)
    target = ("--target", host[1]) if host else ()
    return await _cargo(folder, "fetch", "--locked", *target, *options)


async def _cargo(folder: Path, *arguments: str) -> ProcessOutcome:
    return await run(
        Command(
            argv=(cargo(), *arguments),
            cwd=str(folder),
            env=child_environment(),
            timeout_s=FETCH_S,
        )
    )


@contextmanager
def _project() -> Iterator[Path]:
    """The runtime's own folder, written out: cargo wants one it may lock."""
    with tempfile.TemporaryDirectory(prefix="journeyman-") as name:
        for path, text in runtime().items():
            place = Path(name, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        yield Path(name)
