"""A set of edits: what each kind does, and what is refused before anything is written."""

import hashlib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editors.edits import Create, Delete, Edit, Move, Replace, Splice, apply_edits, plan_edits
from editors.hunks import apply_hunks
from editors.paths import Folder
from editors.refusals import (
    AlreadyThere,
    ChangedMeanwhile,
    NewSyntaxErrors,
    NoSuchPlace,
    NotText,
    Refused,
    WriteFailed,
)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(root: Path, *edits: Edit, kind: type[Refused] = Refused) -> str:
    """The message of a refusal, after checking that it changed nothing."""
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    with pytest.raises(kind) as caught:
        apply_edits(root, edits)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert type(caught.value) is kind or kind is Refused
    assert str(caught.value).startswith("Nothing was changed: ")
    return str(caught.value).removeprefix("Nothing was changed: ")


def test_edits_of_one_file_build_on_each_other(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("one\ntwo\n")
    applied = apply_edits(
        tmp_path,
        [
            Replace(path="f", old="one", new="1\nthree"),
            Replace(path="f", old="three", new="3"),
            Move(path="f", to="g"),
            Replace(path="g", old="two", new="2"),
            Create(path="f", text="new\n"),
        ],
    )
    assert (tmp_path / "g").read_text() == "1\n3\n2\n"
    assert (tmp_path / "f").read_text() == "new\n"
    assert [change.path for change in applied.changes] == ["f", "g"]


def test_what_was_made_and_undone_in_one_set_leaves_no_change(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("one\n")
    applied = apply_edits(
        tmp_path,
        [
            Create(path="new", text="x"),
            Delete(path="new"),
            Replace(path="f", old="one", new="two"),
            Replace(path="f", old="two", new="one"),
        ],
    )
    assert applied.changes == ()
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_edits_travel_as_data() -> None:
    edits: list[Edit] = [
        Create(path="a", text="x", executable=True),
        Replace(path="a", old="b", new="c", all_places=True, sha256_before="0"),
        Splice(path="a", start=1, end=2, text="d", sha256_before="0"),
        Delete(path="a"),
        Move(path="a", to="b"),
    ]
    sent = msgspec.json.encode(edits)
    assert msgspec.json.decode(sent, type=list[Edit]) == edits
    assert b'"type":"splice"' in sent


def test_planning_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("one\n")
    with Folder(tmp_path) as folder:
        planned = plan_edits(folder, [Replace(path="f", old="one", new="two")])
    assert planned.changes[0].after == b"two\n"
    assert (tmp_path / "f").read_text() == "one\n"


def test_hunks_of_applied_edits_lead_from_old_to_new(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("one\ntwo\n")
    applied = apply_edits(
        tmp_path, [Replace(path="f", old="one", new="1"), Move(path="f", to="d/g")]
    )
    (diff,) = applied.diffs()
    assert (diff.path, diff.old_path, diff.status) == ("d/g", "f", "renamed")
    assert apply_hunks(b"one\ntwo\n", diff.hunks) == b"1\ntwo\n"


@given(
    text=st.text(st.sampled_from("abé\n"), max_size=20),
    cuts=st.lists(st.integers(0, 20), max_size=6),
    data=st.data(),
)
def test_splices_all_count_from_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, text: str, cuts: list[int], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("splices")
    path = root / "f.txt"
    path.write_bytes(text.encode())
    edges = sorted({min(cut, len(text)) for cut in cuts})
    spans = list(zip(edges[::2], edges[1::2], strict=False))
    splices = [
        Splice(
            path="f.txt",
            start=len(text[:first].encode()),
            end=len(text[:last].encode()),
            text="<é>",
            sha256_before=digest(path),
        )
        for first, last in spans
    ]
    expected = text
    for first, last in reversed(spans):
        expected = f"{expected[:first]}<é>{expected[last:]}"
    apply_edits(root, data.draw(st.permutations(splices)))
    assert path.read_bytes() == expected.encode()


def test_splices_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes("aéb\n".encode())
    sha = digest(path)

    def splice(start: int, end: int, *, sha256: str = sha) -> Splice:
        return Splice(path="f.txt", start=start, end=end, text="x", sha256_before=sha256)

    assert "overlap" in refused(tmp_path, splice(0, 3), splice(1, 4), kind=NoSuchPlace)
    assert "outside" in refused(tmp_path, splice(2, 9), kind=NoSuchPlace)
    assert "outside" in refused(tmp_path, splice(3, 1), kind=NoSuchPlace)
    assert "part a character" in refused(tmp_path, splice(2, 3), kind=NotText)
    assert "changed meanwhile" in refused(tmp_path, splice(0, 1, sha256="0"), kind=ChangedMeanwhile)
    first = Replace(path="f.txt", old="a", new="b")
    assert "one state" in refused(tmp_path, first, splice(0, 1), kind=ChangedMeanwhile)


def test_splices_keep_line_endings_and_encodings(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    path.write_bytes(b"caf\xe9\r\nb\r\n")
    apply_edits(
        tmp_path,
        [Splice(path="f.txt", start=6, end=7, text="é\nc", sha256_before=digest(path))],
    )
    assert path.read_bytes() == b"caf\xe9\r\n\xe9\r\nc\r\n"
    outside = Splice(path="f.txt", start=0, end=1, text="→", sha256_before=digest(path))
    assert "latin-1" in refused(tmp_path, outside, kind=NotText)


def test_new_syntax_errors_are_refused(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("def f(x):\n    return (x + 1)\n")
    (tmp_path / "bad.py").write_text("def f(:\n    return 1\n")
    (tmp_path / "text.txt").write_text("def f(x):\n    return (x + 1)\n")
    said = refused(
        tmp_path, Replace(path="good.py", old="x + 1)", new="x + 1"), kind=NewSyntaxErrors
    )
    assert said.startswith("good.py would not parse any more: ")
    assert "at line 2" in said
    assert "    return (x + 1\n" in said
    refused(tmp_path, Create(path="new.py", text="def f(:\n"), kind=NewSyntaxErrors)
    apply_edits(
        tmp_path,
        [
            Replace(path="bad.py", old="return 1", new="return 2"),
            Replace(path="text.txt", old="x + 1)", new="x + 1"),
            Move(path="bad.py", to="still_bad.py"),
            Replace(path="good.py", old="(x + 1)", new="(x"),
            Replace(path="good.py", old="return (x", new="return x"),
        ],
    )
    assert (tmp_path / "good.py").read_text() == "def f(x):\n    return x\n"


def test_a_file_that_moved_on_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("one\n")
    sha = digest(path)
    path.write_text("one\ntwo\n")
    for edit in (
        Replace(path="f", old="one", new="1", sha256_before=sha),
        Delete(path="f", sha256_before=sha),
        Move(path="f", to="g", sha256_before=sha),
    ):
        assert "f was changed meanwhile" in refused(tmp_path, edit, kind=ChangedMeanwhile)
    apply_edits(tmp_path, [Replace(path="f", old="one", new="1", sha256_before=digest(path))])


def test_a_file_the_user_deleted_is_not_made_again(tmp_path: Path) -> None:
    said = refused(tmp_path, Replace(path="f", old="a", new="b"), kind=NoSuchPlace)
    assert said == "the edit: there is no file f."
    refused(tmp_path, Replace(path="d/f", old="a", new="b"), kind=NoSuchPlace)
    refused(tmp_path, Delete(path="f"), kind=NoSuchPlace)
    refused(tmp_path, Move(path="f", to="g"), kind=NoSuchPlace)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("f\n")
    (tmp_path / "g").write_text("g\n")
    refused(tmp_path, Create(path="f", text="x"), kind=AlreadyThere)
    refused(tmp_path, Move(path="f", to="g"), kind=AlreadyThere)
    assert "Not a directory" in refused(tmp_path, Create(path="f/x", text="x"), kind=WriteFailed)
    assert "edit 2 of 2" in refused(
        tmp_path, Create(path="h", text="x"), Create(path="h", text="y"), kind=AlreadyThere
    )


def test_empty_and_idle_replacements_are_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("one\n")
    assert "empty" in refused(tmp_path, Replace(path="f", old="", new="x"), kind=NoSuchPlace)
    assert "is the old one" in refused(
        tmp_path, Replace(path="f", old="one", new="one"), kind=NoSuchPlace
    )


def test_binary_files_can_go_and_move_but_not_be_edited(tmp_path: Path) -> None:
    (tmp_path / "f.bin").write_bytes(b"a\0b")
    refused(tmp_path, Replace(path="f.bin", old="a", new="b"), kind=NotText)
    apply_edits(tmp_path, [Move(path="f.bin", to="g.bin")])
    assert (tmp_path / "g.bin").read_bytes() == b"a\0b"
    apply_edits(tmp_path, [Delete(path="g.bin")])
    assert list(tmp_path.iterdir()) == []


def test_an_emptied_file_stays(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("one\n")
    apply_edits(tmp_path, [Replace(path="f", old="one\n", new="")])
    assert (tmp_path / "f").read_bytes() == b""


def test_what_was_overlooked_is_told(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("if x:\n    one()\n    two()\n")
    applied = apply_edits(tmp_path, [Replace(path="f", old="one()\ntwo()\n", new="three()\n")])
    assert applied.notes == ("f: lines 2-3 matched but for indentation.",)
    assert (tmp_path / "f").read_text() == "if x:\n    three()\n"
