"""The only place that opens a repository.

Git is never run on a repository that is not ours: what it configures may run programs. Where a
user's repository keeps things is found by reading files; what git has to work out is asked of a
git directory of our own, which borrows the user's index and objects for the length of a question.
"""

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import msgspec

from runners.problems import JourneymanError, UserProblem
from runners.process import CannotStart, run_quick

_CONFIG = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.untrackedCache=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.quotePath=false",
    "core.pager=cat",
    "diff.external=",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
)
_TEXT_SETTINGS = (
    "core.autocrlf",
    "core.eol",
    "core.filemode",
    "core.ignorecase",
    "core.precomposeunicode",
    "core.symlinks",
)
_PLAIN_VALUE = re.compile(r"[A-Za-z]+")


class GitFailed(JourneymanError):  # noqa: N818  (reads as what happened)
    """A git command ended badly: `verb`, `exit_code` (None: killed) and what it `said`."""

    def __init__(self, verb: str, exit_code: int | None, said: str) -> None:
        super().__init__(f"git {verb} failed ({exit_code}): {said.strip() or 'no message'}")
        self.verb = verb
        self.exit_code = exit_code
        self.said = said


def git_environment() -> dict[str, str]:
    """Return the whole environment git gets: nobody's configuration, no prompts, no network."""
    nowhere = os.devnull
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "HOME": nowhere,
        "XDG_CONFIG_HOME": nowhere,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": nowhere,
        "GIT_CONFIG_GLOBAL": nowhere,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "none",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_PAGER": "cat",
        "GIT_EDITOR": "false",
        "GIT_ASKPASS": "false",
        "GIT_SSH_COMMAND": "false",
    }


class Git:
    """A git directory of our own. `work_tree`, `index` and `objects` may be borrowed to be read."""

    def __init__(
        self,
        folder: Path,
        *,
        work_tree: Path | None = None,
        index: Path | None = None,
        objects: Sequence[Path] = (),
        cwd: Path | None = None,
    ) -> None:
        self.folder = folder
        self._cwd = cwd or work_tree or folder
        self._env = git_environment() | {"GIT_DIR": str(folder)}
        if work_tree is not None:
            self._env["GIT_WORK_TREE"] = str(work_tree)
        if index is not None:
            self._env["GIT_INDEX_FILE"] = str(index)
        if objects:
            quoted = (_quoted(os.fspath(place)) for place in objects)
            self._env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(quoted)

    @classmethod
    def create(cls, folder: Path, *, like: Mapping[str, str] | None = None) -> "Git":
        """Lay out an empty git directory without templates or hooks.

        `like` is the configuration of another one: its object format and what decides how text
        compares are taken over, and nothing else.
        """
        for name in ("objects/pack", "objects/info", "refs/heads", "refs/tags", "info"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / "HEAD").write_text("ref: refs/heads/main\n")
        (folder / "config").write_text(_plain_config(like or {}, bare=like is None))
        return cls(folder)

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        accepted: Sequence[int] = (0,),
        timeout_s: float = 120.0,
    ) -> bytes:
        """Run one git command and return its standard output; raises GitFailed."""
        return _run(
            arguments,
            cwd=self._cwd,
            env=self._env,
            stdin=stdin,
            accepted=accepted,
            timeout_s=timeout_s,
        )


def _run(
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: dict[str, str],
    stdin: bytes,
    accepted: Sequence[int],
    timeout_s: float,
) -> bytes:
    settings = [word for setting in _CONFIG for word in ("-c", setting)]
    try:
        outcome = run_quick(
            ("git", *settings, *arguments),
            cwd=cwd,
            env=env,
            stdin=stdin,
            timeout_s=timeout_s,
        )
    except CannotStart as error:
        raise UserProblem(
            "git cannot be started", hint="install git with your system's package manager"
        ) from error
    if outcome.exit_code not in accepted or outcome.ended_by != "itself":
        said = os.fsdecode(outcome.stderr)[-2000:]
        raise GitFailed(arguments[0], outcome.exit_code, said)
    return outcome.stdout


def _plain_config(like: Mapping[str, str], *, bare: bool) -> str:
    """The only configuration of ours. Times that a copy changes must not make git read files."""
    sha256 = like.get("extensions.objectformat") == "sha256"
    lines = [
        "[core]",
        f"\trepositoryformatversion = {int(sha256)}",
        f"\tbare = {str(bare).lower()}",
        "\tcheckstat = minimal",
        "\ttrustctime = false",
    ]
    for key in _TEXT_SETTINGS:
        if _PLAIN_VALUE.fullmatch(like.get(key, "")):
            lines.append(f"\t{key.removeprefix('core.')} = {like[key]}")
    lines += ["[gc]", "\tauto = 0", "[maintenance]", "\tauto = false"]
    if sha256:
        lines += ["[extensions]", "\tobjectformat = sha256"]
    return "\n".join(lines) + "\n"


def _quoted(path: str) -> str:
    """Quote a path for a colon-separated list in git's environment."""
    if not any(letter in path for letter in f'{os.pathsep}"\\'):
        return path
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


def read_config(file: Path) -> dict[str, str]:
    """Read one configuration file as data, includes not followed; keys are lower case.

    A missing or unreadable file, or one that git cannot parse, reads as empty.
    """
    try:
        status = file.stat()
    except OSError:
        return {}
    if not stat.S_ISREG(status.st_mode) or not os.access(file, os.R_OK):
        return {}
    return _parsed_config(file, status.st_mtime_ns, status.st_ctime_ns, status.st_size)


@lru_cache(maxsize=64)
def _parsed_config(file: Path, *_version: int) -> dict[str, str]:
    arguments = ("config", "--file", str(file), "--no-includes", "--null", "--list")
    try:
        output = _run(
            arguments,
            cwd=Path(file.anchor),
            env=git_environment(),
            stdin=b"",
            accepted=(0,),
            timeout_s=30,
        )
    except GitFailed:
        return {}
    pairs = (os.fsdecode(item).partition("\n") for item in output.split(b"\0") if item)
    return {key: value for key, _, value in pairs}


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
    word, _, target = os.fsdecode(entry.read_bytes()[:4096]).partition(":")
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
    """Where HEAD is: the full name of its branch ("" when detached), and its commit ("" if none)."""

    branch: str
    commit: str


def read_head(checkout: Checkout) -> Head:
    """Follow HEAD through the files that hold names, loose or packed."""
    said = _first_line(checkout.git_dir / "HEAD")
    if not said.startswith("ref:"):
        return Head("", said)
    branch = said.removeprefix("ref:").strip()
    return Head(branch, _first_line(checkout.common_dir / branch) or _packed(checkout, branch))


def _packed(checkout: Checkout, branch: str) -> str:
    with suppress(OSError):
        for line in os.fsdecode((checkout.common_dir / "packed-refs").read_bytes()).splitlines():
            commit, _, name = line.partition(" ")
            if name == branch:
                return commit
    return ""


def _first_line(file: Path) -> str:
    with suppress(OSError), file.open("rb") as stream:
        return os.fsdecode(stream.readline(4096)).strip()
    return ""


def subject_of(checkout: Checkout, commit: str) -> str:
    """The first line of a commit's message, "" where it cannot be read."""
    # Imported here: it costs 0.1 s, and most runs of git need nothing of it.
    from git import GitDB, Repo  # noqa: PLC0415
    from gitdb.exc import ODBError  # noqa: PLC0415

    with questions(checkout) as ours, suppress(ODBError, ValueError, OSError):
        # GitDB reads objects without starting a process that would have to be ended.
        repo = Repo(ours.folder, odbt=GitDB)
        try:
            return str(repo.commit(commit).summary)
        finally:
            repo.close()
    return ""


@contextmanager
def questions(checkout: Checkout, *, cwd: Path | None = None) -> Iterator[Git]:
    """Lend a git directory of our own that sees the user's index and objects; reading only."""
    with tempfile.TemporaryDirectory(prefix="journeyman-git-") as name:
        folder = Path(name)
        Git.create(folder, like=checkout.settings())
        borrowed = "".join(f"{_quoted(str(place))}\n" for place in checkout.object_folders())
        (folder / "objects/info/alternates").write_bytes(os.fsencode(borrowed))
        copy_index(checkout, folder)
        yield Git(folder, work_tree=checkout.root, index=folder / "index", cwd=cwd)


def copy_index(checkout: Checkout, folder: Path) -> None:
    """Copy the index, and what a split one needs, with its times: they tell racy entries."""
    for file in (checkout.index, *checkout.git_dir.glob("sharedindex.*")):
        if file.is_file():
            shutil.copy2(file, folder / file.name)
