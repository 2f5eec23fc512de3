"""How the files of a folder differ from the last commit, asked of a git directory of ours."""

import os
from pathlib import Path
from typing import Final, Literal

import msgspec

from editors.checkout import Checkout, questions, read_head
from editors.git import Git, GitFailed
from editors.sources import enclosing_checkout, ignore_rules, list_ignored

Badge = Literal["modified", "added", "deleted", "untracked", "conflicted"]

_CONFLICTED: Final = {"DD", "AU", "UD", "UA", "DU", "AA", "UU"}


class FolderStatus(msgspec.Struct, frozen=True):
    """What git says of a folder; paths are relative to it.

    changed: path -> how it differs; an untracked folder ends in a slash and stands for all in it.
    ignored: paths, folders with a slash at the end.
    """

    changed: dict[str, Badge] = {}
    ignored: frozenset[str] = frozenset()


def folder_status(root: Path) -> FolderStatus:
    """Compare a folder with the last commit; without a repository only what is ignored is said.

    Programs that the repository configures are not run, and nothing is written. Raises GitFailed.
    """
    checkout = enclosing_checkout(root)
    if checkout is None:
        return FolderStatus(ignored=frozenset(list_ignored(root)))
    with questions(checkout, cwd=root) as git:
        (git.folder / "HEAD").write_text(f"{read_head(checkout).commit or 'ref: refs/heads/x'}\n")
        (git.folder / "info" / "exclude").write_bytes(ignore_rules(checkout))
        output = git.run(
            "status", "--porcelain=v1", "-z", "--no-renames", "--ignore-submodules=all",
            "--untracked-files=normal", "--ignored=matching", "--", ".",
        )  # fmt: skip
    above = root.relative_to(checkout.root).as_posix()
    return _read(output, "" if above == "." else f"{above}/")


def committed(root: Path, path: str) -> bytes | None:
    """A file's content in the last commit, as the working tree would have it; None if not there."""
    checkout = enclosing_checkout(root)
    commit = read_head(checkout).commit if checkout else ""
    if checkout is None or not commit:
        return None
    with questions(checkout, cwd=root) as git:
        return _content(git, checkout, commit, root, path)


def _content(git: Git, checkout: Checkout, commit: str, root: Path, path: str) -> bytes | None:
    inside = (root / path).relative_to(checkout.root).as_posix()
    try:
        return git.run("cat-file", "blob", f"{commit}:{inside}")
    except GitFailed:
        return None


def _read(output: bytes, above: str) -> FolderStatus:
    changed: dict[str, Badge] = {}
    ignored = set()
    for record in output.split(b"\0"):
        code, path = record[:2].decode(), os.fsdecode(record[3:])
        if not path.startswith(above):
            continue
        path = path.removeprefix(above)
        if code == "!!":
            ignored.add(path)
        elif path:
            changed[path] = _badge(code)
    return FolderStatus(changed, frozenset(ignored))


def _badge(code: str) -> Badge:
    if code == "??":
        return "untracked"
    if code in _CONFLICTED:
        return "conflicted"
    if "D" in code:
        return "deleted"
    return "added" if "A" in code else "modified"
