"""Hunks of one file accepted and undone in any order, while the user types elsewhere in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from editors.accept import accept, take_back
from editors.accepted import Written
from editors.diff import FileDiff, diff_bytes
from editors.held import (
    Held,
    laid_together,
    narrow,
    parse_reference,
    reference,
    step,
    with_hunks,
    without_hunks,
)
from editors.hunks import Hunk, apply_hunks
from editors.merge import merge
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from runners.problems import UserProblem
from tests.editors.repositories import repository, write
from tests.editors.versions import texts

F = ("f", True)


class Case:
    """A change to one file, cut into pieces that are decided one by one, and the user's edits.

    `edits` maps lines of the base that the change leaves alone to what the user made of them.
    """

    def __init__(self, base: bytes, new: bytes, pieces: list[str]) -> None:
        self.base, self.new = base, new
        self.diff = diff_bytes("f.py", base, new)
        self.pieces = pieces
        self.held: tuple[Held, ...] = ()
        self.edits: dict[int, bytes] = {}

    def expected(self) -> bytes:
        """What the user's file must be: the base with the hunks held and the user's own edits."""
        lines = self.base.splitlines(keepends=True)
        chosen = {hunk.old_start - 1: hunk for diff in self._held() for hunk in diff.hunks}
        result: list[bytes] = []
        at = 0
        for start in sorted(chosen):
            result += (self.edits.get(i, lines[i]) for i in range(at, start))
            at = start
            for line in chosen[start].lines:
                if line.op == "+":
                    result.append(line.text)
                elif line.op == " ":
                    result.append(self.edits.get(at, line.text))
                at += line.op != "+"
        return b"".join([*result, *(self.edits.get(i, lines[i]) for i in range(at, len(lines)))])

    def _held(self) -> list[FileDiff]:
        return [diff for part in self.held for diff in narrow([self.diff], part.hunks)]

    def untouched(self) -> list[int]:
        """Lines of the base with at least one more between them and anything that changes."""
        near: set[int] = set()
        for hunk in self.diff.hunks:
            at = hunk.old_start - 1
            for line in hunk.lines:
                if line.op != " ":
                    near |= {at - 1, at, at + 1}
                at += line.op != "+"
        return [i for i in range(len(self.base.splitlines(keepends=True))) if i not in near]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Files of numbered lines, so that it is never in doubt which is which."""
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    accent = draw(st.sampled_from([b"", "é".encode(), b"\xe9"]))  # UTF-8, and Latin-1
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    count = draw(st.integers(1, 30))
    lines = [b"%d%s%s" % (i, accent, ending.encode()) for i in range(count)]
    lines[0] = mark + lines[0]
    if draw(st.booleans()):
        lines[-1] = lines[-1].rstrip(b"\r\n")
    new: list[bytes] = []
    for line in lines:
        what = draw(st.sampled_from(["kept"] * 5 + ["gone", "changed", "more"]))
        if what == "changed":
            new.append(b"new " + line)
        elif what != "gone":
            new.append(line)
        if what == "more":
            new.append(b"more than " + line)
    base, target = b"".join(lines), b"".join(new) or b"left\n"
    diff = diff_bytes("f.py", base, target)
    return Case(base, target, [piece for hunk in diff.hunks for piece in draw(_pieces(hunk))])


@st.composite
def _pieces(draw: st.DrawFn, hunk: Hunk) -> list[str]:
    """A hunk whole, or cut in two."""
    changed = [index for index, line in enumerate(hunk.lines) if line.op != " "]
    some = {index for index in changed if draw(st.booleans())}
    if not some or len(some) == len(changed):
        return [hunk.id]
    return [reference(hunk, some), reference(hunk, set(changed) - some)]


def _actions(case: Case, data: st.DataObject, most: int) -> Iterator[str | int]:
    """What is done next: a piece to decide the other way, or a line the user edits."""
    lines = case.untouched()
    choices: list[str | int] = [*case.pieces, *case.pieces, *lines]
    for _ in range(data.draw(st.integers(0, most if choices else 0))):
        yield data.draw(st.sampled_from(choices))


def _toggled(case: Case, piece: str) -> tuple[Held, ...]:
    if any(piece in part.hunks for part in case.held):
        return without_hunks(case.held, [piece])
    return with_hunks(case.held, "t", [piece])


def _edited(case: Case, line: int) -> bytes:
    """The user's file with one more of the user's edits."""
    case.edits[line] = b"mine " + case.base.splitlines(keepends=True)[line]
    return case.expected()


@given(cases(), st.data())
def test_each_step_leaves_the_hunks_held_and_the_users_edits(
    case: Case, data: st.DataObject
) -> None:
    mine = case.base
    for action in _actions(case, data, 8):
        if isinstance(action, int):
            mine = _edited(case, action)
            continue
        after = _toggled(case, action)
        old, new = (
            laid_together(narrow([case.diff], part.hunks) for part in parts)
            for parts in (case.held, after)
        )
        change, start = step(case.base, old.get(("f.py", True)), new.get(("f.py", True)))
        wanted = apply_hunks(start, change.hunks)
        assert start is not None
        assert wanted is not None
        merged = merge(start, mine, wanted).merged
        case.held = after
        mine = case.expected()
        assert merged == mine


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases(), st.data())
def test_the_same_holds_on_the_disk(
    tmp_path_factory: pytest.TempPathFactory, case: Case, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("held")
    origin = repository(folder / "r", {"f.py": case.base})
    store = ShadowStore.open(folder / "store")
    workspace = Workspace.create(origin, folder / "w", store)
    write(workspace.root, {"f.py": case.new})
    target = workspace.snapshot()
    file = origin / "f.py"
    written: list[Written] = []
    for action in _actions(case, data, 4):
        if isinstance(action, int):
            file.write_bytes(_edited(case, action))
            continue
        held = tuple(Held(target, part.hunks) for part in case.held)
        if any(action in part.hunks for part in case.held):
            result = take_back(
                origin, store, base=workspace.base, hunks=[action], held=held, written=written
            )
        else:
            result = accept(
                origin, store, base=workspace.base, target=target, hunks=[action], held=held
            )
            written.append(Written((action,), held, result.undo))
        assert (result.conflicts, result.skipped) == ((), ())
        assert result.accepted == (action,)
        case.held = _toggled(case, action)
        assert file.read_bytes() == case.expected()


@given(texts, texts, st.data())
def test_any_pieces_in_any_order_make_the_new_text(
    old: bytes, new: bytes, data: st.DataObject
) -> None:
    diff = diff_bytes("f", old, new)
    pieces = [piece for hunk in diff.hunks for piece in data.draw(_pieces(hunk))]
    mine: bytes | None = old
    held: tuple[Held, ...] = ()
    for piece in data.draw(st.permutations(pieces)):
        after = with_hunks(held, "t", [piece])
        before, then = (
            laid_together(narrow([diff], part.hunks) for part in parts) for parts in (held, after)
        )
        change, start = step(old, before.get(F), then.get(F))
        assert start == mine
        mine, held = apply_hunks(start, change.hunks), after
    assert mine == new


def test_a_later_tree_replaces_what_it_does_anew() -> None:
    base = b"".join(b"%d\n" % i for i in range(20))
    first = diff_bytes("f", base, base.replace(b"3\n", b"three\n", 1))
    second = diff_bytes(
        "f", base, base.replace(b"3\n", b"drei\n", 1).replace(b"\n9\n", b"\nneun\n")
    )
    together = laid_together([[first], [second]])
    assert apply_hunks(base, together[F].hunks) == (
        base.replace(b"3\n", b"drei\n", 1).replace(b"\n9\n", b"\nneun\n")
    )
    elsewhere = diff_bytes("f", base, base.replace(b"\n15\n", b"\nfifteen\n"))
    change, start = step(base, laid_together([[first]])[F],
                         laid_together([[first], [elsewhere]])[F])  # fmt: skip
    assert start is not None
    assert apply_hunks(start, change.hunks) == start.replace(b"\n15\n", b"\nfifteen\n")


def test_close_hunks_of_two_trees_stand_side_by_side() -> None:
    base = b"".join(b"%d\n" % i for i in range(20))
    first = diff_bytes("f", base, base.replace(b"\n4\n", b"\nfour\n"))
    second = diff_bytes("f", base, base.replace(b"\n6\n", b"\nsix\n"))
    change, start = step(base, first, laid_together([[first], [second]])[F])
    assert start is not None
    both = base.replace(b"\n4\n", b"\nfour\n").replace(b"\n6\n", b"\nsix\n")
    assert apply_hunks(start, change.hunks) == both


@pytest.mark.parametrize("text", ["0123456789ab:", "0123456789ab:x", "0123456789ab:1-"])
def test_a_reference_that_names_no_lines_is_refused(text: str) -> None:
    with pytest.raises(UserProblem, match="names no lines"):
        parse_reference(text)


def test_references_name_runs_of_lines() -> None:
    (hunk,) = diff_bytes("f", b"a\nb\nc\nd\n", b"A\nB\nc\nD\n").hunks
    named = reference(hunk, {0, 1, 2, 6})
    assert parse_reference(named) == (hunk.id, frozenset({0, 1, 2, 6}))
    assert named == f"{hunk.id}:0-2,6"
    assert reference(hunk, range(len(hunk.lines))) == hunk.id


@pytest.mark.parametrize("new", [None, b"", b"\0bin", b"a\nB\n"])
def test_a_file_that_comes_or_goes_or_is_taken_whole(new: bytes | None, tmp_path: Path) -> None:
    for old, then in ((b"a\nb\n", new), (new, b"a\nb\n")):
        diff = diff_bytes("f", old, then)
        change, start = step(old, None, diff)
        assert (start, apply_hunks(start, change.hunks)) == (old, then)
        change, start = step(old, diff, None)
        assert (start, apply_hunks(start, change.hunks)) == (then, old)


def test_a_moved_file_moves_back_with_its_change() -> None:
    diff = diff_bytes("new.py", b"a\nb\n", b"a\nB\n", old_path="old.py")
    rename, content = diff.hunks
    moved = narrow([diff], [rename.id])[0]
    change, start = step(b"a\nb\n", moved, diff)
    assert (change.path, change.status, start) == ("new.py", "modified", b"a\nb\n")
    change, start = step(b"a\nb\n", diff, narrow([diff], [content.id])[0])
    assert (change.path, change.old_path, start) == ("old.py", "new.py", b"a\nB\n")


def test_a_file_made_where_another_has_moved_away_is_another_file() -> None:
    moved = diff_bytes("new.py", b"a\n", b"a\n", old_path="old.py")
    made = diff_bytes("old.py", None, b"b\n")
    assert set(laid_together([[moved, made]])) == {("old.py", True), ("old.py", False)}
