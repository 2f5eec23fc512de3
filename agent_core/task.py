"""What the user asked for: the goal, the checks that must hold, and what it may cost."""

import msgspec


class Budget(msgspec.Struct, frozen=True):
    """What one stretch of running may spend; tokens and money (US dollars) of a language model."""

    minutes: float = 5.0
    steps: int = 300
    tokens: int | None = None
    money: float | None = None


class Check(msgspec.Struct, frozen=True):
    """One thing that must hold before the task is done.

    `tests` narrows the red tests to turn green (none named: every red one); all collected tests
    run either way. `test_command` is the user's own way to run them, if there is one. `commands`
    are run beside the tests, and each must end with exit code 0; where there are any, the task is
    about them and the named tests alone.
    """

    tests: tuple[str, ...] = ()
    test_command: str | None = None
    commands: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The check in words."""
        parts = [f"`{command}` succeeds" for command in self.commands]
        if self.tests:
            parts.append(f"{len(self.tests)} named tests pass")
        return f"{', '.join(parts)} and nothing else breaks" if parts else "all tests pass"


class Task(msgspec.Struct, frozen=True):
    """The goal in the user's words, with its checks and budget.

    `port`: it is to convert a Flask project to Rust, for which there is a solver.
    """

    goal: str
    check: Check = Check()
    budget: Budget = Budget()
    port: bool = False
