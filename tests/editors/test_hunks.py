"""Any choice of hunks and lines applies, and comes off again."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from editors.diff import EXECUTABLE, REGULAR, diff_bytes, narrowed
from editors.hunks import apply_hunks, mode_after, reverse, select_lines
from editors.refusals import ChangedMeanwhile
from tests.editors.versions import contents, texts


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
        assert (smaller.id == hunk.id) == (smaller.lines == hunk.lines)
        # An old last line without an ending gets one before what follows: that may be all there is.
        if old.endswith(b"\n"):
            assert (smaller.id == hunk.id) == (len(chosen) == len(changed))
        if b"\r" not in old + new:
            assert grown == len(added) - len(removed)


def test_a_line_chosen_after_an_unended_last_line_stands_on_its_own() -> None:
    (hunk,) = diff_bytes("f", b"a", b"A\nb\n").hunks
    last = max(index for index, line in enumerate(hunk.lines) if line.op == "+")
    assert apply_hunks(b"a", [select_lines(hunk, {last})]) == b"a\nb\n"


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


def test_hunks_refuse_other_content() -> None:
    diff = diff_bytes("f", b"a\nb\n", b"a\nc\n")
    for other in (b"a\nB\n", b"", None):
        with pytest.raises(ChangedMeanwhile, match="f "):
            apply_hunks(other, diff.hunks)
    with pytest.raises(ChangedMeanwhile, match="is there"):
        apply_hunks(b"", diff_bytes("f", None, b"x").hunks)
    with pytest.raises(ChangedMeanwhile, match="more lines"):
        apply_hunks(b"a\nb\nc\n", diff_bytes("f", b"a\nb\n", None).hunks)
