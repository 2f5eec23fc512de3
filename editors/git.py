"""The only place that opens a repository, and always one of our own.

Git is never run on a user's repository: what it configures may run programs. What git has to work
out about one is asked of a git directory of ours (see `editors.checkout`), with nobody's
configuration, no hooks, no prompts and no network.
"""

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from editors.refusals import DiskFull
from runners.problems import JourneymanError, UserProblem
from runners.process import CannotStart
from runners.quick import run_quick

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
_NO_ROOM = ("No space left on device", "Disk quota exceeded")


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
            places = (quoted(os.fspath(place)) for place in objects)
            self._env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(places)

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
        stdin: Iterable[bytes] = (),
        accepted: Sequence[int] = (0,),
        durable: bool = False,
        timeout_s: float = 60.0,
    ) -> bytes:
        """Run one git command and return its standard output; raises GitFailed, CutOff.

        `durable` waits until what is written has reached the disk.
        """
        settings = (*_CONFIG, "core.fsync=committed") if durable else _CONFIG
        return _run(
            arguments,
            settings=settings,
            cwd=self._cwd,
            env=self._env,
            stdin=stdin,
            accepted=accepted,
            timeout_s=timeout_s,
        )


def _run(
    arguments: Sequence[str],
    *,
    settings: Sequence[str] = _CONFIG,
    cwd: Path,
    env: dict[str, str],
    stdin: Iterable[bytes] = (),
    accepted: Sequence[int],
    timeout_s: float,
) -> bytes:
    options = [word for setting in settings for word in ("-c", setting)]
    try:
        outcome = run_quick(
            ("git", *options, *arguments),
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
        if outcome.ended_by == "deadline":
            said += f"it did not end within {timeout_s:g} s"
        if any(reason in said for reason in _NO_ROOM):
            where = env.get("GIT_DIR", str(cwd))
            raise DiskFull(where, f"No room to write in {where}. Free some space.")
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
    taken = [key for key in _TEXT_SETTINGS if _PLAIN_VALUE.fullmatch(like.get(key, ""))]
    lines += [f"\t{key.removeprefix('core.')} = {like[key]}" for key in taken]
    lines += ["[gc]", "\tauto = 0", "[maintenance]", "\tauto = false"]
    if sha256:
        lines += ["[extensions]", "\tobjectformat = sha256"]
    return "\n".join(lines) + "\n"


def quoted(path: str) -> str:
    """Quote a path for a list of object folders, in git's environment or in a file."""
    if not any(letter in path for letter in f'{os.pathsep}"\\\n'):
        return path
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


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
            accepted=(0,),
            timeout_s=30,
        )
    except GitFailed:
        return {}
    pairs = (os.fsdecode(item).partition("\n") for item in output.split(b"\0") if item)
    return {key: value for key, _, value in pairs}


def subject_of(ours: Git, commit: str) -> str:
    """The first line of a commit's message, "" where it cannot be read."""
    # Imported here: it costs 0.1 s, and most runs of git need nothing of it.
    from git import Repo  # noqa: PLC0415
    from git.exc import GitError, ODBError  # noqa: PLC0415

    with suppress(GitError, ODBError, ValueError, OSError):
        repo = Repo(ours.folder)
        repo.git.update_environment(**git_environment(), GIT_DIR=str(ours.folder))
        try:
            return str(repo.commit(commit).summary)
        finally:
            repo.close()  # ends the process that objects were read through
    return ""
