"""Kills the program at drawn moments and looks at what a resumed session makes of it.

    python -m benchmarks.kills [--draws 30] [--seed 0] [--sample invoices | --project PATH]
                               [--model built-in | scripted]

Each draw runs `fix` on a fresh copy of a sample, or of a project of yours, kills it with SIGKILL
right after an event was printed (every other draw: after an intent, so between intent and result),
resumes, and compares with the run that nobody disturbed. `scripted` is a language model at a local
endpoint that makes the built-in model's repair; its requests after the kill have to begin with the
bytes of those before.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from benchmarks.commands import CommandError
from benchmarks.decider import BUILT_IN, Decider, contents, scripted

Event = dict[str, object]
COMMAND = (sys.executable, "-m", "agent_core.terminal.cli")
GONE_S = 2.0


class Killed(msgspec.Struct, frozen=True):
    """One draw: where it was killed, and everything that was wrong afterwards."""

    at: int
    kind: str
    events: int
    complaints: tuple[str, ...]


def fingerprint(folder: Path) -> str:
    """Names, bytes, modes and mtimes of everything below a folder, as one hash."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        digest.update(f"{path}\0{status.st_mode}\0{status.st_mtime_ns}\0".encode())
        if path.is_file() and not path.is_symlink():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def start(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    """The command line with its data in `home`, events on its standard output."""
    return subprocess.Popen(
        [*COMMAND, *arguments, "--json"],
        env=os.environ | {"JOURNEYMAN_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def to_the_end(home: Path, *arguments: str) -> list[Event]:
    """Run a command and return its events."""
    with start(home, *arguments) as process:
        output, _ = process.communicate()
    return [json.loads(line) for line in output.splitlines()]


def until_killed(home: Path, at: int, kind: str, *arguments: str) -> list[Event]:
    """Run, and kill at the first event of this kind that is the `at`-th or later."""
    events: list[Event] = []
    with start(home, *arguments) as process:
        for line in iter(process.stdout.readline, "") if process.stdout else ():
            events.append(json.loads(line))
            if len(events) >= at and kind in {"", events[-1]["type"]}:
                process.send_signal(signal.SIGKILL)
                break
    return events


def leftovers(home: Path) -> list[str]:
    """Command lines of processes that still work below a folder, after a moment to go."""
    deadline = time.monotonic() + GONE_S
    while found := _working_in(home):
        if time.monotonic() > deadline:
            return found
        time.sleep(0.05)
    return []


def _working_in(home: Path) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = str((folder / "cwd").readlink())
        except OSError:
            continue  # it ended, or is not ours to look at
        if str(home) in command or place.startswith(str(home)):
            found.append(command or place)
    return found


def draw(
    reference: Sequence[Event],
    project: Path,
    *,
    at: int,
    kind: str,
    decider: Decider = BUILT_IN,
) -> Killed:
    """One kill on a copy of a project and its resumption, compared with the undisturbed run."""
    with tempfile.TemporaryDirectory(prefix="kills-") as temporary:
        home, origin = Path(temporary) / "home", Path(temporary) / project.name
        shutil.copytree(project, origin, symlinks=True)
        fix = ("fix", str(origin), "--python", sys.executable, *decider.arguments)
        return interrupted(reference, origin, home, fix, at=at, kind=kind, decider=decider)


def interrupted(
    reference: Sequence[Event],
    origin: Path,
    home: Path,
    fix: Sequence[str],
    *,
    at: int,
    kind: str,
    decider: Decider,
) -> Killed:
    """One kill of this command on the user's folder `origin`, and its resumption."""
    asked = len(decider.endpoint.requests) if decider.endpoint else 0
    before = fingerprint(origin)
    seen = until_killed(home, at, kind, *fix)
    complaints = [f"left running: {command}" for command in leftovers(home)]
    session = str(seen[0]["session"])
    resumed = to_the_end(home, "resume", session)
    log = to_the_end(home, "show", session)
    complaints += compare(reference, seen, resumed, log)
    complaints += [f"left running: {command}" for command in leftovers(home)]
    if fingerprint(origin) != before:
        complaints.append("the user's folder has changed")
    if decider.endpoint:
        complaints += decider.endpoint.breaks(since=asked)
    return Killed(
        at=len(seen), kind=str(seen[-1]["type"]), events=len(log), complaints=tuple(complaints)
    )


def compare(
    reference: Sequence[Event],
    seen: Sequence[Event],
    resumed: Sequence[Event],
    log: Sequence[Event],
) -> list[str]:
    """What a resumed session got wrong."""
    complaints: list[str] = []
    if list(seen) != list(log[: len(seen)]):
        complaints.append("an acknowledged event was lost or changed")
    last, wanted = (resumed[-1] if resumed else {}), reference[-1]
    complaints += [
        f"{key}: {last.get(key)!r} instead of {wanted[key]!r}"
        for key in ("reason", "patch")
        if last.get(key) != wanted[key]
    ]
    if _state(last) != _state(wanted):
        complaints.append(f"verdict {_state(last)} instead of {_state(wanted)}")
    finished = [event["call_id"] for event in log if event["type"] == "ToolFinished"]
    if len(finished) != len(set(finished)):
        complaints.append("a completed call was repeated")
    edits = sum(event["type"] == "ToolFinished" and event["tool"] == "edit_file" for event in log)
    usual = sum(e["type"] == "ToolFinished" and e["tool"] == "edit_file" for e in reference)
    if edits != usual:
        complaints.append(f"{edits} edits instead of {usual}")
    return complaints


def _state(event: Event) -> object:
    verdict = event.get("verdict")
    return verdict.get("state") if isinstance(verdict, dict) else None


def undisturbed(project: Path, decider: Decider = BUILT_IN) -> list[Event]:
    """The events of a run on a copy of a project that nobody kills."""
    with tempfile.TemporaryDirectory(prefix="kills-") as temporary:
        origin = Path(temporary) / project.name
        shutil.copytree(project, origin, symlinks=True)
        fix = ("fix", str(origin), "--python", sys.executable, *decider.arguments)
        return to_the_end(Path(temporary) / "home", *fix)


@contextmanager
def deciding(project: Path, model: str) -> Iterator[Decider]:
    """The decider of this name; a scripted one learns its repair from the built-in model.

    Raises:
        CommandError: the built-in model does not fix the project.
    """
    if model == BUILT_IN.name:
        yield BUILT_IN
        return
    with tempfile.TemporaryDirectory(prefix="kills-") as temporary:
        origin = Path(temporary) / project.name
        shutil.copytree(project, origin, symlinks=True)
        before = contents(origin)
        fix = ("fix", str(origin), "--python", sys.executable, "--accept")
        to_the_end(Path(temporary) / "home", *fix)
        after = contents(origin)
    if before == after:
        raise CommandError(f"the built-in model does not fix {project}, so there is no script")
    with scripted(before, after) as decider:
        yield decider


def moments(reference: Sequence[Event], draws: int, seed: int) -> list[tuple[int, str]]:
    """Where to kill: after any event, and in every other draw between intent and result."""
    chosen = random.Random(seed)
    intents = [n for n, event in enumerate(reference, 1) if event["type"] == "ToolIntended"]
    found = []
    for number in range(draws):
        if number % 2:
            found.append((chosen.choice(intents), "ToolIntended"))
        else:
            found.append((chosen.randint(1, len(reference) - 1), ""))
    return found


def main() -> int:
    """Draw, kill, resume, print; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sample", default="invoices")
    parser.add_argument("--project", type=Path, help="a project of yours in place of a sample")
    parser.add_argument("--model", choices=[BUILT_IN.name, "scripted"], default=BUILT_IN.name)
    asked = parser.parse_args()
    with as_file(files("resources") / "samples" / asked.sample) as sample:
        project = asked.project or sample
        with deciding(project, asked.model) as decider:
            wrong = drawn(project, asked.draws, asked.seed, decider)
    print(f"{asked.draws} draws, {wrong} with complaints")
    return 1 if wrong else 0


def drawn(project: Path, draws: int, seed: int, decider: Decider) -> int:
    """Draw so often and print each; returns how many had complaints."""
    reference = undisturbed(project, decider)
    print(f"undisturbed: {len(reference)} events, {_state(reference[-1])}")
    print("killed after event | kind             | events in all | complaints")
    wrong = 0
    for at, kind in moments(reference, draws, seed):
        killed = draw(reference, project, at=at, kind=kind, decider=decider)
        wrong += bool(killed.complaints)
        print(
            f"{killed.at:18} | {killed.kind:16} | {killed.events:13} | "
            f"{'; '.join(killed.complaints) or 'none'}",
            flush=True,
        )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
