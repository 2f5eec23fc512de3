"""A port as a task: which words ask for one, and what has to hold before it is done."""

import re

from agent_core.task import Budget, Check, Compiles, FasterBy, SameAnswers, Task

FOLDER = "rust"
"""Where a port lies in its project."""
MINUTES = 30.0
"""Time for a port: compiling it and comparing it take most of that."""
GOAL = "Convert this Flask project to Rust."

_POLITE = frozenset({"please", "can", "could", "you", "now", "just"})
_VERBS = frozenset({"convert", "port", "translate", "rewrite", "migrate"})
_BETWEEN = frozenset(
    (
        *("a", "an", "the", "this", "that", "my", "our", "it", "its", "whole", "entire", "small"),
        *("existing", "little", "simple", "python", "web", "api", "project", "app", "application"),
        *("server", "service", "site", "website", "backend", "code", "codebase", "repository"),
        *("repo", "from", "written", "of", "in", "into", "to", "please"),
    )
)


def asks_for_port(goal: str) -> bool:
    """Whether the words ask to convert a Flask project to Rust, and for nothing else.

    Any word that could be a further wish makes it no: a solver reads none.
    """
    words = re.findall(r"[a-z]+", goal.lower())
    while words and words[0] in _POLITE:
        del words[0]
    if not words or words[0] not in _VERBS or not {"flask", "rust"} <= set(words):
        return False
    target = words.index("rust")
    if words.index("flask") > target or words[target - 1] not in {"to", "into", "in"}:
        return False
    return all(word in _BETWEEN for word in words[1:] if word not in {"flask", "rust"})


def port_check(*, factor: float | None = None, fetch: bool = False) -> Check:
    """It compiles and answers the same; how fast it is decides only with a `factor`.

    `fetch` allows pip to bring what measuring that may need.
    """
    return Check(
        compiles=Compiles(FOLDER), answers=SameAnswers(), faster=FasterBy(factor, fetch=fetch)
    )


def port_task(goal: str, check: Check, budget: Budget | None) -> Task:
    """The task to convert a Flask project."""
    return Task(goal=goal, check=check, budget=budget or Budget(minutes=MINUTES), port=True)
