"""Differences between two versions of a file, and what real git makes of them."""

import random
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from editors.diff import EXECUTABLE, LINK, REGULAR, FileDiff, diff_bytes, narrowed
from editors.hunks import apply_hunks, mode_after, reverse, select_lines
from editors.refusals import ChangedMeanwhile
from editors.unified import patch, quoted, unified

lines = st.sampled_from([b"a", b"b", b"c", b"", b"\tx", b"caf\xe9", b"b\r", b"-- q", b"++ q"])
texts = st.builds(
    lambda parts, ended: b"\n".join(parts) + (b"\n" if ended and parts else b""),
    st.lists(lines, max_size=24),
    st.booleans(),
)
contents = st.one_of(texts, texts, st.binary(max_size=40), st.just(b""))


@given(contents, contents)
@example(b"a", b"a\nb\n")
@example(b"", b"\n")
def test_all_hunks_give_new_and_none_give_old(old: bytes, new: bytes) -> None:
    diff = diff_bytes("f", old, new)
    assert apply_hunks(old, diff.hunks) == new
    assert apply_hunks(old, ()) == old
    assert bool(diff.hunks) == (old != new)


@given(texts, texts, st.data())
def test_any_subset_and_then_the_rest_is_all(old: bytes, new: bytes, data: st.DataObject) -> None:
    diff = diff_bytes("f", old, new)
    first = [hunk for hunk in diff.hunks if data.draw(st.booleans())]
    between = apply_hunks(old, first)
    assert between is not None
    rest = diff_bytes("f", between, new)
    assert apply_hunks(between, rest.hunks) == new
    undone = apply_hunks(between, reverse(first))
    assert undone == old


@given(contents, contents)
def test_reverse_undoes(old: bytes, new: bytes) -> None:
    diff = diff_bytes("f", old, new)
    assert apply_hunks(new, reverse(diff.hunks)) == old
    assert reverse(reverse(diff.hunks)) == diff.hunks


@given(texts, texts, st.data())
def test_chosen_lines_of_a_hunk_make_a_smaller_one(
    old: bytes, new: bytes, data: st.DataObject
) -> None:
    for hunk in diff_bytes("f", old, new).hunks:
        changed = [index for index, line in enumerate(hunk.lines) if line.op != " "]
        chosen = {index for index in changed if data.draw(st.booleans())}
        smaller = select_lines(hunk, chosen)
        result = apply_hunks(old, [smaller])
        assert result is not None
        added = [hunk.lines[index].text for index in chosen if hunk.lines[index].op == "+"]
        removed = [hunk.lines[index].text for index in chosen if hunk.lines[index].op == "-"]
        grown = len(result.splitlines()) - len(old.splitlines())
        assert (smaller.id == hunk.id) == (len(chosen) == len(changed))
        if b"\r" not in old + new:
            assert grown == len(added) - len(removed)


def test_a_line_chosen_after_an_unended_last_line_stands_on_its_own() -> None:
    (hunk,) = diff_bytes("f", b"a", b"A\nb\n").hunks
    last = max(index for index, line in enumerate(hunk.lines) if line.op == "+")
    assert apply_hunks(b"a", [select_lines(hunk, {last})]) == b"a\nb\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("applied")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def applied_by_git(folder: Path, diff: FileDiff, old: bytes | None) -> tuple[bytes | None, int]:
    """What `git apply` makes of a file: its content and git mode afterwards."""
    before, after = folder / (diff.old_path or diff.path), folder / diff.path
    after.unlink(missing_ok=True)
    if old is not None:
        before.parent.mkdir(parents=True, exist_ok=True)
        before.unlink(missing_ok=True)
        if diff.old_mode == LINK:
            before.symlink_to(old.decode())
        else:
            before.write_bytes(old)
            before.chmod(0o755 if diff.old_mode == EXECUTABLE else 0o644)
    done = subprocess.run(
        ["git", "apply", "--whitespace=nowarn", "-"],
        check=False,
        cwd=folder,
        input=patch(diff),
        capture_output=True,
    )
    assert done.returncode == 0, (done.stderr, patch(diff))
    if after.is_symlink():
        return str(after.readlink()).encode(), LINK
    if not after.exists():
        return None, 0
    return after.read_bytes(), EXECUTABLE if after.stat().st_mode & 0o100 else REGULAR


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(old=st.none() | contents, new=st.none() | contents)
@example(old=None, new=b"")
@example(old=b"", new=None)
@example(old=b"\0\1", new=b"\0\2" * 200)
@example(old=b"\0", new=None)
@example(old=None, new=b"no end")
def test_git_applies_the_patch(repository: Path, old: bytes | None, new: bytes | None) -> None:
    diff = diff_bytes("d/f.txt", old, new)
    if old != new:
        assert applied_by_git(repository, diff, old)[0] == new


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(old=texts, new=texts, data=st.data())
def test_git_applies_a_subset(
    repository: Path, old: bytes, new: bytes, data: st.DataObject
) -> None:
    whole = diff_bytes("f", old, new)
    chosen = [hunk for hunk in whole.hunks if data.draw(st.booleans())]
    if chosen:
        expected = apply_hunks(old, chosen)
        assert applied_by_git(repository, narrowed(whole, chosen), old)[0] == expected


@pytest.mark.parametrize(
    "name",
    [
        "with space.txt",
        'quo"te.txt',
        "new\nline.txt",
        "-leading.txt",
        "tab\tbed.txt",
        "back\\slash.txt",
        "käse.txt",
        "bad\udcff.txt",
    ],
)
def test_git_understands_odd_names(repository: Path, name: str) -> None:
    diff = diff_bytes(name, b"a\nb\n", b"a\nc\n")
    assert applied_by_git(repository, diff, b"a\nb\n")[0] == b"a\nc\n"
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--", f":(literal){name}"],
        check=True,
        cwd=repository,
        capture_output=True,
    )
    assert listed.stdout.decode().rstrip("\n") == quoted(name)


def test_git_understands_modes_renames_and_links(repository: Path) -> None:
    mode = diff_bytes("m", b"x\n", b"x\n", REGULAR, EXECUTABLE)
    assert applied_by_git(repository, mode, b"x\n") == (b"x\n", EXECUTABLE)
    assert [hunk.kind for hunk in mode.hunks] == ["mode"]
    moved = diff_bytes("new name", b"x\ny\n", b"x\nz\n", old_path="old name")
    assert moved.status == "renamed"
    assert applied_by_git(repository, moved, b"x\ny\n")[0] == b"x\nz\n"
    assert not (repository / "old name").exists()
    link = diff_bytes("l", b"text\n", b"m", REGULAR, LINK)
    assert applied_by_git(repository, link, b"text\n") == (b"m", LINK)
    back = diff_bytes("l", b"m", b"text\n", LINK, REGULAR)
    assert applied_by_git(repository, back, b"m") == (b"text\n", REGULAR)


def test_modes_follow_the_hunks_chosen() -> None:
    diff = diff_bytes("m", b"x\n", b"y\n", REGULAR, EXECUTABLE)
    mode, content = diff.hunks
    assert mode_after(REGULAR, [mode]) == EXECUTABLE
    assert mode_after(REGULAR, [content]) == REGULAR
    assert mode_after(EXECUTABLE, reverse(diff.hunks)) == REGULAR
    assert mode_after(None, diff_bytes("m", None, b"", None, EXECUTABLE).hunks) == EXECUTABLE
    assert mode_after(REGULAR, diff_bytes("m", b"", None).hunks) is None
    assert narrowed(diff, [content]).new_mode == REGULAR


def test_a_file_partly_deleted_stays() -> None:
    (hunk,) = diff_bytes("f", b"a\nb\n", None).hunks
    assert apply_hunks(b"a\nb\n", [hunk]) is None
    assert apply_hunks(b"a\nb\n", [select_lines(hunk, {0})]) == b"b\n"


def test_binary_files_are_taken_whole() -> None:
    diff = diff_bytes("f", b"\0a", b"\0b")
    assert diff.binary
    with pytest.raises(ValueError, match="whole"):
        select_lines(diff.hunks[0], {0})
    assert "GIT binary patch" in unified(diff)


def test_hunks_refuse_other_content() -> None:
    diff = diff_bytes("f", b"a\nb\n", b"a\nc\n")
    for other in (b"a\nB\n", b"", None):
        with pytest.raises(ChangedMeanwhile, match="f "):
            apply_hunks(other, diff.hunks)
    with pytest.raises(ChangedMeanwhile, match="is there"):
        apply_hunks(b"", diff_bytes("f", None, b"x").hunks)
    with pytest.raises(ChangedMeanwhile, match="more lines"):
        apply_hunks(b"a\nb\nc\n", diff_bytes("f", b"a\nb\n", None).hunks)


def test_ids_tell_alike_hunks_apart_and_stay_the_same() -> None:
    old = b"x\n" * 40
    changed = old.split(b"\n")
    changed[5] = changed[30] = b"y"
    diff = diff_bytes("f", old, b"\n".join(changed))
    again = diff_bytes("f", old, b"\n".join(changed))
    assert len({hunk.id for hunk in diff.hunks}) == len(diff.hunks)
    assert diff == again
    assert diff.hunks[0].id != diff_bytes("g", old, b"\n".join(changed)).hunks[0].id


def test_many_changes_in_a_long_file_are_quick() -> None:
    """Measured 0.1 s; difflib alone needs minutes, for every fourth line is blank."""
    chance = random.Random(7)
    words = ["return", "    pass", "", "else:", "}", ""]
    source = [
        chance.choice(words) if chance.random() < 0.6 else f"    value_{chance.randrange(9000)} = 1"
        for _ in range(20_000)
    ]
    changed = list(source)
    for at in range(25, 20_000, 50):
        changed[at : at + chance.randrange(3)] = [f"new {at}"] * chance.randrange(1, 3)
    old, new = ("\n".join(text).encode() for text in (source, changed))
    started = time.process_time()
    diff = diff_bytes("f", old, new)
    spent = time.process_time() - started
    assert len(diff.hunks) == 400
    assert apply_hunks(old, diff.hunks) == new
    assert spent < 1.0
