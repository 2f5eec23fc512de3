import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from editors import ignored
from editors.ignored import new_ignored, record_ignored
from editors.snapshots import ShadowStore
from editors.sources import ignored_among, list_sources
from editors.workspace import Workspace
from tests.editors.repositories import everything, git, repository, write

Make = Callable[[Path, Mapping[str, str | bytes]], Path]


def plain(root: Path, files: Mapping[str, str | bytes]) -> Path:
    root.mkdir()
    write(root, files)
    return root


def later(root: Path, known: tuple[str, ...]) -> tuple[str, ...]:
    return new_ignored(root, known, nested=list_sources(root).nested)


def test_paths_are_ignored_whether_or_not_they_exist(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {".gitignore": "gen/\n*.local\n", "forced.local": "f"})
    write(root, {"gen/old.py": "1"})
    git(root, "config", "core.excludesFile", str(tmp_path / "own"))
    (tmp_path / "own").write_text("mine.py\n")
    (root / ".git" / "info" / "exclude").write_text("theirs.py\n")
    asked = ("gen/old.py", "gen/new/x.py", "a.local", "forced.local", "a.py", "é\n.local")
    own = ("mine.py", "sub/theirs.py")
    assert ignored_among(root, [*asked, *own]) == (
        "a.local", "gen/new/x.py", "gen/old.py", "mine.py", "sub/theirs.py", "é\n.local",
    )  # fmt: skip
    assert ignored_among(root, []) == ()


def test_a_folder_inside_a_repository_has_the_rules_above_it(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {".gitignore": "/part/gen/\n", "part/a.py": "1"})
    assert ignored_among(root / "part", ["gen/x.py", "b.py"]) == ("gen/x.py",)


def test_a_nested_repository_has_rules_of_its_own(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {".gitignore": "*.x\nvendor/\n", "a.py": "1"})
    repository(root / "inner", {".gitignore": "*.y\n", "b.py": "1"})
    repository(root / "vendor" / "v", {"b.py": "1"})
    asked = ["inner/a.x", "inner/a.y", "a.y", "vendor/v/b.py"]
    assert ignored_among(root, asked) == ("inner/a.y", "vendor/v/b.py")
    known = record_ignored(root)
    write(root, {"inner/new.y": "1"})
    assert later(root, known) == ("inner/new.y",)


def test_a_folder_without_a_repository_has_the_well_known_rules(tmp_path: Path) -> None:
    root = plain(tmp_path / "p", {".gitignore": "gen/\n", "a.py": "1"})
    asked = ["gen/x.py", "build/x.py", "a.pyc", "b.py"]
    assert ignored_among(root, asked) == ("a.pyc", "build/x.py", "gen/x.py")


def test_what_is_no_plain_path_is_left_to_the_edits(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {".gitignore": "gen/\n"})
    (root / "link").symlink_to(tmp_path)
    asked = ["../gen/x", "/gen/x", "", "link/gen/x", f"{'n' * 5000}/gen/x", ".git/gen/x"]
    assert ignored_among(root, asked) == (asked[4],)


def test_new_files_are_told_from_recorded_ones(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {".gitignore": "gen/\n*.log\nhtmlcov/\n.cache/\n"})
    write(root, {"gen/old.py": "1", "old.log": "1"})
    known = record_ignored(root)
    assert known == ("gen/old.py", "old.log")
    odd = os.fsdecode(b"\xff.log")
    write(root, {"gen/deep/new.py": "1", odd: "1", "gen/__pycache__/a.pyc": "1", ".cache/b": "1"})
    write(root, {"htmlcov/x.py": "1"})
    assert later(root, known) == ("gen/deep/new.py", "htmlcov/x.py", odd)
    assert later(root, record_ignored(root)) == ()


def test_too_many_files_are_recorded_by_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ignored, "MOST", 2)
    root = repository(tmp_path / "r", {".gitignore": "data/\n*.log\n"})
    write(root, {"data/1": "", "data/2": "", "data/3": ""})
    known = record_ignored(root)
    assert known == ("data/",)
    write(root, {"data/4": "", "x.log": ""})
    assert later(root, known) == ("x.log",)


@pytest.mark.parametrize(
    ("make", "hidden"), [(repository, ("conftest.py",)), (plain, ("a.py", "conftest.py"))]
)
def test_restoring_leaves_only_what_was_copied(
    tmp_path: Path, make: Make, hidden: tuple[str, ...]
) -> None:
    origin = make(tmp_path / "o", {".gitignore": "gen/\n", "a.py": "1"})
    write(origin, {"gen/old.py": "1"})
    workspace = Workspace.create(origin, tmp_path / "w", ShadowStore.open(tmp_path / "store"))
    before = everything(workspace.root)
    write(workspace.root, {".gitignore": "conftest.py\na.py\n", "conftest.py": "1", "gen/x.py": ""})
    assert workspace.new_ignored() == hidden
    workspace.restore(workspace.base)
    assert everything(workspace.root).keys() == before.keys()
    assert workspace.new_ignored() == ()
