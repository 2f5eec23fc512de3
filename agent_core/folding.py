"""Failures as a reader wants them: the same one once, with the number of tests that show it."""

from collections.abc import Iterable

import msgspec

from runners.case_ids import is_command
from runners.reports import Failure, TestCase

LINES, WIDTH = 14, 300
"""How much of one message is shown."""
OUTPUT_LINES = 40


class Fold(msgspec.Struct, frozen=True):
    """One failure and every test that fails so, in the order they ran."""

    failure: Failure
    tests: tuple[str, ...]

    def sentence(self) -> str:
        """The first test, how many more, and what went wrong where."""
        more = f" and {len(self.tests) - 1} more like it" if len(self.tests) > 1 else ""
        failure = self.failure
        place = f"{failure.file}:{failure.line}: " if failure.file else ""
        head = f"{self.tests[0]}{more}\n  {place}{failure.exception}"
        command = is_command(self.tests[0])
        message = (ending if command else shortened)(failure.message).replace("\n", "\n  ")
        return f"{head}: {message}" if message else head


def folded(cases: Iterable[TestCase]) -> tuple[Fold, ...]:
    """Failures grouped by what was raised and where, parameters and all."""
    groups: dict[tuple[str, str, int], list[TestCase]] = {}
    for case in cases:
        if case.failure is not None:
            failure = case.failure
            key = (failure.exception, failure.file, failure.line)
            groups.setdefault(key, []).append(case)
    return tuple(
        Fold(failure=first, tests=tuple(case.id for case in group))
        for group in groups.values()
        if (first := group[0].failure) is not None
    )


def shortened(message: str) -> str:
    """A message with its first lines, each of a length that can be read."""
    lines = message.strip().splitlines()
    shown = [_narrowed(line) for line in lines[:LINES]]
    if len(lines) > LINES:
        shown.append(f"… {len(lines) - LINES} more lines")
    return "\n".join(shown)


def ending(output: str) -> str:
    """The last lines a command printed, where it says what went wrong."""
    lines = output.strip().splitlines()
    shown = [_narrowed(line) for line in lines[-OUTPUT_LINES:]]
    if len(lines) > OUTPUT_LINES:
        shown.insert(0, f"… {len(lines) - OUTPUT_LINES} lines before")
    return "\n".join(shown)


def _narrowed(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}…"
