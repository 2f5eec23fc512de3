"""What a problem advises, in words of the window: its fields in place of the terminal's flags."""

from typing import Final

PLACES: Final = {
    "--test-command": "Name the command that runs them in the first chip: “Run the tests with”.",
    "--python": "Name another interpreter in the second chip.",
    "--base-url": "Give its address in the third chip.",
}
"""Each flag, and what to do in the window instead."""


def in_window(problem: str) -> str:
    """A problem as `UserProblem` writes it, with a hint that can be followed here."""
    what, _, hint = problem.partition("\nhint: ")
    for flag, advice in PLACES.items():
        if flag in hint:
            return f"{what}\n{advice}"
    return problem
