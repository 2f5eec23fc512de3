"""What differs from the last commit, without anything of the repository's being run."""

import subprocess
from pathlib import Path

import pytest

from editors.status import FolderStatus, committed, folder_status
from tests.editors.repositories import everything, git, repository, write


def test_every_kind_of_change_has_its_badge(tmp_path: Path) -> None:
    files = dict.fromkeys(("same.py", "edited.py", "gone.py", "shop/cart.py"), "x\n")
    root = repository(tmp_path / "r", {**files, ".gitignore": "*.log\nbuild/\n"})
    write(root, {
        "edited.py": "y\n", "new.py": "", "staged.py": "", "fresh/a.py": "", "fresh/b/c.py": "",
        "a.log": "", "build/out.bin": "", "shop/cart.py": "z\n",
    })  # fmt: skip
    (root / "gone.py").unlink()
    git(root, "add", "staged.py", "shop/cart.py")
    status = folder_status(root)
    assert status.changed == {
        "edited.py": "modified", "gone.py": "deleted", "new.py": "untracked", "staged.py": "added",
        "fresh/": "untracked", "shop/cart.py": "modified",
    }  # fmt: skip
    assert status.ignored == {"a.log", "build/"}
    assert folder_status(root / "shop").changed == {"cart.py": "modified"}


def test_conflicts_are_told_from_changes(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "1\n"})
    git(root, "checkout", "-q", "-b", "other")
    write(root, {"a": "2\n"})
    git(root, "commit", "-qam", "2")
    git(root, "checkout", "-q", "main")
    write(root, {"a": "3\n"})
    git(root, "commit", "-qam", "3")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "-q", "other")
    assert folder_status(root).changed == {"a": "conflicted"}


def test_nothing_the_repository_configures_is_run_or_written(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a.txt": "1\n", ".gitattributes": "*.txt filter=evil\n"})
    trap = f"touch {tmp_path}/sprung"
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.process"):
        git(root, "config", key, trap)
    write(root, {"a.txt": "2\n"})
    before = everything(root)
    assert folder_status(root).changed == {"a.txt": "modified"}
    assert committed(root, "a.txt") == b"1\n"
    assert everything(root) == before
    assert not (tmp_path / "sprung").exists()


def test_folders_without_repository_or_commit(tmp_path: Path) -> None:
    write(tmp_path / "plain", {"a.py": "", "node_modules/x.js": ""})
    assert folder_status(tmp_path / "plain") == FolderStatus(ignored=frozenset({"node_modules/"}))
    assert committed(tmp_path / "plain", "a.py") is None
    root = tmp_path / "young"
    root.mkdir()
    git(root, "init", "-q")
    write(root, {"a.py": "", "b.py": ""})
    git(root, "add", "a.py")
    assert folder_status(root).changed == {"a.py": "added", "b.py": "untracked"}
    assert committed(root, "a.py") is None


def test_committed_files_are_named_from_the_folder(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"shop/cart.py": "1\n"})
    assert committed(root / "shop", "cart.py") == b"1\n"
    assert committed(root, "none.py") is None
