"""What a language model may have run without asking each time."""

from pathlib import Path

from agent_core import places
from runners.problems import UserProblem

NEEDED = (
    "A language model decides what this project's tests run, and there is no isolation: they can "
    "do whatever you can, on your files and on the network."
)


def trusted(origin: Path) -> bool:
    """Whether the user has allowed a language model to run this project's tests."""
    return _mark(origin).exists()


def trust(origin: Path) -> None:
    """Remember that the user has allowed it, for this project."""
    mark = _mark(origin)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def check(origin: Path, *, allowed: bool) -> None:
    """Remember a leave given now, or find the one given before.

    Raises:
        UserProblem: there is neither.
    """
    if allowed:
        trust(origin)
    elif not trusted(origin):
        raise UserProblem(
            f"Running the tests of {origin} for a language model was not allowed yet",
            why=NEEDED,
            hint="If that is all right for this project, say so once with --trust.",
        )


def _mark(origin: Path) -> Path:
    return places.project_folder(origin) / "trusted"
