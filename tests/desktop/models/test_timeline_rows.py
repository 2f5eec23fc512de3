"""Rows, their lines, and what is below them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_core.events import (
    HunksAccepted,
    Progress,
    SessionStopped,
    StopReason,
    StretchStarted,
    SurvivorChosen,
    ToolCall,
    ToolIntended,
    TurnEnded,
    TurnStarted,
)
from agent_core.results import Survivor
from agent_core.words import line
from desktop.models.timeline_detail import LINES, WIDTH, detail, unfolds
from desktop.models.timeline_heads import clock, duration, head, outcome
from desktop.models.timeline_rows import Rows
from desktop.models.timeline_text import live_head, plain, spoken, target
from editors.accepted import AcceptResult, NotAccepted
from runners.patches import Patch
from tests.desktop.story import DIFF, Story, verdict

CLASH = NotAccepted("shop.py", ("b",), "the place was changed")
MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    yield story
    story.store.close()


def told(story: Story) -> list[str]:
    rows = Rows()
    rows.append(story.records)
    return [f"{head(row).title}: {head(row).text}" for row in rows.rows]


def test_a_repair_reads_like_a_story(story: Story) -> None:
    story.begin()
    story.repair()
    assert told(story) == [
        "Task: Make the tests pass.",
        "Private copy: pytest with Python 3.11.2",
        "At the start: 1 passed, 1 failed in 0.5 s",
        "Step 1: Compare the runs.",
        "Locate: 1 suspect, first shop.py:2",
        "Step 2: Try changes.",
        "Try: 2 of 2 candidates, none survives",
        "Step 3: Replace `-` by `+`.",
        "Plan: Apply it",
        f"Edit: shop.py +1 {MINUS}1",
        "Tests: 1 fixed; 1 passed, 0 failed",
        "Step 4: Green.",
        "Prove: fixed",
        "Fixed: 1 red test is green, twice",
    ]


def test_appending_one_by_one_comes_to_the_same(story: Story) -> None:
    story.begin()
    story.repair()
    rows = Rows()
    for record in story.records:
        rows.append([record])
    assert [head(row) for row in rows.rows] == [head(row) for row in _all(story).rows]
    assert rows.live is None


def test_a_call_under_way_is_the_live_row_until_it_ends(story: Story) -> None:
    story.begin()
    rows = _all(story)
    call = ToolCall(tool="run_tests", arguments="{}", id="x")
    cut = SessionStopped("user_stopped", "stopped", verdict("unknown", "not judged"), "one", "")
    seen = []
    for event in (
        TurnStarted(step=1),
        TurnEnded(1, "", "Run them.", (call,)),
        ToolIntended(1, call, "runs"),
        cut,
    ):
        changed = rows.append([story.add(event)])
        seen.append((rows.live, changed))
    none: frozenset[int] = frozenset()
    assert seen == [(3, none), (None, frozenset({3})), (4, none), (None, frozenset({4}))]
    assert head(rows.rows[4]).text == "cut off"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The rate is subtracted.\nAdd it.", "The rate is subtracted."),
        (" \n", "Think."),
        ("", "Think."),
    ],
)
def test_a_turn_shows_what_was_said_before_what_was_thought(
    story: Story, text: str, shown: str
) -> None:
    story.begin()
    story.add(TurnStarted(step=1))
    turn = TurnEnded(1, "Think.\nMore.", text, ())
    story.add(turn)
    assert told(story)[-1] == f"Step 1: {shown}"
    assert line(turn).partition("\n")[0] == shown


def test_a_later_stretch_is_a_row_of_its_own(story: Story) -> None:
    story.begin()
    story.add(StretchStarted(number=2, budget_minutes=3.0))
    assert told(story)[-1] == "Run 2: 3 minutes"


def test_a_chosen_survivor_is_what_the_user_said(story: Story) -> None:
    story.begin()
    patch = Patch("sign", (), "f", 2, 1.0)
    survivor = Survivor(patch, "The sign was wrong.", ("it is longer",))
    story.add(SurvivorChosen(number=2, survivor=survivor, call_id="c1"))
    assert told(story)[-1] == "You: prove survivor 2: The sign was wrong."
    row = _all(story).rows[-1]
    assert [line.text for line in detail(row)] == ["The sign was wrong.", "it is longer"]


@pytest.mark.parametrize(
    ("reason", "state", "word", "tone"),
    [
        ("verdict_holds", "fixed", "Fixed", "good"),
        ("nothing_found", "failing", "Failing", "bad"),
        ("nothing_found", "no_regression", "No regression, goal unchecked", "warning"),
        ("user_stopped", "failing", "Stopped", "text2"),
        ("budget_spent", "failing", "Budget spent", "warning"),
        ("stuck", "failing", "Needs you", "warning"),
        ("model_failed", "unknown", "Needs you", "warning"),
    ],
)
def test_endings_are_told_apart(reason: StopReason, state: str, word: str, tone: str) -> None:
    ending = outcome(SessionStopped(reason, "", verdict(state, "why"), "two", ""))
    assert (ending.word, ending.tone) == (word, tone)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (AcceptResult(("a",), written=("shop.py",)), ("Accepted", "1 hunk in shop.py", "good")),
        (
            AcceptResult(("a",), (CLASH,), written=("shop.py",)),
            ("Accepted", "1 hunk in shop.py, 1 hunk in conflict", "warning"),
        ),
        (
            AcceptResult(conflicts=(CLASH,)),
            ("Nothing written", "1 hunk in conflict", "warning"),
        ),
    ],
)
def test_what_an_accept_did_not_write_is_said(
    story: Story, result: AcceptResult, said: tuple[str, str, str]
) -> None:
    story.add(HunksAccepted(result))
    shown = head(_all(story).rows[0])
    assert (shown.title, shown.text, shown.tone) == said


def test_an_edit_unfolds_into_its_lines_with_their_places(story: Story) -> None:
    story.begin()
    story.repair()
    lines = detail(_all(story).rows[9])
    assert [(line.style, line.text, line.line) for line in lines] == [
        ("head", "shop.py", 1),
        ("quiet", "line 1", 1),
        ("code", "  def total(prices, rate):", 1),
        ("removed", f"{MINUS}     return sum(prices) * (1 - rate)", 2),
        ("added", "+     return sum(prices) * (1 + rate)", 2),
    ]


def test_a_failure_leads_to_its_line(story: Story) -> None:
    story.begin()
    lines = detail(_all(story).rows[2])
    assert ("tests/test_shop.py", 5) in [(line.path, line.line) for line in lines]
    assert target(_all(story).rows[2]) == "tests"


def test_what_is_shown_of_a_row_is_bounded_and_harmless(story: Story) -> None:
    story.begin()
    story.add(TurnStarted(step=1))
    long = "\x1b[31m" + "x" * (WIDTH + 5) + "\n" + "line\n" * (LINES + 10)
    story.add(TurnEnded(1, "", long, ()))
    lines = detail(_all(story).rows[3])
    assert len(lines) == LINES + 1
    assert "\x1b" not in lines[0].text
    assert lines[0].text.endswith("more characters")
    assert lines[-1].text == f"cut here, after {LINES:,} lines"


def test_a_row_with_nothing_more_to_say_does_not_unfold(story: Story) -> None:
    story.add(StretchStarted(number=1, budget_minutes=5.0))
    assert not unfolds(_all(story).rows[0])


def test_a_live_row_says_what_it_last_heard(story: Story) -> None:
    story.begin()
    shown = head(_all(story).rows[2])
    assert live_head(shown, Progress("", "candidates", 120, 250), "").text == (
        "120 of 250 candidates"
    )
    assert live_head(shown, Progress("", "test_total", 7), "").text == "7 so far · test_total"
    assert live_head(shown, None, "first\nLooking at shop").text == "Looking at shop"
    assert live_head(shown, None, "") == shown


def test_the_plain_text_has_every_row_and_its_lines(story: Story) -> None:
    story.begin()
    story.repair()
    text = plain(_all(story).rows, 1000.0)
    assert f"Edit: shop.py +1 {MINUS}1, 0.8 s" in text
    assert "(1 + rate)" in text
    assert spoken(_all(story).rows[-1]) == "Fixed: 1 red test is green, twice"
    assert DIFF.count("\n") < text.count("\n")


def test_times_fit_their_columns() -> None:
    assert [clock(t) for t in (0, 67, 3723.9)] == ["0:00", "1:07", "1:02:03"]
    assert [duration(t) for t in (None, 0.01, 0.84, 41.2, 185)] == [
        "", "", "0.8 s", "41 s", "3 min",
    ]  # fmt: skip


def _all(story: Story) -> Rows:
    rows = Rows()
    rows.append(story.records)
    return rows


def test_a_verdict_names_what_is_set_apart(story: Story) -> None:
    story.begin()
    apart = verdict("fixed", "1 red test is green", order_dependent=["a"], wavering=["b", "c"])
    story.add(SessionStopped("verdict_holds", "", apart, "two", ""))
    assert told(story)[-1] == (
        "Fixed: 1 red test is green; 1 order-dependent test set apart; 2 wavering tests set apart"
    )
