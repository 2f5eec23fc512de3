"""A private copy made what the project was at an earlier revision."""

from pathlib import Path

from editors.git import Git, GitFailed
from editors.sources import list_sources
from runners.problems import UserProblem

AS_IT_IS = "."
"""In place of a revision: the files as they are now, whether committed or not."""


def turn_to(folder: Path, revision: str) -> str:
    """Make the sources of a copy with a git directory of its own those of a revision.

    Returns the commit. What git ignores stays as it was copied. Raises UserProblem where the
    copy knows no such revision.
    """
    git = Git(folder / ".git", work_tree=folder)
    try:
        wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        commit = git.run(*wanted).decode().strip()
    except GitFailed as failed:
        raise UserProblem(
            f"There is no revision {revision!r}",
            hint=f"Name a commit, branch or tag; {AS_IT_IS!r} is the files as they are now.",
        ) from failed
    for path in list_sources(folder).files:
        (folder / path).unlink(missing_ok=True)
    git.run("read-tree", commit)
    git.run("checkout-index", "--all", "--force")
    return commit
