"""What the user asked for: the goal, the checks that must hold, and what it may cost."""

from typing import Literal

import msgspec


class Budget(msgspec.Struct, frozen=True):
    """What one stretch of running may spend."""

    minutes: float = 5.0
    steps: int = 300


class Check(msgspec.Struct, frozen=True):
    """One thing that must hold before the task is done.

    `tests` narrows the red tests to turn green (none named: every red one); all collected tests
    run either way. `command` is the user's own test command, if there is one.
    """

    kind: Literal["tests"] = "tests"
    tests: tuple[str, ...] = ()
    command: str | None = None

    def sentence(self) -> str:
        """The check in words."""
        if self.tests:
            return f"{len(self.tests)} named tests pass and nothing else breaks"
        return "all tests pass"


class Task(msgspec.Struct, frozen=True):
    """The goal in the user's words, with its checks and budget."""

    goal: str
    check: Check = Check()
    budget: Budget = Budget()
