"""Look at a folder that somebody wants worked on; which folders are refused."""

import os
import stat
from pathlib import Path
from typing import Final

from editors.checkout import Checkout, Head, is_bare_repository, questions, read_head
from editors.git import GitFailed, subject_of
from editors.pipes import refuse_pipes
from editors.project import Project
from editors.sources import DEPENDENCY_FOLDERS, enclosing_checkout, home_folder
from runners.problems import UserProblem

_UNFINISHED: Final = (
    ("rebase-merge", "rebase"),
    ("rebase-apply", "rebase"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("BISECT_LOG", "bisect"),
)


def project_root(path: Path) -> Path:
    """The folder itself, links resolved; raises UserProblem where it is refused.

    That takes no time, however much is in it.
    """
    shown = repr(os.fspath(path))
    root = _existing_folder(path, shown)
    _refuse_too_much(root, shown)
    return root


def open_project(path: Path) -> Project:
    """Look at a folder without changing anything; raises UserProblem where it is refused."""
    root = project_root(path)
    checkout = enclosing_checkout(root)
    if checkout is None:
        return Project(str(root))
    refuse_pipes(checkout.root, skipped=DEPENDENCY_FOLDERS)
    head = read_head(checkout)
    return Project(
        root=str(root),
        repository=str(checkout.root),
        branch=_branch(head),
        commit=head.commit,
        subject=_subject(checkout, head.commit),
        dirty=_is_dirty(checkout, head.commit),
        unfinished=_unfinished(checkout),
    )


def branch_of(root: Path) -> str:
    """The branch a folder is on, "detached HEAD" on none, "" without a repository."""
    checkout = enclosing_checkout(root)
    if checkout is None:
        return ""
    return _branch(read_head(checkout)) or "detached HEAD"


def _branch(head: Head) -> str:
    return os.fsencode(head.branch.removeprefix("refs/heads/")).decode(errors="replace")


def _existing_folder(path: Path, shown: str) -> Path:
    try:
        root = path.expanduser().resolve(strict=True)
        kind = root.stat().st_mode
    except FileNotFoundError:
        raise UserProblem(f"{shown} does not exist", hint="name the folder of a project") from None
    except (OSError, RuntimeError) as error:
        raise UserProblem(
            f"{shown} cannot be opened", why=str(error), hint="check its permissions"
        ) from error
    if not stat.S_ISDIR(kind):
        raise UserProblem(f"{shown} is a file", hint="name the folder of the project it is in")
    if not os.access(root, os.R_OK | os.X_OK):
        raise UserProblem(
            f"{shown} cannot be read", why="you have no permission", hint="check its permissions"
        )
    return root


def _refuse_too_much(root: Path, shown: str) -> None:
    home = home_folder()
    if root == root.parent or (home and root in {home, *home.parents}):
        what = "the whole disk" if root == root.parent else "your home folder, or holds it"
        raise UserProblem(f"{shown} is {what}", hint="name the folder of one project")
    if is_bare_repository(root) or ".git" in root.parts:
        raise UserProblem(
            f"{shown} is a repository without files",
            hint="clone it, and name the folder of the clone",
        )


def _unfinished(checkout: Checkout) -> str:
    for name, what in _UNFINISHED:
        if (checkout.git_dir / name).exists():
            return what
    return ""


def _subject(checkout: Checkout, commit: str) -> str:
    if not commit:
        return ""
    with questions(checkout) as git:
        return subject_of(git, commit)


def _is_dirty(checkout: Checkout, commit: str) -> bool:
    if not commit:
        return False
    with questions(checkout) as git:
        try:
            git.run("update-index", "-q", "--refresh", accepted=(0, 1))
            git.run("diff-index", "--cached", "--quiet", "--ignore-submodules", commit)
            git.run("diff-files", "--quiet", "--ignore-submodules")
        except GitFailed:
            return True
    return False
