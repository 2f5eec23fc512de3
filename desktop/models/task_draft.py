"""A task as it is being written in the composer, with what its chips say."""

import shlex
from pathlib import Path

import msgspec

from agent_core.counting import counted, listed
from agent_core.facts import Facts
from agent_core.models.choice import ModelChoice
from agent_core.port.asked import asks_for_port, port_check, port_task
from agent_core.task import Budget, Check, Task
from desktop.models.advice import in_window

GOAL = "Make the failing tests pass."
"""The goal where none is written and the tests say it all."""
WORDLESS = (
    "The built-in model reads no words; choose a language model for that, or leave the goal "
    "empty to make red tests pass. It takes “Convert this Flask project to Rust.” as well."
)


class TaskDraft(msgspec.Struct, frozen=True):
    """Everything a session starts from; `python` names an interpreter, "" leaves it detected."""

    goal: str = ""
    check: Check = Check()
    budget: Budget = Budget()
    choice: ModelChoice = ModelChoice()
    python: str = ""

    def task(self) -> Task:
        """The task this makes."""
        if self.ports:
            budget = None if self.budget == Budget() else self.budget
            return port_task(self.goal.strip(), port_check(), budget)
        return Task(goal=self.goal.strip() or GOAL, check=self.check, budget=self.budget)

    @property
    def ports(self) -> bool:
        """Whether the goal is one for the built-in model that converts Flask projects."""
        return not self.choice.speaks and not self.check.commands and asks_for_port(self.goal)

    def objection(self) -> str:
        """What is missing before it can start, "" if nothing is."""
        if self.choice.speaks and not self.goal.strip():
            return "Say what is to be done, then press Enter."
        if self.ports:
            return ""
        if not self.choice.speaks and self.goal.strip().rstrip(".") not in {"", GOAL.rstrip(".")}:
            return WORDLESS
        if self.check.commands and not self.choice.speaks:
            return "The built-in model works on red tests alone; a command needs a language model."
        return ""


def check_words(check: Check) -> str:
    """The check on its chip."""
    if check.tests:
        return counted(len(check.tests), "named test")
    if check.compiles:
        return "Compiles, same answers"
    if check.commands:
        return listed([*map(_program, check.commands)], most=1)
    return "All tests"


def toolchain_words(facts: Facts | None, python: str) -> str:
    """The interpreter on its chip."""
    if python:
        return Path(python).name
    if facts is None:
        return "Looking for Python"
    if facts.toolchain is None:
        return "No usable Python"
    return f"Python {facts.toolchain.version}"


def toolchain_why(facts: Facts | None) -> str:
    """Which interpreter it is and why, or what is wrong."""
    if facts is None:
        return "The project is being looked at."
    if facts.problem:
        return in_window(facts.problem)
    chain = facts.toolchain
    if chain is None:
        return ""
    return f"{chain.interpreter}\n{chain.source}; tests run with {facts.framework}"


def budget_words(budget: Budget, *, speaks: bool) -> str:
    """The budget on its chip; what only a language model spends is told for one alone."""
    parts = [f"{budget.minutes:g} min"]
    if speaks:
        parts.append(counted(budget.steps, "step"))
        if budget.tokens is not None:
            parts.append(f"{budget.tokens:,} tokens")
        if budget.money is not None:
            parts.append(f"${budget.money:g}")
    return " · ".join(parts)


def _program(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:  # an open quote while it is being typed
        words = command.split()
    return words[0] if words else ""
