"""A folder as a git repository with one commit."""

import os
from pathlib import Path

from benchmarks.commands import CommandError, must, run

AUTHOR = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@localhost")


def commit_everything(folder: Path) -> None:
    """Make `folder` a repository whose only commit holds every file, ignored ones included."""
    git = ("git", "-c", "init.defaultBranch=main", "-c", "core.autocrlf=false", *AUTHOR)
    must([*git, "init", "--quiet"], cwd=folder)
    must([*git, "add", "--all", "--force"], cwd=folder)
    must([*git, "commit", "--quiet", "--no-gpg-sign", "--message", "Start"], cwd=folder)


def apply_patch(folder: Path, patch: str) -> None:
    """Apply a unified diff to the files below `folder`; an empty one changes nothing.

    Raises:
        CommandError: it does not apply cleanly.
    """
    if not patch:
        return
    done = run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        cwd=folder,
        timeout_s=60,
        stdin=patch,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
    )
    if done.exit_code != 0:
        raise CommandError(f"the patch does not apply in {folder}: {done.stderr.strip()}")
