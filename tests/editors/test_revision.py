"""A copy is turned to what its project was, and the project itself is left alone."""

import subprocess
from pathlib import Path

import pytest

from editors.revision import turn_to
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from runners.problems import UserProblem


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode().strip()


def texts(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "sub").mkdir(parents=True)
    git(folder, "init")
    (folder / ".gitignore").write_text("*.so\n")
    (folder / "old.py").write_text("old\n")
    (folder / "sub" / "both.py").write_text("one\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "one")
    git(folder, "tag", "first")
    (folder / "old.py").unlink()
    (folder / "sub" / "both.py").write_text("two\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "two")
    (folder / "built.so").write_text("built")
    (folder / "new.py").write_text("new\n")
    return folder


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    Workspace.create(project, tmp_path / "copy", ShadowStore.open(tmp_path / "store.git"))
    return tmp_path / "copy"


@pytest.mark.parametrize("revision", ["first", "HEAD~1", "main~1"])
def test_the_sources_are_those_of_the_revision(project: Path, copy: Path, revision: str) -> None:
    before = texts(project)
    assert turn_to(copy, revision) == git(project, "rev-parse", "first")
    assert texts(copy) == {
        ".gitignore": "*.so\n",
        "built.so": "built",
        "old.py": "old\n",
        "sub/both.py": "one\n",
    }
    assert texts(project) == before
    assert git(project, "status", "--short") == "?? new.py"


@pytest.mark.parametrize("revision", ["no-such", "HEAD~5", "--all", "HEAD:old.py", ""])
def test_what_is_no_revision_is_a_problem_of_the_users(copy: Path, revision: str) -> None:
    before = texts(copy)
    with pytest.raises(UserProblem, match="There is no revision"):
        turn_to(copy, revision)
    assert texts(copy) == before
