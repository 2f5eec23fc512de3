"""Everything that takes longer the more there is ends soon after nobody waits for it any more."""

import os
from pathlib import Path

import pytest

from editors import workspace
from editors.copying import remove_tree
from editors.snapshots import ShadowStore
from editors.sources import list_sources
from editors.workspace import LeftOut, Workspace
from tests.cutting import seconds_to_let_go
from tests.editors.repositories import repository, write

LARGE = 300_000_000
SOON_S = 1.0


@pytest.fixture
def store(tmp_path: Path) -> ShadowStore:
    return ShadowStore.open(tmp_path / "store")


def large_and_tracked(root: Path) -> Path:
    """A repository that tracks a file of 300 MB which no compression makes smaller."""
    repository(root, {"a.py": "a\n", "data.bin": "small when it was committed"})
    block = os.urandom(1_000_000)
    with (root / "data.bin").open("wb") as stream:
        for _ in range(LARGE // len(block)):
            stream.write(block)
    return root


def test_copying(tmp_path: Path, store: ShadowStore) -> None:
    root = large_and_tracked(tmp_path / "r")
    copy = tmp_path / "w" / "data.bin"

    def begun() -> bool:
        return copy.exists() and copy.stat().st_size > 0

    assert seconds_to_let_go(lambda: Workspace.create(root, copy.parent, store), begun) < SOON_S
    remove_tree(copy.parent)
    (root / "data.bin").write_bytes(b"")
    made = Workspace.create(root, copy.parent, store)
    assert sorted(store.files(made.base)) == ["a.py", "data.bin"]


def test_a_snapshot(tmp_path: Path, store: ShadowStore) -> None:
    root = large_and_tracked(tmp_path / "r")
    packs = store.path / "objects/pack"

    def begun() -> bool:
        return any(packs.glob("tmp_pack_*"))

    assert seconds_to_let_go(lambda: store.snapshot(root), begun) < SOON_S
    (root / "data.bin").write_bytes(b"small")
    assert store.read(store.snapshot(root), "data.bin") == b"small"


def test_restoring(tmp_path: Path, store: ShadowStore) -> None:
    root = tmp_path / "r"
    write(root, {"a.py": "a", "zeros": bytes(60_000_000)})
    snapshot = store.snapshot(root)
    write(root, {"a.py": "b", "zeros": "none"})

    def begun() -> bool:
        return any(root.glob(".journeyman-*.tmp"))

    assert seconds_to_let_go(lambda: store.restore(snapshot, root), begun) < SOON_S
    assert (root / "zeros").read_bytes() == b"none"
    assert sorted(path.name for path in root.iterdir()) == ["a.py", "zeros"]
    store.restore(snapshot, root)
    assert (root / "zeros").stat().st_size == 60_000_000


def test_listing(tmp_path: Path) -> None:
    """Git waits for a pipe; no listing that ends by itself is slow enough to be cut off."""
    root = repository(tmp_path / "r", {"a.py": "a"})
    os.mkfifo(root / ".gitignore")
    ours = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108
    before = set(ours.glob("journeyman-git-*"))

    def begun() -> bool:
        return bool(set(ours.glob("journeyman-git-*/index")) - before)

    assert seconds_to_let_go(lambda: list_sources(root), begun) < SOON_S


def test_removing(tmp_path: Path) -> None:
    write(tmp_path / "outside", {"a.py": "a"})
    write(tmp_path / "w", {"deep/down/b.py": "b"})
    (tmp_path / "w/deep/link").symlink_to(tmp_path / "outside")
    (tmp_path / "w/deep/dangling").symlink_to("nothing")
    remove_tree(tmp_path / "w")
    assert not (tmp_path / "w").exists()
    assert (tmp_path / "outside/a.py").read_text() == "a"
    for number in range(3000):
        (tmp_path / f"w/{number}").mkdir(parents=True)

    def begun() -> bool:
        return len(list((tmp_path / "w").iterdir())) < 3000

    assert seconds_to_let_go(lambda: remove_tree(tmp_path / "w"), begun) < SOON_S
    assert any((tmp_path / "w").iterdir())


def test_litter_of_a_run_is_removed_without_being_read(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"a.py": "a"})
    snapshot = store.snapshot(root)
    with (root / "dump").open("wb") as stream:
        stream.truncate(1 << 40)  # a terabyte, were it read
    write(root, {"a.py": "b"})
    store.restore(snapshot, root)
    assert (root / "a.py").read_text() == "a"
    assert not (root / "dump").exists()


def test_a_very_large_file_that_git_does_not_track_stays_behind(
    tmp_path: Path, store: ShadowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert workspace.UNTRACKED_LIMIT == 256 << 20
    monkeypatch.setattr(workspace, "UNTRACKED_LIMIT", 1_000_000)
    root = repository(tmp_path / "r", {"a.py": "a", "tracked": "t"})
    inner = repository(root / "inner", {"tracked": "t"})
    for file in (root / "dump", root / "tracked", inner / "dump", inner / "tracked"):
        file.write_bytes(bytes(1_000_001))
    (root / "small").write_bytes(bytes(1_000_000))
    copy = Workspace.create(root, tmp_path / "w", store)
    assert copy.left_out == (
        LeftOut("dump", "larger than 256 MiB"), LeftOut("inner/dump", "larger than 256 MiB"),
    )  # fmt: skip
    assert sorted(store.files(copy.base)) == ["a.py", "inner/tracked", "small", "tracked"]
