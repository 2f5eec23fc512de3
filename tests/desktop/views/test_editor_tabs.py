"""Files in tabs: opening, saving, closing, and what happens to them on the disk meanwhile."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.editor_tabs import Answer, EditorTabs
from desktop.views.picture import Picture
from tests.desktop.views.files import open_tabs, text_page
from tests.editors.repositories import git, repository, write

TEXT = "".join(f"line {n}\n" for n in range(1, 11))


@pytest.fixture
def tabs(qtbot: QtBot, look: Appearance, tmp_path: Path) -> EditorTabs:
    write(tmp_path, {"a.txt": TEXT, "shop/cart.py": "x = 1\n", "tests/cart.py": "y = 2\n"})
    return open_tabs(qtbot, look, tmp_path, "a.txt")


def titles(tabs: EditorTabs) -> list[str]:
    return [tabs.tabText(index) for index in range(tabs.count())]


def press(tabs: EditorTabs, key: Qt.Key) -> None:
    QTest.keyClick(text_page(tabs.currentWidget()).editor, key, Qt.KeyboardModifier.ControlModifier)


def test_files_open_once_and_at_a_line(qtbot: QtBot, tabs: EditorTabs) -> None:
    with qtbot.waitSignal(tabs.current_file_changed, check_params_cb=lambda p: p == "shop/cart.py"):
        tabs.open_file("shop/cart.py")
    tabs.open_file("a.txt", 7)
    assert titles(tabs) == ["a.txt", "cart.py"]
    assert tabs.current_file() == "a.txt"
    assert text_page(tabs.currentWidget()).editor.current_line() == 7
    tabs.open_file("tests/cart.py")
    assert titles(tabs) == ["a.txt", "shop/cart.py", "tests/cart.py"]


def test_saving_keeps_what_is_not_the_text(qtbot: QtBot, look: Appearance, tmp_path: Path) -> None:
    file = tmp_path / "w.txt"
    file.write_bytes("\ufeffé\r\nb\r\n".encode("utf-16-le"))
    file.chmod(0o754)
    tabs = open_tabs(qtbot, look, tmp_path, "w.txt")
    page = text_page(tabs.currentWidget())
    QTest.keyClicks(page.editor, "new")
    QTest.keyClick(page.editor, Qt.Key.Key_Return)
    assert titles(tabs) == ["w.txt ●"]
    press(tabs, Qt.Key.Key_S)
    assert file.read_bytes() == "\ufeffnew\r\né\r\nb\r\n".encode("utf-16-le")
    assert file.stat().st_mode & 0o777 == 0o754
    assert titles(tabs) == ["w.txt"]
    assert page.notice.text == ""


def test_what_cannot_be_written_is_said_and_kept(tabs: EditorTabs, tmp_path: Path) -> None:
    page = text_page(tabs.currentWidget())
    (tmp_path / "other").hardlink_to(tmp_path / "a.txt")
    QTest.keyClicks(page.editor, "x")
    assert not tabs.save_current()
    assert "hard links" in page.notice.text
    assert page.is_modified()


@pytest.mark.parametrize(
    ("answer", "closed", "disk"),
    [("cancel", False, TEXT), ("discard", True, TEXT), ("save", True, "x" + TEXT)],
)
def test_unsaved_text_is_asked_about(
    tabs: EditorTabs, tmp_path: Path, answer: Answer, *, closed: bool, disk: str
) -> None:
    asked = []

    def ask(path: str) -> Answer:
        asked.append(path)
        return answer

    tabs.ask = ask
    QTest.keyClicks(text_page(tabs.currentWidget()).editor, "x")
    assert tabs.may_close() == closed
    assert tabs.close_current() == closed
    assert set(asked) == {"a.txt"}
    assert titles(tabs) == ([] if closed else ["a.txt ●"])
    assert (tmp_path / "a.txt").read_text() == disk


def test_tabs_close_by_key_button_and_middle_click(qtbot: QtBot, tabs: EditorTabs) -> None:
    for path in ("shop/cart.py", "tests/cart.py"):
        tabs.open_file(path)
    press(tabs, Qt.Key.Key_W)
    assert titles(tabs) == ["a.txt", "cart.py"]
    middle = tabs.tabBar().tabRect(0).center()
    QTest.mouseClick(tabs.tabBar(), Qt.MouseButton.MiddleButton, pos=middle)
    assert titles(tabs) == ["cart.py"]
    button = tabs.tabBar().tabButton(0, QTabBar.ButtonPosition.RightSide)
    assert button is not None
    assert button.accessibleName() == "Close shop/cart.py"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert titles(tabs) == []


def test_fixed_pages_stay_in_front(tabs: EditorTabs) -> None:
    review, tests = QLabel("review"), QLabel("tests")
    tabs.add_page(review, "Review", "file-diff")
    tabs.add_page(tests, "Tests", "flask-conical")
    assert titles(tabs) == ["Review", "Tests", "a.txt"]
    tabs.show_page(tests)
    assert tabs.current_file() == ""
    assert not tabs.close_current()
    QTest.keyClick(tabs, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert tabs.current_file() == "a.txt"


def test_a_clean_file_follows_the_disk_in_place(tabs: EditorTabs, tmp_path: Path) -> None:
    page = text_page(tabs.currentWidget())
    page.editor.go_to(8, 3)
    write(tmp_path, {"a.txt": "first\n" + TEXT})
    tabs.check_files(["a.txt"])
    assert page.editor.text() == "first\n" + TEXT
    assert (page.editor.current_line(), page.editor.textCursor().positionInBlock()) == (9, 2)
    assert not page.is_modified()
    assert page.notice.text == ""


def test_changes_of_both_sides_are_merged(tabs: EditorTabs, tmp_path: Path) -> None:
    page = text_page(tabs.currentWidget())
    QTest.keyClicks(page.editor, "my ")
    theirs = TEXT.replace("line 9", "line nine")
    write(tmp_path, {"a.txt": theirs})
    assert not tabs.save_current()
    assert "merged" in page.notice.text
    assert page.editor.text() == "my " + theirs
    assert (tmp_path / "a.txt").read_text() == theirs
    assert tabs.save_current()
    assert (tmp_path / "a.txt").read_text() == "my " + theirs
    assert page.notice.text == ""


@pytest.mark.parametrize(
    ("answer", "text", "modified"),
    [("Take theirs", TEXT + "end\n", False), ("Take mine", "my " + TEXT, True)],
)
def test_a_merge_can_be_taken_back(
    tabs: EditorTabs, tmp_path: Path, answer: str, text: str, *, modified: bool
) -> None:
    page = text_page(tabs.currentWidget())
    QTest.keyClicks(page.editor, "my ")
    write(tmp_path, {"a.txt": TEXT + "end\n"})
    tabs.check_files()
    page.notice.answer(answer)
    assert page.editor.text() == text
    assert page.is_modified() == modified


@pytest.mark.parametrize(
    ("answer", "disk"), [("Take theirs", "their " + TEXT), ("Keep mine", "my " + TEXT)]
)
def test_a_collision_waits_for_a_choice(
    tabs: EditorTabs, tmp_path: Path, answer: str, disk: str
) -> None:
    page = text_page(tabs.currentWidget())
    QTest.keyClicks(page.editor, "my ")
    write(tmp_path, {"a.txt": "their " + TEXT})
    assert not tabs.save_current()
    assert "at line 1" in page.notice.text
    assert not tabs.save_current()
    assert page.editor.text() == "my " + TEXT
    assert (tmp_path / "a.txt").read_text() == "their " + TEXT
    page.notice.answer(answer)
    assert tabs.save_current()
    assert (tmp_path / "a.txt").read_text() == disk
    assert page.editor.text() == disk


def test_a_deleted_file_leaves_its_text_here(tabs: EditorTabs, tmp_path: Path) -> None:
    page = text_page(tabs.currentWidget())
    (tmp_path / "a.txt").unlink()
    tabs.check_files()
    assert "deleted" in page.notice.text
    assert page.is_modified()
    page.notice.answer("Save it again")
    assert (tmp_path / "a.txt").read_text() == TEXT
    assert not page.is_modified()


def test_a_file_that_comes_back_is_followed_again(tabs: EditorTabs, tmp_path: Path) -> None:
    page = text_page(tabs.currentWidget())
    for text in (TEXT, TEXT + "end\n"):
        (tmp_path / "a.txt").unlink()
        tabs.check_files()
        write(tmp_path, {"a.txt": text})
        tabs.check_files()
        assert page.editor.text() == text
        assert not page.is_modified()
        assert page.notice.text == ""


def test_what_is_no_text_is_shown_or_said(tabs: EditorTabs, tmp_path: Path) -> None:
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    image.save(str(tmp_path / "p.png"))
    write(tmp_path, {"b.bin": b"\0\1"})
    (tmp_path / "link.txt").symlink_to("a.txt")
    tabs.open_file("p.png")
    picture = tabs.currentWidget()
    assert isinstance(picture, Picture)
    assert picture.caption == "30 by 20 pixels"
    for path, said in [("b.bin", "binary"), ("link.txt", "symbolic link"), ("no", "not exist")]:
        tabs.open_file(path)
        notice = tabs.currentWidget()
        assert isinstance(notice, QLabel)
        assert said in notice.text()
    write(tmp_path, {"b.bin": "text\n"})
    tabs.check_files([""])
    tabs.open_file("b.bin")
    assert text_page(tabs.currentWidget()).editor.text() == "text\n"


def test_a_huge_line_is_folded_and_read_only(tabs: EditorTabs, tmp_path: Path) -> None:
    write(tmp_path, {"min.js": "x" * 10_000_000})
    tabs.open_file("min.js")
    page = text_page(tabs.currentWidget())
    assert page.editor.isReadOnly()
    assert "folded" in page.notice.text
    assert len(page.editor.text()) < 3_000
    QTest.keyClicks(page.editor, "x")
    assert not page.save()
    assert (tmp_path / "min.js").stat().st_size == 10_000_000


def test_text_that_became_a_huge_line_on_disk_waits_for_a_choice(
    tabs: EditorTabs, tmp_path: Path
) -> None:
    page = text_page(tabs.currentWidget())
    QTest.keyClicks(page.editor, "my ")
    write(tmp_path, {"a.txt": "x" * 20_000})
    assert not tabs.save_current()
    assert page.editor.text() == "my " + TEXT
    page.notice.answer("Take theirs")
    assert page.editor.isReadOnly()
    assert not page.is_modified()


def test_a_file_may_close_before_it_is_coloured(
    qtbot: QtBot, tabs: EditorTabs, tmp_path: Path
) -> None:
    write(tmp_path, {"long.py": "x = 1\n" * 50_000})
    tabs.open_file("long.py")
    assert tabs.close_current()
    qtbot.wait(200)
    assert titles(tabs) == ["a.txt"]


def test_lines_are_compared_with_the_last_commit(
    qtbot: QtBot, look: Appearance, tmp_path: Path
) -> None:
    root = repository(tmp_path / "r", {"a.txt": TEXT})
    tabs = open_tabs(qtbot, look, root, "a.txt")
    editor = text_page(tabs.currentWidget()).editor
    QTest.keyClicks(editor, "my ")
    qtbot.waitUntil(lambda: editor.gutter.facts(1) == "changed since the commit")
    tabs.save_current()
    git(root, "commit", "-qam", "mine")
    tabs.check_files([".git"])
    qtbot.waitUntil(lambda: editor.gutter.facts(1) == "")


def test_heat_reaches_files_opened_before_and_after(tabs: EditorTabs) -> None:
    tabs.set_heat({"a.txt": {2: 0.5}, "shop/cart.py": {1: 1.0}})
    assert text_page(tabs.currentWidget()).editor.gutter.facts(2) == "suspicion 0.50"
    tabs.open_file("shop/cart.py")
    assert text_page(tabs.currentWidget()).editor.gutter.facts(1) == "suspicion 1.00"
    tabs.set_heat({})
    assert text_page(tabs.currentWidget()).editor.gutter.facts(1) == ""


def test_failures_reach_files_opened_before_and_after(tabs: EditorTabs) -> None:
    tabs.set_failures({"a.txt": {2}, "shop/cart.py": {1}})
    assert text_page(tabs.currentWidget()).editor.overview.marks()["failure"] == (2,)
    tabs.open_file("shop/cart.py")
    assert text_page(tabs.currentWidget()).editor.overview.marks()["failure"] == (1,)


def test_go_to_line_by_keys(qtbot: QtBot, tabs: EditorTabs) -> None:
    page = text_page(tabs.currentWidget())
    press(tabs, Qt.Key.Key_G)
    QTest.keyClicks(page.go_to_bar.line, "9")
    QTest.keyClick(page.go_to_bar.line, Qt.Key.Key_Return)
    assert page.editor.current_line() == 9
    assert page.go_to_bar.isHidden()


def test_every_widget_one_can_reach_has_a_name(tabs: EditorTabs) -> None:
    page = text_page(tabs.currentWidget())
    page.find_bar.open_bar(replacing=True)
    reached = [
        widget
        for widget in tabs.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
    assert len(reached) > 8
    assert [widget for widget in reached if not (widget.accessibleName() or _says(widget))] == []


def _says(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    return text() if callable(text) else ""
