"""The applications of `port_apps.toml`: brought from their repositories, each laid out alone."""

import copy
import hashlib
import shutil
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.commands import CommandError, must
from benchmarks.repository import commit_everything
from benchmarks.unpacking import unpack

PACKAGES = (
    "flask==3.1.3",
    "flask-cors==6.0.5",
    "flask-httpauth==4.8.1",
    "gunicorn==27.0.1",
    "pytest==9.2.0",
    "numpy==2.4.6",
    "redis==8.1.0",
)
"""What all of them are imported and served with; the last two are for those to be refused."""
NOT_SOURCES = frozenset({".venv", "venv", "__pycache__"})
TUTORIAL = "flask/tutorial"


class App(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An application at a commit of its repository; see `port_apps.toml`.

    `construct` is what a refusal of it has to name, "" where it is to be converted.
    """

    commit: str
    lines: int
    folder: str = ""
    app: str | None = None
    route: str = ""
    construct: str = ""


class Tutorial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An application inside Flask's source archive."""

    version: str
    sha256: str
    folder: str
    app: str


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it is: by OWNER/NAME, those to be converted and those to be refused."""

    apps: dict[str, App]
    refused: dict[str, App]
    tutorial: Tutorial


def load() -> Listed:
    """All applications."""
    text = Path(__file__).with_name("port_apps.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Listed)


def place(folder: Path, name: str) -> Path:
    """Where the application OWNER/NAME lies below the benchmark's folder."""
    return folder / "apps" / name.replace("/", "+")


def lay_out(folder: Path, name: str, app: App, mirrors: Path) -> Path:
    """The application as a repository with one commit; made once.

    `mirrors` holds git directories below OWNER+NAME; what it lacks is brought from GitHub.
    """
    target = place(folder, name)
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(prefix="port-") as scratch:
        archive = Path(scratch, "archive.tar")
        tree = f"{app.commit}:{app.folder}" if app.folder else app.commit
        git = ["git", "--git-dir", str(_repository(name, app.commit, mirrors))]
        must([*git, "archive", "--format=tar", "--output", str(archive), tree], cwd=folder)
        _unpack(archive, target)
    return target


def lay_out_tutorial(folder: Path, tutorial: Tutorial) -> Path:
    """Flask's tutorial, from the archive with that hash; made once. Raises CommandError."""
    target = place(folder, TUTORIAL)
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(prefix="port-") as scratch:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        pinned = f"flask=={tutorial.version}"
        must([*pip, "--no-binary", "flask", "--dest", scratch, pinned], cwd=folder)
        (archive,) = Path(scratch).iterdir()
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != tutorial.sha256:
            raise CommandError(f"{archive.name} has the SHA-256 {found}, not {tutorial.sha256}")
        _unpack(archive, target, below=f"flask-{tutorial.version}/{tutorial.folder}/")
    return target


def environment(folder: Path) -> Path:
    """The interpreter of the one environment that all of them are imported in; made once."""
    home = folder / "environment"
    done = home / "installed"
    python = home / "bin" / "python"
    wanted = "\n".join(PACKAGES) + "\n"
    if not done.exists() or done.read_text("utf-8") != wanted:
        must([sys.executable, "-m", "venv", "--clear", str(home)], cwd=folder)
        must([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], cwd=folder)
        done.write_text(wanted, encoding="utf-8")
    return python


def _repository(name: str, commit: str, mirrors: Path) -> Path:
    place = mirrors / name.replace("/", "+")
    for head in sorted(place.rglob("HEAD")):
        if (head.parent / "objects").is_dir():
            return head.parent
    place.mkdir(parents=True)
    must(["git", "init", "--quiet", "--bare"], cwd=place)
    must(["git", "fetch", "--quiet", "--depth=1", f"https://github.com/{name}", commit], cwd=place)
    return place


def _unpack(archive: Path, target: Path, below: str = "") -> None:
    half_done = target.with_name(f"{target.name}.partly")
    shutil.rmtree(half_done, ignore_errors=True)
    half_done.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        unpack(tar, half_done, _sources(tar, below))
    commit_everything(half_done)
    half_done.rename(target)


def _sources(tar: tarfile.TarFile, below: str) -> Iterator[tarfile.TarInfo]:
    for member in tar:
        if member.name.startswith(below) and not NOT_SOURCES & set(Path(member.name).parts):
            moved = copy.copy(member)
            moved.name = member.name.removeprefix(below)
            yield moved
