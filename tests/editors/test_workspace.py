import os
import subprocess
import sys
from pathlib import Path

import pytest

from editors.checkout import checkout_at
from editors.copying import Copier
from editors.repository_copy import copy_repository
from editors.snapshots import ShadowStore
from editors.workspace import LeftOut, Workspace
from runners.problems import UserProblem
from tests.editors.repositories import everything, git, repository, write


@pytest.fixture
def store(tmp_path: Path) -> ShadowStore:
    return ShadowStore.open(tmp_path / "store")


def same_answers(origin: Path, copy: Path, *questions: str) -> None:
    for question in questions:
        assert git(copy, *question.split()) == git(origin, *question.split()), question


USUAL = ("status --porcelain", "log --format=%H%d", "describe --tags --dirty", "branch -a",
         "diff", "diff --cached")  # fmt: skip


def test_nothing_of_the_user_changes_in_a_whole_session(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {".gitignore": "*.so\n", "a.py": "a\n", "dir/b.py": "b\n"})
    write(root, {"a.py": "dirty\n", "x.so": "built", "new.py": "n", "staged.py": "s"})
    git(root, "add", "staged.py")
    os.utime(root / "dir/b.py", ns=(1, 1_234_567_890_123_456_789))
    before = everything(root)

    workspace = Workspace.create(root, tmp_path / "w", store)
    write(workspace.root, {"a.py": "fixed\n", "more.py": "m", "x.so": "rebuilt"})
    (workspace.root / "dir/b.py").unlink()
    after = workspace.snapshot()
    assert len(store.diff(workspace.base, after)) == 3
    spare = workspace.spare(tmp_path / "spare")
    workspace.restore(workspace.base)
    git(workspace.root, "add", "-A")
    git(workspace.root, "commit", "-qm", "inside")
    git(workspace.root, "gc", "-q", "--prune=now")

    assert everything(root) == before
    assert workspace.snapshot() == workspace.base == store.snapshot(root)
    assert spare.snapshot() == after
    assert (spare.origin, spare.base) == (root, workspace.base)


def test_git_answers_inside_as_in_the_original(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n", "b.py": "b\n"})
    git(root, "gc", "-q")
    write(root, {"a.py": "second\n"})
    git(root, "commit", "-qam", "second")
    git(root, "branch", "side")
    write(root, {"b.py": "stashed\n"})
    git(root, "stash", "-q")
    write(root, {"a.py": "dirty\n", "c.py": "staged\n", "d.py": "untracked\n"})
    git(root, "add", "c.py")
    workspace = Workspace.create(root, tmp_path / "w", store)
    assert workspace.history == "whole"
    same_answers(root, workspace.root, *USUAL, "fsck --strict")


def test_files_keep_mode_time_and_links_and_share_nothing(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = repository(tmp_path / "r", {"a.py": "a", "run.sh": "#!"})
    (root / "run.sh").chmod(0o750)
    (root / "link").symlink_to("a.py")
    os.utime(root / "a.py", ns=(5, 123_456_789))
    copy = Workspace.create(root, tmp_path / "w", store).root
    assert (copy / "a.py").stat().st_mtime_ns == 123_456_789
    assert (copy / "run.sh").stat().st_mode & 0o777 == 0o750
    assert (copy / "link").readlink() == Path("a.py")
    for file in copy.rglob("*"):
        if file.is_file() and not file.is_symlink():
            assert file.stat().st_nlink == 1
    assert not (copy / ".git/objects/info/alternates").exists()


def test_nothing_is_copied_through_a_link(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"sub/a.py": "a"})
    write(tmp_path, {"outside/a.py": "not yours"})
    (root / "sub/a.py").unlink()
    (root / "sub").rmdir()
    (root / "sub").symlink_to("../outside")
    before = everything(tmp_path / "outside")
    workspace = Workspace.create(root, tmp_path / "w", store)
    assert list(store.files(workspace.base)) == ["sub"]
    assert everything(tmp_path / "outside") == before


def test_what_tests_need_comes_along_and_what_is_left_out_is_said(
    tmp_path: Path, store: ShadowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored = (
        "*.so\n_version.py\n*.egg-info/\n.venv\nnode_modules/\nbuild/\nmy env/\nlinks/\nbig/\n"
    )
    root = repository(tmp_path / "r", {".gitignore": ignored, "p/__init__.py": ""})
    write(root, {
        "p/fast.so": "built", "p/_version.py": "1", "p.egg-info/PKG-INFO": "n", ".venv/x.py": "x",
        "web/node_modules/y.js": "y", "build/z": "z", "my env/pyvenv.cfg": "", "my env/lib.py": "l",
        "big/file": "b" * 1000, "secret": "",
    })  # fmt: skip
    (root / "links").mkdir()
    (root / "links/inside").symlink_to("../p/__init__.py")
    (root / "links/absolute").symlink_to(root / "p/__init__.py")
    (root / "links/outside").symlink_to("../../elsewhere")
    monkeypatch.setattr("editors.workspace.IGNORED_LIMIT", 500)

    workspace = Workspace.create(root, tmp_path / "w", store)

    copied = {str(f.relative_to(workspace.root)) for f in workspace.root.rglob("*")}
    assert {"p/fast.so", "p/_version.py", "p.egg-info/PKG-INFO", "links/inside"} <= copied
    assert workspace.left_out == (
        LeftOut(".venv", "dependencies or cache"), LeftOut("big/file", "too large"),
        LeftOut("build", "build output"), LeftOut("links/absolute", "link that leads out"),
        LeftOut("links/outside", "link that leads out"), LeftOut("my env", "dependencies or cache"),
        LeftOut("web/node_modules", "dependencies or cache"),
    )  # fmt: skip
    assert not copied & {left.path for left in workspace.left_out}


def test_a_folder_without_repository_is_copied_without_one(
    tmp_path: Path, store: ShadowStore
) -> None:
    write(tmp_path / "r", {"a.py": "a", "__pycache__/a.pyc": "x", ".venv/pyvenv.cfg": ""})
    workspace = Workspace.create(tmp_path / "r", tmp_path / "w", store)
    assert workspace.history == "none"
    assert [f.name for f in workspace.root.iterdir()] == ["a.py"]
    assert LeftOut(".venv", "dependencies or cache") in workspace.left_out


def test_a_folder_inside_a_repository_brings_the_repository_along(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = repository(tmp_path / "r", {".gitignore": "*.log\n", "lib/l.py": "l", "app/a.py": "a"})
    write(root, {"app/x.log": "x"})
    workspace = Workspace.create(root / "app", tmp_path / "w", store)
    assert workspace.root == tmp_path / "w/app"
    assert list(store.files(workspace.base)) == ["a.py"]
    assert (tmp_path / "w/lib/l.py").exists()
    assert git(workspace.root, "status", "--porcelain") == ""
    assert workspace.spare(tmp_path / "s").root == tmp_path / "s/app"


def test_a_folder_the_repository_above_does_not_track_stands_alone(
    tmp_path: Path, store: ShadowStore
) -> None:
    root = repository(tmp_path / "r", {".gitignore": "scratch/\n", "a.py": "a"})
    write(root, {"scratch/s.py": "s"})
    workspace = Workspace.create(root / "scratch", tmp_path / "w", store)
    assert workspace.root == tmp_path / "w"
    assert list(store.files(workspace.base)) == ["s.py"]


def make_detached(root: Path) -> None:
    git(root, "checkout", "-q", "--detach")


def make_merge(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "other")
    write(root, {"a.py": "theirs\n"})
    git(root, "commit", "-qam", "theirs")
    git(root, "checkout", "-q", "main")
    write(root, {"a.py": "ours\n"})
    git(root, "commit", "-qam", "ours")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "other")


def make_rebase(root: Path) -> None:
    make_merge(root)
    git(root, "merge", "--abort")
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "rebase", "other")


def make_bisect(root: Path) -> None:
    write(root, {"a.py": "two\n"})
    git(root, "commit", "-qam", "two")
    git(root, "bisect", "start", "HEAD", "HEAD~1")


def make_split_index(root: Path) -> None:
    git(root, "update-index", "--split-index")
    write(root, {"c.py": "c"})
    git(root, "add", "c.py")


def make_locked(root: Path) -> None:
    write(root, {".git/index.lock": ""})


@pytest.mark.parametrize(
    "state",
    [make_detached, make_merge, make_rebase, make_bisect, make_split_index, make_locked],
)
def test_odd_states_of_a_repository(tmp_path: Path, store: ShadowStore, state: object) -> None:
    root = repository(tmp_path / "r", {"a.py": "base\n"})
    assert callable(state)
    state(root)
    before = everything(root)
    workspace = Workspace.create(root, tmp_path / "w", store)
    write(workspace.root, {"a.py": "other\n"})
    workspace.restore(workspace.base)
    assert everything(root) == before
    assert workspace.history == "whole"
    (root / ".git/index.lock").unlink(missing_ok=True)
    same_answers(root, workspace.root, "rev-parse HEAD", "status --porcelain", "ls-files -s")


def test_an_unborn_branch(tmp_path: Path, store: ShadowStore) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "-b", "trunk")
    write(root, {"a.py": "a"})
    workspace = Workspace.create(root, tmp_path / "w", store)
    same_answers(root, workspace.root, "symbolic-ref HEAD", "status --porcelain")
    assert list(store.files(workspace.base)) == ["a.py"]


def test_a_linked_working_tree(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n"})
    git(root, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    write(tmp_path / "linked", {"b.py": "b\n"})
    git(tmp_path / "linked", "add", "b.py")
    git(tmp_path / "linked", "commit", "-qm", "side")
    before = everything(tmp_path / "linked") | everything(root)
    workspace = Workspace.create(tmp_path / "linked", tmp_path / "w", store)
    assert everything(tmp_path / "linked") | everything(root) == before
    same_answers(tmp_path / "linked", workspace.root, "log --format=%H", "status --porcelain")
    assert (workspace.root / ".git").is_dir()


def test_submodules_and_nested_repositories(tmp_path: Path, store: ShadowStore) -> None:
    inner = repository(tmp_path / "inner", {"i.py": "i", ".gitignore": "*.so\n"})
    root = repository(tmp_path / "r", {"a.py": "a\n"})
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    git(root, "commit", "-qm", "sub")
    repository(root / "nested", {"n.py": "n"})
    write(root, {"sub/i.py": "changed", "sub/x.so": "built"})
    before = everything(root)
    workspace = Workspace.create(root, tmp_path / "w", store)
    assert everything(root) == before
    same_answers(root, workspace.root, "status --porcelain", "ls-files -s")
    same_answers(root / "nested", workspace.root / "nested", "log --format=%H")
    assert (workspace.root / "sub/x.so").read_text() == "built"
    assert workspace.snapshot() == workspace.base == store.snapshot(root)


def test_borrowed_objects_become_the_copys_own(tmp_path: Path, store: ShadowStore) -> None:
    source = repository(tmp_path / "source", {"a.py": "a\n"})
    git(tmp_path, "clone", "-q", "--shared", str(source), "r")
    workspace = Workspace.create(tmp_path / "r", tmp_path / "w", store)
    same_answers(tmp_path / "r", workspace.root, "log --format=%H")
    (source / ".git").rename(tmp_path / "gone")
    assert git(workspace.root, "fsck") == ""


def test_above_the_limit_only_the_tree_of_head_comes_along(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a.py": "a\n"})
    write(root, {"a.py": "b\n"})
    git(root, "commit", "-qam", "second")
    git(root, "gc", "-q")
    checkout = checkout_at(root)
    assert checkout is not None
    (tmp_path / "w").mkdir()
    assert copy_repository(checkout, tmp_path / "w/.git", Copier(), limit=10) == "head"
    write(tmp_path / "w", {"a.py": "c\n"})
    assert git(tmp_path / "w", "log", "--format=%s") == "second"
    assert "-b" in git(tmp_path / "w", "diff")
    assert git(tmp_path / "w", "branch", "--show-current") == "main"


def test_a_damaged_repository_is_copied_without_history(tmp_path: Path, store: ShadowStore) -> None:
    root = repository(tmp_path / "r", {".gitignore": "*.x\n", "a.py": "a\n", "kept.x": "k"})
    for file in (root / ".git/objects").rglob("*"):
        if file.is_file():
            file.unlink()
    workspace = Workspace.create(root, tmp_path / "w", store)
    assert workspace.history == "none"
    assert sorted(store.files(workspace.base)) == [".gitignore", "a.py", "kept.x"]


def test_a_repository_with_sha256(tmp_path: Path, store: ShadowStore) -> None:
    root = tmp_path / "r"
    root.mkdir()
    git(root, "init", "-q", "--object-format=sha256")
    repository(root, {"a.py": "a\n", "kept.x": "k", ".gitignore": "*.x\n"})
    workspace = Workspace.create(root, tmp_path / "w", store)
    same_answers(root, workspace.root, "log --format=%H", "status --porcelain")
    assert sorted(store.files(workspace.base)) == [".gitignore", "a.py", "kept.x"]


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, store: ShadowStore) -> None:
    write(tmp_path, {"r/a.py": "a", "w/mine": "m"})
    with pytest.raises(UserProblem, match="not empty"):
        Workspace.create(tmp_path / "r", tmp_path / "w", store)
    assert (tmp_path / "w/mine").read_text() == "m"


_CREATE_WITH_LITTLE_ROOM = """
import resource, sys
from pathlib import Path
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from runners.problems import UserProblem
store = ShadowStore.open(Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    Workspace.create(Path(sys.argv[1]), Path(sys.argv[3]), store)
except UserProblem as problem:
    print(problem.what)
"""


def test_a_disk_that_refuses_leaves_no_half_copy(tmp_path: Path, store: ShadowStore) -> None:
    write(tmp_path / "r", {"a.py": "a", "big": "b" * 200_000})
    said = subprocess.run(
        [sys.executable, "-c", _CREATE_WITH_LITTLE_ROOM, str(tmp_path / "r"), str(store.path),
         str(tmp_path / "w")],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "cannot be copied" in said.stdout
    assert not (tmp_path / "w").exists()


@pytest.mark.root_or_user
def test_an_unreadable_file_is_said(tmp_path: Path, store: ShadowStore) -> None:
    write(tmp_path / "r", {"a.py": "a"})
    (tmp_path / "r/a.py").chmod(0)
    if os.access(tmp_path / "r/a.py", os.R_OK):
        pytest.skip("root reads every file")
    with pytest.raises(UserProblem, match="cannot be copied"):
        Workspace.create(tmp_path / "r", tmp_path / "w", store)
