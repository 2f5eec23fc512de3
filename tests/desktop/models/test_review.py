"""What a review knows: who waits, what a button takes, and what its words promise."""

import msgspec
import pytest

from agent_core.verdict import State, Verdict
from desktop.models.review import Decision, Review, Strip, changed_words, file_words, verdict_words
from desktop.models.review_layout import Layout, Measures, collision_rows, note, plain_text
from desktop.models.review_lines import shown_lines
from editors.collisions import collisions
from editors.diff import diff_bytes
from editors.held import reference

OLD = b"".join(b"%d\n" % number for number in range(60))
NEW = (
    OLD.replace(b"\n5\n", b"\nfive\nmore\n").replace(b"\n30\n", b"\n").replace(b"\n50\n", b"\nL\n")
)
CHANGE = (diff_bytes("a/one.py", OLD, NEW), diff_bytes("two.py", None, b"x\ny\n"))
IDS = tuple(hunk.id for diff in CHANGE for hunk in diff.hunks)
MEASURES = Measures(line=10, file=40, hunk=30, gap=5)


def verdict(state: State = "fixed", **facts: tuple[str, ...]) -> Verdict:
    plain = Verdict(state=state, snapshot="s", reason="because", passed=41, total=42)
    return msgspec.structs.replace(plain, **facts)


def test_counts_come_from_what_is_pending() -> None:
    review = Review(CHANGE, {IDS[0]: "accepted", IDS[3]: "rejected"})
    assert review.headline() == "2 of 4 hunks to review · 1 accepted, 1 rejected"
    assert review.bulk().hunks == (IDS[1], IDS[2])
    assert Review(CHANGE).headline() == "4 hunks to review"
    done: dict[str, Decision] = dict.fromkeys(IDS, "accepted")
    assert Review(CHANGE, done | {IDS[1]: "rejected"}).headline() == (
        "All reviewed: 3 accepted, 1 rejected"
    )


def test_the_button_carries_the_verdict_of_exactly_its_set() -> None:
    untouched = Review(CHANGE).bulk()
    assert untouched.accept_words(verdict()) == "Accept 4 hunks · 41/42 green on this tree"
    rest = Review(CHANGE, {IDS[0]: "accepted"}).bulk()
    assert rest.accept_words(verdict()) == "Accept 3 hunks · 41/42 green on this tree"
    without = Review(CHANGE, {IDS[0]: "rejected"}).bulk()
    assert without.accept_words(verdict()) == "Accept 3 hunks · not yet checked"
    review = Review(CHANGE)
    assert (
        review.bulk(review.files[0]).accept_words(verdict()) == "Accept 3 hunks · not yet checked"
    )
    assert untouched.accept_words(verdict("unknown")) == "Accept 4 hunks · not yet checked"
    assert untouched.accept_words(None) == "Accept 4 hunks · not yet checked"
    partly = Review(CHANGE, {f"{IDS[0]}:3": "rejected"}).bulk()
    assert partly.accept_words(verdict()) == "Accept 4 hunks · not yet checked"


def test_a_verdict_that_fails_says_which_test() -> None:
    one = verdict("failing", still_failing=("tests/test_a.py::test_total[case]",))
    assert verdict_words(one) == "41/42 green, fails test_total[case]"
    two = verdict("failing", still_failing=("a::t",), newly_broken=("a::u",))
    assert verdict_words(two) == "41/42 green, fails t and 1 more"
    assert verdict_words(verdict("no_regression")) == "41/42 green, goal unchecked"
    assert verdict_words(verdict("failing")) == "because"


@pytest.mark.parametrize(
    ("strip", "words"),
    [
        (Strip(), "Nothing accepted yet."),
        (Strip("undone"), "Nothing of this session is in your files."),
        (Strip("unchecked", 1), "Accepted so far: 1 hunk · not yet checked"),
        (Strip("checking", 2), "Accepted so far: 2 hunks · checking…"),
        (Strip("checked", 2, verdict()), "Accepted so far: 2 hunks · 41/42 green"),
        (
            Strip("checked", 3, verdict(), earlier=2),
            "Accepted so far: 1 hunk of this change, 2 of one before it · 41/42 green",
        ),
    ],
)
def test_the_strip_speaks_of_what_was_accepted(strip: Strip, words: str) -> None:
    assert strip.sentence() == words


def test_the_next_open_hunk_comes_after_and_then_from_the_start() -> None:
    review = Review(CHANGE, {IDS[1]: "accepted", IDS[3]: "rejected"})
    assert [review.next_open(number) for number in range(4)] == [2, 2, 0, 0]
    assert Review(CHANGE, dict.fromkeys(IDS, "accepted")).next_open(0) is None
    assert Review().next_open(-1) is None


def test_lines_decided_one_by_one_decide_the_hunk() -> None:
    hunk = Review(CHANGE).hunks[0]
    first, *rest = hunk.changed
    some = reference(hunk.hunk, [first])
    partly = Review(CHANGE, {some: "accepted"}).hunks[0]
    assert (partly.status, partly.undecided()) == ("pending", reference(hunk.hunk, rest))
    other = reference(hunk.hunk, rest)
    assert Review(CHANGE, {some: "accepted", other: "rejected"}).hunks[0].status == "accepted"
    assert Review(CHANGE, {some: "rejected", other: "rejected"}).hunks[0].status == "rejected"
    assert Review(CHANGE, asked=[hunk.hunk.id]).hunks[0].status == "asked"


def test_places_are_of_the_changed_lines_alone() -> None:
    places = [hunk.place() for hunk in Review(CHANGE).hunks]
    assert places == ["Lines 6 to 7", "Line 31", "Line 51", "Created file"]


def test_sizes_in_words() -> None:
    assert [changed_words(counts) for counts in ((3, 1), (1_000, 0), (0, 2), (0, 0))] == [
        "+3 \N{MINUS SIGN}1", "+1,000", "\N{MINUS SIGN}2", "",
    ]  # fmt: skip
    assert file_words(diff_bytes("b", b"\0", b"\0\0")) == "binary"
    assert file_words(diff_bytes("r", b"x", b"x", 0o100644, 0o100755)) == "mode"


def test_a_decided_hunk_folds_to_its_head_and_unfolds() -> None:
    open_layout = Layout(Review(CHANGE), MEASURES)
    folded = Review(CHANGE, {IDS[0]: "accepted"})
    layout = Layout(folded, MEASURES)
    rows = len(CHANGE[0].hunks[0].lines)
    assert open_layout.height - layout.height == 10 * rows
    assert layout.lines_of(0) is None
    assert layout.end_of(0) == layout.head_of(0).end == 70
    assert Layout(folded, MEASURES, {0}).height == open_layout.height


def test_blocks_lie_one_below_the_other() -> None:
    layout = Layout(Review(CHANGE), MEASURES)
    assert [b.top for b in layout.blocks[1:]] == [b.end for b in layout.blocks[:-1]]
    for block in layout.blocks:
        assert layout.at(block.top) == layout.at(block.end - 1) == block
        assert next(layout.between(block.top, block.end)) == block
    assert layout.at(layout.height) is None
    assert layout.at(-1) is None
    assert layout.file_head(1).file == 1


def test_a_collision_shows_all_three_sides() -> None:
    mine = OLD.replace(b"\n5\n", b"\nmine\n")
    found = collisions("a/one.py", (IDS[0],), "why", base=OLD, yours=mine, agents=NEW)
    review = Review(CHANGE, collisions=found)
    assert review.hunks[0].status == "conflict"
    assert review.headline() == "4 hunks to review · 1 conflict"
    assert IDS[0] not in review.bulk().hunks
    assert [row.text for row in collision_rows(found[0])] == [
        "Yours, line 6 of your file", "mine",
        "Before, when the session began", "5",
        "The agent's", "five", "more",
    ]  # fmt: skip
    layout = Layout(review, MEASURES)
    assert layout.end_of(0) - layout.head_of(0).end == 70
    whole = collisions("b", ("x",), "you changed it", base=None, yours=b"a", agents=b"b")
    assert [row.text for row in collision_rows(whole[0])] == ["you changed it"]


def test_what_has_no_lines_is_said_in_words() -> None:
    change = (
        diff_bytes("b.bin", b"\0a", b"\0ab"),
        diff_bytes("new.bin", None, b"\0a"),
        diff_bytes("old.bin", b"\0a", None),
        diff_bytes("empty", None, b""),
        diff_bytes("run", b"x", b"x", 0o100644, 0o100755),
        diff_bytes("to", b"x", b"x", old_path="from"),
    )
    assert [note(hunk) for hunk in Review(change).hunks] == [
        "Content that is taken whole: 2 bytes become 3",
        "Binary content, 2 bytes",
        "Binary content of 2 bytes goes",
        "The file is empty.",
        "mode 100644 becomes 100755",
        "from becomes to",
    ]


def test_the_plain_text_has_it_all() -> None:
    review = Review(CHANGE, {IDS[0]: "accepted"})
    text = plain_text(review, [shown_lines(hunk.hunk) for hunk in review.hunks])
    assert "a/one.py, modified, +3 \N{MINUS SIGN}3" in text
    assert "Lines 6 to 7: accepted\n" in text
    assert "- 5\n+ five\n+ more\n" in text
