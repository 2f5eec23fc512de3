"""The project tree: lazy, honest about git and the agent, walked by keys, and never slow."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.models.tree_model import LETTERS
from desktop.views.project_tree import ProjectTree
from tests.desktop.views.files import open_tabs, text_page
from tests.editors.repositories import git, repository, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {"shop/cart.py": "1\n", "shop/api/v1.py": "", "tests/test_cart.py": "", "a.md": ""}
    return repository(tmp_path / "r", {**files, ".gitignore": "*.log\nbuild/\n"})


@pytest.fixture
def tree(qtbot: QtBot, look: Appearance, root: Path) -> ProjectTree:
    return shown(qtbot, look, root)


def shown(qtbot: QtBot, look: Appearance, root: Path) -> ProjectTree:
    made = ProjectTree(look)
    qtbot.addWidget(made, before_close_func=lambda _widget: made.shut_down())
    made.resize(260, 400)
    made.show()
    qtbot.waitExposed(made)
    made.set_root(root)
    qtbot.waitUntil(lambda: made.model.rowCount() > 0)
    return made


def names(tree: ProjectTree) -> list[str]:
    nodes = (tree.model.node(row) for row in range(tree.model.rowCount()))
    return [f"{'  ' * node.depth}{node.name}" for node in nodes if node]


def badges(tree: ProjectTree) -> dict[str, str]:
    nodes = (tree.model.node(row) for row in range(tree.model.rowCount()))
    return {
        node.path: LETTERS[badge] for node in nodes if node and (badge := tree.model.badge(node))
    }


def press(tree: ProjectTree, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(tree.view, key)


def test_folders_are_read_when_they_are_opened(qtbot: QtBot, tree: ProjectTree) -> None:
    assert names(tree) == ["shop", "tests", ".gitignore", "a.md"]
    assert not tree.model.is_read("shop")
    tree.view.go_to(0)
    press(tree, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: tree.model.is_read("shop"))
    assert names(tree) == ["shop", "  api", "  cart.py", "tests", ".gitignore", "a.md"]


def test_keys_walk_and_open(qtbot: QtBot, tree: ProjectTree) -> None:
    tree.reveal("shop/api/v1.py")
    qtbot.waitUntil(lambda: "    v1.py" in names(tree))
    opened: list[str] = []
    tree.file_activated.connect(opened.append)
    press(tree, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Enter)
    assert opened == ["shop/api/v1.py", "shop/cart.py"]
    press(tree, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert names(tree)[:3] == ["shop", "  api", "  cart.py"]
    press(tree, Qt.Key.Key_Left, Qt.Key.Key_Left)
    assert names(tree)[:2] == ["shop", "tests"]
    press(tree, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert names(tree)[:3] == ["shop", "  api", "    v1.py"]
    press(tree, Qt.Key.Key_End)
    assert tree.view.currentIndex().data() == "a.md"
    press(tree, Qt.Key.Key_Home, Qt.Key.Key_Return)
    assert names(tree) == ["shop", "tests", ".gitignore", "a.md"]


def test_letters_find_names(tree: ProjectTree) -> None:
    QTest.keyClicks(tree.view, "te")
    assert tree.view.currentIndex().data() == "tests"
    tree.view._typed_at = 0.0
    QTest.keyClicks(tree.view, "A.")
    assert tree.view.currentIndex().data() == "a.md"


def test_git_and_agent_badges(qtbot: QtBot, look: Appearance, root: Path) -> None:
    write(root, {"shop/cart.py": "2\n", "new.py": "", "a.log": "", "build/x": "", "f/g.py": ""})
    git(root, "rm", "-q", "tests/test_cart.py")
    tree = shown(qtbot, look, root)
    tree.reveal("f/g.py")
    qtbot.waitUntil(lambda: badges(tree) == {"new.py": "?", "f": "?", "f/g.py": "?"})
    tree.reveal("shop/cart.py")
    qtbot.waitUntil(lambda: badges(tree).get("shop/cart.py") == "M")
    tree.set_agent_files({"shop/cart.py": "changed"})
    index = tree.model.index(tree.model.row_of("shop/cart.py"), 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "cart.py, modified, changed by the agent"
    folder = tree.model.index(tree.model.row_of("shop"), 0)
    assert "holds changes" in folder.data(Qt.ItemDataRole.AccessibleTextRole)
    for path in ("a.log", "build"):
        row = tree.model.index(tree.model.row_of(path), 0)
        assert "ignored by git" in row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert tree.model.ignores("build/x")
    tree.grab()


def test_what_happens_on_the_disk_shows(qtbot: QtBot, tree: ProjectTree, root: Path) -> None:
    tree.reveal("shop/cart.py")
    qtbot.waitUntil(lambda: "  cart.py" in names(tree))
    settle(qtbot, tree)
    told: set[str] = set()
    tree.files_changed.connect(told.update)
    write(root, {"shop/cart.py": "2\n", "shop/basket.py": "", "shop/api/deep/x.py": ""})
    (root / "a.md").unlink()
    expected = ["shop", "  api", "  basket.py", "  cart.py", "tests", ".gitignore"]
    qtbot.waitUntil(lambda: names(tree) == expected)
    qtbot.waitUntil(lambda: badges(tree) == {"shop/cart.py": "M", "shop/basket.py": "?"})
    assert {"shop/cart.py", "shop/basket.py", "a.md"} <= told
    assert tree.view.currentIndex().data() == "cart.py"
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    qtbot.waitUntil(lambda: badges(tree) == {})
    assert ".git" in told


def test_many_changes_at_once(qtbot: QtBot, tree: ProjectTree, root: Path) -> None:
    settle(qtbot, tree)
    write(root, {f"n{number:03}.txt": "" for number in range(300)})
    qtbot.waitUntil(lambda: tree.model.rowCount() == 304)
    tree.view.go_to(200)
    for number in range(250):
        (root / f"n{number:03}.txt").unlink()
    qtbot.waitUntil(lambda: tree.model.rowCount() == 54)
    assert names(tree)[2:5] == [".gitignore", "a.md", "n250.txt"]


def test_nothing_happens_while_nothing_happens(qtbot: QtBot, tree: ProjectTree, root: Path) -> None:
    settle(qtbot, tree)
    told: list[object] = []
    tree.files_changed.connect(told.append)
    for file in (root / "shop/cart.py", root / ".gitignore"):
        file.read_bytes()
    qtbot.wait(400)
    assert told == []


def test_names_of_any_bytes_are_shown_and_opened(
    qtbot: QtBot, look: Appearance, tmp_path: Path
) -> None:
    root = tmp_path / "r"
    write(root, {"bad\udcff.py": "x = 1\n", "new\nline.py": ""})
    tree = shown(qtbot, look, root)
    tabs = open_tabs(qtbot, look, root)
    tree.file_activated.connect(tabs.open_file)
    tree.view.go_to(0)
    assert tree.view.currentIndex().data() == "bad\ufffd.py"
    press(tree, Qt.Key.Key_Return)
    assert text_page(tabs.currentWidget()).editor.text() == "x = 1\n"
    assert tabs.tabText(0) == "bad\ufffd.py"
    assert tree.model.index(1, 0).data() == "new␊line.py"


def test_a_log_that_grows_asks_git_nothing(qtbot: QtBot, look: Appearance, root: Path) -> None:
    write(root, {"run.log": ""})
    tree = shown(qtbot, look, root)
    settle(qtbot, tree)
    with qtbot.waitSignal(tree.files_changed) as told:
        write(root, {"run.log": "more\n"})
    assert told.args == [frozenset({"run.log"})]
    assert not tree.is_busy()


def test_another_root_takes_the_place(qtbot: QtBot, tree: ProjectTree, tmp_path: Path) -> None:
    write(tmp_path / "other", {"only.py": ""})
    tree.set_root(tmp_path / "other")
    qtbot.waitUntil(lambda: names(tree) == ["only.py"])


def test_what_cannot_be_watched_is_looked_at_on_focus(
    qtbot: QtBot, tree: ProjectTree, tmp_path: Path
) -> None:
    tree.set_root(tmp_path / "none")
    settle(qtbot, tree)
    assert names(tree) == []
    write(tmp_path / "none", {"late.py": ""})
    QApplication.sendEvent(tree, QEvent(QEvent.Type.ActivationChange))
    qtbot.waitUntil(lambda: names(tree) == ["late.py"])


def test_the_selected_file_stays_selected_while_rows_move(
    qtbot: QtBot, tree: ProjectTree, root: Path
) -> None:
    settle(qtbot, tree)
    tree.view.go_to(tree.model.row_of("a.md"))
    write(root, {f".n{number:03}.txt": "" for number in range(200)})
    qtbot.waitUntil(lambda: tree.model.rowCount() == 204)
    assert tree.view.currentIndex().data() == "a.md"


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_many_files_cost_the_window_little(
    qtbot: QtBot, look: Appearance, tmp_path: Path, count: int
) -> None:
    (tmp_path / "r" / "many").mkdir(parents=True)
    for number in range(count):
        (tmp_path / "r" / "many" / f"{number:06}").touch()
    tree = shown(qtbot, look, tmp_path / "r")
    settle(qtbot, tree)
    spent = time_in_window(lambda: tree.model.expand(0), lambda: tree.model.rowCount() > count)
    assert spent < 0.05
    press(tree, Qt.Key.Key_End)
    assert tree.view.currentIndex().data() == f"{count - 1:06}"


def settle(qtbot: QtBot, tree: ProjectTree) -> None:
    """Wait until the watch is set up and git has answered."""
    qtbot.waitUntil(lambda: not tree.is_busy())


def time_in_window(act: Callable[[], None], done: Callable[[], bool]) -> float:
    """CPU seconds the window's thread spends on turns that do something, until it is done."""
    assert threading.current_thread() is threading.main_thread()
    began = time.thread_time()
    act()
    spent = time.thread_time() - began
    while not done():
        time.sleep(0.02)
        began = time.thread_time()
        QApplication.processEvents()
        spent += time.thread_time() - began
    return spent
