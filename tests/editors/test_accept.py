import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from editors.accept import accept, undo
from editors.accepted import AcceptResult
from editors.refusals import Refused
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from runners.problems import UserProblem
from tests.editors.repositories import everything, git, repository, write

CHECKOUT = Path(__file__).parents[2]
LINES = [f"line {number}\n" for number in range(1, 41)]


def text(**changed: str) -> str:
    """Forty lines, some of them replaced: `text(line3="x")`."""
    numbers = {int(name.removeprefix("line")): new for name, new in changed.items()}
    return "".join(
        f"{numbers[n]}\n" if n in numbers else line for n, line in enumerate(LINES, start=1)
    )


class Desk:
    """A user's folder, its workspace, and a change from one to the other."""

    def __init__(self, folder: Path) -> None:
        self.origin = repository(folder / "r", {
            "a.py": text(), "gone.py": "g\n", "old.py": text(line1="old"), "run.sh": "#!\n",
            "data.bin": b"\0one",
        })  # fmt: skip
        self.store = ShadowStore.open(folder / "store")
        self.workspace = Workspace.create(self.origin, folder / "w", self.store)
        self.target = self.workspace.base

    def change(self, files: dict[str, str | bytes], *gone: str) -> None:
        write(self.workspace.root, files)
        for name in gone:
            (self.workspace.root / name).unlink()
        self.target = self.workspace.snapshot()

    def accept(self, hunks: list[str] | None = None) -> AcceptResult:
        return accept(
            self.origin, self.store, base=self.workspace.base, target=self.target, hunks=hunks
        )

    def hunks(self, path: str) -> list[str]:
        diffs = self.store.diff(self.workspace.base, self.target)
        return [hunk.id for diff in diffs if diff.path == path for hunk in diff.hunks]

    def sources(self) -> dict[str, tuple[int, int, bytes]]:
        found = everything(self.origin)
        return {
            path: (mode, 0 if os.path.isdir(path) else time_ns, data)  # noqa: PTH112
            for path, (mode, time_ns, _, data) in found.items()
            if "/.git" not in path
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_whole_change_is_written_and_undone_and_git_is_not_touched(desk: Desk) -> None:
    desk.change(
        {"a.py": text(line3="three"), "new/deep.py": "n\n", "new.bin": b"\0", "data.bin": b"\0two"},
        "gone.py",
    )
    (desk.workspace.root / "old.py").rename(desk.workspace.root / "moved.py")
    (desk.workspace.root / "run.sh").chmod(0o755)
    desk.target = desk.workspace.snapshot()
    before, repository_before = desk.sources(), everything(desk.origin / ".git")

    result = desk.accept()

    assert (result.conflicts, result.skipped) == ((), ())
    assert sorted(result.written) == [
        "a.py", "data.bin", "gone.py", "moved.py", "new.bin", "new/deep.py", "old.py", "run.sh",
    ]  # fmt: skip
    assert desk.store.snapshot(desk.origin) == desk.target
    assert (desk.origin / "run.sh").stat().st_mode & 0o111 == 0o111
    assert result.undo is not None

    again = undo(desk.origin, desk.store, result.undo)

    assert (again.conflicts, again.skipped) == ((), ())
    assert desk.store.snapshot(desk.origin) == desk.workspace.base
    assert {path: (mode, data) for path, (mode, _, data) in desk.sources().items()
            if not path.endswith("/new")} == {
        path: (mode, data) for path, (mode, _, data) in before.items()
    }  # fmt: skip
    assert everything(desk.origin / ".git") == repository_before
    assert again.undo is not None
    undo(desk.origin, desk.store, again.undo)
    assert desk.store.snapshot(desk.origin) == desk.target


def test_one_hunk_of_two(desk: Desk) -> None:
    desk.change({"a.py": text(line3="three", line30="thirty"), "new.py": "n"})
    first, second = desk.hunks("a.py")
    result = desk.accept([second])
    assert (result.accepted, result.written) == ((second,), ("a.py",))
    assert (desk.origin / "a.py").read_text() == text(line30="thirty")
    assert not (desk.origin / "new.py").exists()
    assert desk.accept([first]).accepted == (first,)
    assert (desk.origin / "a.py").read_text() == text(line3="three", line30="thirty")


def test_accepting_twice_writes_once(desk: Desk) -> None:
    desk.change({"a.py": text(line3="three"), "new.py": "n"}, "gone.py")
    first = desk.accept()
    before = desk.sources()
    second = desk.accept()
    assert second.accepted == first.accepted
    assert (second.written, second.undo) == ((), None)
    assert desk.sources() == before


def test_an_unknown_hunk_is_said(desk: Desk) -> None:
    desk.change({"a.py": text(line3="three")})
    with pytest.raises(UserProblem, match="no hunk 'nonsense'"):
        desk.accept(["nonsense"])


def test_another_region_edited_by_the_user_is_kept(desk: Desk) -> None:
    desk.change({"a.py": text(line3="agent")})
    write(desk.origin, {"a.py": text(line30="user")})
    result = desk.accept()
    assert result.written == ("a.py",)
    assert (desk.origin / "a.py").read_text() == text(line3="agent", line30="user")
    write(desk.origin, {"a.py": text(line3="agent", line30="user", line35="later")})
    assert result.undo is not None
    undo(desk.origin, desk.store, result.undo)
    assert (desk.origin / "a.py").read_text() == text(line30="user", line35="later")


def test_the_same_line_edited_by_the_user_stays_theirs(desk: Desk) -> None:
    desk.change({"a.py": text(line3="agent"), "new.py": "n"})
    write(desk.origin, {"a.py": text(line3="user")})
    before = everything(desk.origin)[str(desk.origin / "a.py")]
    result = desk.accept()
    (conflict,) = result.conflicts
    assert (conflict.path, conflict.hunks) == ("a.py", tuple(desk.hunks("a.py")))
    assert "line 3" in conflict.reason
    assert everything(desk.origin)[str(desk.origin / "a.py")] == before
    assert result.written == ("new.py",)


def test_a_file_the_user_deleted_is_not_made_again(desk: Desk) -> None:
    desk.change({"a.py": text(line3="agent")})
    (desk.origin / "a.py").unlink()
    result = desk.accept()
    assert [skipped.path for skipped in result.skipped] == ["a.py"]
    assert "deleted" in result.skipped[0].reason
    assert not (desk.origin / "a.py").exists()


def test_a_deletion_does_not_take_what_the_user_wrote(desk: Desk) -> None:
    desk.change({}, "gone.py")
    write(desk.origin, {"gone.py": "mine\n"})
    assert [conflict.path for conflict in desk.accept().conflicts] == ["gone.py"]
    assert (desk.origin / "gone.py").read_text() == "mine\n"


def test_a_new_file_does_not_replace_one_of_the_users(desk: Desk) -> None:
    desk.change({"new.py": "agent\n"})
    write(desk.origin, {"new.py": "user\n"})
    assert [conflict.path for conflict in desk.accept().conflicts] == ["new.py"]
    assert (desk.origin / "new.py").read_text() == "user\n"


def test_a_move_onto_a_file_of_the_users_is_a_conflict(desk: Desk) -> None:
    (desk.workspace.root / "old.py").rename(desk.workspace.root / "moved.py")
    desk.target = desk.workspace.snapshot()
    write(desk.origin, {"moved.py": "user\n"})
    assert [conflict.path for conflict in desk.accept().conflicts] == ["moved.py"]
    assert (desk.origin / "old.py").exists()


def test_a_moved_file_takes_the_users_edits_along(desk: Desk) -> None:
    (desk.workspace.root / "old.py").rename(desk.workspace.root / "moved.py")
    desk.target = desk.workspace.snapshot()
    write(desk.origin, {"old.py": text(line1="old", line20="user")})
    (desk.origin / "old.py").chmod(0o640)
    result = desk.accept()
    assert (desk.origin / "moved.py").read_text() == text(line1="old", line20="user")
    assert (desk.origin / "moved.py").stat().st_mode & 0o777 == 0o640
    assert not (desk.origin / "old.py").exists()
    assert result.undo is not None
    undo(desk.origin, desk.store, result.undo)
    assert (desk.origin / "old.py").read_text() == text(line1="old", line20="user")


def test_a_binary_file_the_user_changed_is_a_conflict(desk: Desk) -> None:
    desk.change({"data.bin": b"\0two"})
    write(desk.origin, {"data.bin": b"\0user"})
    assert [conflict.path for conflict in desk.accept().conflicts] == ["data.bin"]


def test_permissions_and_line_endings_stay_the_users(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (desk.origin / "a.py").chmod(0o600)
    desk.change({"a.py": text(line3="agent")})
    desk.accept()
    assert (desk.origin / "a.py").stat().st_mode & 0o777 == 0o600


def test_what_is_protected_or_became_a_link_is_left_to_the_user(desk: Desk) -> None:
    desk.change({"a.py": text(line3="agent"), "old.py": "o\n", "gone.py": "changed\n"})
    (desk.origin / "a.py").chmod(0o444)
    os.link(desk.origin / "old.py", desk.origin / "second name")
    (desk.origin / "gone.py").unlink()
    (desk.origin / "gone.py").symlink_to("run.sh")
    before = desk.sources()
    result = desk.accept()
    assert sorted(skipped.path for skipped in result.skipped) == [
        "a.py", "gone.py", "old.py",
    ]  # fmt: skip
    assert all(skipped.reason for skipped in result.skipped)
    assert desk.sources() == before


def test_a_folder_that_became_a_link_is_not_written_through(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.change({"new/a.py": "n\n"})
    (tmp_path / "outside").mkdir()
    (desk.origin / "new").symlink_to(tmp_path / "outside")
    assert [skipped.path for skipped in desk.accept().skipped] == ["new/a.py"]
    assert list((tmp_path / "outside").iterdir()) == []


_ACCEPT_WITH_LITTLE_ROOM = """
import resource, sys
from pathlib import Path
from editors.accept import accept
from editors.refusals import WriteFailed
from editors.snapshots import ShadowStore
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
store = ShadowStore.open(Path(sys.argv[2]))
try:
    accept(Path(sys.argv[1]), store, base=sys.argv[3], target=sys.argv[4])
except WriteFailed as error:
    print(error.path)
"""


def test_a_disk_that_refuses_takes_everything_back(desk: Desk) -> None:
    desk.change({"a.py": text(line3="agent"), "new/n.py": "n" * 200_000}, "gone.py")
    before = desk.sources()
    said = subprocess.run(
        [sys.executable, "-c", _ACCEPT_WITH_LITTLE_ROOM, str(desk.origin), str(desk.store.path),
         desk.workspace.base, desk.target],
        cwd=CHECKOUT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == "new/n.py\n"
    assert desk.sources() == before
    assert desk.accept().written == ("a.py", "gone.py", "new/n.py")


@pytest.mark.root_or_user
def test_a_read_only_folder_changes_nothing(desk: Desk) -> None:
    write(desk.origin, {"shut/s.py": "s\n"})
    workspace = Workspace.create(desk.origin, desk.origin.parent / "w2", desk.store)
    write(workspace.root, {"a.py": text(line3="agent"), "shut/s.py": "t\n"})
    target = workspace.snapshot()
    (desk.origin / "shut").chmod(0o555)
    if os.access(desk.origin / "shut", os.W_OK):
        (desk.origin / "shut").chmod(0o755)
        pytest.skip("root writes everywhere")
    before = desk.sources()
    try:
        with pytest.raises(Refused):
            accept(desk.origin, desk.store, base=workspace.base, target=target)
        assert desk.sources() == before
    finally:
        (desk.origin / "shut").chmod(0o755)


def test_what_a_killed_process_left_is_removed_and_nothing_of_the_users(desk: Desk) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    left = f".journeyman-{ended.pid}-0123456789abcdef.tmp"
    mine = ".journeyman-notes.tmp"
    desk.change({"a.py": text(line3="agent")})
    os.link(desk.origin / "a.py", desk.origin / left)
    write(desk.origin, {mine: "m"})
    assert desk.accept().written == ("a.py",)
    assert not (desk.origin / left).exists()
    assert (desk.origin / mine).exists()


_ACCEPT_AND_UNDO_FOREVER = """
import sys
from pathlib import Path
from editors.accept import accept, undo
from editors.snapshots import ShadowStore
origin, store = Path(sys.argv[1]), ShadowStore.open(Path(sys.argv[2]))
print("ready", flush=True)
while True:
    undo(origin, store, accept(origin, store, base=sys.argv[3], target=sys.argv[4]).undo)
"""


def test_killed_in_the_middle_each_file_is_old_or_new_and_it_can_be_run_again(
    desk: Desk,
) -> None:
    for index in range(8):
        write(desk.origin, {f"many/{index}.py": "old\n" * 500})
    workspace = Workspace.create(desk.origin, desk.origin.parent / "w2", desk.store)
    write(workspace.root, {f"many/{index}.py": "new\n" * 500 for index in range(8)})
    target = workspace.snapshot()
    for wait in (0.02, 0.07, 0.11):
        child = subprocess.Popen(
            [sys.executable, "-c", _ACCEPT_AND_UNDO_FOREVER, str(desk.origin),
             str(desk.store.path), workspace.base, target],
            cwd=CHECKOUT, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        with child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(wait)
            os.killpg(child.pid, signal.SIGKILL)
        for file in (desk.origin / "many").glob("*.py"):
            assert file.read_text() in {"old\n" * 500, "new\n" * 500}
        result = accept(desk.origin, desk.store, base=workspace.base, target=target)
        assert (result.conflicts, result.skipped) == ((), ())
        assert desk.store.snapshot(desk.origin) == target
        assert not list(desk.origin.rglob(".journeyman-*"))
        accept(desk.origin, desk.store, base=target, target=workspace.base)


def test_the_undo_survives_the_users_commit_and_clean_up(desk: Desk) -> None:
    desk.change({"a.py": text(line3="agent")})
    result = desk.accept()
    git(desk.origin, "commit", "-qam", "accepted")
    git(desk.origin, "gc", "-q", "--prune=now")
    assert result.undo is not None
    undo(desk.origin, desk.store, result.undo)
    assert (desk.origin / "a.py").read_text() == text()
