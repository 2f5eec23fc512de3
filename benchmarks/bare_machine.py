"""A server on a machine that has nothing but it and the libraries it names: no Python, no shell.

`python -m benchmarks.bare_machine PROGRAM PATH…` starts it with such a folder as its root, asks it
for the paths, and prints the answers. That takes Linux, and root or user namespaces.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.commands import CommandError, must
from runners.http_replay.client import Client
from runners.http_replay.exchange import Request, Response
from runners.http_replay.serving import CommandServer, ServerFailed

PROGRAM = "program"
_LIBRARY = re.compile(r"(/\S+) \(0x[0-9a-f]+\)")


def libraries(said: str) -> list[Path]:
    """The files that `ldd` names."""
    return [Path(path) for path in _LIBRARY.findall(said)]


def lay_out(machine: Path, program: Path) -> list[str]:
    """Put the program and its libraries below `machine`; all that lies there then."""
    places = {library: machine / library.relative_to("/") for library in _needed(program)}
    for source, place in {**places, program: machine / PROGRAM}.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place)
    return sorted(f"/{path.relative_to(machine)}" for path in machine.rglob("*") if path.is_file())


def _needed(program: Path) -> list[Path]:
    return libraries(must(["ldd", str(program)], cwd=program.parent))


def answers(program: Path, paths: Sequence[str]) -> tuple[list[str], list[Response]]:
    """What lies on the machine, and what the program there answers. Raises CommandError."""
    with tempfile.TemporaryDirectory(prefix="bare-") as name:
        machine = Path(name, "machine")
        machine.mkdir()
        files = lay_out(machine, program)
        as_root = "" if os.geteuid() == 0 else "unshare --user --map-root-user "
        command = f"exec {as_root}chroot . /{PROGRAM}"
        with CommandServer(command, machine, {"PATH": os.environ["PATH"]}) as server:
            try:
                server.begin()
            except ServerFailed as failed:
                raise CommandError(f"{program} does not run there: {failed}") from failed
            with Client(server.port) as client:
                return files, [client.send(Request("GET", path)) for path in paths]


def main() -> int:
    """Show the machine and the answers."""
    parser = argparse.ArgumentParser(prog="benchmarks.bare_machine", description=__doc__)
    parser.add_argument("program", type=Path)
    parser.add_argument("paths", nargs="+")
    asked = parser.parse_args()
    files, found = answers(asked.program.resolve(), asked.paths)
    print(f"the machine: {' '.join(files)}")
    for path, response in zip(asked.paths, found, strict=True):
        print(f"GET {path}: {response.status} {response.body.decode('utf-8', 'replace').strip()}")
    return 0 if all(response.good for response in found) else 1


if __name__ == "__main__":
    sys.exit(main())
