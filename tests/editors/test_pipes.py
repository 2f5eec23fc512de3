import os
import time
from pathlib import Path

import pytest

from editors.checkout import checkout_at, read_head
from editors.opening import open_project
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from runners.problems import UserProblem
from tests.editors.repositories import repository, write


def pipe(place: Path) -> None:
    place.unlink(missing_ok=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(place)


@pytest.mark.parametrize("name", [
    ".gitignore", "deep/down/.gitignore", ".gitattributes", ".gitmodules", "sub/.git",
    "sub/.git/HEAD", ".git/config", ".git/objects/pack/pack-1.idx",
])  # fmt: skip
def test_a_pipe_that_git_would_read_is_refused_by_name(tmp_path: Path, name: str) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n"})
    pipe(root / name)
    store = ShadowStore.open(tmp_path / "store")
    began = time.monotonic()
    with pytest.raises(UserProblem, match="is a pipe") as problem:
        open_project(root)
    with pytest.raises(UserProblem, match="is a pipe"):
        Workspace.create(root, tmp_path / "w", store)
    assert repr(name) in problem.value.what
    assert time.monotonic() - began < 2.0
    assert not (tmp_path / "w").exists()


def test_a_link_to_a_pipe_is_refused_in_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    write(tmp_path / "r", {"a.py": "a\n"})
    pipe(tmp_path / "pipe")
    (tmp_path / "r/.gitignore").symlink_to(tmp_path / "pipe")
    store = ShadowStore.open(tmp_path / "store")
    with pytest.raises(UserProblem, match="is a pipe"):
        Workspace.create(tmp_path / "r", tmp_path / "w", store)


def test_what_git_does_not_open_is_left_behind_and_no_reason_to_refuse(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n", ".gitignore": "node_modules\n"})
    pipe(root / "queue")
    pipe(root / "node_modules/x/.gitignore")
    (root / ".gitattributes").symlink_to("missing")
    store = ShadowStore.open(tmp_path / "store")
    workspace = Workspace.create(root, tmp_path / "w", store)
    assert sorted(store.files(workspace.base)) == [".gitattributes", ".gitignore", "a.py"]


@pytest.mark.parametrize("name", [".gitignore", "sub/.gitignore", "sub/.git/HEAD", "a.py"])
def test_a_pipe_that_a_test_left_in_a_workspace_goes_with_the_litter(
    tmp_path: Path, name: str
) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n", ".gitignore": "*.log\n"})
    store = ShadowStore.open(tmp_path / "store")
    workspace = Workspace.create(root, tmp_path / "w", store)
    pipe(workspace.root / name)
    workspace.restore(workspace.base)
    assert workspace.snapshot() == workspace.base
    assert (workspace.root / "a.py").read_text() == "a\n"


@pytest.mark.parametrize("name", [".git/refs/heads/main", ".git/packed-refs", ".git/HEAD", ".git"])
def test_names_are_not_read_from_a_pipe(tmp_path: Path, name: str) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n"})
    checkout = checkout_at(root)
    assert checkout is not None
    (root / ".git/refs/heads/main").unlink()
    if name == ".git":
        (root / ".git").rename(tmp_path / "elsewhere")
    pipe(root / name)
    assert read_head(checkout).commit == ""
    assert (checkout_at(root) is None) == (name in {".git", ".git/HEAD"})
