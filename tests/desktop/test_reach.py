"""What everybody can reach and read: names, tab order, no cut text."""

import itertools
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.main_window import MainWindow
from desktop.views.labels import Elided
from tests.desktop.windows import opened, project, window

PAGES = ("welcome", "review", "tests", "candidates")
SIZES = ((900, 600), (1280, 800), (1920, 1080))
LONG_MS = 60_000


def focusable(made: MainWindow) -> list[QWidget]:
    return [
        widget
        for widget in made.findChildren(QWidget)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.focusProxy() is None
    ]


def show(made: MainWindow, page: str, folder: Path) -> None:
    if page != "welcome":
        workspace = opened(made, project(folder))
        made.registry.run(f"go.{page}")
        workspace.tabs.open_file("adding.py")
        made.registry.run(f"go.{page}")
    QApplication.processEvents()


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name(
    look: Appearance, qtbot: QtBot, tmp_path: Path, page: str
) -> None:
    with window(look, qtbot) as made:
        show(made, page, tmp_path / "sums")
        nameless = [
            widget
            for widget in focusable(made)
            if not widget.accessibleName()
            and not (isinstance(widget, QAbstractButton) and widget.text())
        ]
        assert nameless == []


@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_every_control(
    look: Appearance, qtbot: QtBot, tmp_path: Path, page: str
) -> None:
    with window(look, qtbot) as made:
        show(made, page, tmp_path / "sums")
        wanted = set(focusable(made))
        reached: set[QWidget] = set()
        for _ in range(3 * len(wanted)):
            made.focusNextPrevChild(True)  # noqa: FBT003  (Qt's own signature)
            focused = made.focusWidget()
            assert focused is not None
            reached.add(focused)
        assert wanted - reached == set()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("size", SIZES)
def test_no_text_is_cut(
    look: Appearance, qtbot: QtBot, tmp_path: Path, page: str, size: tuple[int, int]
) -> None:
    with window(look, qtbot) as made:
        made.resize(*size)
        show(made, page, tmp_path / "sums")
        assert made.size().toTuple() == size
        assert cut(made) == []


def test_no_text_is_cut_with_a_finished_session(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    with window(look, qtbot) as made:
        workspace = opened(made, project(tmp_path / "sums"))
        chip = workspace.composer.toolchain_chip
        qtbot.waitUntil(lambda: "Python 3." in chip.text(), timeout=LONG_MS)
        workspace.composer.send.click()
        qtbot.waitUntil(lambda: workspace.agent_state == "done", timeout=LONG_MS)
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        assert seen_cut(made) == {}
        workspace.review.accept_all()
        qtbot.waitUntil(lambda: "1/1 green" in workspace.review.strip.words(), timeout=LONG_MS)
        assert seen_cut(made) == {}


def seen_cut(made: MainWindow) -> dict[tuple[object, ...], list[str]]:
    """What is cut, by theme, page and size."""
    found: dict[tuple[object, ...], list[str]] = {}
    for theme, page, size in itertools.product(("dark", "light"), PAGES[1:], SIZES):
        made.look.set_theme(theme)
        made.resize(*size)
        made.registry.run(f"go.{page}")
        QApplication.processEvents()
        assert made.size().toTuple() == size
        if texts := cut(made):
            found[theme, page, size] = texts
    return found


def cut(made: MainWindow) -> list[str]:
    """Labels and buttons that have less room than their text needs."""
    found = []
    texts: list[QLabel | QAbstractButton] = [*made.findChildren(QLabel)]
    texts += made.findChildren(QAbstractButton)
    for widget in texts:
        if not widget.isVisible() or not widget.text() or isinstance(widget, Elided):
            continue
        needed = widget.minimumSizeHint() if isinstance(widget, QLabel) else widget.sizeHint()
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        height = widget.heightForWidth(widget.width()) if wraps else needed.height()
        if (not wraps and widget.width() < needed.width()) or widget.height() < height:
            found.append(
                f"{widget.text()!r} has {widget.size().toTuple()}, needs {needed.toTuple()}"
            )
    return found
