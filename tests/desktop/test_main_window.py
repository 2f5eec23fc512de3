"""The window as a whole, on a real folder; the agent itself stays at rest."""

import tempfile
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop import settings
from desktop.appearance import Appearance
from desktop.dialogs.shortcuts import Shortcuts
from desktop.first_page import first_page
from desktop.main_window import MainWindow
from desktop.opening import Opening
from tests.agent_core.projects import assign, git, shop
from tests.desktop.windows import opened, project, window


def test_a_folder_opens_and_is_remembered(look: Appearance, qtbot: QtBot, tmp_path: Path) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        assert made.windowTitle() == "sums · Journeyman"
        assert workspace.agent_state == "idle"
        assert workspace.composer.text.hasFocus()
        assert made.close_folder()
        assert made.windowTitle() == "Journeyman"
    assert settings.load().recent == (str(folder.resolve()),)


def test_recent_folders_are_listed_with_their_state(tmp_path: Path) -> None:
    gone, new = str(tmp_path / "gone"), str(tmp_path)
    assert [(entry.state, entry.words) for entry in first_page((gone, new))[0]] == [
        ("gone", "the folder is gone"),
        ("new", "no session yet"),
    ]


def test_a_session_run_elsewhere_appears_when_the_window_is_activated(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    with window(look, qtbot) as made:
        other = QWidget()
        qtbot.addWidget(other)
        other.show()
        with qtbot.waitActive(other):
            other.activateWindow()
        assign(project(tmp_path / "sums")).close()
        with qtbot.waitActive(made):
            made.activateWindow()
        qtbot.waitUntil(lambda: any("Make the failing" in goal for goal in names(made)))


def test_the_window_says_folder_and_branch(look: Appearance, qtbot: QtBot, tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    git(folder, "checkout", "-q", "-b", "mend")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        qtbot.waitUntil(lambda: workspace.status.words().startswith("shop · mend · "))
        git(folder, "checkout", "-q", "-b", "other")
        qtbot.waitUntil(lambda: workspace.status.words().startswith("shop · other · "))


def names(made: MainWindow) -> list[str]:
    return [button.accessibleName() for button in made.findChildren(QPushButton)]


def test_a_gone_folder_is_said(look: Appearance, qtbot: QtBot, tmp_path: Path) -> None:
    settings.save(settings.Settings(recent=(str(tmp_path / "gone"),)))
    with window(look, qtbot) as made:
        assert not made.open_folder(tmp_path / "gone")
        assert made.workspace is None
        box = made.findChild(QMessageBox)
        assert box is not None
        assert "is no folder any more" in box.text()
        box.close()
    assert settings.load().recent == ()


def test_a_sample_opens_as_a_copy_with_our_python(
    look: Appearance, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with window(look, qtbot) as made:
        made.open_sample("larder")
        qtbot.waitUntil(lambda: made.workspace is not None)
        workspace = made.workspace
        assert workspace is not None
        assert (workspace.folder / "larder" / "cache.py").exists()
        chip = workspace.composer.toolchain_chip
        qtbot.waitUntil(lambda: "Python 3." in chip.text(), timeout=20_000)


def test_a_folder_opens_a_piece_a_turn_and_the_newest_request_wins(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = project(tmp_path / "sums"), project(tmp_path / "products")
    with window(look, qtbot) as made:
        made.open_soon(first)
        made.open_soon(second)
        assert made.windowTitle() == "Journeyman"
        qtbot.waitUntil(lambda: made.windowTitle() != "Journeyman")
        assert made.workspace is not None
        assert made.workspace.folder == second


def the_opening(made: MainWindow) -> Opening:
    found = made.findChild(Opening)
    assert found is not None
    return found


def test_a_window_can_be_closed_while_a_folder_opens(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    threads = threading.active_count()
    with window(look, qtbot) as made:
        made.open_soon(project(tmp_path / "sums"))
        qtbot.waitUntil(lambda: the_opening(made)._views is not None)
    assert made.workspace is None
    assert threading.active_count() == threads


def test_a_second_window_only_looks_until_the_first_has_gone(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as first, window(look, qtbot) as second:
        opened(first, folder)
        looking = opened(second, folder)
        assert (looking.read_only, looking.agent_state) == (True, "read_only")
        assert "is open in another Journeyman" in looking.notice.text
        assert not second.registry.is_enabled("agent.start")
        assert "read only" in looking.review._headline.text()
        first.close()
        looking.notice.answer("Try again")
        assert (looking.read_only, looking.agent_state) == (False, "idle")
        assert looking.notice.text == ""


def test_a_draft_survives_the_window(look: Appearance, qtbot: QtBot, tmp_path: Path) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        opened(made, folder).composer.set_draft("make it add")
    with window(look, qtbot) as made:
        assert opened(made, folder).composer.draft() == "make it add"


def test_quick_open_opens_a_file_by_keys(look: Appearance, qtbot: QtBot, tmp_path: Path) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        QTest.keyClick(made, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
        picker = made.quick_open
        qtbot.waitUntil(lambda: picker.shown() == ["adding.py", "test_adding.py"], timeout=20_000)
        keys = made.focusWidget()
        assert keys is not None
        QTest.keyClicks(keys, "test")
        QTest.keyClick(keys, Qt.Key.Key_Return)
        assert workspace.tabs.current_file() == "test_adding.py"


def menus(made: MainWindow) -> list[QMenu]:
    found = (action.menu() for action in made.menuBar().actions())
    return [menu for menu in found if isinstance(menu, QMenu)]


@pytest.mark.parametrize("with_folder", [False, True])
def test_every_command_has_its_place_and_help(
    look: Appearance, qtbot: QtBot, tmp_path: Path, *, with_folder: bool
) -> None:
    with window(look, qtbot) as made:
        if with_folder:
            opened(made, project(tmp_path / "sums"))
        in_menus: list[str] = []
        for menu in menus(made):
            menu.aboutToShow.emit()
            in_menus += [action.text() for action in menu.actions()]
            menu.aboutToHide.emit()
        commands = made.registry.all()
        assert sorted(in_menus) == sorted(command.title for command in commands)
        for command in commands:
            assert command.help, command.id
            assert isinstance(made.registry.is_enabled(command.id), bool)
        titles = [command.title for command in commands]
        assert len(titles) == len(set(titles))


def test_menus_grey_out_what_cannot_be_done(look: Appearance, qtbot: QtBot) -> None:
    with window(look, qtbot) as made:
        save = next(a for a in made.findChildren(QAction) if a.text() == "&Save")
        menu = menus(made)[0]
        menu.aboutToShow.emit()
        assert not save.isEnabled()
        menu.aboutToHide.emit()
        assert save.isEnabled()


def test_keys_bring_the_focus_to_each_part(look: Appearance, qtbot: QtBot, tmp_path: Path) -> None:
    with window(look, qtbot) as made:
        workspace = opened(made, project(tmp_path / "sums"))
        parts = (workspace.tree, workspace.timeline, workspace.composer)
        for key, part in zip((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3), parts, strict=True):
            QTest.keyClick(made, key, Qt.KeyboardModifier.ControlModifier)
            focused = made.focusWidget()
            assert focused is not None
            assert part.isAncestorOf(focused)
        pages = (workspace.review, workspace.tests, workspace.candidates)
        for key, page in zip((Qt.Key.Key_5, Qt.Key.Key_6, Qt.Key.Key_7), pages, strict=True):
            QTest.keyClick(made, key, Qt.KeyboardModifier.ControlModifier)
            assert workspace.tabs.currentWidget() is page


def test_theme_and_size_change_at_once_and_are_kept(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    with window(look, qtbot) as made:
        opened(made, project(tmp_path / "sums"))
        before = made.grab().toImage()
        made.registry.run("theme.light")
        assert made.registry.is_checked("theme.light")
        light = made.grab().toImage()
        assert light != before
        made.registry.run("zoom.in")
        assert made.grab().toImage() != light
        made.registry.run("code_zoom.out")
        made.registry.run("density")
        made.registry.run("colour_blind")
    kept = settings.load()
    assert (kept.theme, kept.density, kept.colour_blind) == ("light", "relaxed", True)
    assert kept.font_scale > 1 > kept.code_scale


def test_the_page_of_keys_has_all_of_them(look: Appearance, qtbot: QtBot) -> None:
    with window(look, qtbot) as made:
        made.registry.run("help.keys")
        page = made.findChild(Shortcuts)
        assert page is not None
        assert page.lines() >= len(made.registry.all())
        page.close()


def test_nothing_is_marked_up(look: Appearance, qtbot: QtBot, tmp_path: Path) -> None:
    with window(look, qtbot) as made:
        opened(made, project(tmp_path / "sums"))
        rich = [
            label.text()
            for label in made.findChildren(QLabel)
            if label.textFormat() is not Qt.TextFormat.PlainText and label.text()
        ]
        assert rich == []


def test_a_window_fits_its_screen_with_its_title_bar(look: Appearance, qtbot: QtBot) -> None:
    with window(look, qtbot) as made:
        room = made.screen().availableGeometry()
        assert made.height() <= min(800, room.height() - 40)
        made.setGeometry(300, 500, 3000, 3000)
    with window(look, qtbot) as made:
        assert room.contains(made.geometry())
        assert made.y() >= room.top()
        made.showMaximized()
    with window(look, qtbot) as made:
        assert made.isMaximized()


def test_the_edit_menu_acts_on_the_text_that_has_the_keyboard(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    with window(look, qtbot) as made:
        workspace = opened(made, project(tmp_path / "sums"))
        QTest.keyClicks(workspace.composer.text, "mend it")
        for command in ("select_all", "cut"):
            made.registry.run(f"edit.{command}")
        assert workspace.composer.draft() == ""
        made.registry.run("edit.paste")
        assert workspace.composer.draft() == "mend it"
        made.registry.run("edit.undo")
        assert workspace.composer.draft() == ""
        workspace.review.hunks.setFocus()
        assert not made.registry.is_enabled("edit.undo")
        assert not made.registry.is_enabled("review.accept")


def test_about_says_version_and_licence(look: Appearance, qtbot: QtBot) -> None:
    with window(look, qtbot) as made:
        made.registry.run("help.about")
        box = made.findChild(QMessageBox)
        assert box is not None
        assert box.text().startswith("Journeyman 0.")
        assert "Apache License" in box.informativeText()
        box.close()
