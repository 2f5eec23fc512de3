"""Where the user changed the same place: what is told apart, shown, and written over."""

from pathlib import Path

import pytest

from editors.accept import accept, colliding
from editors.accepted import AcceptResult
from editors.collisions import Collision
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from tests.editors.repositories import repository, write

LINES = [f"line {number}\n" for number in range(1, 41)]


def text(**changed: str) -> str:
    """Forty lines, some of them replaced: `text(line3="x")`."""
    numbers = {int(name.removeprefix("line")): new for name, new in changed.items()}
    return "".join(
        f"{numbers[n]}\n" if n in numbers else line for n, line in enumerate(LINES, start=1)
    )


class Desk:
    """A user's folder and a change to it."""

    def __init__(self, folder: Path) -> None:
        files: dict[str, str | bytes] = {
            "a.py": text(),
            "gone.py": "g\n",
            "data.bin": b"\0one",
            "b.py": "b\n",
        }
        self.origin = repository(folder / "r", files)
        self.store = ShadowStore.open(folder / "store")
        self.workspace = Workspace.create(self.origin, folder / "w", self.store)
        changed: dict[str, str | bytes] = {
            "a.py": text(line3="agent", line20="agent too"),
            "data.bin": b"\0two",
        }
        write(self.workspace.root, {**changed, "new.py": "agent's\n", "b.py": "B\n"})
        (self.workspace.root / "gone.py").unlink()
        self.target = self.workspace.snapshot()

    def hunks(self, path: str) -> list[str]:
        diffs = self.store.diff(self.workspace.base, self.target)
        return [hunk.id for diff in diffs if diff.path == path for hunk in diff.hunks]

    def accept(self, hunks: list[str] | None = None, *, over: bool = False) -> AcceptResult:
        return accept(
            self.origin,
            self.store,
            base=self.workspace.base,
            target=self.target,
            hunks=hunks,
            over=over,
        )

    def colliding(self, hunks: list[str]) -> tuple[Collision, ...]:
        return colliding(
            self.origin, self.store, base=self.workspace.base, target=self.target, hunks=hunks
        )

    def read(self, path: str) -> str:
        return (self.origin / path).read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_one_hunk_that_collides_keeps_no_other_of_its_file_back(desk: Desk) -> None:
    first, second = desk.hunks("a.py")
    write(desk.origin, {"a.py": text(line3="user", line30="user")})
    result = desk.accept()
    assert [conflict.hunks for conflict in result.conflicts] == [(first,)]
    assert second in result.accepted
    assert desk.read("a.py") == text(line3="user", line20="agent too", line30="user")
    assert desk.read("b.py") == "B\n"


def test_the_three_sides_are_shown_of_the_place_alone(desk: Desk) -> None:
    first, second = desk.hunks("a.py")
    write(desk.origin, {"a.py": "top\n" + text(line3="user")})
    (found,) = desk.colliding([first, second])
    assert found == Collision(
        "a.py", (first,), found.reason, 4, (b"user\n",), (b"line 3\n",), (b"agent\n",)
    )
    assert "line 4" in found.reason
    assert desk.read("a.py") == "top\n" + text(line3="user")


def test_written_over_only_in_the_place_and_only_when_asked(desk: Desk) -> None:
    first, _ = desk.hunks("a.py")
    write(desk.origin, {"a.py": text(line3="user", line30="user")})
    assert desk.accept([first]).written == ()
    result = desk.accept([first], over=True)
    assert (result.accepted, result.conflicts) == ((first,), ())
    assert desk.read("a.py") == text(line3="agent", line30="user")


@pytest.mark.parametrize(
    ("path", "mine", "after"),
    [
        ("gone.py", b"mine\n", None),
        ("new.py", b"mine\n", b"agent's\n"),
        ("data.bin", b"\0mine", b"\0two"),
    ],
)
def test_what_can_only_be_taken_whole(
    desk: Desk, path: str, mine: bytes, after: bytes | None
) -> None:
    write(desk.origin, {path: mine})
    hunks = desk.hunks(path)
    (found,) = desk.colliding(hunks)
    assert (found.yours, found.base, found.agents) == ((), (), ())
    assert desk.accept(hunks).conflicts[0].reason == found.reason
    assert (desk.origin / path).read_bytes() == mine
    assert desk.accept(hunks, over=True).accepted == tuple(hunks)
    assert (desk.origin / path).exists() == (after is not None)
    assert after is None or (desk.origin / path).read_bytes() == after


def test_where_nothing_collides_nothing_is_shown(desk: Desk) -> None:
    write(desk.origin, {"a.py": text(line30="user")})
    assert desk.colliding(desk.hunks("a.py")) == ()
