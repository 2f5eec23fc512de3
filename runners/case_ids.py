"""Ids of what stands in a test report and is no test: told apart by how they begin.

No test's id begins so: `$ ` is a command of the user's, `# ` a check that the gate makes itself.
"""

from collections.abc import Collection, Iterable

PREFIX = "$ "
CHECKED = "# "


def case_id(command: str) -> str:
    """How a command is called in a test report."""
    return PREFIX + command


def is_command(case: str) -> bool:
    """Whether an id is a command's."""
    return case.startswith(PREFIX)


def is_proof(case: str) -> bool:
    """Whether an id is that of a check that the gate makes itself."""
    return case.startswith(CHECKED)


def is_test(case: str) -> bool:
    """Whether an id is a test's: what can be traced, and run in a fork."""
    return not is_command(case) and not is_proof(case)


def only_tests(cases: Iterable[str]) -> tuple[str, ...]:
    """The tests among these ids."""
    return tuple(filter(is_test, cases))


def in_words(cases: Collection[str], *, kind: str = "") -> str:
    """`2 tests`, `1 check`, `2 tests and 1 check`; with a kind `1 red test`."""
    tests = len(only_tests(cases))
    numbers = (tests, "test"), (len(cases) - tests, "check")
    return " and ".join(
        f"{number:,} {f'{kind} {noun}' if kind else noun}{'' if number == 1 else 's'}"
        for number, noun in numbers
        if number
    )
