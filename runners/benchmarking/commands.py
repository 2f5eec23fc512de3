"""Two commands, run in turn, each in a folder that is put back to what it was before each run."""

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from runners import benchmark, process
from runners.benchmark import Pair, Round, Side
from runners.cutoff import in_thread
from runners.http_replay.serving import FirstState

_LAST_WORDS = 500
_OUTPUT_LIMIT = 1_000_000


class CommandRound(Round, frozen=True):
    """One run; `cost` is CPU seconds of the whole process tree, `memory` its largest process."""

    wall_s: float = 0.0
    memory: int = 0
    output: bytes = b""


class Runner:
    """A command in a folder of its own."""

    def __init__(self, command: str, root: Path, env: Mapping[str, str]) -> None:
        """Remember how the folder is: that is how each run finds it."""
        self._command = command
        self._root = root
        self._env = dict(env)
        self._first = FirstState(root)

    async def run(self, *, deadline_s: float) -> CommandRound:
        """Run it once; a run that does not succeed is void. Raises what `process.run` does."""
        await in_thread(self._first.restore)
        outcome = await process.run(
            process.Command(
                argv=("/bin/sh", "-c", self._command),
                cwd=str(self._root),
                env=self._env,
                timeout_s=deadline_s,
                output_limit=_OUTPUT_LIMIT,
            )
        )
        void = ""
        if outcome.ended_by != "itself" or outcome.exit_code != 0:
            words = (outcome.stderr or outcome.stdout)[-_LAST_WORDS:].decode("utf-8", "replace")
            void = f"{outcome.sentence()}: {words.strip() or 'it said nothing'}"
        elif outcome.cpu_s <= 0:
            void = "too little CPU time to be seen: let the command do more"
        return CommandRound(
            cost=outcome.cpu_s,
            void=void,
            wall_s=outcome.wall_s,
            memory=outcome.peak_bytes,
            output=outcome.stdout,
        )


class CommandRace(msgspec.Struct, frozen=True):
    """All pairs, and whether all runs printed the same."""

    pairs: tuple[Pair[CommandRound], ...]
    same_output: bool


async def race(
    a: Runner, b: Runner, *, rounds: int, deadline_s: float, say: Callable[[str], None]
) -> CommandRace:
    """Run both in turn, once each to warm caches up, then until `rounds` pairs count."""
    runners: dict[Side, Runner] = {"A": a, "B": b}
    for runner in runners.values():
        await runner.run(deadline_s=deadline_s)
    pairs: list[Pair[CommandRound]] = []
    while benchmark.goes_on(pairs, rounds):
        say(f"pair {len(pairs) + 1} of {rounds}")
        took: dict[Side, CommandRound] = {}
        for side in benchmark.order(len(pairs)):
            took[side] = await runners[side].run(deadline_s=deadline_s)
        pairs.append(Pair(took["A"], took["B"]))
    printed = {each.output for pair in pairs for each in (pair.a, pair.b) if not each.void}
    return CommandRace(tuple(pairs), same_output=len(printed) <= 1)
