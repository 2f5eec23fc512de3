"""Choosing among the survivors on the page of candidates."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_core.events import StretchStarted, ToolCall, ToolFinished, ToolIntended
from agent_core.models.choice import ModelChoice
from agent_core.results import CandidatesTried, EditApplied, Survivor, Tried
from agent_core.tools.edit import EditFile
from desktop.appearance import Appearance
from desktop.models.candidates_rows import BREAKS, candidates
from desktop.views.candidates import CandidatesPage
from runners.patches import Patch, TextEdit
from tests.desktop.story import Story

SIGN, ABSOLUTE, FREE = (
    Patch(name, (TextEdit("shop.py", 58, 59, text),), "f", 2, 1.0, f"replace `-` by `{text}`")
    for name, text in (("sign", "+"), ("absolute", "+ abs"), ("free", "+ 0 *"))
)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Two survivors, the first of which became the change; a third one breaks a test."""
    story = Story(tmp_path / "session")
    story.begin()
    story.turn("Try changes.", ("try_candidates", "3 of 3", tried(story)))
    apply(story, SIGN, "two")
    yield story
    story.store.close()


@pytest.fixture
def page(qtbot: QtBot, look: Appearance, story: Story) -> CandidatesPage:
    page = CandidatesPage(look)
    qtbot.addWidget(page)
    page.resize(600, 500)
    page.show()
    page.set_agent_state("done")
    page.set_history(story.history, story.store.blob)
    return page


def tried(story: Story) -> CandidatesTried:
    outcomes = [
        Tried("shop.py", 2, patch.summary, "survivor", 1, 0.1, patch.id)
        for patch in (FREE, SIGN, ABSOLUTE)
    ]
    return CandidatesTried(
        start=0,
        tried=3,
        available=3,
        survivors=(Survivor(SIGN, "the sign"), Survivor(ABSOLUTE, "abs", ("it is longer",))),
        counts={"survivor": 3},
        outcomes=story.store.put_blob(msgspec.json.encode(outcomes)),
    )


def apply(story: Story, patch: Patch, snapshot: str) -> None:
    """The edit that makes a patch the change; before it, one that takes the last one back."""
    edits = [(EditFile(patch=patch.edits), snapshot)]
    if story.history.results(EditApplied):
        edits.insert(0, (EditFile(take_back=True), "one"))
    for edit, after in edits:
        call = ToolCall("edit_file", msgspec.json.encode(edit).decode(), f"{patch.id}-{after}")
        story.add(ToolIntended(3, call, "writes"))
        data = EditApplied(("shop.py",), after, "")
        story.add(ToolFinished(3, call.id, "edit_file", "", data, duration_s=0.1))


def choose(page: CandidatesPage, patch: Patch) -> None:
    rows = [row.patch for row in page.candidates.rows]
    page.tried.setCurrentIndex(page.candidates.index(rows.index(patch.id), 0))


def test_rows_say_which_survivor_is_the_change_and_what_speaks_against_the_others(
    story: Story,
) -> None:
    rows = candidates(story.history, story.store.blob)
    assert [(row.patch, row.outcome[0], row.note, row.number) for row in rows] == [
        ("sign", "is the change", "", 1),
        ("absolute", "survives", "it is longer", 2),
        ("free", "survives", BREAKS, 0),
    ]


def test_a_survivor_that_is_not_the_change_can_be_tried(qtbot: QtBot, page: CandidatesPage) -> None:
    choose(page, SIGN)
    assert (page.offer.isVisible(), page.trying.isEnabled()) == (True, False)
    assert page.hint.text() == "This is the change as it stands."
    choose(page, FREE)
    assert not page.offer.isVisible()
    choose(page, ABSOLUTE)
    assert page.hint.text().startswith("Puts this in place of the change, ")
    with qtbot.waitSignal(page.try_asked) as asked:
        QTest.keyClick(page.trying, Qt.Key.Key_Return)
    assert asked.args == [2]


def test_nothing_can_be_tried_while_the_agent_works(qtbot: QtBot, page: CandidatesPage) -> None:
    choose(page, ABSOLUTE)
    assert page.can_try()
    for state in ("running", "paused", "stopping", "read_only"):
        page.set_agent_state(state)
        assert (page.can_try(), page.trying.isEnabled()) == (False, False), state
    with qtbot.assertNotEmitted(page.try_asked):
        page.try_chosen()
    assert page.hint.text() == "This can only be looked at."
    page.set_agent_state("stopped")
    assert page.can_try()
    page.hide()
    assert not page.can_try()


def test_the_chosen_one_stays_chosen_as_it_becomes_the_change(
    page: CandidatesPage, story: Story
) -> None:
    choose(page, ABSOLUTE)
    apply(story, ABSOLUTE, "three")
    page.set_history(story.history, story.store.blob)
    assert page.chosen.toPlainText().startswith("shop.py:2 · is the change: it is longer\n")
    assert not page.can_try()
    choose(page, SIGN)
    assert page.can_try()


def test_where_a_language_model_decides_nothing_is_offered(
    page: CandidatesPage, story: Story
) -> None:
    story.add(StretchStarted(number=2, budget_minutes=5, choice=ModelChoice("openai:m")))
    apply(story, ABSOLUTE, "three")
    page.set_history(story.history, story.store.blob)
    choose(page, SIGN)
    assert not page.offer.isVisible()
