"""The timeline on real widgets: staying, unfolding, finding, jumping, and no work while idle."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_core.events import Progress, ToolCall, ToolIntended, TurnEnded, TurnStarted
from agent_core.results import FilesListed
from desktop.appearance import Appearance
from desktop.models.tests_rows import WORDS
from desktop.models.timeline_heads import TOOLS, VERDICTS
from desktop.views.timeline import Timeline
from desktop.views.timeline_canvas import REVIEW
from tests.desktop.story import Story

EDIT = 9
LAST = 13


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    story.begin()
    yield story
    story.store.close()


@pytest.fixture
def timeline(qtbot: QtBot, look: Appearance, story: Story) -> Timeline:
    timeline = Timeline(look)
    qtbot.addWidget(timeline)
    timeline.resize(420, 300)
    timeline.show()
    story.repair()
    timeline.set_records(story.records)
    return timeline


def press(qtbot: QtBot, timeline: Timeline, key: Qt.Key, *more: Qt.KeyboardModifier) -> None:
    none = Qt.KeyboardModifier.NoModifier
    QTest.keyClick(timeline.view, key, next(iter(more), none))


def test_keys_go_through_rows_unfold_them_and_lead_to_places(
    qtbot: QtBot, timeline: Timeline
) -> None:
    press(qtbot, timeline, Qt.Key.Key_End)
    assert timeline.view.current == (LAST, -1)
    for _ in range(LAST - EDIT):
        press(qtbot, timeline, Qt.Key.Key_Up)
    press(qtbot, timeline, Qt.Key.Key_Return)
    assert timeline.view.is_unfolded(EDIT)
    press(qtbot, timeline, Qt.Key.Key_Down)
    with qtbot.waitSignal(timeline.file_asked) as asked:
        press(qtbot, timeline, Qt.Key.Key_Return)
    assert asked.args == ["shop.py", 1]
    press(qtbot, timeline, Qt.Key.Key_Left)
    press(qtbot, timeline, Qt.Key.Key_Left)
    assert not timeline.view.is_unfolded(EDIT)
    press(qtbot, timeline, Qt.Key.Key_Home)
    assert timeline.view.current == (0, -1)


def test_control_enter_goes_where_a_row_leads(qtbot: QtBot, timeline: Timeline) -> None:
    press(qtbot, timeline, Qt.Key.Key_End)
    control = Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(timeline.review_asked):
        press(qtbot, timeline, Qt.Key.Key_Return, control)
    timeline.view.reveal(10)
    with qtbot.waitSignal(timeline.tests_asked):
        press(qtbot, timeline, Qt.Key.Key_Return, control)


def test_a_click_unfolds_and_a_click_on_a_line_jumps(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.view.reveal(2)
    top = timeline.view._row_rect(2).center()
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(timeline.view.viewport(), left, pos=QPoint(60, top.y()))
    assert timeline.view.is_unfolded(2)
    timeline.view.reveal(2, 3)
    piece = timeline.view.current[1]
    place = timeline.view._piece_rect(2, piece).center()
    with qtbot.waitSignal(timeline.file_asked) as asked:
        QTest.mouseClick(timeline.view.viewport(), left, pos=place)
    assert asked.args == ["tests/test_shop.py", 5]


def test_the_card_of_a_verdict_leads_to_the_review(qtbot: QtBot, timeline: Timeline) -> None:
    view = timeline.view
    assert view._line(LAST).links == (REVIEW,)
    place = view._paint.link_places(view._row_rect(LAST), view._line(LAST))[0].center()
    assert view._row_rect(LAST).bottom() < place.y() < view.viewport().height()
    with qtbot.waitSignal(timeline.review_asked):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert not view.is_unfolded(LAST)


def test_the_card_of_a_verdict_tells_of_patches_that_do_as_well(
    qtbot: QtBot, timeline: Timeline
) -> None:
    view = timeline.view
    before = view._places.total
    timeline.set_rivals(2)
    assert view._line(LAST).links == (REVIEW, "2 other patches do as well →")
    assert view._places.total == before + view._paint.row
    view.reveal(LAST)
    assert view.accessibleDescription().endswith("2 other patches turn the same tests green")
    place = view._paint.link_places(view._row_rect(LAST), view._line(LAST))[1].center()
    with qtbot.waitSignal(timeline.candidates_asked), qtbot.assertNotEmitted(timeline.review_asked):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    timeline.set_rivals(0)
    assert view._line(LAST).links == (REVIEW,)


def test_a_card_grows_with_its_reason_to_three_lines(timeline: Timeline) -> None:
    paint = timeline.view._paint
    short, long, endless = (paint.card(420, "word " * count, ()) for count in (3, 25, 900))
    assert short < long <= endless
    assert endless - short <= 3 * paint.row


def test_a_step_can_be_gone_to(timeline: Timeline) -> None:
    timeline.toggle_plain()
    timeline.show_step(3)
    assert timeline.view.isVisible()
    assert timeline.view.current == (7, -1)
    assert timeline.view.is_unfolded(7)
    timeline.show_step(99)
    assert timeline.view.current == (7, -1)


def test_copying_takes_the_row_and_its_unfolded_text(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.view.reveal(EDIT)
    timeline.view.unfold(EDIT)
    press(qtbot, timeline, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert "Edit: shop.py +1" in text
    assert "(1 + rate)" in text


def test_a_reader_who_scrolled_up_stays_and_is_told_what_is_new(
    qtbot: QtBot, timeline: Timeline, story: Story
) -> None:
    bar = timeline.view.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    bar.setValue(0)
    before = len(story.records)
    story.turn("More.", ("list_files", "", FilesListed((), 0)))
    timeline.append(story.records[before:])
    assert bar.value() == 0
    assert timeline.newer.isVisible()
    assert timeline.newer.text() == "2 new"
    QTest.mouseClick(timeline.newer, Qt.MouseButton.LeftButton)
    assert bar.value() == bar.maximum()
    assert not timeline.newer.isVisible()
    story.turn("More.", ("list_files", "", FilesListed((), 0)))
    timeline.append(story.records[-4:])
    assert bar.value() == bar.maximum()


def test_find_reaches_output_and_unfolds_it(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.view.setFocus()
    press(qtbot, timeline, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert timeline.finder.isVisible()
    QTest.keyClicks(timeline.finder.field, "1 + rate")
    qtbot.waitUntil(lambda: timeline.finder.count.text() == "1 of 2")
    assert timeline.view.current[0] == EDIT
    assert timeline.view.is_unfolded(EDIT)
    QTest.keyClick(timeline.finder.field, Qt.Key.Key_Return)
    assert timeline.view.current[0] == LAST
    QTest.keyClick(timeline.finder.field, Qt.Key.Key_Escape)
    assert not timeline.finder.isVisible()


def test_find_follows_a_session_that_grows(qtbot: QtBot, timeline: Timeline, story: Story) -> None:
    timeline.show_find()
    timeline.finder.field.setText("nowhere yet")
    qtbot.waitUntil(lambda: timeline.finder.count.text() == "no match")
    before = len(story.records)
    story.turn("It is nowhere yet.")
    timeline.append(story.records[before:])
    qtbot.waitUntil(lambda: timeline.finder.count.text().startswith("1 of"))
    timeline.hide_find()


def test_the_same_as_plain_text_on_a_key(timeline: Timeline, story: Story) -> None:
    timeline.toggle_plain()
    assert timeline.text.isVisible()
    told = timeline.text.toPlainText()
    assert "Fixed: 1 red test is green" in told
    before = len(story.records)
    story.turn("And more.")
    timeline.append(story.records[before:])
    assert timeline.text.toPlainText().startswith(told)
    assert "And more." in timeline.text.toPlainText()
    timeline.toggle_plain()
    assert timeline.view.isVisible()


def test_a_call_that_says_nothing_is_said_to_be_silent_and_an_idle_one_ticks_not(
    qtbot: QtBot, look: Appearance, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline = Timeline(look)
    qtbot.addWidget(timeline)
    timeline.show()
    call = ToolCall(tool="run_tests", arguments="{}", id="x")
    story.add(TurnStarted(step=1))
    story.add(TurnEnded(1, "", "Run them.", (call,)))
    story.add(ToolIntended(1, call, "runs"))
    timeline.set_records(story.records)
    assert not timeline.view._tick.isActive()
    timeline.set_running(True)
    timeline.set_progress(Progress("x", "tests/test_shop.py", 3, 12))
    assert timeline.view._tick.isActive()
    line = timeline.view._line(4)
    assert (line.live, line.head.text, line.note) == (True, "3 of 12 tests/test_shop.py", "")
    later = time.monotonic() + 40
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert timeline.view._line(4).note == "silent for 40 s"
    timeline.set_running(False)
    assert not timeline.view._tick.isActive()


def test_an_unfolded_row_is_wrapped_anew_when_the_width_changes(
    qtbot: QtBot, timeline: Timeline
) -> None:
    timeline.view.unfold(2)
    narrow = len(timeline.view._unfolded[2])
    timeline.resize(1200, 300)
    QApplication.processEvents()
    assert len(timeline.view._unfolded[2]) < narrow


def test_every_icon_there_is_can_be_drawn_in_both_themes(
    qtbot: QtBot, look: Appearance, timeline: Timeline
) -> None:
    names = {icon for _, icon in TOOLS.values()} | {icon for icon, _ in VERDICTS.values()}
    names |= {icon for _, icon, _ in WORDS.values()}
    for theme in ("light", "dark"):
        look.set_theme(theme)
        assert all(not look.icon(name).isNull() for name in names)
        assert not timeline.grab().isNull()


def test_appending_costs_the_same_at_a_hundred_thousand_events(
    qtbot: QtBot, look: Appearance, story: Story
) -> None:
    timeline = Timeline(look)
    qtbot.addWidget(timeline)
    timeline.resize(420, 700)
    timeline.show()
    story.repair()
    timeline.set_records(story.records * (100_000 // len(story.records)))
    before = len(story.records)
    spent = []
    for _ in range(20):
        story.turn("More.", ("list_files", "", FilesListed((), 0)))
        began = time.thread_time()
        timeline.append(story.records[before:])
        QApplication.processEvents()
        spent.append(time.thread_time() - began)
        before = len(story.records)
    assert sorted(spent)[10] < 0.015
