"""The foreign projects: downloaded, checked, installed, and kept as they were before any fault."""

import hashlib
import shutil
import sys
import tarfile
import tomllib
from pathlib import Path

import msgspec

from benchmarks.commands import CommandError, must
from benchmarks.repository import commit_everything
from benchmarks.unpacking import unpack

TOOLS = ("pytest==9.2.0", "coverage==7.17.3")
MUTATION_TOOL = "cosmic-ray==8.7.0"

WITHHELD = "withheld_tests.txt"
CONFTEST = f'''

import pathlib as withheld_pathlib

import pytest as withheld_pytest


@withheld_pytest.hookimpl(specname="pytest_collection_modifyitems", trylast=True)
def pytest_leave_out_withheld_tests(config, items):
    """Leave out the tests that {WITHHELD} lists."""
    path = withheld_pathlib.Path(__file__).with_name("{WITHHELD}")
    listed = set(path.read_text(encoding="utf-8").splitlines())
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in listed])
    items[:] = [item for item in items if item.nodeid not in listed]
'''


class Project(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source archive of the package index, pinned; see `foreign_projects.toml`."""

    version: str
    sha256: str
    sources: tuple[str, ...]
    requires: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """Where one project lives below the benchmark's folder."""

    name: str
    folder: Path

    @property
    def work(self) -> Path:
        """The repository of the current run; the editable install points here."""
        return self.folder / "work"

    @property
    def pristine(self) -> Path:
        """The project without a fault and without git."""
        return self.folder / "pristine"

    @property
    def python(self) -> Path:
        """The interpreter of the project's own environment."""
        return self.folder / "environment" / "bin" / "python"


def load() -> dict[str, Project]:
    """All projects by name."""
    text = Path(__file__).with_name("foreign_projects.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Project])


def prepare(place: Place, project: Project) -> None:
    """Download, check, unpack and install the project, unless that is done already.

    Raises:
        CommandError: pip failed, or the archive is not the pinned one.
    """
    if place.pristine.exists():
        return
    shutil.rmtree(place.folder, ignore_errors=True)
    place.folder.mkdir(parents=True)
    _unpack(_download(place, project), place.work)
    for name in project.leave_out:
        (place.work / name).unlink()
    _install(place, project)
    with (place.work / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(CONFTEST)
    (place.work / WITHHELD).write_text("", encoding="utf-8")
    half_done = place.folder / "pristine.partly"
    shutil.copytree(place.work, half_done, symlinks=True)
    half_done.rename(place.pristine)


def mutation_python(folder: Path) -> Path:
    """The interpreter of an environment with the mutation tool, made on first use."""
    environment = folder / "mutation-tool"
    done = environment / "installed"
    python = environment / "bin" / "python"
    if not done.exists():
        must([sys.executable, "-m", "venv", "--clear", str(environment)], cwd=folder)
        must([str(python), "-m", "pip", "install", "--quiet", MUTATION_TOOL], cwd=folder)
        done.touch()
    return python


def lay_out(place: Place, *, files: dict[str, str], withheld: tuple[str, ...]) -> None:
    """Make `work` anew: the pristine project with these files' text, as a fresh repository."""
    shutil.rmtree(place.work, ignore_errors=True)
    shutil.copytree(place.pristine, place.work, symlinks=True)
    for name, text in files.items():
        (place.work / name).write_bytes(text.encode("utf-8"))
    (place.work / WITHHELD).write_text("".join(f"{test}\n" for test in withheld), encoding="utf-8")
    commit_everything(place.work)


def _download(place: Place, project: Project) -> Path:
    target = place.folder / "archive"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    pinned = f"{place.name}=={project.version}"
    must([*pip, "--no-binary", place.name, "--dest", str(target), pinned], cwd=place.folder)
    (archive,) = target.iterdir()
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != project.sha256:
        raise CommandError(f"{archive.name} has the SHA-256 {found}, not {project.sha256}")
    return archive


def _unpack(archive: Path, target: Path) -> None:
    unpacked = archive.parent / "unpacked"
    with tarfile.open(archive) as tar:
        unpack(tar, unpacked)
    (top,) = unpacked.iterdir()
    top.rename(target)


def _install(place: Place, project: Project) -> None:
    environment = place.python.parent.parent
    must([sys.executable, "-m", "venv", str(environment)], cwd=place.folder)
    pip = [str(place.python), "-m", "pip", "install", "--quiet"]
    must([*pip, *TOOLS, *project.requires], cwd=place.folder)
    must([*pip, "--use-pep517", "--editable", str(place.work)], cwd=place.folder)
