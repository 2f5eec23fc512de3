"""Drives the real program on a real screen: looks at its widgets, acts by keys and clicks alone.

The program runs as always in the main thread; a story runs beside it, in a thread of its own.
"""

import os
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from typing import Final, TypeVar

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop import entry
from desktop.main_window import MainWindow
from desktop.workspace_view import WorkspaceView
from tests.e2e.xserver import Fingers

Seen = TypeVar("Seen")

FAILED: Final = 3
POLL_S: Final = 0.02
PATIENCE_S: Final = 60.0
"""How long something is waited for on a busy machine."""


class Driver(QObject):
    """What a story holds; every look at the window happens in the window's thread."""

    _errand = Signal(object)

    def __init__(self, fingers: Fingers, pictures: Path | None = None) -> None:
        super().__init__()
        self.fingers = fingers
        self.pictures = pictures
        self._errand.connect(self._run)

    @property
    def window(self) -> MainWindow:
        """The program's window."""
        return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))

    @property
    def workspace(self) -> WorkspaceView:
        """The open folder's view."""
        workspace = self.window.workspace
        assert workspace is not None, "no folder is open"
        return workspace

    def ask(self, look: Callable[[], Seen]) -> Seen:
        """What a look at the window brings."""
        answers: SimpleQueue[Seen | BaseException] = SimpleQueue()

        def errand() -> None:
            try:
                answers.put(look())
            except BaseException as error:  # noqa: BLE001  (raised where it was asked for)
                answers.put(error)

        self._errand.emit(errand)
        answer = answers.get(timeout=PATIENCE_S)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def until(self, holds: Callable[[], Seen], patience_s: float = PATIENCE_S) -> Seen:
        """Wait until a look brings something true; returns it."""
        deadline = time.monotonic() + patience_s
        while not (seen := self.ask(holds)):
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience_s:.0f} s in vain for {_words(holds)}")
            time.sleep(POLL_S)
        return seen

    def changed(self, look: Callable[[], Seen], before: Seen) -> None:
        """Wait until a look brings something else than before."""
        self.until(lambda: look() != before)

    def button(self, name: str, *, within: Callable[[], QWidget] | None = None) -> QPushButton:
        """The visible button whose text or accessible name begins like this, once there is one."""

        def find() -> QPushButton | None:
            whole = within() if within else QApplication.activeModalWidget() or self.window
            for button in whole.findChildren(QPushButton):
                named = button.text() or button.accessibleName()
                if button.isVisible() and button.isEnabled() and named.startswith(name):
                    return button
            return None

        found = self.until(find)
        assert found is not None
        return found

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        """Click into the middle of a widget, or at a place in it."""

        def where() -> tuple[int, int]:
            at = widget.mapToGlobal(place or widget.rect().center())
            ratio = widget.devicePixelRatioF()
            return round(at.x() * ratio), round(at.y() * ratio)

        self.until(widget.isVisible)
        self.fingers.click(*self.ask(where))

    def picture(self, name: str) -> None:
        """Keep what the window shows as NAME.png, where pictures are wanted at all."""
        if self.pictures is not None:
            self._save(self.pictures / f"{name}.png")

    def tell(self, story: Callable[["Driver"], None]) -> None:
        """Run a story; where it fails the program ends at once, and says in words what it was."""
        try:
            while QApplication.instance() is None:
                time.sleep(POLL_S)
            self.until(lambda: QApplication.activeWindow() is not None)
            story(self)
        except Exception:  # noqa: BLE001  (printed for the process that looks on)
            traceback.print_exc()
            seen = Path(tempfile.mkdtemp()) / "failed.png"
            self._save(seen)
            sys.stderr.write(f"The window as it was then: {seen}\n")
            # Behind a question that nobody answers, the program would never end in order.
            os._exit(FAILED)

    def _save(self, path: Path) -> None:
        # Qt takes the quality for PNG's compression: 0 packs most.
        assert self.ask(lambda: self.window.grab().save(str(path), "PNG", 0))

    def _run(self, errand: Callable[[], None]) -> None:
        _manage_windows()
        errand()


def play(story: Callable[[Driver], None], *arguments: str, pictures: Path | None = None) -> int:
    """Start the program with a story beside it; the exit code, `FAILED` where the story fails."""
    with closing(Fingers(os.environ["DISPLAY"])) as fingers:
        driver = Driver(fingers, pictures)
        telling = threading.Thread(target=driver.tell, args=(story,))
        telling.start()
        code = entry.main(arguments)
        telling.join()
    return code


def _manage_windows() -> None:
    """Give the keys to the window in front: on a bare X server nobody else does."""
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    front = QApplication.activeModalWidget() or next(iter(windows), None)
    if front is None or QApplication.activePopupWidget() is not None:
        return
    if front.isVisible() and not front.isActiveWindow():
        front.activateWindow()


def _words(holds: Callable[[], object]) -> str:
    code = getattr(holds, "__code__", None)
    return f"{holds.__qualname__} of line {code.co_firstlineno}" if code else repr(holds)
