"""Which survivor comes first, pairs of partial fixers, and the words for the user."""

import ast
import codecs

import msgspec
import pytest

from agent_core.repair.explain import explain, summarise
from agent_core.repair.order import score
from agent_core.repair.pairs import combine
from agent_core.repair.rank import rank_survivors
from editors.textfile import TextFile, decode
from runners.patches import Patch, TextEdit

SOURCE = "def f(a, b):\n    c = g(a)\n    if c < b:\n        return c\n    return b\n"
FILES = {"f.py": TextFile(SOURCE)}


def patch(
    name: str, old: str, new: str, family: str = "number", *, at: int = 0, line: int = 3
) -> Patch:
    start = SOURCE.index(old) if old else at
    edit = TextEdit(file="f.py", start=start, end=start + len(old), text=new)
    return Patch(id=name, edits=(edit,), family=family, line=line, score=-1.0, summary=name)


def first(*patches: Patch, literals: tuple[str, ...] = ()) -> str:
    return rank_survivors(patches, FILES, literals)[0].patch.id


def test_smaller_edits_win_ties() -> None:
    assert first(patch("big", "c < b", "c is not b or a"), patch("small", "<", "<=")) == "small"


@pytest.mark.parametrize(
    ("worse", "reason"),
    [
        (patch("w", "g(a)", "a"), "drops a call"),
        (patch("w", "c < b", "True", "constant condition"), "disables a branch"),
        (patch("w", "    return b\n", "", "delete statement"), "removes code"),
        (
            patch("w", "return b", "try:\n        return b\n    except KeyError:\n        pass"),
            "hides an error behind try/except",
        ),
        (
            patch("w", "", "    if a == 17:\n        return 3\n", "guard", at=13),
            "treats a value of the tests as a special case",
        ),
        (patch("w", "", "    c = g(a)\n", at=13), "repeats the line beside it"),
        (
            patch("w", "", "    if not a:\n        return None\n", "guard", at=13),
            "returns early with a fixed value",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_suspect_patches_rank_lower_and_say_why(worse: Patch, reason: str) -> None:
    plain = patch("plain", "<", "<=")
    ranked = rank_survivors([worse, plain], FILES, ("17",))
    assert [r.patch.id for r in ranked] == ["plain", "w"]
    assert reason in ranked[1].reasons
    assert ranked[0].reasons == ()


def test_the_order_of_the_survivors_does_not_matter() -> None:
    found = [patch(name, "<", name) for name in ("<=", ">", ">=", "==")]
    assert rank_survivors(found, FILES) == rank_survivors(found[::-1], FILES)


@pytest.mark.parametrize(
    "stored",
    [
        codecs.BOM_UTF8 + SOURCE.encode(),
        f"# -*- coding: latin-1 -*-\n# caf\xe9 \xfc\xf6\xe4\n{SOURCE}".encode("latin-1"),
        f"# caf\xe9 \xfc\xf6\xe4\n{SOURCE}".encode(),
    ],
    ids=["mark", "latin-1", "utf-8"],
)
def test_edits_count_bytes_of_the_file_as_it_is_stored(stored: bytes) -> None:
    """Every judgement looks at the text that is replaced, however it is written down."""

    def moved(one: Patch) -> Patch:
        (edit,) = one.edits
        shift = stored.index(SOURCE.encode())
        edit = msgspec.structs.replace(edit, start=edit.start + shift, end=edit.end + shift)
        return msgspec.structs.replace(one, edits=(edit,))

    plain = [
        patch("drops", "g(a)", "a"),
        patch("small", "<", "<="),
        patch("repeats", "", "    c = g(a)\n", at=13),
    ]
    ranked = rank_survivors([moved(one) for one in plain], {"f.py": decode("f.py", stored)})
    expected = rank_survivors(plain, FILES)
    assert [(r.patch.id, r.score, r.reasons) for r in ranked] == [
        (r.patch.id, r.score, r.reasons) for r in expected
    ]
    assert {reason for r in ranked for reason in r.reasons} == {
        "drops a call",
        "repeats the line beside it",
    }


def test_pairs_join_halves_that_fix_different_tests() -> None:
    one, two = patch("1", "g(a)", "g(b)"), patch("2", "<", "<=")
    other = patch("3", "return b", "return a")
    pairs = combine([(one, ("t1",)), (two, ("t2",))], [one, two, other], 10)
    assert pairs[0].edits == (*one.edits, *two.edits)
    assert len(pairs) == 3
    assert pairs[0].summary == "1; and 2"
    data = bytearray(SOURCE.encode())
    for edit in sorted(pairs[0].edits, reverse=True):
        data[edit.start : edit.end] = edit.text.encode()
    ast.parse(bytes(data))
    assert b"c = g(b)" in data
    assert b"c <= b" in data


def test_overlapping_halves_are_not_joined() -> None:
    one, two = patch("1", "c < b", "b < c"), patch("2", "<", "<=")
    assert combine([(one, ("t1",)), (two, ("t2",))], [one, two], 10) == ()


def test_the_number_of_pairs_is_bounded_and_needs_partial_fixers() -> None:
    found = [patch(str(n), "<", str(n)) for n in range(5)]
    half = patch("half", "g(a)", "g(b)")
    assert len(combine([(half, ("t1",))], [*found, half], 3)) == 3
    assert combine([], [*found, half], 3) == ()


def test_a_half_of_another_tree_is_no_part_of_a_pair() -> None:
    half, old = patch("half", "g(a)", "g(b)"), patch("old", "<", "<=")
    assert combine([(half, ("t1",)), (old, ("t2",))], [half], 3) == ()


def test_words_for_the_user() -> None:
    words = explain(patch("replace `<` by `<=`", "<", "<=", "comparison operator"))
    assert words == (
        "f.py, line 3: changed the comparison operator. The patch: replace `<` by `<=`."
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (patch("p", "", "return a\n", at=13), "insert `return a`"),
        (patch("p", "    return b\n", ""), "delete `return b`"),
    ],
    ids=["insertion", "deletion"],
)
def test_words_for_insertions_and_deletions(change: Patch, words: str) -> None:
    assert summarise(change.edits, SOURCE.encode()) == words


def test_a_pair_is_tried_at_the_import_as_soon_as_one_half_runs_there() -> None:
    early = msgspec.structs.replace(patch("early", "g(a)", "g(b)"), at_import=True)
    late = patch("late", "c < b", "c <= b")
    (pair,) = combine([(early, ("t1",)), (late, ("t2",))], [early, late], 5)
    assert pair.at_import


def test_suspicion_counts_twice_and_big_pools_are_damped() -> None:
    assert score(1.0, 1.0, 1.0, 1) == 0
    assert score(0.5, 1.0, 1.0, 1) == pytest.approx(score(1.0, 0.25, 1.0, 1))
    assert score(1.0, 1.0, 1.0, 4) == pytest.approx(score(1.0, 0.5, 1.0, 1))
