"""The review page on a real widget: keys and buttons ask, decisions fold, conflicts are shown."""

import time
from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from agent_core.verdict import Verdict
from desktop.appearance import Appearance
from desktop.models.review import Decision, Strip
from desktop.views.diff_paint import LinePainter
from desktop.views.review import ReviewPage
from editors.collisions import collisions
from editors.diff import FileDiff, diff_bytes
from editors.held import reference

OLD = b"".join(b"line %d\n" % number for number in range(60))
NEW = OLD.replace(b"line 5\n", b"line five\n").replace(b"line 30\n", b"").replace(b"e 50", b"e L")
CHANGE = (diff_bytes("a/one.py", OLD, NEW), diff_bytes("two.py", None, b"x\ny\n"))
IDS = tuple(hunk.id for diff in CHANGE for hunk in diff.hunks)
GREEN = Verdict(state="fixed", snapshot="s", reason="all", passed=41, total=41)
NOTHING: dict[str, Decision] = {}


class Desk:
    """A page, and what it asked for."""

    def __init__(self, page: ReviewPage) -> None:
        self.page = page
        self.asked: list[tuple[str, object]] = []
        page.accept_asked.connect(lambda hunks: self.asked.append(("accept", hunks)))
        page.reject_asked.connect(lambda hunks: self.asked.append(("reject", hunks)))
        page.undo_asked.connect(lambda hunks: self.asked.append(("undo", hunks)))
        page.take_asked.connect(lambda hunks: self.asked.append(("take", hunks)))
        page.why_asked.connect(lambda hunk: self.asked.append(("why", hunk)))
        page.open_asked.connect(lambda path, line: self.asked.append(("open", (path, line))))
        page.comment_asked.connect(lambda path, line: self.asked.append(("say", (path, line))))
        page.check_asked.connect(lambda: self.asked.append(("check", ())))

    def press(self, key: Qt.Key, *, shift: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ShiftModifier
        QTest.keyClick(self.page.hunks, key, modifier if shift else Qt.KeyboardModifier.NoModifier)

    def keys(self, letters: str) -> None:
        for letter in letters:
            QTest.keyClicks(self.page.hunks, letter)

    def click(self, hunk: int, action: str) -> None:
        place = self.page.hunks.button_place(hunk, action)
        assert place is not None
        QTest.mouseClick(self.page.hunks.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def buttons(self) -> dict[str, QPushButton]:
        found = self.page.findChildren(QPushButton)
        return {button.text(): button for button in found if button.isVisibleTo(self.page)}

    def headline(self) -> str:
        return self.page.review.headline()


@pytest.fixture
def desk(look: Appearance, qtbot: QtBot) -> Iterator[Desk]:
    page = ReviewPage(look)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    page.set_change(CHANGE, NOTHING)
    page.set_commenting(on=True)
    page.hunks.setFocus()
    QApplication.processEvents()
    yield Desk(page)
    page.close()


def pixels(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_keys_accept_and_reject_and_the_next_open_hunk_comes(desk: Desk) -> None:
    desk.keys("a")
    assert desk.asked == [("accept", (IDS[0],))]
    assert desk.page.hunks.current == 1
    desk.keys("r")
    assert desk.asked[-1] == ("reject", (IDS[1],))
    desk.page.set_change(CHANGE, {IDS[0]: "accepted", IDS[1]: "rejected"})
    assert desk.page.hunks.current == 2
    assert desk.headline() == "2 of 4 hunks to review · 1 accepted, 1 rejected"
    desk.keys("kkk")
    assert desk.page.hunks.current == 0
    desk.keys("aru")
    assert desk.asked[2:] == [("undo", (IDS[0],))]


def test_after_the_last_decision_all_is_reviewed(desk: Desk) -> None:
    decisions: dict[str, Decision] = dict.fromkeys(IDS[:3], "accepted")
    desk.page.set_change(CHANGE, decisions)
    assert desk.page.hunks.current == 3
    desk.keys("r")
    desk.page.set_change(CHANGE, decisions | {IDS[3]: "rejected"})
    assert desk.headline() == "All reviewed: 3 accepted, 1 rejected"
    assert desk.buttons() == {}
    desk.keys("a")
    assert len(desk.asked) == 1


def test_files_by_keys_and_by_their_list(desk: Desk) -> None:
    desk.keys("]")
    assert desk.page.hunks.current == 3
    assert desk.page.files.currentIndex().row() == 1
    desk.keys("[")
    assert desk.page.hunks.current == 0
    desk.page.files.clicked.emit(desk.page.files.model().index(1, 0))
    assert desk.page.hunks.current == 3
    assert desk.page.hunks.hasFocus()


def test_letters_work_from_the_list_of_files_too(desk: Desk) -> None:
    desk.page.files.setFocus()
    QTest.keyClicks(desk.page.files, "a")
    assert desk.asked == [("accept", (IDS[0],))]


def test_bulk_buttons_name_their_number_and_carry_the_verdict(desk: Desk) -> None:
    desk.page.set_verdict(GREEN)
    assert set(desk.buttons()) == {"Accept 4 hunks · 41/41 green on this tree", "Reject 4 hunks"}
    desk.page.set_change(CHANGE, {IDS[3]: "rejected"})
    button = desk.buttons()["Accept 3 hunks · not yet checked"]
    assert button.accessibleName() == button.text()
    button.click()
    assert desk.asked == [("accept", IDS[:3])]


def test_painted_buttons_do_what_the_keys_do(desk: Desk) -> None:
    desk.click(0, "accept")
    desk.click(1, "reject")
    desk.page.set_change(CHANGE, {IDS[0]: "accepted", IDS[1]: "rejected"})
    desk.click(1, "undo")
    assert desk.asked == [
        ("accept", (IDS[0],)), ("reject", (IDS[1],)), ("undo", (IDS[1],)),
    ]  # fmt: skip
    assert desk.page.hunks.layout_of(1) is None
    desk.click(1, "show")
    assert desk.page.hunks.layout_of(1) is not None
    desk.keys("kks")
    assert desk.page.hunks.layout_of(0) is not None
    assert desk.page.hunks.button_place(0, "accept") is None


def test_a_file_is_decided_at_once(desk: Desk) -> None:
    desk.page.hunks.acted.emit("accept_file", 0)
    assert desk.asked == [("accept", IDS[:3])]


def test_lines_are_selected_and_decided(desk: Desk) -> None:
    hunk = CHANGE[0].hunks[0]
    removed, added = (i for i, line in enumerate(hunk.lines) if line.op != " ")
    desk.press(Qt.Key.Key_Down, shift=True)
    desk.keys("a")
    assert desk.asked == [("accept", (reference(hunk, [removed]),))]
    assert desk.page.hunks.current == 0
    desk.page.set_change(CHANGE, NOTHING)
    assert desk.page.hunks.selected_lines() == {removed}
    desk.page.set_change(CHANGE, {reference(hunk, [removed]): "accepted"})
    assert desk.page.hunks.current == 0
    desk.keys("r")
    assert desk.asked[-1] == ("reject", (reference(hunk, [added]),))
    desk.press(Qt.Key.Key_Up, shift=True)
    assert desk.page.hunks.selected_lines() == {added}
    desk.press(Qt.Key.Key_Escape)
    assert desk.page.hunks.selected_lines() == set()


def test_why_and_the_editor(desk: Desk) -> None:
    desk.keys("we")
    assert desk.asked == [("why", IDS[0]), ("open", ("a/one.py", 6))]


def test_a_comment_names_the_line_that_is_meant(desk: Desk) -> None:
    desk.keys("c")
    desk.page.hunks.select(down=True)
    desk.page.hunks.select(down=True)
    desk.keys("jc")
    assert desk.asked == [("say", ("a/one.py", 6)), ("say", ("a/one.py", 31))]


def test_a_strip_shows_how_the_hunks_stand_and_leads_to_them(desk: Desk) -> None:
    hunks = desk.page.hunks
    desk.page.resize(900, 300)
    QApplication.processEvents()
    assert hunks.overview.width() > 0
    assert len(hunks.overview.marks()["pending"]) == 4
    desk.page.set_change(CHANGE, {IDS[0]: "accepted"})
    assert len(hunks.overview.marks()["accepted"]) == 1
    before = hunks.verticalScrollBar().value()
    foot = QPoint(2, hunks.overview.height() - 2)
    QTest.mouseClick(hunks.overview, Qt.MouseButton.LeftButton, pos=foot)
    assert hunks.verticalScrollBar().value() > before
    desk.page.resize(900, 2000)
    QApplication.processEvents()
    assert hunks.overview.width() == 0


def test_buttons_stand_beside_the_headline_of_a_wide_page_whatever_they_say(desk: Desk) -> None:
    accept = desk.page._accept
    for width, beside in ((960, True), (620, False)):
        desk.page.resize(width, 600)
        for change in (CHANGE[:1], CHANGE):
            desk.page.set_change(change, NOTHING)
            QApplication.processEvents()
            below = accept.y() > desk.page._headline.geometry().bottom()
            assert below is not beside


def test_a_page_that_only_looks_decides_nothing_and_says_why(desk: Desk) -> None:
    desk.page.set_read_only(on=True)
    desk.keys("aru")
    desk.page.accept_all()
    desk.page.reject_all()
    assert desk.asked == []
    assert not any(desk.page.can(action) for action in ("accept", "reject", "undo"))
    assert desk.page.hunks.button_place(0, "accept") is None
    assert not desk.page._accept.isEnabled()
    assert "another Journeyman" in desk.page._headline.text()
    desk.page.set_read_only(on=False)
    assert desk.page.can("accept")
    desk.page.act("accept")
    assert [what for what, _ in desk.asked] == ["accept"]


def test_while_the_agent_is_at_work_accepting_stops_it_first(desk: Desk) -> None:
    page = desk.page
    page.stop_and_accept_asked.connect(lambda hunks: desk.asked.append(("stop", hunks)))
    page.set_agent("running")
    assert page._accept.text() == "Stop and accept 4 hunks"
    assert "agent is at work" in page._accept.toolTip()
    assert not page._reject.isEnabled()
    page.set_agent("stopping")
    assert not page._accept.isEnabled()
    assert "wait a moment" in page._accept.toolTip()
    page.set_agent("paused")
    page._accept.click()
    assert desk.asked == [("stop", IDS)]
    page.set_agent("idle")
    assert page._reject.isEnabled()
    assert page._accept.toolTip() == ""


def test_a_model_that_reads_no_words_is_offered_no_comment(desk: Desk) -> None:
    strip = desk.page.keys
    assert "C: comment" in strip.accessibleDescription()
    desk.page.set_commenting(on=False)
    assert "C: comment" not in strip.accessibleDescription()
    desk.keys("c")
    assert desk.asked == []


def test_a_conflict_offers_mine_theirs_and_the_editor(desk: Desk) -> None:
    mine = b"more\n" + OLD.replace(b"line 5\n", b"mine\n")
    desk.page.set_conflicts(
        collisions("a/one.py", (IDS[0],), "why", base=OLD, yours=mine, agents=NEW)
    )
    desk.keys("k")
    desk.keys("a")
    assert desk.asked == []
    desk.keys("e")
    desk.click(0, "take")
    assert desk.asked == [("open", ("a/one.py", 7)), ("take", (IDS[0],))]
    desk.page.set_change(CHANGE, NOTHING)
    desk.keys("k")
    desk.click(0, "reject")
    assert desk.asked[-1] == ("reject", (IDS[0],))
    desk.page.set_conflicts(())
    assert desk.page.review.hunks[0].status == "pending"


def test_the_strip_offers_a_check_only_where_there_is_none(desk: Desk) -> None:
    desk.page.set_strip(Strip("unchecked", 2))
    desk.buttons()["Check now"].click()
    assert desk.asked == [("check", ())]
    desk.page.set_strip(Strip("checking", 2))
    assert "Check now" not in desk.buttons()
    desk.page.set_strip(Strip("checked", 2, GREEN))
    assert desk.page.strip.words() == "Accepted so far: 2 hunks · 41/41 green"


def test_the_same_as_plain_text(desk: Desk) -> None:
    desk.keys("p")
    (dialog,) = desk.page.findChildren(QDialog)
    (text,) = dialog.findChildren(QPlainTextEdit)
    assert "- line 5\n+ line five" in text.toPlainText()
    assert text.isReadOnly()
    dialog.close()


def test_nothing_to_review_is_said(desk: Desk, look: Appearance) -> None:
    full = pixels(desk.page)
    desk.page.set_change((), NOTHING)
    desk.keys("jkar[]uswe")
    assert desk.asked == []
    assert not desk.page.keys.isVisible()
    assert pixels(desk.page) != full


def test_another_theme_is_painted_and_another_size_laid_out(desk: Desk, look: Appearance) -> None:
    dark = pixels(desk.page)
    end = desk.page.hunks.verticalScrollBar().maximum()
    look.set_theme("light")
    assert pixels(desk.page) != dark
    look.set_code_scale(2.0)
    assert desk.page.hunks.verticalScrollBar().maximum() > end


def test_added_and_removed_are_told_apart_without_colour(desk: Desk, look: Appearance) -> None:
    view = desk.page.hunks
    image = pixels(view.viewport()).convertToFormat(QImage.Format.Format_Grayscale8)
    block = view.layout_of(0)
    assert block is not None
    row = block.height // len(CHANGE[0].hunks[0].lines)
    removed, added = (i for i, line in enumerate(CHANGE[0].hunks[0].lines) if line.op != " ")
    column = LinePainter(look, view.review).bar_left()

    def shades(line: int) -> set[int]:
        top = block.top + line * row
        return {image.pixelColor(column + x, top + y).value() for x in range(4) for y in range(row)}

    assert (len(shades(added)), len(shades(removed))) == (1, 2)


def test_side_by_side_is_shorter_and_decides_alike(desk: Desk) -> None:
    unified = desk.page.hunks.layout_of(0)
    before = pixels(desk.page)
    desk.keys("d")
    beside = desk.page.hunks.layout_of(0)
    assert unified is not None
    assert beside is not None
    assert beside.height == unified.height * 7 // 8  # one line went and one came
    assert pixels(desk.page) != before
    desk.press(Qt.Key.Key_Up, shift=True)
    hunk = CHANGE[0].hunks[0]
    (added,) = (i for i, line in enumerate(hunk.lines) if line.op == "+")
    desk.keys("a")
    assert desk.asked == [("accept", (reference(hunk, [added]),))]
    desk.keys("d")
    assert desk.page.hunks.layout_of(0) == unified


def test_a_narrow_page_has_the_list_above_and_cuts_no_button(desk: Desk) -> None:
    desk.page.set_verdict(GREEN)
    desk.page.resize(460, 600)
    QApplication.processEvents()
    assert desk.page.files.geometry().bottom() < desk.page.hunks.geometry().top()
    for button in desk.buttons().values():
        assert button.width() >= button.sizeHint().width()


def test_only_a_proof_accents_the_button_that_accepts(desk: Desk) -> None:
    def accented() -> list[str]:
        return [text for text, button in desk.buttons().items() if button.isDefault()]

    assert accented() == []
    desk.page.set_verdict(msgspec.structs.replace(GREEN, state="failing", reason="1 still red"))
    assert accented() == []
    desk.page.set_verdict(GREEN)
    assert accented() == ["Accept 4 hunks · 41/41 green on this tree"]
    desk.page.set_agent("running")
    assert accented() == []
    desk.page.set_agent("idle")
    desk.page.set_change(CHANGE, {IDS[0]: "rejected"})
    assert accented() == []


def test_keys_are_dimmed_while_the_keyboard_is_elsewhere(desk: Desk, qtbot: QtBot) -> None:
    with qtbot.waitActive(desk.page):
        desk.page.activateWindow()
    desk.page.hunks.setFocus()
    live = desk.page.keys.grab().toImage()
    qtbot.waitUntil(lambda: desk.page.keys.live)
    elsewhere = QLineEdit()
    qtbot.addWidget(elsewhere)
    elsewhere.show()
    with qtbot.waitActive(elsewhere):
        elsewhere.activateWindow()
    elsewhere.setFocus()
    assert not desk.page.keys.live
    assert desk.page.keys.grab().toImage() != live


def test_the_strip_tells_of_patches_that_do_as_well(desk: Desk, qtbot: QtBot) -> None:
    assert "Candidates" not in desk.buttons()
    desk.page.strip.set_rivals(1)
    (said,) = (
        label.text() for label in desk.page.strip.findChildren(QLabel) if "other" in label.text()
    )
    assert said == "1 other patch turns the same tests green."
    with qtbot.waitSignal(desk.page.candidates_asked):
        QTest.keyClick(desk.buttons()["Candidates"], Qt.Key.Key_Return)
    desk.page.strip.set_rivals(0)
    assert "Candidates" not in desk.buttons()


def test_everything_that_takes_focus_has_a_name(desk: Desk) -> None:
    desk.page.set_strip(Strip("unchecked", 1))
    for widget in desk.page.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            assert widget.accessibleName(), widget


class Paints(QObject):
    """Counts what a widget paints."""

    number = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        self.number += event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


def test_nothing_is_painted_while_nothing_happens(desk: Desk, qtbot: QtBot) -> None:
    paints = Paints()
    for widget in (desk.page, desk.page.hunks.viewport(), desk.page.files.viewport()):
        widget.installEventFilter(paints)
    qtbot.wait(200)
    assert paints.number == 0
    desk.keys("j")
    QApplication.processEvents()
    assert paints.number > 0


def big() -> tuple[FileDiff, ...]:
    """Twenty thousand lines in four hundred hunks of forty files."""
    change = []
    for number in range(40):
        old: list[str] = []
        new: list[str] = []
        for hunk in range(10):
            same = [f"    keep_{number}_{hunk}_{line} = call(alpha)" for line in range(12)]
            old += [*same, *(f"    v_{hunk}_{i} = compute(alpha) * {i}" for i in range(23))]
            new += [*same, *(f"    v_{hunk}_{i} = compute(beta) + {i}" for i in range(23))]
        before, after = ("\n".join(lines).encode() for lines in (old, new))
        change.append(diff_bytes(f"package/module_{number}.py", before, after))
    return tuple(change)


def test_a_big_change_is_shown_at_once(desk: Desk) -> None:
    change = big()
    hunks = [hunk for diff in change for hunk in diff.hunks]
    assert len(hunks) == 400
    assert sum(len(hunk.lines) for hunk in hunks) >= 20_000
    began = time.process_time()
    desk.page.set_change(change, NOTHING)
    desk.page.hunks.viewport().repaint()
    desk.page.files.viewport().repaint()
    assert time.process_time() - began < 0.2
    assert desk.page.files.model().rowCount() == 40
