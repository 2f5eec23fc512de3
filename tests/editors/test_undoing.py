"""Undoing brings back what an accept found, the user's own lines included, byte for byte."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editors.accept import accept, take_back
from editors.accepted import AcceptResult, Written
from editors.held import Held, reference, with_hunks, without_hunks
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from tests.editors.repositories import repository, write

LINES = [b"%d\n" % number for number in range(12)]
BASE = b"".join(LINES)
AGENTS = {2: b"agent 2\n", 3: b"agent 3\n", 8: b"", 10: b"10\nagent more\n"}
TARGET = b"".join(AGENTS.get(number, line) for number, line in enumerate(LINES))


class Desk:
    """A user's folder, a change to it, and what was accepted of it so far."""

    def __init__(self, folder: Path, changed: dict[str, str | bytes] | None = None) -> None:
        files: dict[str, str | bytes] = {"f": BASE, "gone": b"g\n", "data": b"\0one"}
        self.origin = repository(folder / "r", files)
        self.store = ShadowStore.open(folder / "store")
        workspace = Workspace.create(self.origin, folder / "w", self.store)
        write(workspace.root, changed or {"f": TARGET})
        if changed:
            (workspace.root / "gone").unlink()
        self.base, self.target = workspace.base, workspace.snapshot()
        self.file = self.origin / "f"
        self.held: tuple[Held, ...] = ()
        self.written: list[Written] = []

    def pieces(self) -> list[str]:
        """References to the change of `f`, each changed line by itself."""
        (diff,) = self.store.diff(self.base, self.target)
        return [
            reference(hunk, [index])
            for hunk in diff.hunks
            for index, line in enumerate(hunk.lines)
            if line.op != " "
        ]

    def hunks(self, path: str) -> list[str]:
        diffs = self.store.diff(self.base, self.target)
        return [hunk.id for diff in diffs if diff.path == path for hunk in diff.hunks]

    def accept(self, hunks: list[str], *, over: bool = True) -> AcceptResult:
        result = accept(
            self.origin, self.store, base=self.base, target=self.target, hunks=hunks,
            held=self.held, over=over,
        )  # fmt: skip
        if result.undo:
            before = without_hunks(self.held, result.accepted)
            self.written.append(Written(result.accepted, before, result.undo))
        if result.accepted:
            self.held = with_hunks(self.held, self.target, result.accepted)
        return result

    def undo(self, hunks: list[str]) -> AcceptResult:
        result = take_back(
            self.origin, self.store, base=self.base, hunks=hunks, held=self.held,
            written=self.written,
        )  # fmt: skip
        self.held = without_hunks(self.held, result.accepted)
        self.written = [
            Written(tuple(h for h in each.hunks if h not in result.accepted), each.held, each.undo)
            for each in self.written
        ]
        return result

    def holds(self) -> list[str]:
        return [hunk for part in self.held for hunk in part.hunks]


def test_the_users_own_line_comes_back_not_the_bases(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    mine = BASE.replace(b"8\n", b"99\n")
    desk.file.write_bytes(mine)
    hunks = desk.hunks("f")
    assert desk.accept(hunks, over=False).conflicts
    desk.accept(hunks)
    assert desk.file.read_bytes() == TARGET
    desk.file.write_bytes(b"top\n" + TARGET)
    desk.undo(hunks)
    assert desk.file.read_bytes() == b"top\n" + mine


def test_a_place_edited_since_stays_and_is_reported(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.file.write_bytes(BASE.replace(b"2\n", b"99\n", 1))
    hunks = desk.hunks("f")
    desk.accept(hunks)
    edited = desk.file.read_bytes().replace(b"agent 2", b"mine again")
    desk.file.write_bytes(edited)
    result = desk.undo([hunks[0]])
    assert (result.accepted, len(result.conflicts)) == ((), 1)
    assert desk.file.read_bytes() == edited


def test_what_the_user_had_written_alike_is_the_users(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.file.write_bytes(TARGET)
    hunks = desk.hunks("f")
    assert desk.accept(hunks).undo is None
    assert desk.undo(hunks).accepted == tuple(hunks)
    assert desk.file.read_bytes() == TARGET


def test_an_accept_that_was_cut_off_is_undone_to_the_base(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    hunks = desk.hunks("f")
    desk.accept(hunks)
    desk.written = [Written(tuple(hunks))]
    desk.undo(hunks)
    assert desk.file.read_bytes() == BASE


def test_edits_between_accepts_that_touch_are_not_guessed_at(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    two, three = desk.pieces()[2:4]
    desk.accept([two])
    desk.file.write_bytes(desk.file.read_bytes().replace(b"agent 2", b"mine"))
    desk.accept([three])
    before = desk.file.read_bytes()
    result = desk.undo([two, three])
    assert (result.accepted, len(result.conflicts)) == ((), 1)
    assert desk.file.read_bytes() == before


@pytest.mark.parametrize(
    ("path", "mine"), [("gone", b"mine\n"), ("new", b"mine\n"), ("data", b"\0mine")]
)
def test_what_was_taken_whole_comes_back(tmp_path: Path, path: str, mine: bytes) -> None:
    desk = Desk(tmp_path, {"new": b"agent's\n", "data": b"\0two"})
    write(desk.origin, {path: mine})
    desk.accept(desk.hunks(path))
    assert not (desk.origin / path).exists() or (desk.origin / path).read_bytes() != mine
    desk.undo(desk.hunks(path))
    assert (desk.origin / path).read_bytes() == mine


def _edited(content: bytes, data: st.DataObject) -> bytes:
    """The user changes, adds or deletes a line anywhere, the agent's own places included."""
    lines = content.splitlines(keepends=True)
    at = data.draw(st.integers(0, max(0, len(lines) - 1)))
    lines[at : at + data.draw(st.integers(0, 1))] = [
        data.draw(st.sampled_from([b"99\n", b"agent 3\n", b"mine\r\n", b""]))
    ]
    return b"".join(lines)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_accepting_and_undoing_leave_the_file_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    desk = Desk(tmp_path_factory.mktemp("undoing"))
    pieces = desk.pieces()
    for _ in range(data.draw(st.integers(0, 4))):
        if data.draw(st.booleans()):
            desk.file.write_bytes(_edited(desk.file.read_bytes(), data))
        if data.draw(st.booleans()) and desk.holds():
            desk.undo([data.draw(st.sampled_from(desk.holds()))])
        else:
            some = data.draw(st.lists(st.sampled_from(pieces), min_size=1, unique=True))
            over = data.draw(st.booleans())
            desk.accept(some, over=over)
    desk.file.write_bytes(_edited(desk.file.read_bytes(), data))
    open_ = [piece for piece in pieces if piece not in desk.holds()]
    if not open_:
        return
    chosen = data.draw(st.lists(st.sampled_from(open_), min_size=1, unique=True))
    before = desk.file.read_bytes()
    over = data.draw(st.booleans())
    accepted = list(desk.accept(chosen, over=over).accepted)
    one_by_one = data.draw(st.booleans())
    for group in [[hunk] for hunk in accepted[::-1]] if one_by_one else [accepted]:
        result = desk.undo(group)
        assert (result.conflicts, result.skipped) == ((), ())
    assert desk.file.read_bytes() == before
