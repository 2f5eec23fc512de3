"""Give a workspace a git directory of its own, so that git answers inside as in the original.

Objects are copied, never borrowed: git re-dates what it finds in another repository, and the
user's clean-up would break a copy that leans on it. Of the user's configuration only what decides
how text compares comes along; no hooks, remotes or credentials.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from editors.checkout import Checkout, copy_index, read_head
from editors.copying import Copier
from editors.git import Git, GitFailed
from editors.sources import ignore_rules

History = Literal["whole", "head", "none"]
"""What of the history a workspace has: all of it, the tree of HEAD alone, nothing."""

PACKS_LIMIT: Final = 500 * 1024 * 1024
"""Bytes of packs above which only the tree of HEAD is copied."""

_STATE: Final = (
    "HEAD", "ORIG_HEAD", "MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "CHERRY_PICK_HEAD", "REVERT_HEAD",
)  # fmt: skip


def copy_repository(
    checkout: Checkout, target: Path, copier: Copier, *, limit: int = PACKS_LIMIT
) -> History:
    """Lay out `target` as the git directory of a copy; says what history it has."""
    settings = checkout.settings()
    git = Git.create(target, like=settings)
    copy_index(checkout, target)
    with suppress(FileNotFoundError):
        copier.copy(str(checkout.common_dir / "info/attributes"), str(target / "info/attributes"))
    (target / "info" / "exclude").write_bytes(ignore_rules(checkout))
    head = read_head(checkout)
    if "extensions.refstorage" in settings or not (head.branch or head.commit):
        return "none"  # names are kept in a way we do not read, or HEAD is broken
    whole = _packs_size(checkout) <= limit
    # Names before objects: what is committed meanwhile is left out, never half there.
    _copy_names(checkout, target, copier, everything=whole)
    if whole:
        _copy_objects(checkout, target, copier)
        if _complete(git):
            return "whole"
        # A clean-up of the user's has moved objects from one file to another meanwhile.
        _copy_objects(checkout, target, copier)
        return "whole" if _complete(git) else _without_history(target)
    return _copy_head(checkout, git)


def _packs_size(checkout: Checkout) -> int:
    size = 0
    for folder in checkout.object_folders():
        with suppress(FileNotFoundError):
            size += sum(pack.stat().st_size for pack in (folder / "pack").glob("*.pack"))
    return size


def _copy_names(checkout: Checkout, target: Path, copier: Copier, *, everything: bool) -> None:
    (target / "HEAD").unlink()
    for name in _STATE:
        _copy_fresh(checkout.git_dir / name, target / name, copier)
    if not everything:
        return
    for name in ("packed-refs", "shallow"):
        _copy_fresh(checkout.common_dir / name, target / name, copier)
    for file in _files_below(checkout.common_dir / "refs"):
        if not file.endswith(".lock"):
            _copy_fresh(checkout.common_dir / "refs" / file, target / "refs" / file, copier)


def _copy_objects(checkout: Checkout, target: Path, copier: Copier) -> None:
    for folder in checkout.object_folders():
        # An index without its pack would be believed; a pack without its index is not seen.
        files = [file for file in _files_below(folder) if _is_object(file)]
        for file in sorted(files, key=lambda name: (not name.endswith(".pack"), name)):
            _copy_fresh(folder / file, target / "objects" / file, copier)


def _is_object(file: str) -> bool:
    above, _, name = file.rpartition("/")
    if above == "pack":
        return name.startswith("pack-") and not name.endswith((".tmp", ".lock"))
    return len(above) == 2 and "_" not in name


def _copy_fresh(source: Path, target: Path, copier: Copier) -> None:
    with suppress(FileNotFoundError, FileExistsError):
        target.parent.mkdir(parents=True, exist_ok=True)
        copier.copy(str(source), str(target))


def _files_below(folder: Path) -> Iterator[str]:
    for above, _, names in os.walk(folder):
        relative = os.path.relpath(above, folder)
        for name in names:
            yield name if relative == "." else f"{relative}/{name}"


def _complete(git: Git) -> bool:
    """Whether HEAD can be read, or there is no commit yet."""
    try:
        commit = git.run("rev-parse", "--verify", "--quiet", "HEAD", accepted=(0, 1)).strip()
        if commit:
            git.run("rev-list", "--objects", "--no-walk", "--quiet", commit.decode())
    except GitFailed:
        return False
    return True


def _copy_head(checkout: Checkout, git: Git) -> History:
    """Copy the commit HEAD names and its files, without what came before."""
    target = git.folder
    head = read_head(checkout)
    borrowing = Git(target, objects=checkout.object_folders())
    try:
        wanted = borrowing.run("rev-list", "--objects", "--no-walk", head.commit, timeout_s=600)
        pack = str(target / "objects/pack/pack")
        borrowing.run("pack-objects", "--quiet", pack, stdin=(wanted,), timeout_s=600)
    except GitFailed:
        return _without_history(target)
    (target / "shallow").write_text(f"{head.commit}\n")
    if head.branch:
        git.run("update-ref", head.branch, head.commit)
    return "head"


def _forget_names(target: Path) -> None:
    for file in [*_files_below(target / "refs")]:
        (target / "refs" / file).unlink()
    (target / "packed-refs").unlink(missing_ok=True)


def _without_history(target: Path) -> History:
    """Keep the index, which says what is tracked, and no name of a commit that cannot be read."""
    _forget_names(target)
    for name in _STATE:
        (target / name).unlink(missing_ok=True)
    (target / "HEAD").write_text("ref: refs/heads/main\n")
    return "none"
