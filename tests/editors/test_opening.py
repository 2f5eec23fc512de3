import os
from pathlib import Path

import pytest

from editors.opening import branch_of, open_project
from editors.project import Project
from runners.problems import UserProblem
from tests.editors.repositories import everything, git, repository, write
from tests.editors.test_workspace import make_bisect, make_detached, make_merge, make_rebase


def test_a_plain_folder(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "link").symlink_to("r")
    assert open_project(tmp_path / "link") == Project(str(tmp_path / "r"))


def test_a_repository_is_described_without_touching_it(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n"})
    (root / "a.py").touch()
    before = everything(root)
    project = open_project(root)
    assert project == Project(
        root=str(root), repository=str(root), branch="main", commit=git(root, "rev-parse", "HEAD"),
        subject="first",
    )  # fmt: skip
    assert everything(root) == before
    write(root, {"untracked.py": "u"})
    assert not open_project(root).dirty
    write(root, {"a.py": "b\n"})
    assert open_project(root).dirty
    git(root, "add", "a.py")
    assert open_project(root).dirty


def test_a_folder_in_a_repository_is_on_its_branch(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"inner/a.py": "a\n"})
    assert branch_of(tmp_path) == ""
    assert branch_of(root / "inner") == "main"
    git(root, "switch", "-q", "-c", "mend/sums")
    assert branch_of(root) == "mend/sums"
    git(root, "switch", "-q", "--detach")
    assert branch_of(root) == "detached HEAD"


@pytest.mark.parametrize(
    ("state", "unfinished"),
    [(make_detached, ""), (make_merge, "merge"), (make_rebase, "rebase"), (make_bisect, "bisect")],
)
def test_odd_states(tmp_path: Path, state: object, unfinished: str) -> None:
    root = repository(tmp_path / "r", {"a.py": "base\n"})
    assert callable(state)
    state(root)
    project = open_project(root)
    assert project.unfinished == unfinished
    assert project.commit == git(root, "rev-parse", "HEAD")


def test_a_branch_whose_name_is_no_text(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n"})
    (root / ".git/HEAD").write_bytes(b"ref: refs/heads/caf\xe9\n")
    assert open_project(root).branch == "caf\ufffd"


def test_an_unborn_branch(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk", "r")
    project = open_project(tmp_path / "r")
    assert (project.branch, project.commit, project.dirty) == ("trunk", "", False)


def refused(path: Path) -> str:
    with pytest.raises(UserProblem) as caught:
        open_project(path)
    assert "\n" not in caught.value.what
    return str(caught.value)


def test_what_is_no_project_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"file.py": "", "home/me/x": ""})
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    repository(tmp_path / "r", {"a.py": ""})
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("HOME", str(tmp_path / "home/me"))
    assert "does not exist" in refused(tmp_path / "missing")
    assert "is a file" in refused(tmp_path / "file.py")
    assert "cannot be opened" in refused(tmp_path / "loop")
    assert "whole disk" in refused(Path("/"))
    assert "home folder" in refused(tmp_path / "home/me")
    assert "home folder" in refused(tmp_path / "home")
    assert "home folder" in refused(Path("~"))
    assert "repository without files" in refused(tmp_path / "bare.git")
    assert "repository without files" in refused(tmp_path / "r/.git")
    assert "repository without files" in refused(tmp_path / "r/.git/refs")


@pytest.mark.root_or_user
def test_an_unreadable_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    folder.chmod(0)
    if os.access(folder, os.R_OK):
        pytest.skip("root reads every folder")
    assert "cannot be read" in refused(folder)


def test_a_repository_in_the_home_folder_is_not_that_of_its_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = repository(tmp_path / "home", {"project/a.py": "a", ".profile": ""})
    monkeypatch.setenv("HOME", str(home))
    assert open_project(home / "project") == Project(str(home / "project"))
