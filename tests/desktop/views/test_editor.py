"""The editor: what typing does, what is coloured, what is marked, and how quick it is."""

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QInputMethodEvent, QTextBlock
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.highlighting import PARSED_AT_ONCE
from desktop.views.editor import Editor

SOURCE = 'def total(items):\n    """Sum é😀."""\n    return sum(items)  # all\n'


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def editor(qtbot: QtBot, look: Appearance, background: Background) -> Editor:
    made = Editor(look, background)
    qtbot.addWidget(made, before_close_func=lambda _widget: made.stop())
    made.resize(700, 500)
    made.show_text(SOURCE, "cart.py")
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def test_the_line_of_the_cursor_is_marked_in_a_fresh_text(editor: Editor) -> None:
    editor.show_text("one = 1\ntwo = 2\n", "a.py")
    assert [each.cursor.blockNumber() for each in editor.extraSelections()] == [0]


def colours(editor: Editor, line: int) -> dict[str, QColor]:
    """What is coloured in a line: text -> colour."""
    editor.viewport().repaint()
    block: QTextBlock = editor.document().findBlockByNumber(line - 1)
    text = block.text().encode("utf-16-le")
    return {
        text[2 * r.start : 2 * (r.start + r.length)].decode(
            "utf-16-le"
        ): r.format.foreground().color()
        for r in block.layout().formats()
    }


def test_lines_on_screen_are_coloured(editor: Editor, look: Appearance) -> None:
    found = colours(editor, 1)
    assert found["def"] == look.colour("syntax.keyword")
    assert found["total"] == look.colour("syntax.function")
    assert colours(editor, 2) == {'"""Sum é😀."""': look.colour("syntax.string")}
    assert colours(editor, 3)["# all"] == look.colour("syntax.comment")


def test_colours_follow_what_is_typed_and_the_theme(
    qtbot: QtBot, editor: Editor, look: Appearance
) -> None:
    assert "return" in colours(editor, 3)
    QTest.keyClicks(editor, "# ")
    qtbot.waitUntil(
        lambda: colours(editor, 1) == {"# def total(items):": look.colour("syntax.comment")}
    )
    look.set_theme("light")
    assert colours(editor, 1) == {"# def total(items):": look.colour("syntax.comment")}


def test_an_input_method_leaves_the_colours_as_they_were(qtbot: QtBot, editor: Editor) -> None:
    before = colours(editor, 1)
    QApplication.sendEvent(editor, QInputMethodEvent("に", []))
    assert colours(editor, 1) != before
    QApplication.sendEvent(editor, QInputMethodEvent("", []))
    qtbot.waitUntil(lambda: colours(editor, 1) == before)
    assert editor.text() == SOURCE


def test_a_span_that_ends_before_the_screen_takes_no_colour_away(editor: Editor) -> None:
    body = "".join(f"    x{i} = {i}\n" for i in range(300))
    editor.show_text(f"@mark\ndef f():\n{body}    return 1\n", "a.py")
    editor.go_to(302)
    assert set(colours(editor, 303)) == {"return", "1"}
    assert set(colours(editor, 301)) == {"298"}


def test_a_language_without_grammar_is_coloured_by_line(editor: Editor, look: Appearance) -> None:
    editor.show_text('int main(void) { return 0; } // é😀 end\n/* "x" */ "s"\n', "main.c")
    assert editor.language == "c"
    assert colours(editor, 1)["// é😀 end"] == look.colour("syntax.comment")
    assert colours(editor, 2)['"s"'] == look.colour("syntax.string")
    editor.show_text("just words", "notes.txt")
    assert editor.language == ""
    assert colours(editor, 1) == {}


def test_text_survives_as_it_is(editor: Editor) -> None:
    odd = "a\xa0b\u2028c\n\td\n\n"
    editor.show_text(odd, "a.txt")
    assert editor.text() == odd
    editor.replace_text(odd + "e")
    assert editor.text() == odd + "e"


@pytest.mark.parametrize(
    "after",
    [
        "",
        "b\nc\nd\n",
        "a\nb\nc\n",
        "a\nX\nc\nd\n",
        "a\nb\nc\nd\ne\nf",
        "z\na\nb\nc\nd\n",
        "x",
        "a\nd\n",
    ],
)
def test_replaced_text_is_one_step_to_undo(editor: Editor, after: str) -> None:
    editor.show_text("a\nb\nc\nd\n", "a.txt")
    editor.replace_text(after)
    assert editor.text() == after
    editor.undo()
    assert editor.text() == "a\nb\nc\nd\n"


def test_replacing_keeps_the_place(editor: Editor) -> None:
    lines = [f"line {n}" for n in range(400)]
    editor.show_text("\n".join(lines), "a.txt")
    editor.go_to(300, 3)
    top = editor.firstVisibleBlock().text()
    editor.replace_text("\n".join(["new", "new", *lines[:350], "end"]))
    assert editor.textCursor().block().text() == "line 299"
    assert editor.firstVisibleBlock().text() == top


def test_enter_tab_and_backspace_indent(editor: Editor) -> None:
    editor.show_text("def f():\n    pass\n", "a.py")
    editor.go_to(1, 9)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "x = (")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text() == "def f():\n    x = (\n        \n    pass\n"
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClicks(editor, ")")
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "def f():\n    x = (\n    )   \n    pass\n"
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "    def f():\n        x = (\n        )   \n        pass\n"
    QTest.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text() == "def f():\n    x = (\n    )   \n    pass\n"


def test_tabs_stay_tabs(editor: Editor) -> None:
    editor.show_text("if x:\n\tpass\n", "a.py")
    editor.go_to(1, 6)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "if x:\n\t\t\n\tpass\n"


def test_read_only_text_takes_no_keys(editor: Editor) -> None:
    editor.setReadOnly(True)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Backspace, Qt.Key.Key_Backtab):
        QTest.keyClick(editor, key)
    assert editor.text() == SOURCE


def test_the_other_bracket_is_shown(editor: Editor, look: Appearance) -> None:
    editor.go_to(1, 10)
    marked = [
        (one.cursor.selectedText(), one.cursor.selectionStart())
        for one in editor.extraSelections()
        if one.cursor.hasSelection()
    ]
    assert marked == [("(", 9), (")", 15)]


def test_heat_and_changes_are_marked_and_said(editor: Editor, look: Appearance) -> None:
    plain = editor.gutter.grab().toImage()
    editor.set_heat({1: 1.0, 2: 0.25})
    editor.set_changes({1: "changed", 3: "deleted"})
    assert editor.gutter.grab().toImage() != plain
    image = editor.gutter.grab().toImage()
    _, top, height = editor.visible_blocks()[0]
    assert image.pixelColor(look.px(4), top + height // 2) == look.colour("heat")
    assert editor.gutter.facts(1) == "suspicion 1.00, changed since the commit"
    assert editor.gutter.facts(3) == "lines deleted above"
    assert editor.gutter.facts(9) == ""
    assert editor.overview.marks()["heat"] == (1,)
    assert editor.overview.marks()["deleted"] == (3,)


def test_keys_go_from_mark_to_mark(editor: Editor) -> None:
    editor.show_text("\n".join("abcdefgh"), "a.txt")
    editor.set_heat({3: 0.9})
    editor.set_failures([6])
    lines = []
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(editor, key, Qt.KeyboardModifier.AltModifier)
        lines.append(editor.current_line())
    assert lines == [3, 6, 3, 6]


def test_numbers_and_overview_take_clicks(qtbot: QtBot, editor: Editor) -> None:
    editor.show_text("\n".join(str(n) for n in range(1, 1001)), "a.txt")
    _, top, height = editor.visible_blocks()[2]
    place = editor.gutter.rect().topLeft()
    place.setY(top + height // 2)
    QTest.mousePress(editor.gutter, Qt.MouseButton.LeftButton, pos=place)
    assert editor.textCursor().selectedText() == "3"
    place.setY(editor.overview.height() // 2)
    QTest.mousePress(editor.overview, Qt.MouseButton.LeftButton, pos=place)
    assert abs(editor.current_line() - 500) < 10


def test_a_long_file_is_painted_quickly(qtbot: QtBot, editor: Editor) -> None:
    text = SOURCE * 6_667
    began = time.process_time()
    editor.show_text(text, "long.py")
    editor.viewport().repaint()
    painted = time.process_time() - began
    assert len(text) > PARSED_AT_ONCE
    assert editor.blockCount() > 20_000
    assert painted < 0.25
    editor.go_to(20_000)
    qtbot.waitUntil(lambda: len(colours(editor, 20_000)) > 0)
