"""What the user asked for: the goal, the checks that must hold, and what it may cost."""

from collections.abc import Iterator

import msgspec

from agent_core.counting import counted
from runners.case_ids import CHECKED, case_id


class Budget(msgspec.Struct, frozen=True):
    """What one stretch of running may spend; tokens and money (US dollars) of a language model."""

    minutes: float = 5.0
    steps: int = 300
    tokens: int | None = None
    money: float | None = None


class Compiles(msgspec.Struct, frozen=True):
    """The crate in `folder` compiles, and neither compiler nor clippy warns."""

    id = f"{CHECKED}it compiles"

    folder: str

    def sentence(self) -> str:
        """The check in words."""
        return f"{self.folder}/ compiles without a warning"


class SameAnswers(msgspec.Struct, frozen=True):
    """A server gives the same HTTP answers as the Flask project did before the change.

    `command` starts it in a copy of the tree, "" for the program of the crate that compiles;
    `setup` is run in each copy first. `seeds` and `requests` say how much is asked, `mutants` how
    many wrong copies of the original are tried.
    """

    id = f"{CHECKED}same HTTP answers"

    command: str = ""
    setup: str = ""
    app: str | None = None
    seeds: tuple[int, ...] = (0, 1, 2)
    requests: int = 1_000
    mutants: int = 40

    def sentence(self) -> str:
        """The check in words."""
        return "it gives the same HTTP answers"


class FasterBy(msgspec.Struct, frozen=True):
    """That server costs at most 1/`factor` of the CPU time of the project under gunicorn.

    Without a factor it is measured, and decides nothing. `fetch`: pip may fetch gunicorn into a
    throw-away environment.
    """

    id = f"{CHECKED}faster by a factor"

    factor: float | None = None
    fetch: bool = False

    def sentence(self) -> str:
        """The check in words."""
        return f"it is faster by {self.factor:g}"


class Check(msgspec.Struct, frozen=True):
    """What must hold before the task is done.

    `tests` narrows the red tests to turn green (none named: every red one); all collected tests
    run either way. `test_command` is the user's own way to run them, if there is one. `commands`
    are run beside the tests, and each must end with exit code 0. `compiles`, `answers` and
    `faster` the gate checks itself, each if the one before it holds. Where there are any of these,
    the task is about them and the named tests alone.
    """

    tests: tuple[str, ...] = ()
    test_command: str | None = None
    commands: tuple[str, ...] = ()
    compiles: Compiles | None = None
    answers: SameAnswers | None = None
    faster: FasterBy | None = None

    @property
    def proofs(self) -> tuple[Compiles | SameAnswers | FasterBy, ...]:
        """Those of the gate's own checks that decide."""
        timed = self.faster if self.faster and self.faster.factor else None
        return tuple(each for each in (self.compiles, self.answers, timed) if each is not None)

    @property
    def beside(self) -> tuple[str, ...]:
        """The ids of all that is checked beside tests, as reports have them."""
        return (*map(case_id, self.commands), *(each.id for each in self.proofs))

    def sentence(self) -> str:
        """The check in words."""
        parts = list(self._parts())
        return f"{', '.join(parts)} and nothing else breaks" if parts else "all tests pass"

    def _parts(self) -> Iterator[str]:
        yield from (f"`{command}` succeeds" for command in self.commands)
        yield from (each.sentence() for each in self.proofs)
        if self.tests:
            verb = "passes" if len(self.tests) == 1 else "pass"
            yield f"{counted(len(self.tests), 'named test')} {verb}"


class Task(msgspec.Struct, frozen=True):
    """The goal in the user's words, with its checks and budget.

    `port`: it is to convert a Flask project to Rust, for which there is a solver.
    """

    goal: str
    check: Check = Check()
    budget: Budget = Budget()
    port: bool = False
