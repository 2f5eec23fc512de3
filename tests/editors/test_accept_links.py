"""Links are brought into the user's folder whole, and none that leads out of it."""

from pathlib import Path

import pytest

from editors.accept import accept, moved_on, undo
from editors.accepted import AcceptResult
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from tests.editors.repositories import repository, write


class Desk:
    """A user's folder with links in it, and its workspace."""

    def __init__(self, folder: Path) -> None:
        self.origin = repository(folder / "r", {"a.py": "a\n", "b.py": "b\n", "in/c.py": "c\n"})
        (self.origin / "kept").symlink_to("a.py")
        (self.origin / "out").symlink_to("/etc/hostname")
        self.store = ShadowStore.open(folder / "store")
        self.workspace = Workspace.create(self.origin, folder / "w", self.store)
        self.root = self.workspace.root

    def accept(self) -> AcceptResult:
        return accept(
            self.origin, self.store, base=self.workspace.base, target=self.workspace.snapshot()
        )

    def link(self, path: str, target: str) -> None:
        """Put a link in place of whatever the workspace has there."""
        (self.root / path).unlink(missing_ok=True)
        (self.root / path).symlink_to(target)

    def state(self) -> dict[str, str]:
        """What the user has: links with an arrow, files with their text."""
        return {
            path.relative_to(self.origin).as_posix(): f"-> {path.readlink()}"
            if path.is_symlink()
            else path.read_text()
            for path in self.origin.rglob("*")
            if ".git" not in path.parts and (path.is_symlink() or path.is_file())
        }


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_links_come_change_become_files_and_go_and_all_is_taken_back(desk: Desk) -> None:
    before = desk.state()
    desk.link("new", "in/c.py")
    desk.link("in/up", "../a.py")
    desk.link("kept", "b.py")
    desk.link("b.py", "a.py")
    (desk.root / "out").unlink()
    write(desk.root, {"out": "a file now\n"})
    result = desk.accept()
    assert (result.conflicts, result.skipped) == ((), ())
    assert desk.state() == {
        "a.py": "a\n",
        "b.py": "-> a.py",
        "in/c.py": "c\n",
        "in/up": "-> ../a.py",
        "kept": "-> b.py",
        "new": "-> in/c.py",
        "out": "a file now\n",
    }
    assert desk.accept().written == ()
    assert result.undo is not None
    assert moved_on(desk.origin, desk.store, result.undo) == ()
    undo(desk.origin, desk.store, result.undo)
    assert desk.state() == before
    assert not list(desk.origin.rglob(".journeyman-*"))


def test_a_link_that_is_moved_or_deleted(desk: Desk) -> None:
    (desk.root / "kept").rename(desk.root / "moved")
    (desk.root / "out").unlink()
    result = desk.accept()
    assert sorted(result.written) == ["kept", "moved", "out"]
    assert desk.state()["moved"] == "-> a.py"
    assert desk.state().keys().isdisjoint({"kept", "out"})
    assert result.undo is not None
    undo(desk.origin, desk.store, result.undo)
    assert desk.state()["out"] == "-> /etc/hostname"


@pytest.mark.parametrize(
    "target", ["/etc/passwd", "../elsewhere", "in/../../elsewhere", ".git/config", "in/out/x"]
)
def test_a_link_that_leads_out_is_not_made(desk: Desk, target: str) -> None:
    desk.link("new", target)
    (desk.origin / "in/out").symlink_to("/etc")
    before = desk.state()
    result = desk.accept()
    (skipped,) = result.skipped
    assert skipped.path == "new"
    assert "leads out of the project" in skipped.reason
    assert desk.state() == before


def test_a_link_that_the_user_changed_too_stays_theirs(desk: Desk) -> None:
    desk.link("kept", "b.py")
    desk.link("new", "b.py")
    desk.link("b.py", "a.py")
    (desk.origin / "kept").unlink()
    (desk.origin / "kept").symlink_to("in/c.py")
    write(desk.origin, {"new": "mine\n", "b.py": "mine too\n"})
    before = desk.state()
    result = desk.accept()
    assert [conflict.path for conflict in result.conflicts] == ["b.py", "kept", "new"]
    assert desk.state() == before


def test_a_link_that_the_user_deleted_is_not_made_again(desk: Desk) -> None:
    desk.link("kept", "b.py")
    (desk.origin / "kept").unlink()
    result = desk.accept()
    assert [skipped.path for skipped in result.skipped] == ["kept"]
    assert not (desk.origin / "kept").is_symlink()
