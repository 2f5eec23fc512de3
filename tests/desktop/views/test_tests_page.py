"""The pages of tests and of candidates on real widgets."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.candidates import CandidatesPage
from desktop.views.labels import in_parts
from desktop.views.tests import TestsPage
from tests.desktop.story import GREEN, RED, Story


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    story.begin()
    yield story
    story.store.close()


@pytest.fixture
def page(qtbot: QtBot, look: Appearance) -> TestsPage:
    page = TestsPage(look)
    qtbot.addWidget(page)
    page.resize(640, 600)
    page.show()
    return page


def names(page: TestsPage) -> list[str]:
    file = page.model.index(0, 0)
    return [page.model.index(row, 0, file).data() for row in range(page.model.rowCount(file))]


def test_the_first_red_test_is_chosen_and_tells_why(
    qtbot: QtBot, page: TestsPage, story: Story
) -> None:
    assert not page.tree.isVisible()
    page.set_history(story.history, story.store.blob)
    assert page.tree.isVisible()
    assert names(page) == ["test_total", "test_empty"]
    assert page.counts.text() == in_parts("2 tests · 1 red at the start")
    assert page.failure.title.text() == "test_total"
    assert "assert 27.0 == 33.0" in page.failure.message.toPlainText()
    assert page.failure.frames.count() == 2
    with qtbot.waitSignal(page.jump) as jump:
        QTest.keyClick(page.failure.frames, Qt.Key.Key_Return)
    assert jump.args == ["shop.py", 2]


def test_enter_on_a_test_jumps_to_where_it_fails(
    qtbot: QtBot, page: TestsPage, story: Story
) -> None:
    page.set_history(story.history, story.store.blob)
    with qtbot.waitSignal(page.jump) as jump:
        QTest.keyClick(page.tree, Qt.Key.Key_Return)
    assert jump.args == ["tests/test_shop.py", 5]


def test_filters_leave_red_or_changed_ones(page: TestsPage, story: Story) -> None:
    page.set_history(story.history, story.store.blob)
    page.filters.buttons()[1].click()
    assert names(page) == ["test_total"]
    story.repair()
    page.set_history(story.history, story.store.blob)
    assert page.model.rowCount() == 0
    page.set_filter("changed")
    assert names(page) == ["test_total"]
    index = page.model.index_of(RED)
    cells = [index.siblingAtColumn(column).data() for column in range(4)]
    assert cells == ["test_total", "failed → passed", "20 ms", "30 ms"]
    assert "how it failed at the start" in page.failure.state.text()


def test_where_none_is_red_the_one_that_was_is_chosen_and_shown_from_its_top(
    page: TestsPage, story: Story
) -> None:
    story.repair()
    page.set_history(story.history, story.store.blob)
    QApplication.processEvents()
    assert page.failure.title.text() == "test_total"
    assert page.failure.state.text() == (
        "failed → passed · 20 ms → 30 ms · this is how it failed at the start"
    )
    assert page.failure.message.verticalScrollBar().value() == 0


def test_a_test_without_a_failure_is_told_at_the_top(page: TestsPage, story: Story) -> None:
    page.set_history(story.history, story.store.blob)
    page.show_test(GREEN)
    QApplication.processEvents()
    assert page.failure.state.y() < 2 * page.failure.title.height() + 24


def test_rows_have_the_height_of_the_design(
    page: TestsPage, story: Story, look: Appearance
) -> None:
    page.set_history(story.history, story.store.blob)
    first = page.model.index(0, 0)
    assert page.tree.visualRect(first).height() == look.row_height() == 24
    look.set_density("relaxed")
    QApplication.processEvents()
    assert page.tree.visualRect(first).height() == 28


def test_a_narrow_page_leaves_the_times_to_the_chosen_test(page: TestsPage, story: Story) -> None:
    page.set_history(story.history, story.store.blob)
    page.resize(360, 500)
    assert page.tree.isColumnHidden(2)
    assert "20 ms" in page.failure.state.text()
    page.resize(640, 600)
    assert not page.tree.isColumnHidden(2)


def test_the_chosen_test_stays_chosen_while_results_come(page: TestsPage, story: Story) -> None:
    page.set_history(story.history, story.store.blob)
    page.show_test(GREEN)
    story.repair()
    page.set_history(story.history, story.store.blob)
    assert page.failure.title.text() == "test_empty"


def test_a_hidden_page_reads_nothing_until_it_is_shown(
    qtbot: QtBot, look: Appearance, story: Story
) -> None:
    page = TestsPage(look)
    qtbot.addWidget(page)
    page.set_history(story.history, story.store.blob)
    assert page.model.rowCount() == 0
    page.show()
    assert page.model.rowCount() == 1
    page.clear()
    assert page.model.rowCount() == 0


def test_the_failure_stands_beside_where_there_is_room(page: TestsPage, story: Story) -> None:
    page.set_history(story.history, story.store.blob)
    assert page._parts.orientation() == Qt.Orientation.Vertical
    page.resize(1100, 600)
    QApplication.processEvents()
    assert page._parts.orientation() == Qt.Orientation.Horizontal


def test_candidates_and_suspects_are_listed_and_lead_to_their_lines(
    qtbot: QtBot, look: Appearance, story: Story
) -> None:
    page = CandidatesPage(look)
    qtbot.addWidget(page)
    page.show()
    page.set_history(story.history, story.store.blob)
    assert not page.tried.isVisible()
    story.repair()
    page.set_history(story.history, story.store.blob)
    first = [page.candidates.index(0, column).data() for column in range(4)]
    assert first == ["survives", "shop.py:2", "replace `-` by `+`", "100 ms"]
    assert page.counts.text() == in_parts("2 tried · 1 survives · 1 no test turned green")
    assert page.suspects.index(0, 1).data() == "shop.py:2"
    page.places.setCurrentIndex(page.suspects.index(0, 0))
    with qtbot.waitSignal(page.jump) as jump:
        QTest.keyClick(page.places, Qt.Key.Key_Return)
    assert jump.args == ["shop.py", 2]
    page.clear()
    assert not page.tried.isVisible()


def test_a_filter_that_leaves_no_test_says_so(page: TestsPage, story: Story) -> None:
    story.repair()
    page.set_history(story.history, story.store.blob)
    page.set_filter("red")
    assert (page.none.isVisible(), page.none.text()) == (True, "Nothing is red.")
    assert not page.tree.isVisible()
    page.set_filter("all")
    assert (page.none.isVisible(), page.tree.isVisible()) == (False, True)


def test_the_chosen_candidate_is_told_whole_below_the_table(
    qtbot: QtBot, look: Appearance, story: Story
) -> None:
    page = CandidatesPage(look)
    qtbot.addWidget(page)
    page.resize(420, 500)
    page.show()
    story.repair()
    page.set_history(story.history, story.store.blob)
    assert not page.chosen.isVisible()
    QTest.keyClick(page.tried, Qt.Key.Key_Home)
    assert page.chosen.isVisible()
    told = page.chosen.toPlainText()
    assert told == "shop.py:2 · survives\nreplace `-` by `+`"
    page.clear()
    assert not page.chosen.isVisible()
