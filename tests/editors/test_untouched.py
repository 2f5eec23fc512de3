import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from editors import snapshots, untouched
from editors.restore import put_back
from editors.snapshots import ShadowStore
from editors.untouched import signature
from editors.workspace import Workspace
from tests.editors.repositories import repository, write


def in_place(root: Path) -> None:
    times = (root / "a.py").stat()
    (root / "a.py").write_text("2")
    os.utime(root / "a.py", ns=(times.st_atime_ns, times.st_mtime_ns))


CHANGES: list[Callable[[Path], object]] = [
    in_place,
    lambda root: (root / "a.py").chmod(0o755),
    lambda root: (root / "a.py").unlink(),
    lambda root: (root / "a.py").rename(root / "c.py"),
    lambda root: write(root, {"new.py": ""}),
    lambda root: write(root, {"gen/new.py": ""}),
    lambda root: write(root, {".cache/x": ""}),
    lambda root: (root / "link").symlink_to("a.py"),
]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    origin = repository(tmp_path / "o", {".gitignore": "gen/\n", "a.py": "1", "d/b.py": "1"})
    write(origin, {"gen/old.py": "1"})
    return Workspace.create(origin, tmp_path / "w", ShadowStore.open(tmp_path / "store"))


def contents(root: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and bytes of each file and link."""
    paths = [path for path in root.rglob("*") if not path.is_dir() and ".git" not in path.parts]
    return {str(path): (path.lstat().st_mode, path.read_bytes()) for path in paths}


def settle(workspace: Workspace) -> None:
    time.sleep(0.06)
    workspace.restore(workspace.base)


@pytest.mark.parametrize("change", CHANGES)
def test_every_touch_is_seen_and_taken_back(
    workspace: Workspace, change: Callable[[Path], object]
) -> None:
    settle(workspace)
    before, seen = contents(workspace.root), signature(workspace.root)
    change(workspace.root)
    assert signature(workspace.root) != seen
    workspace.restore(workspace.base)
    assert contents(workspace.root) == before


def test_where_nothing_was_touched_git_is_not_asked(workspace: Workspace, tmp_path: Path) -> None:
    settle(workspace)
    before = contents(workspace.root)
    (tmp_path / "store").rename(tmp_path / "away")
    workspace.restore(workspace.base)
    assert contents(workspace.root) == before
    (tmp_path / "away").rename(tmp_path / "store")


def test_another_snapshot_is_restored_though_nothing_was_touched(workspace: Workspace) -> None:
    (workspace.root / "a.py").write_text("2")
    other = workspace.snapshot()
    settle(workspace)
    workspace.restore(other)
    assert (workspace.root / "a.py").read_text() == "2"
    workspace.restore(workspace.base)
    assert (workspace.root / "a.py").read_text() == "1"


def test_of_what_was_just_written_nothing_can_be_told(workspace: Workspace) -> None:
    write(workspace.root, {"a.py": "2"})
    assert signature(workspace.root) is None
    time.sleep(0.06)
    assert signature(workspace.root) is not None


def test_what_changes_while_it_is_restored_is_taken_back_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that still runs may write behind the eye that compares, or take a file away."""
    origin = repository(tmp_path / "o", {"a.py": "1", "b.py": "1"})
    workspace = Workspace.create(origin, tmp_path / "w", ShadowStore.open(tmp_path / "store"))
    settle(workspace)
    write(workspace.root, {"new.py": ""})
    time.sleep(0.06)

    def put_back_beside_others(*arguments: Any, **more: Any) -> None:
        put_back(*arguments, **more)
        (workspace.root / "a.py").write_text("2")
        (workspace.root / "b.py").unlink()
        time.sleep(0.06)

    with monkeypatch.context() as patched:
        patched.setattr(snapshots, "put_back", put_back_beside_others)
        workspace.restore(workspace.base)
    assert not (workspace.root / "b.py").exists()
    workspace.restore(workspace.base)
    assert [(workspace.root / name).read_text() for name in ("a.py", "b.py")] == ["1", "1"]


def test_a_folder_that_cannot_be_listed_is_looked_at_in_full(tmp_path: Path) -> None:
    assert signature(tmp_path / "gone") is None
    (tmp_path / "file").touch()
    assert signature(tmp_path / "file") is None


def test_a_folder_with_too_much_in_it_is_looked_at_in_full(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(workspace)
    assert signature(workspace.root) is not None
    monkeypatch.setattr(untouched, "MOST", 2)
    settle(workspace)
    assert signature(workspace.root) is None
    write(workspace.root, {"a.py": "2"})
    workspace.restore(workspace.base)
    assert (workspace.root / "a.py").read_text() == "1"
