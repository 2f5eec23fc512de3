"""The private copy of a user's folder that a session works in."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

import msgspec

from editors.checkout import Checkout, checkout_at
from editors.copying import Copier, remove_tree
from editors.ignored import new_ignored, record_ignored
from editors.pipes import refuse_pipes
from editors.repository_copy import History, copy_repository
from editors.snapshots import ShadowStore
from editors.sources import (
    DEPENDENCY_FOLDERS,
    OUTPUT_FOLDERS,
    Sources,
    enclosing_checkout,
    is_dependency_folder,
    list_ignored,
    list_sources,
    tracked_files,
)
from runners.cutoff import CutOff, check
from runners.problems import UserProblem

IGNORED_LIMIT: Final = 200 * 1024 * 1024
"""Bytes of files that git ignores which a workspace takes along, the smallest first."""

PACKAGES_FOLDER: Final = "node_modules"
"""Packages that programs find only beside themselves: they come along where commands are run."""
PACKAGES_LIMIT: Final = 600 * 1024 * 1024
"""Bytes above which such a folder stays behind."""

UNTRACKED_LIMIT: Final = 256 * 1024 * 1024
"""Bytes above which a file that git does not track stays behind: data, a dump, a disk image."""


class LeftOut(msgspec.Struct, frozen=True, order=True):
    """Something of the user's folder that its copy does not have."""

    path: str
    reason: Literal[
        "larger than 256 MiB",
        "dependencies or cache",
        "build output",
        "too large",
        "link that leads out",
    ]


class Workspace:
    """A copy of `origin` in a folder of ours; `base` is the snapshot of what was copied.

    `root` is where `origin`'s files are. Where `origin` lies inside a repository the whole
    repository is copied, and `root` is the same place in it. `history` is what git can tell there.
    `ignored` is what git ignores of what was copied, None where nobody recorded it.
    """

    def __init__(
        self,
        origin: Path,
        root: Path,
        store: ShadowStore,
        *,
        base: str,
        history: History = "none",
        left_out: tuple[LeftOut, ...] = (),
        ignored: tuple[str, ...] | None = None,
    ) -> None:
        self.origin = origin
        self.root = root
        self.store = store
        self.base = base
        self.history = history
        self.left_out = left_out
        self.ignored = ignored

    @classmethod
    def create(
        cls, origin: Path, folder: Path, store: ShadowStore, *, packages: bool = False
    ) -> "Workspace":
        """Copy a folder: its sources, and what git ignores but tests may need.

        `packages` brings `node_modules` along.

        `folder` must be missing or empty. Raises UserProblem where there is no room or something
        cannot be read, CutOff with half a copy left behind.
        """
        checkout = enclosing_checkout(origin)
        top = origin if checkout is None else checkout.root
        try:
            root, history, left_out = _copy(top, checkout, folder, origin, packages=packages)
        except OSError as error:
            raise UserProblem(
                f"{str(origin)!r} cannot be copied",
                why=f"{error.strerror or error} ({error.filename})",
                hint="make every file readable, and free some space if the disk is full",
            ) from error
        base = store.snapshot(root)
        return cls(
            origin, root, store, base=base, history=history, left_out=left_out,
            ignored=record_ignored(root),
        )  # fmt: skip

    def snapshot(self) -> str:
        """Keep the sources as they are now; returns the snapshot's id."""
        return self.store.snapshot(self.root)

    def restore(self, snapshot: str) -> None:
        """Make the sources those of a snapshot; of what git ignores only what was copied stays."""
        self.store.restore(snapshot, self.root, ignored=self.ignored)

    def new_ignored(self) -> tuple[str, ...]:
        """The files that git ignores now and that were not copied: no snapshot has them."""
        if self.ignored is None:
            return ()
        nested = list_sources(self.root).nested
        return new_ignored(self.root, frozenset(self.ignored), nested=nested)

    def spare(self, folder: Path) -> "Workspace":
        """Make another copy of this workspace as it is now, in place of what is in the folder."""
        if folder.exists():
            remove_tree(folder)
        copy = Workspace.create(self.root, folder, self.store, packages=True)
        return Workspace(
            self.origin, copy.root, self.store, base=self.base, history=self.history,
            left_out=self.left_out, ignored=self.ignored,
        )  # fmt: skip


def _copy(
    top: Path, checkout: Checkout | None, folder: Path, origin: Path, *, packages: bool
) -> tuple[Path, History, tuple[LeftOut, ...]]:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UserProblem(f"{str(folder)!r} is not empty", hint="name a new folder for the copy")
    try:
        history, left_out = _fill(top, checkout, folder, packages=packages)
        root = folder / origin.relative_to(top)
        root.mkdir(parents=True, exist_ok=True)
    except CutOff:
        raise  # removing it may take as long as copying did: whoever goes on begins with that
    except BaseException:
        # Half a copy is of no use to anybody, and may be what has filled the disk.
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return root, history, left_out


def _fill(
    top: Path, checkout: Checkout | None, folder: Path, *, packages: bool
) -> tuple[History, tuple[LeftOut, ...]]:
    copier = Copier()
    refuse_pipes(top, skipped=DEPENDENCY_FOLDERS)
    sources = list_sources(top)
    large = _large_untracked(top, sources)
    needed, left_out = _needed_ignored(top, sources.nested, packages=packages)
    wanted = (path for path in sources.files if path not in large)
    copier.copy_all(top, folder, [*wanted, *needed])
    history: History = "none"
    if checkout is not None:
        history = copy_repository(checkout, folder / ".git", copier)
    for path in sources.nested:
        nested = checkout_at(top / path)
        (folder / path).mkdir(parents=True, exist_ok=True)
        if nested is not None:
            copy_repository(nested, folder / path / ".git", copier)
    return history, (*(LeftOut(path, "larger than 256 MiB") for path in sorted(large)), *left_out)


def _large_untracked(top: Path, sources: Sources) -> set[str]:
    large = {path for path in sources.files if _size(top / path) > UNTRACKED_LIMIT}
    return large - tracked_files(top, sources.nested) if large else large


def _size(place: Path) -> int:
    with suppress(FileNotFoundError, NotADirectoryError):
        return place.lstat().st_size
    return 0


def _needed_ignored(
    top: Path, nested: Sequence[str], *, packages: bool
) -> tuple[list[str], tuple[LeftOut, ...]]:
    """Choose among the files git ignores: generated modules and built extensions, not packages."""
    found: list[tuple[int, str]] = []
    left_out: set[LeftOut] = set()
    ignored = [*list_ignored(top)]
    ignored += [f"{folder}/{path}" for folder in nested for path in list_ignored(top / folder)]
    carried, ignored = _packages(top, ignored) if packages else ([], ignored)
    for path in ignored:
        if path.endswith("/"):
            found += _below(top, path.rstrip("/"), left_out)
        else:
            found += _sized(top, path, left_out)
    needed = []
    total = 0
    for size, path in sorted(found):
        total += size
        if total > IGNORED_LIMIT:
            left_out.add(LeftOut(path, "too large"))
        else:
            needed.append(path)
    return [*needed, *carried], tuple(sorted(left_out))


def _packages(top: Path, ignored: Sequence[str]) -> tuple[list[str], list[str]]:
    """The files of ignored package folders that are not too large, and what else is ignored."""
    carried: list[str] = []
    rest: list[str] = []
    for path in ignored:
        folder = path.rstrip("/")
        files = []
        if folder.rpartition("/")[2] == PACKAGES_FOLDER and (top / folder).is_dir():
            files = list(_walk(top, folder))
        if files and sum(size for size, _ in files) <= PACKAGES_LIMIT:
            carried += [file for _, file in files]
        else:
            rest.append(path)
    return carried, rest


def _below(top: Path, folder: str, left_out: set[LeftOut]) -> Iterator[tuple[int, str]]:
    """Yield size and path of the files in an ignored folder that tests may need."""
    check()
    name = folder.rpartition("/")[2]
    if is_dependency_folder(top / folder):
        left_out.add(LeftOut(folder, "dependencies or cache"))
    elif name in OUTPUT_FOLDERS:
        left_out.add(LeftOut(folder, "build output"))
    elif name != ".git":
        for path, is_folder in _entries(top, folder):
            if is_folder:
                yield from _below(top, path, left_out)
            else:
                yield from _sized(top, path, left_out)


def _walk(top: Path, folder: str) -> Iterator[tuple[int, str]]:
    """Yield size and path of every file below a folder that does not lead out."""
    check()
    for path, is_folder in _entries(top, folder):
        if is_folder:
            yield from _walk(top, path)
        else:
            yield from _sized(top, path, set())


def _entries(top: Path, folder: str) -> list[tuple[str, bool]]:
    """What lies in a folder, by name, and whether it is a folder itself."""
    with os.scandir(top / folder) as entries:
        found = [(f"{folder}/{e.name}", e.is_dir(follow_symlinks=False)) for e in entries]
    return sorted(found)


def _sized(top: Path, path: str, left_out: set[LeftOut]) -> Iterator[tuple[int, str]]:
    with suppress(FileNotFoundError):
        place = top / path
        if place.is_symlink() and not _stays_inside(top, place):
            # Writing through it would change the user's file.
            left_out.add(LeftOut(path, "link that leads out"))
        elif not path.endswith((".pyc", ".pyo")):
            yield place.lstat().st_size, path


def _stays_inside(top: Path, link: Path) -> bool:
    target = link.readlink()
    return not target.is_absolute() and Path(os.path.normpath(link.parent / target)).is_relative_to(
        top
    )
