"""Tests before and after, candidates and heat: folded from events."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from agent_core.results import (
    CandidatesTried,
    EditApplied,
    FaultLocated,
    FinishAsked,
    Suspect,
    TestsRan,
)
from desktop.models.agent_files import suspicion
from desktop.models.candidates_rows import candidates, counts
from desktop.models.tests_rows import TestRow, TestTable, seconds, shown, summary
from runners.reports import ReportDelta, TestCase
from tests.desktop.story import GREEN, RED, WHY, Story, verdict


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    story.begin()
    yield story
    story.store.close()


def rows(story: Story) -> dict[str, TestRow]:
    return {row.id: row for row in TestTable(story.store.blob).rows(story.history)}


def test_before_a_change_the_first_run_is_what_is_known(story: Story) -> None:
    known = rows(story)
    assert [(row.id, row.now, row.after) for row in known.values()] == [
        (RED, "failed", ""),
        (GREEN, "passed", ""),
    ]
    assert known[RED].failure is not None


def test_a_run_and_the_verdict_say_how_it_is_now(story: Story) -> None:
    story.repair()
    known = rows(story)
    assert known[RED].words == "failed → passed"
    assert (known[RED].before_s, known[RED].after_s) == (0.02, 0.03)
    assert (known[GREEN].after, known[GREEN].after_s) == ("passed", None)
    assert summary(known.values()) == "2 tests · 1 red at the start · 0 red now · 1 fixed"
    assert [row.id for row in shown(known.values(), "changed")] == [RED]
    assert shown(known.values(), "red") == ()


def test_the_run_of_a_verdict_gives_times_and_failures_of_what_it_alone_ran(story: Story) -> None:
    report = story.report(TestCase(RED, "passed", 0.05), TestCase(GREEN, "failed", 0.06, WHY))
    judged = verdict("failing", "one test is broken", report=report.blob)
    story.turn("Prove.", ("finish", "", FinishAsked(judged, "")))
    known = rows(story)
    assert (known[RED].words, known[RED].after_s) == ("failed → passed", 0.05)
    assert (known[GREEN].words, known[GREEN].after_s) == ("passed → failed", 0.06)
    assert known[GREEN].failure == WHY


def test_what_broke_in_the_second_run_of_a_verdict_is_red(story: Story) -> None:
    report = story.report(TestCase(RED, "passed", 0.05), TestCase(GREEN, "passed", 0.06))
    judged = verdict("failing", "broken", report=report.blob, newly_broken=(GREEN,))
    story.turn("Prove.", ("finish", "", FinishAsked(judged, "")))
    assert rows(story)[GREEN].now == "failed"


def test_runs_that_an_edit_asked_for_count(story: Story) -> None:
    run = TestsRan(story.report(TestCase(RED, "passed", 0.03)), ReportDelta(fixed=(RED,)))
    story.turn("Edit.", ("edit_file", "", EditApplied(("shop.py",), "two", "", then=(run,))))
    assert rows(story)[RED].words == "failed → passed"


def test_one_more_edit_and_it_is_no_longer_known(story: Story) -> None:
    story.repair()
    story.turn("Again.", ("edit_file", "", EditApplied(("shop.py",), "three", "")))
    assert rows(story)[RED].now == "failed"
    assert rows(story)[RED].after == ""


def test_candidates_come_survivors_first_with_their_times(story: Story) -> None:
    story.repair()
    found = candidates(story.history, story.store.blob)
    assert [(row.status, row.line, row.seconds) for row in found] == [
        ("survivor", 2, 0.1),
        ("failed", 1, 0.2),
    ]
    assert counts(story.history) == "2 tried · 1 survives · 1 no test turned green"


def test_an_older_log_without_outcomes_shows_what_it_has(story: Story) -> None:
    data = msgspec.structs.replace(story.tried(), outcomes="")
    assert isinstance(data, CandidatesTried)
    story.turn("Try.", ("try_candidates", "", data))
    assert candidates(story.history, story.store.blob) == ()
    assert counts(story.history).startswith("2 tried")


def test_heat_is_the_highest_suspicion_of_a_line(story: Story) -> None:
    places = (Suspect("a.py", 2, 0.5, ""), Suspect("a.py", 2, 0.9, ""), Suspect("b.py", 1, 0.1, ""))
    story.turn("Locate.", ("locate_fault", "", FaultLocated(places, "", 2)))
    assert suspicion(story.history.events) == {"a.py": {2: 0.9}, "b.py": {1: 0.1}}


def test_times_are_read_at_a_glance() -> None:
    assert [seconds(value) for value in (None, 0.00004, 0.0004, 0.012, 2.345)] == [
        "",
        "<0.1 ms",
        "0.4 ms",
        "12 ms",
        "2.3 s",
    ]
