"""Which step a hunk comes from, read from the edits in the log."""

from hypothesis import given
from hypothesis import strategies as st

from agent_core.events import Event, ToolFinished
from agent_core.history import History
from agent_core.provenance import why
from agent_core.results import EditApplied, ToolFailure
from editors.diff import FileDiff, diff_bytes
from editors.unified import unified

LINES = [f"line {number}\n" for number in range(30)]


def edited(step: int, *diffs: FileDiff) -> Event:
    """The result of an edit."""
    data = EditApplied(tuple(d.path for d in diffs), "s", "".join(map(unified, diffs)))
    return ToolFinished(
        step=step, call_id=f"c{step}", tool="edit_file", text="", data=data, duration_s=0.0
    )


def failed(step: int) -> Event:
    """A call that changed nothing."""
    return ToolFinished(
        step=step,
        call_id=f"c{step}",
        tool="edit_file",
        text="",
        data=ToolFailure("refused"),
        duration_s=0.0,
    )


def steps(events: list[Event], *diffs: FileDiff) -> list[int | None]:
    """The step of every hunk of the whole change."""
    return [why(History(events), hunk) for diff in diffs for hunk in diff.hunks]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 29)), min_size=1, max_size=8))
def test_a_hunk_comes_from_the_newest_edit_of_its_lines(edits: list[tuple[bool, int]]) -> None:
    texts = [list(LINES)]
    for step, (insert, at) in enumerate(edits, start=1):
        text = list(texts[-1])
        text[at : at + (not insert)] = [f"step {step}\n"]
        texts.append(text)
    versions = ["".join(text).encode() for text in texts]
    events = [
        edited(step, diff_bytes("a.py", versions[step - 1], versions[step]))
        for step in range(1, len(versions))
    ]
    whole = diff_bytes("a.py", versions[0], versions[-1])
    newest = [
        max(int(line.text.split()[1]) for line in hunk.lines if line.text.startswith(b"step"))
        for hunk in whole.hunks
    ]
    assert steps(events, whole) == newest


def test_lines_that_went_come_from_the_step_that_took_them() -> None:
    old = "".join(LINES).encode()
    middle = old.replace(b"line 5\n", b"")
    new = middle.replace(b"line 20\n", b"").replace(b"line 0\n", b"line 0\nmore\n")
    events = [
        edited(1, diff_bytes("a.py", old, middle)),
        failed(2),
        edited(3, diff_bytes("a.py", middle, new)),
    ]
    whole = diff_bytes("a.py", old, new)
    assert [hunk.old_start for hunk in whole.hunks] == [1, 18]
    assert steps(events, whole) == [3, 3]
    assert steps(events[:1], diff_bytes("a.py", old, middle)) == [1]


def test_a_moved_file_is_followed_back_to_its_old_name() -> None:
    old, new = b"a\nb\nc\n", b"a\nB\nc\n"
    events = [
        edited(1, diff_bytes('öld "name".py', old, new)),
        edited(2, diff_bytes("new.py", new, new, old_path='öld "name".py')),
    ]
    rename, content = diff_bytes("new.py", old, new, old_path='öld "name".py').hunks
    assert why(History(events), rename) == 2
    assert why(History(events), content) == 1


def test_files_that_are_made_go_or_cannot_be_divided() -> None:
    made = diff_bytes("pack/ünder score.py", None, b"x\n")
    gone = diff_bytes("gone.py", b"x\n", None)
    binary = diff_bytes("b.bin", b"\0a", b"\0b")
    events = [edited(1, made), edited(2, gone, binary)]
    assert steps(events, made, gone, binary) == [1, 2, 2]
    assert steps(events, diff_bytes("other.py", b"x\n", b"y\n")) == [None]
