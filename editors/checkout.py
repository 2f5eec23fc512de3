"""The user's repository, found and read as plain files.

Where git itself is needed, a git directory of our own borrows the user's index and objects for the
length of a question: what the repository configures is never in force.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from editors.git import Git, quoted, read_config

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Checkout(msgspec.Struct, frozen=True):
    """A working tree and where its repository lives; several working trees may share one.

    `git_dir` holds HEAD and the index, `common_dir` objects, refs and `info`.
    """

    root: Path
    git_dir: Path
    common_dir: Path

    @property
    def index(self) -> Path:
        """The index file; missing where nothing was ever added."""
        return self.git_dir / "index"

    def object_folders(self) -> tuple[Path, ...]:
        """Every folder that holds objects: the repository's own first, then those it borrows."""
        found: list[Path] = []
        waiting = [self.common_dir / "objects"]
        while waiting:
            folder = waiting.pop(0)
            if folder in found or not folder.is_dir():
                continue
            found.append(folder)
            alternates = folder / "info" / "alternates"
            if alternates.is_file():
                lines = os.fsdecode(alternates.read_bytes()).splitlines()
                waiting += [
                    Path(os.path.normpath(folder / line))
                    for line in lines
                    if line and not line.startswith("#")
                ]
        return tuple(found)

    def settings(self) -> dict[str, str]:
        """The repository's own configuration, as data."""
        return read_config(self.common_dir / "config")


def checkout_at(folder: Path) -> Checkout | None:
    """Return the repository whose working tree starts at this very folder."""
    entry = folder / ".git"
    try:
        git_dir = entry if entry.is_dir() else _followed(entry)
        common = git_dir / "commondir"
        common_dir = git_dir
        if common.is_file():
            common_dir = Path(os.path.normpath(git_dir / os.fsdecode(common.read_bytes()).strip()))
        if not (git_dir / "HEAD").is_file() or not (common_dir / "objects").is_dir():
            return None
    except OSError:
        return None
    return Checkout(folder, git_dir, common_dir)


def _followed(entry: Path) -> Path:
    word, _, target = _first_line(entry).partition(":")
    if word != "gitdir":
        raise FileNotFoundError(entry)
    return Path(os.path.normpath(entry.parent / target.strip()))


def is_bare_repository(folder: Path) -> bool:
    """Tell whether this folder is a git directory itself: a bare repository, or a `.git`."""
    return (
        (folder / "HEAD").is_file()
        and (folder / "objects").is_dir()
        and (folder / "refs").is_dir()
        and not (folder / ".git").exists()
    )


class Head(msgspec.Struct, frozen=True):
    """The full name of the branch HEAD is on ("" if detached) and its commit ("" if none yet)."""

    branch: str
    commit: str


def read_head(checkout: Checkout) -> Head:
    """Follow HEAD through the files that hold names, loose or packed."""
    said = _first_line(checkout.git_dir / "HEAD")
    branch = said.removeprefix("ref:").strip() if said.startswith("ref:") else ""
    if branch and (not branch.startswith("refs/") or ".." in branch):
        return Head("", "")
    loose = _first_line(checkout.common_dir / branch) if branch else said
    commit = loose or _packed(checkout, branch)
    # Whatever a file says: only an id may become an argument of git's.
    return Head(branch, commit if _COMMIT.fullmatch(commit) else "")


def _packed(checkout: Checkout, branch: str) -> str:
    file = checkout.common_dir / "packed-refs"
    with suppress(OSError):
        for line in os.fsdecode(file.read_bytes() if file.is_file() else b"").splitlines():
            commit, _, name = line.partition(" ")
            if name == branch:
                return commit
    return ""


def _first_line(file: Path) -> str:
    if file.is_file():  # a pipe would be waited for
        with suppress(OSError), file.open("rb") as stream:
            return os.fsdecode(stream.readline(4096)).strip()
    return ""


@contextmanager
def questions(checkout: Checkout, *, cwd: Path | None = None) -> Iterator[Git]:
    """Lend a git directory of our own that sees the user's index and objects; reading only."""
    with tempfile.TemporaryDirectory(prefix="journeyman-git-") as name:
        folder = Path(name)
        Git.create(folder, like=checkout.settings())
        borrowed = "".join(f"{quoted(str(place))}\n" for place in checkout.object_folders())
        (folder / "objects/info/alternates").write_bytes(os.fsencode(borrowed))
        copy_index(checkout, folder)
        yield Git(folder, work_tree=checkout.root, index=folder / "index", cwd=cwd)


def copy_index(checkout: Checkout, folder: Path) -> None:
    """Copy the index, and what a split one needs, with its times: they tell racy entries."""
    for file in (checkout.index, *checkout.git_dir.glob("sharedindex.*")):
        if file.is_file():
            shutil.copy2(file, folder / file.name)
