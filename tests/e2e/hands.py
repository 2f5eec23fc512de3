"""Two ways to work in the window: with the mouse and typing, or with the keyboard alone."""

from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QListWidget, QMenu, QWidget

from desktop.views.editor import Editor
from tests.e2e.driver import Driver

PLACES = {"tree": 1, "review": 5, "tests": 6, "candidates": 7}
"""Numbers of the keys that lead there, with Ctrl."""
LETTERS = {"accept": "a", "reject": "r", "undo": "u", "take": "t"}
MOST_TABS = 120


class Hands(Protocol):
    """What a story needs to be able to do."""

    def use(self, widget: QWidget) -> None:
        """Use a button."""

    def write(self, field: QWidget, text: str) -> None:
        """Write into an empty field."""

    def show(self, page: str) -> None:
        """Bring a fixed page to the front."""

    def choose_last(self, lines: QListWidget) -> None:
        """Choose the last line of a list."""

    def decide(self, hunk: int, action: str) -> None:
        """Accept, reject or undo a hunk."""

    def leave(self) -> None:
        """Quit."""


class Mouse:
    """Clicks on everything; the keyboard only writes."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def use(self, widget: QWidget) -> None:
        """Click on it."""
        self._driver.click(widget)

    def write(self, field: QWidget, text: str) -> None:
        """Click into it and type."""
        self._driver.click(field)
        self._driver.until(field.hasFocus)
        self._driver.fingers.type(text)

    def show(self, page: str) -> None:
        """Click on its tab."""
        workspace = self._driver.workspace
        wanted = getattr(workspace, page)
        tabs = workspace.tabs.tabBar()
        place = self._driver.ask(lambda: tabs.tabRect(workspace.tabs.indexOf(wanted)).center())
        self._driver.click(tabs, place)
        self._driver.until(wanted.isVisible)

    def choose_last(self, lines: QListWidget) -> None:
        """Click on it."""

        def middle() -> QPoint:
            return lines.visualItemRect(lines.item(lines.count() - 1)).center()

        self._driver.click(lines.viewport(), self._driver.ask(middle))

    def decide(self, hunk: int, action: str) -> None:
        """Click on the painted button."""
        hunks = self._driver.workspace.review.hunks
        place = self._driver.until(lambda: hunks.button_place(hunk, action))
        self._driver.click(hunks.viewport(), place)

    def leave(self) -> None:
        """Choose File, Quit."""
        bar = self._driver.ask(self._driver.window.menuBar)
        file = self._driver.ask(lambda: bar.actions()[0])
        self._driver.click(bar, self._driver.ask(lambda: bar.actionGeometry(file).center()))
        menu = self._driver.until(QApplication.activePopupWidget)
        assert isinstance(menu, QMenu)
        quits = self._driver.ask(lambda: menu.actionGeometry(menu.actions()[-1]).center())
        self._driver.click(menu, quits)


class Keys:
    """No event of the mouse at all: shortcuts, and Tab until the focus is there."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def use(self, widget: QWidget) -> None:
        """Tab to it, then Space."""
        self._reach(widget)
        self._driver.fingers.press("Space")

    def write(self, field: QWidget, text: str) -> None:
        """Tab to it and type."""
        self._reach(field)
        self._driver.fingers.type(text)

    def show(self, page: str) -> None:
        """Press its key."""
        self._driver.fingers.press(f"Ctrl+{PLACES[page]}")
        self._driver.until(getattr(self._driver.workspace, page).isVisible)

    def choose_last(self, lines: QListWidget) -> None:
        """Tab to the list, End, Enter."""
        self._reach(lines)
        self._driver.fingers.press("End")
        self._driver.fingers.press("Return")

    def decide(self, hunk: int, action: str) -> None:
        """J or K until it is the current one, then its letter."""
        hunks = self._driver.workspace.review.hunks
        while (here := self._driver.ask(lambda: hunks.current)) != hunk:
            self._driver.fingers.press("j" if here < hunk else "k")
            self._driver.changed(lambda: hunks.current, here)
        self._driver.fingers.press(LETTERS[action])

    def leave(self) -> None:
        """Ctrl+Q."""
        self._driver.fingers.press("Ctrl+Q")

    def _reach(self, widget: QWidget) -> None:
        self._driver.until(widget.isVisible)
        wanted = self._driver.ask(lambda: widget.focusProxy() or widget)
        for _ in range(MOST_TABS):
            if self._driver.ask(wanted.hasFocus):
                return
            before = self._driver.ask(QApplication.focusWidget)
            # An editor keeps Tab to itself; the keys that lead to a place lead out of it.
            inside = isinstance(before, Editor)
            self._driver.fingers.press(f"Ctrl+{PLACES['tree']}" if inside else "Tab")
            self._driver.changed(QApplication.focusWidget, before)
        raise AssertionError(f"Tab does not reach {self._driver.ask(widget.accessibleName)!r}")
