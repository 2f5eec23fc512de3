"""Which files of a folder are its sources, and what else in it tests may need.

Sources are what git tracks, and what it does not track but does not ignore either. A folder that
is no repository is read the same way, with the well-known dependency and cache folders ignored.
Paths are relative, with forward slashes; bytes that are no UTF-8 are surrogate escapes.
"""

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from editors.checkout import Checkout, checkout_at, questions
from editors.files import is_stray_name
from editors.git import Git, GitFailed, read_config
from editors.paths import components
from editors.refusals import UnsafePath
from runners.problems import UserProblem

DEPENDENCY_FOLDERS: Final = frozenset(
    {
        ".venv", "venv", "node_modules", "site-packages", ".tox", ".nox", ".eggs", "__pypackages__",
        "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".cache",
        ".ipynb_checkpoints", "htmlcov", ".gradle", ".direnv",
    }
)  # fmt: skip
OUTPUT_FOLDERS: Final = frozenset({"build", "dist", "target"})
"""Folders that hold what a build made, where git ignores them; else they may be sources."""


class Sources(msgspec.Struct, frozen=True):
    """The source files of a folder (links included), and the repositories nested in it."""

    files: tuple[str, ...]
    nested: tuple[str, ...]


def enclosing_checkout(root: Path) -> Checkout | None:
    """Return the repository a folder belongs to: its own, or one above that tracks files in it.

    The user's home folder is never taken as the repository of what lies below it.
    """
    own = checkout_at(root)
    if own is not None:
        return own
    home = home_folder()
    for above in root.parents:
        if above in {home, above.parent}:
            return None
        checkout = checkout_at(above)
        if checkout is not None:
            with questions(checkout, cwd=root) as git:
                return checkout if git.run("ls-files", "-z", "--cached", ".") else None
    return None


def home_folder() -> Path | None:
    """The user's home folder with links resolved; None for a user who has none."""
    try:
        return Path.home().resolve()
    except (RuntimeError, OSError):
        return None


def list_sources(root: Path) -> Sources:
    """List the source files of a folder, those of nested repositories included, sorted."""
    files: list[str] = []
    nested: list[str] = []
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        folder = root / prefix
        for name in _listed(folder, nested=bool(prefix)):
            path = prefix + name.rstrip("/")
            if name.endswith("/") or _is_real_folder(f"{root}/{path}"):
                waiting.append(path + "/")
                nested.append(path)
            elif not is_stray_name(path.rpartition("/")[2]):
                files.append(path)
    return Sources(tuple(sorted(files)), tuple(sorted(nested)))


def list_ignored(root: Path) -> tuple[str, ...]:
    """List what git ignores in a folder: files, and whole folders with a slash at the end."""
    which = ("--others", "--ignored", "--directory")
    checkout = enclosing_checkout(root)
    names = _ask_plain(root, which) if checkout is None else _ask_repository(checkout, root, which)
    return tuple(sorted(names))


def ignored_among(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """Those of these paths that git ignores in a folder, whether or not they exist.

    What is no plain path inside the folder, links not followed, is not among them.
    """
    asked: dict[str, dict[str, str]] = {}
    for path in paths:
        for prefix, name in _asked(root, path):
            asked.setdefault(prefix, {})[name] = path
    found = {
        names[name]
        for prefix, names in asked.items()
        for name in _ask_rules(root / prefix, names, nested=bool(prefix))
    }
    return tuple(sorted(found))


def tracked_files(root: Path, nested: Sequence[str]) -> set[str]:
    """List what git tracks in a folder and in the repositories nested in it."""
    found: set[str] = set()
    for prefix in ("", *(f"{path}/" for path in nested)):
        folder = root / prefix
        checkout = checkout_at(folder) if prefix else enclosing_checkout(folder)
        if checkout is not None:
            names = _ask_repository(checkout, folder, ("--cached",))
            found.update(prefix + name for name in names)
    return found


def is_dependency_folder(folder: Path) -> bool:
    """Tell whether a folder holds installed packages or a cache, by its name or its markers."""
    return (
        folder.name in DEPENDENCY_FOLDERS
        or (folder / "pyvenv.cfg").is_file()
        or (folder / "conda-meta").is_dir()
        or (folder / "CACHEDIR.TAG").is_file()
    )


def ignore_rules(checkout: Checkout) -> bytes:
    """The ignore rules that lie outside the working tree: the repository's and the user's own."""
    rules = [_bytes_of(file) for file in _rule_files(checkout)]
    return b"\n".join(rule for rule in rules if rule)


def _listed(folder: Path, *, nested: bool) -> list[str]:
    """Names git lists in one repository; a nested one with a slash at the end.

    A nested folder without a repository (a submodule that was never set up, or a copy of one)
    is read as a plain folder: what lies above ignores or tracks it as a whole.
    """
    checkout = checkout_at(folder) if nested else enclosing_checkout(folder)
    if checkout is None:
        return _ask_plain(folder, ("--others",))
    # A conflicted file is in the index up to three times.
    return list(dict.fromkeys(_ask_repository(checkout, folder, ("--cached", "--others"))))


def _ask_repository(checkout: Checkout, folder: Path, which: Sequence[str]) -> list[str]:
    # The later of two files wins, as the repository's own rules win over the user's.
    outside = [f"--exclude-from={file}" for file in _rule_files(checkout)]
    try:
        with questions(checkout, cwd=folder) as git:
            inside = "--exclude-per-directory=.gitignore"
            return _names(git.run("ls-files", "-z", *which, *outside, inside))
    except GitFailed as error:
        raise _not_listed(folder, error) from error


def _ask_plain(folder: Path, which: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="journeyman-git-") as name:
        Git.create(Path(name))
        rules = Path(name, "rules")
        rules.write_bytes(b"".join(_well_known_rules(folder)))
        git = Git(Path(name), work_tree=folder)
        outside = (f"--exclude-from={rules}", "--exclude-per-directory=.gitignore")
        try:
            return _names(git.run("ls-files", "-z", *which, *outside))
        except GitFailed as error:
            raise _not_listed(folder, error) from error


def _asked(root: Path, path: str) -> Iterator[tuple[str, str]]:
    """The folders with a say about a path, as prefixes, and its name there: nested ones too."""
    try:
        parts = components(path)
    except UnsafePath:
        return
    prefix = ""
    for depth in range(1, len(parts)):
        above = "/".join(parts[:depth])
        if os.path.islink(f"{root}/{above}"):  # noqa: PTH114  (false for a name too long to exist)
            return
        if checkout_at(root / above) is not None:
            yield prefix, above.removeprefix(prefix)
            prefix = above + "/"
    yield prefix, path.removeprefix(prefix)


def _ask_rules(folder: Path, names: Iterable[str], *, nested: bool) -> list[str]:
    """Ask one repository, or the well-known rules where there is none, which names it ignores."""
    checkout = checkout_at(folder) if nested else enclosing_checkout(folder)
    stdin = [os.fsencode(name) + b"\0" for name in names]
    with _rules(checkout, folder) as git:
        try:
            output = git.run("check-ignore", "-z", "--stdin", stdin=stdin, accepted=(0, 1))
        except GitFailed as error:
            raise _not_listed(folder, error) from error
    return _names(output)


@contextmanager
def _rules(checkout: Checkout | None, folder: Path) -> Iterator[Git]:
    """Lend a git directory of our own with the ignore rules that hold in a folder."""
    if checkout is not None:
        with questions(checkout, cwd=folder) as git:
            (git.folder / "info" / "exclude").write_bytes(ignore_rules(checkout))
            yield git
        return
    with tempfile.TemporaryDirectory(prefix="journeyman-git-") as name:
        Git.create(Path(name))
        Path(name, "info", "exclude").write_bytes(b"".join(_well_known_rules(folder)))
        yield Git(Path(name), work_tree=folder)


def _not_listed(folder: Path, error: GitFailed) -> UserProblem:
    return UserProblem(
        f"git cannot list the files of {str(folder)!r}",
        why=error.said.strip(),
        hint="run `git status` there, and mend what it reports",
    )


def _well_known_rules(folder: Path) -> Iterator[bytes]:
    for name in sorted(DEPENDENCY_FOLDERS):
        yield b"%s/\n" % name.encode()
    yield b"*.py[co]\n"
    for name in sorted(OUTPUT_FOLDERS):
        if not (folder / name / "__init__.py").exists():
            yield b"/%s/\n" % name.encode()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and is_dependency_folder(Path(entry.path)):
                yield b"/%s/\n" % _literally(os.fsencode(entry.name))


def _literally(name: bytes) -> bytes:
    for letter in (b"\\", b"*", b"?", b"[", b" ", b"#", b"!"):
        name = name.replace(letter, b"\\" + letter)
    return name


def _rule_files(checkout: Checkout) -> list[Path]:
    """Ignore files outside the working tree that exist, the weakest first."""
    own = checkout.settings().get("core.excludesfile")
    user = _in_home(own) if own else _user_excludes()
    files = (user, checkout.common_dir / "info" / "exclude")
    return [file for file in files if file.is_file() and os.access(file, os.R_OK)]


def _user_excludes() -> Path:
    config = Path(os.environ.get("XDG_CONFIG_HOME") or _in_home("~/.config")) / "git"
    for file in (_in_home("~/.gitconfig"), config / "config"):
        named = read_config(file).get("core.excludesfile")
        if named:
            return _in_home(named)
    return config / "ignore"


def _in_home(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError:  # nobody's home: then there is no such file
        return Path(path)


def _names(output: bytes) -> list[str]:
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def _is_real_folder(place: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(place).st_mode)
    except OSError:
        return False


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
