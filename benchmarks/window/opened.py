"""Our window in this process, as the program shows it, and waiting in its event loop."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop import appearance, settings
from desktop.appearance import Appearance
from desktop.main_window import MainWindow

LOOK_MS = 20


def application() -> tuple[QApplication, Appearance]:
    """The application with its look."""
    app = QApplication([])
    return app, appearance.install(app, settings.load())


@contextmanager
def main_window(app: QApplication, look: Appearance) -> Iterator[MainWindow]:
    """The window, shown and in front; closed in the end."""
    window = MainWindow(app, look, settings.Keeper(settings.load()))
    window.show()
    window.activateWindow()
    try:
        yield window
    finally:
        window.close()


class _Bell(QObject):
    rung = Signal()


def wait(seconds: float) -> None:
    """Let the event loop run; nothing of ours wakes it meanwhile."""
    bell, loop = _Bell(), QEventLoop()
    bell.rung.connect(loop.quit)
    timer = threading.Timer(seconds, bell.rung.emit)
    timer.start()
    loop.exec()
    timer.join()


def wait_until(holds: Callable[[], bool], *, timeout_s: float, what: str) -> None:
    """Let the event loop run until something holds.

    Raises:
        TimeoutError: it did not come to hold in time.
    """
    loop, late = QEventLoop(), QTimer()
    late.setSingleShot(True)
    late.timeout.connect(lambda: loop.exit(1))
    late.start(round(1000 * timeout_s))
    looks = QTimer()
    looks.timeout.connect(lambda: loop.exit(0) if holds() else None)
    looks.start(LOOK_MS)
    failed = loop.exec()
    looks.stop()
    late.stop()
    if failed:
        raise TimeoutError(f"waited {timeout_s:.0f} s in vain until {what}")
