"""Three-way merge: what both sides did, or where they collide; never a half of each."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from editors.diff import diff_bytes
from editors.hunks import apply_hunks
from editors.merge import Conflict, MergeResult, merge

GIT = shutil.which("git") or "git"

words = st.lists(st.sampled_from([b"a", b"b", b"c", b"", b"d\r"]), max_size=10)
texts = st.builds(
    lambda lines, ended: b"\n".join(lines) + (b"\n" if ended and lines else b""),
    words,
    st.booleans(),
)


@given(texts, texts)
def test_a_side_that_did_nothing_gives_way(base: bytes, changed: bytes) -> None:
    assert merge(base, base, changed) == MergeResult(changed)
    assert merge(base, changed, base) == MergeResult(changed)
    assert merge(base, changed, changed) == MergeResult(changed)


@given(texts, texts, texts)
@example(b"", b"a", b"b")
def test_sides_can_be_swapped(base: bytes, ours: bytes, theirs: bytes) -> None:
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.merged == other.merged
    assert one.conflicts == tuple(Conflict(c.base, c.theirs, c.ours) for c in other.conflicts)
    assert (one.merged is None) == bool(one.conflicts)


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """A text of distinct lines and two sides that replace, insert and delete."""
    base = [b"line %d\n" % number for number in range(draw(st.integers(0, 25)))]
    return base, draw(_edited(base, b"ours")), draw(_edited(base, b"theirs"))


@st.composite
def _edited(draw: st.DrawFn, base: list[bytes], mark: bytes) -> list[bytes]:
    edited: list[bytes] = []
    for at, line in enumerate(base):
        what = draw(st.sampled_from(["keep"] * 8 + ["drop", "change", "insert", "same"]))
        if what == "insert":
            edited.append(b"%s before %d\n" % (mark, at))
        if what in {"keep", "insert"}:
            edited.append(line)
        if what in {"change", "same"}:
            edited.append(b"%s %d\n" % (mark if what == "change" else b"both", at))
    return edited


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("merged")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sides=versions())
def test_what_merges_is_what_git_merges(
    scratch: Path, sides: tuple[list[bytes], list[bytes], list[bytes]]
) -> None:
    base, ours, theirs = (b"".join(lines) for lines in sides)
    for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
        (scratch / name).write_bytes(data)
    git = subprocess.run(
        [GIT, "merge-file", "-p", "ours", "base", "theirs"],
        check=False,
        cwd=scratch,
        capture_output=True,
    )
    result = merge(base, ours, theirs)
    assert (result.merged is None) == bool(git.returncode)
    if result.merged is not None:
        assert result.merged == git.stdout


@given(versions())
def test_conflicts_name_the_lines_of_each_side(
    sides: tuple[list[bytes], list[bytes], list[bytes]],
) -> None:
    base, ours, theirs = sides
    result = merge(*(b"".join(lines) for lines in sides))
    for conflict in result.conflicts:
        was = base[slice(*conflict.base)]
        assert ours[slice(*conflict.ours)] != was
        assert theirs[slice(*conflict.theirs)] != was
        assert ours[slice(*conflict.ours)] != theirs[slice(*conflict.theirs)]


def test_line_endings_survive() -> None:
    base = b"1\r\n2\r\n3\n4\r\n5"
    result = merge(base, base.replace(b"1", b"one"), base.replace(b"4", b"four"))
    assert result.merged == b"one\r\n2\r\n3\nfour\r\n5"
    assert merge(base, base.replace(b"\r\n", b"\n"), base.replace(b"2", b"two")).conflicts


def test_accepted_hunks_land_on_a_file_that_moved_on() -> None:
    base = b"".join(b"%d\n" % number for number in range(40))
    agent = base.replace(b"30\n", b"thirty\n").replace(b"3\n4\n", b"three\n4\n", 1)
    user = b"# mine\n" + base.replace(b"20\n", b"twenty\n")
    first, last = diff_bytes("f", base, agent).hunks
    changed = apply_hunks(base, [last])
    assert changed is not None
    merged = merge(base, user, changed).merged
    assert merged == user.replace(b"30\n", b"thirty\n")
    changed = apply_hunks(base, [first, last])
    assert changed is not None
    assert merge(base, user.replace(b"30\n", b"30!\n"), changed).merged is None
