"""Two copies of a project and one function of it: rounds of calls in the user's interpreter.

Each copy has a process, so that imports, caches and patches of one cannot reach the other.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from runners import benchmark, process
from runners.benchmark import Pair, Round, Side
from runners.problems import UserProblem

LAUNCH = Path(__file__).parents[1] / "inside" / "launch.py"
FIRST_S = 120.0
"""How long the import and the first call may take."""
_LATE_S = 60.0
_LAST_WORDS = 500


class FunctionRound(Round, frozen=True):
    """Many calls; `cost` is CPU seconds for one, `wall_s` seconds of the clock for one."""

    calls: int = 0
    wall_s: float = 0.0


class Timing(msgspec.Struct, frozen=True):
    """What to time: "module:name", and expressions for its arguments, made anew for each call."""

    function: str
    arguments: tuple[str, ...] = ()


class _Answer(msgspec.Struct, frozen=True):
    problem: str = ""
    result: str = ""
    digest: str = ""


class _Timed(msgspec.Struct, frozen=True):
    calls: int
    cpu_s: float
    wall_s: float


Kind = TypeVar("Kind")


class Subject:
    """The function of one copy, in a process of its own; an asynchronous context manager."""

    def __init__(
        self,
        interpreter: str,
        root: Path,
        origin: Path,
        env: Mapping[str, str],
        timing: Timing,
        *,
        deadline_s: float,
    ) -> None:
        """`root` is the copy, `origin` the user's folder, to which editable installs may lead."""
        config = {
            "mode": "time",
            "root": str(root),
            "remap": [[str(origin), str(root)]],
            "scratch": str(root.parent),
            "function": timing.function,
            "arguments": timing.arguments,
        }
        self._command = process.Command(
            argv=(interpreter, str(LAUNCH)),
            cwd=str(root),
            env=dict(env),
            timeout_s=deadline_s,
            stdin=msgspec.json.encode(config) + b"\n",
        )
        self._child: process.Child | None = None
        self.result = ""
        self.digest = ""

    async def __aenter__(self) -> Self:
        """Import it and call it once. Raises UserProblem where that fails."""
        self._child = await process.start(self._command)
        try:
            first = await self._heard(self._child, _Answer, FIRST_S)
        except BaseException:
            await self._child.close()
            raise
        if first.problem:
            await self._child.close()
            raise UserProblem("The function cannot be timed", why=first.problem)
        self.result, self.digest = first.result, first.digest
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._child is not None:
            await self._child.close()

    async def round(self, seconds: float) -> FunctionRound:
        """Call it for so many CPU seconds. Raises UserProblem where its process ends."""
        if self._child is None:
            raise RuntimeError("entering it comes first")
        self._child.send(msgspec.json.encode({"seconds": seconds}))
        timed = await self._heard(self._child, _Timed, 20 * seconds + _LATE_S)
        if timed.cpu_s <= 0:
            return FunctionRound(void="too little CPU time to be seen: make the rounds longer")
        return FunctionRound(
            cost=timed.cpu_s / timed.calls, calls=timed.calls, wall_s=timed.wall_s / timed.calls
        )

    async def _heard(self, child: process.Child, kind: type[Kind], deadline_s: float) -> Kind:
        line = await child.receive(deadline_s)
        if line is None:
            words = child.stderr_tail[-_LAST_WORDS:].decode("utf-8", "replace").strip()
            raise UserProblem("The function ended its process", why=words or "it said nothing")
        return msgspec.json.decode(line, type=kind)


async def race(
    a: Subject, b: Subject, *, rounds: int, seconds: float, say: Callable[[str], None]
) -> tuple[Pair[FunctionRound], ...]:
    """One session: a round of each in turn until `rounds` pairs count."""
    subjects: dict[Side, Subject] = {"A": a, "B": b}
    pairs: list[Pair[FunctionRound]] = []
    async with a, b:
        for subject in subjects.values():
            await subject.round(seconds / 2)
        while benchmark.goes_on(pairs, rounds):
            say(f"pair {len(pairs) + 1} of {rounds}")
            took: dict[Side, FunctionRound] = {}
            for side in benchmark.order(len(pairs)):
                took[side] = await subjects[side].round(seconds)
            pairs.append(Pair(took["A"], took["B"]))
    return tuple(pairs)


def unlike(subjects: Sequence[Subject]) -> str:
    """Why their results show that they do not do the same, "" if nothing shows it."""
    one, two = subjects
    if one.digest == two.digest:
        return ""
    return f"the revisions give different results: {one.result} and {two.result}"
