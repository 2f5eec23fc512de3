import os
import signal
import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editors.scan import FILE, Entry, Parts, blob_id, scan
from editors.snapshots import EMPTY_TREE, ShadowStore, SnapshotDamaged
from runners.problems import UserProblem
from tests.editors.repositories import everything, git, repository, write

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def store(tmp_path: Path) -> ShadowStore:
    return ShadowStore.open(tmp_path / "store")


def contents(store: ShadowStore, snapshot: str) -> dict[str, bytes]:
    return {path: store.read(snapshot, path) for path in store.files(snapshot)}


def test_a_snapshot_has_tracked_and_untracked_files_and_none_that_git_ignores(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = repository(tmp_path / "r", {".gitignore": "*.log\nout/\n", "a.py": "a", "kept.log": "k"})
    write(root, {"new.py": "n", "x.log": "x", "out/y": "y", "sub/deep/z.py": "z"})
    (root / "a.py").unlink()

    found = contents(store, store.snapshot(root))

    assert found == {
        ".gitignore": b"*.log\nout/\n", "kept.log": b"k", "new.py": b"n", "sub/deep/z.py": b"z",
    }  # fmt: skip


def test_a_folder_without_a_repository_is_taken_without_dependencies_and_caches(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = tmp_path / "plain"
    write(root, {
        "a.py": "a", "sub/b.py": "b", "node_modules/x.js": "x", ".venv/y.py": "y",
        "sub/__pycache__/b.pyc": "c", "build/lib/a.py": "a", "env with spaces/pyvenv.cfg": "",
        "env with spaces/lib.py": "", "src/build/step.py": "s",
    })  # fmt: skip
    assert sorted(store.files(store.snapshot(root))) == ["a.py", "src/build/step.py", "sub/b.py"]


def test_a_folder_named_build_that_is_a_package_is_source(
    tmp_path: Path, store: ShadowStore
) -> None:
    write(tmp_path / "plain", {"build/__init__.py": "", "build/a.py": "a"})
    files = store.files(store.snapshot(tmp_path / "plain"))
    assert sorted(files) == ["build/__init__.py", "build/a.py"]


def test_modes_and_links_are_kept_and_pipes_left_out(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"run.sh": "#!", "a.py": "a"})
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("a.py")
    (root / "away").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(root / "pipe")

    files = store.files(store.snapshot(root))

    assert {path: file.mode for path, file in files.items()} == {
        "run.sh": 0o100755, "a.py": 0o100644, "link": 0o120000, "away": 0o120000,
    }  # fmt: skip


def test_a_tracked_file_behind_a_link_is_not_read_through_it(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = repository(tmp_path / "r", {"sub/a.py": "a"})
    write(tmp_path / "outside", {"a.py": "secret"})
    (root / "sub/a.py").unlink()
    (root / "sub").rmdir()
    (root / "sub").symlink_to(tmp_path / "outside")
    assert list(store.files(store.snapshot(root))) == ["sub"]


ODD_NAMES = (b"new\nline", b'"quoted"', b"-dash", b"\xff\xfe", b" blank ", b"back\\slash", b"ab:c",
             b"tab\t", b":(top)x", b"*", b"caf\xc3\xa9")  # fmt: skip


def test_names_with_any_byte_are_kept(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"a": "a"})
    for name in ODD_NAMES:
        (root / os.fsdecode(name)).write_bytes(name)
    first = store.snapshot(root)
    for name in ODD_NAMES:
        assert store.read(first, os.fsdecode(name)) == name
        (root / os.fsdecode(name)).unlink()

    assert len(store.diff(first, store.snapshot(root))) == len(ODD_NAMES)
    store.restore(first, root)

    assert {os.fsencode(p.name) for p in root.iterdir()} == {*ODD_NAMES, b"a", b".git"}
    assert store.snapshot(root) == first


def test_names_that_differ_in_case_or_spelling_stay_two_files(
    tmp_path: Path, store: ShadowStore
) -> None:
    composed = "caf\N{LATIN SMALL LETTER E WITH ACUTE}"
    names = [composed, unicodedata.normalize("NFD", composed), "Case", "case"]
    write(tmp_path / "r", {name: str(index) for index, name in enumerate(names)})
    if len(list((tmp_path / "r").iterdir())) < len(names):
        pytest.skip("this disk takes such names for one")
    found = contents(store, store.snapshot(tmp_path / "r"))
    assert found == {name: str(index).encode() for index, name in enumerate(names)}


def test_bytes_are_kept_whatever_git_is_configured_to_convert(
    tmp_path: Path, store: ShadowStore
) -> None:
    attributes = (
        "* text=auto eol=crlf ident\n*.bin filter=lfs\n*.txt working-tree-encoding=UTF-16\n"
    )
    files: dict[str, str | bytes] = {
        "a.py": b"a\r\nb\n",
        "b.bin": b"big\n",
        "id.c": b"$Id$\n",
        "c.txt": b"plain\r\n",
    }
    root = repository(tmp_path / "r", {})
    git(root, "config", "core.autocrlf", "true")
    git(root, "config", "filter.lfs.clean", "tr a-z A-Z")
    write(root, {".gitattributes": attributes} | files)

    snapshot = store.snapshot(root)
    for name in files:
        (root / name).write_bytes(b"changed")
    store.restore(snapshot, root)

    assert {name: (root / name).read_bytes() for name in files} == files
    assert contents(store, snapshot) == files | {".gitattributes": attributes.encode()}


def test_an_edit_of_equal_size_and_time_is_seen(tmp_path: Path, store: ShadowStore) -> None:
    root = tmp_path / "r"
    for round_number in range(8):
        write(root, {"a.py": f"x = {round_number:02d}\n"})
        os.utime(root / "a.py", ns=(10**18, 10**18))
        snapshot = store.snapshot(root)
        assert store.read(snapshot, "a.py") == f"x = {round_number:02d}\n".encode()


def test_an_edit_within_one_tick_of_the_clock_is_seen(tmp_path: Path) -> None:
    remembered: dict[str, Entry] = {}
    for number in range(200):
        data = b"%03d" % number
        (tmp_path / "a.py").write_bytes(data)
        remembered = scan(tmp_path, ["a.py"], remembered, lambda _blob, _data: None)
        assert remembered["a.py"].blob == blob_id(data)


@pytest.mark.parametrize(
    ("after_s", "coarse", "holds"),
    [(0.001, False, False), (1.0, False, True), (1.0, True, False), (3.0, True, True)],
)
def test_what_was_read_too_soon_after_a_change_is_not_trusted(
    tmp_path: Path, *, after_s: float, coarse: bool, holds: bool
) -> None:
    """Whatever the kernel: a clock that stands still for a while hides a second edit."""
    write(tmp_path, {"a.py": "a"})
    status = (tmp_path / "a.py").stat()
    changed_ns = status.st_ctime_ns // 10**9 * 10**9 + (0 if coarse else 5)
    fields = {name: getattr(status, name) for name in dir(status) if name.startswith("st_")}
    looked = SimpleNamespace(**fields | {"st_ctime_ns": changed_ns})
    read_ns = changed_ns + int(after_s * 1e9)
    entry = Entry(FILE, blob_id(b"a"), 1, status.st_mtime_ns, changed_ns, status.st_ino, read_ns)
    assert entry.holds_for(cast("os.stat_result", looked)) is holds


def test_an_edit_hidden_by_setting_the_time_back_is_seen(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = tmp_path / "r"
    write(root, {"a.py": "old"})
    status = (root / "a.py").stat()
    time.sleep(0.12)  # until what is remembered of the file is trusted
    first = store.snapshot(root)
    with (root / "a.py").open("r+b") as stream:
        stream.write(b"new")
    os.utime(root / "a.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert store.snapshot(root) != first


def test_an_unchanged_file_is_not_read_again_once_it_has_settled(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "a", "b.py": "b"})
    time.sleep(0.12)
    read: list[bytes] = []

    def keep(_blob: str, parts: Parts) -> None:
        read.extend(parts)

    first = scan(tmp_path, ["a.py", "b.py"], {}, keep)
    write(tmp_path, {"b.py": "c"})
    second = scan(tmp_path, ["a.py", "b.py"], first, keep)

    assert read == [b"a", b"b", b"c"]
    assert second["a.py"] is first["a.py"]


def test_restoring_is_exact_and_leaves_ignored_files_alone(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = repository(tmp_path / "r", {
        ".gitignore": "*.log\n", "keep.py": "k", "dir/gone.py": "g", "run.sh": "#!", "turns": "f",
    })  # fmt: skip
    (root / "run.sh").chmod(0o755)
    (root / "link").symlink_to("keep.py")
    first = store.snapshot(root)
    kept = (root / "keep.py").stat()
    write(root, {"new/deep/file.py": "n", "x.log": "x", "run.sh": "other"})
    (root / "run.sh").chmod(0o644)
    (root / "dir/gone.py").unlink()
    (root / "dir").rmdir()
    (root / "link").unlink()
    write(root, {"link/inside.py": "now a folder", "dir": "now a file"})
    (root / "turns").unlink()
    (root / "turns").symlink_to("dir")

    store.restore(first, root)

    assert store.snapshot(root) == first
    assert (root / "x.log").read_text() == "x"
    assert not (root / "new").exists()
    assert (root / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (root / "link").readlink() == Path("keep.py")
    assert (root / "keep.py").stat() == kept


def test_restoring_never_writes_through_a_link(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {".gitignore": "/out\n", "a.py": "a"})
    write(root, {"out/b.py": "tracked once"})
    git(root, "add", "-f", "out/b.py")
    first = store.snapshot(root)
    (root / "out/b.py").unlink()
    (root / "out").rmdir()
    write(tmp_path / "outside", {"b.py": "not yours"})
    (root / "out").symlink_to(tmp_path / "outside")
    with pytest.raises(Exception, match="symbolic link"):
        store.restore(first, root)
    assert (tmp_path / "outside/b.py").read_text() == "not yours"


def test_a_rename_is_one_change(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"old.py": "one\ntwo\nthree\nfour\nfive\n"})
    first = store.snapshot(root)
    (root / "old.py").rename(root / "new.py")
    (diff,) = store.diff(first, store.snapshot(root))
    assert (diff.status, diff.old_path, diff.path) == ("renamed", "old.py", "new.py")


def test_the_empty_folder_has_a_snapshot(tmp_path: Path, store: ShadowStore) -> None:
    root = tmp_path / "r"
    root.mkdir()
    assert store.snapshot(root) == EMPTY_TREE
    write(root, {"a": "a"})
    full = store.snapshot(root)
    store.restore(EMPTY_TREE, root)
    assert list(root.iterdir()) == []
    assert store.files(EMPTY_TREE) == {}
    store.restore(full, root)
    assert (root / "a").read_text() == "a"


def test_nothing_of_the_user_changes_even_with_a_held_index_lock(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = repository(tmp_path / "r", {"a.py": "a"})
    write(root, {".git/index.lock": "", "b.py": "b"})
    os.utime(root / "a.py", ns=(7, 7))
    before = everything(root)
    snapshot = store.snapshot(root)
    assert everything(root) == before
    assert sorted(store.files(snapshot)) == ["a.py", "b.py"]


def test_files_of_nested_repositories_are_captured(tmp_path: Path, store: ShadowStore) -> None:
    inner = repository(tmp_path / "inner", {"i.py": "i"})
    root = repository(tmp_path / "r", {"a.py": "a"})
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    repository(root / "nested", {"n.py": "n", ".gitignore": "skip\n", "skip": "tracked"})
    write(root, {"nested/untracked.py": "u", "sub/fresh.py": "f"})
    before = everything(root)
    assert sorted(store.files(store.snapshot(root))) == [
        ".gitmodules", "a.py", "nested/.gitignore", "nested/n.py", "nested/skip",
        "nested/untracked.py", "sub/fresh.py", "sub/i.py",
    ]  # fmt: skip
    assert everything(root) == before


def test_a_conflicted_index_is_no_obstacle(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"a.py": "base\n"})
    git(root, "checkout", "-q", "-b", "other")
    write(root, {"a.py": "theirs\n"})
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "main")
    write(root, {"a.py": "ours\n"})
    git(root, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "other")
    before = everything(root)
    snapshot = store.snapshot(root)
    assert store.read(snapshot, "a.py").startswith(b"<<<<<<<")
    assert everything(root) == before


def test_the_users_own_excludes_are_read_as_data(
    tmp_path: Path, store: ShadowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "home", {".gitconfig": "[core]\n\texcludesFile = ~/mine\n", "mine": "*.swp\n"})
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    root = repository(tmp_path / "home/r", {"a.py": "a", ".git/info/exclude": "secret\n"})
    write(root, {".git/info/exclude": "secret\n", "secret": "s", "x.swp": "x", "b.py": "b"})
    assert sorted(store.files(store.snapshot(root))) == ["a.py", "b.py"]


def test_snapshots_survive_the_users_clean_up(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"a.py": "a"})
    first = store.snapshot(root)
    write(root, {"a.py": "other"})
    git(root, "commit", "-qa", "--amend", "-m", "rewritten")
    git(root, "reflog", "expire", "--expire=now", "--all")
    git(root, "gc", "-q", "--prune=now")
    assert store.read(first, "a.py") == b"a"


def test_a_lost_object_is_a_specific_error_and_the_next_snapshot_is_whole(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = tmp_path / "r"
    write(root, {"a.py": "a", "b.py": "b"})
    first = store.snapshot(root)
    for file in (store.path / "objects").rglob("*"):
        if file.is_file():
            file.unlink()
    with pytest.raises(SnapshotDamaged):
        store.read(first, "a.py")
    with pytest.raises(SnapshotDamaged):
        store.files(first)
    write(root, {"a.py": "changed"})
    assert contents(store, store.snapshot(root)) == {"a.py": b"changed", "b.py": b"b"}


def test_a_corrupt_object_is_a_specific_error(tmp_path: Path, store: ShadowStore) -> None:
    write(tmp_path / "r", {"a.py": "a"})
    first = store.snapshot(tmp_path / "r")
    blob = store.files(first)["a.py"].blob
    loose = store.path / "objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"rubbish")
    with pytest.raises(SnapshotDamaged):
        store.read(first, "a.py")


def test_a_path_that_a_snapshot_lacks_is_said(tmp_path: Path, store: ShadowStore) -> None:
    write(tmp_path / "r", {"a.py": "a"})
    with pytest.raises(FileNotFoundError):
        store.read(store.snapshot(tmp_path / "r"), "b.py")


@pytest.mark.root_or_user
def test_an_unreadable_file_is_said(tmp_path: Path, store: ShadowStore) -> None:
    write(tmp_path / "r", {"a.py": "a"})
    (tmp_path / "r/a.py").chmod(0)
    if os.access(tmp_path / "r/a.py", os.R_OK):
        pytest.skip("root reads every file")
    with pytest.raises(UserProblem, match=r"a\.py"):
        store.snapshot(tmp_path / "r")


def test_stale_files_of_killed_processes_are_removed_and_young_ones_kept(tmp_path: Path) -> None:
    store = ShadowStore.open(tmp_path / "store")
    write(store.path, {"objects/pack/tmp_pack_old": "o", "objects/pack/tmp_pack_young": "y"})
    os.utime(store.path / "objects/pack/tmp_pack_old", (0, 0))
    ShadowStore.open(tmp_path / "store")
    assert [p.name for p in (store.path / "objects/pack").iterdir()] == ["tmp_pack_young"]


def test_many_folders_at_once(tmp_path: Path, store: ShadowStore) -> None:
    roots = [tmp_path / str(index) for index in range(6)]
    for root in roots:
        write(root, {"a.py": root.name, "same.py": "same"})
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(store.snapshot, roots))
    assert [store.read(snapshot, "a.py").decode() for snapshot in found] == [
        root.name for root in roots
    ]  # fmt: skip


_RESTORE_FOREVER = """
import sys
from pathlib import Path
from editors.scan import scan
from editors.snapshots import ShadowStore
store = ShadowStore.open(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for snapshot in sys.argv[3:]:
        store.restore(snapshot, Path(sys.argv[2]))
"""


def test_killed_while_restoring_each_file_is_old_or_new_and_it_can_be_run_again(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = tmp_path / "r"
    size = 20_000
    write(root, {f"d{i % 5}/{i}.py": b"a" * size for i in range(30)})
    first = store.snapshot(root)
    write(root, {f"d{i % 5}/{i}.py": b"b" * size for i in range(30)} | {"more": b"b" * size})
    second = store.snapshot(root)
    for wait in (0.0, 0.03, 0.06, 0.09, 0.15):
        child = subprocess.Popen(
            [sys.executable, "-c", _RESTORE_FOREVER, str(store.path), str(root), first, second],
            cwd=CHECKOUT, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        with child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(wait)
            os.killpg(child.pid, signal.SIGKILL)
        for file in root.rglob("*.py"):
            assert file.read_bytes() in {b"a" * size, b"b" * size}
        store.restore(first, root)
        assert store.snapshot(root) == first
        assert not list(root.rglob(".journeyman-*"))


names = st.sampled_from(["a", "b", "d/a", "d/b", "d/e/a", "a/x", "b/y"])
trees = st.dictionaries(names, st.tuples(st.sampled_from([0o644, 0o755]), st.binary(max_size=3)))


def lay_out(root: Path, tree: dict[str, tuple[int, bytes]]) -> dict[str, tuple[int, bytes]]:
    made = {}
    for name, (mode, data) in tree.items():
        if any(other != name and name.startswith(other + "/") for other in tree):
            continue
        write(root, {name: data})
        (root / name).chmod(mode)
        made[name] = (mode, data)
    return made


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(one=trees, two=trees)
def test_any_tree_can_be_restored_from_any_other(
    tmp_path_factory: pytest.TempPathFactory,
    one: dict[str, tuple[int, bytes]],
    two: dict[str, tuple[int, bytes]],
) -> None:
    base = tmp_path_factory.mktemp("trees")
    store = ShadowStore.open(base / "store")
    (base / "one").mkdir()
    (base / "two").mkdir()
    lay_out(base / "one", one)
    made = lay_out(base / "two", two)
    target = store.snapshot(base / "two")

    store.restore(target, base / "one")

    found = {
        str(file.relative_to(base / "one")): (file.stat().st_mode & 0o777, file.read_bytes())
        for file in (base / "one").rglob("*")
        if file.is_file()
    }
    assert found == made
