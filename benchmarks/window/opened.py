"""Our window in this process, as the program shows it, and waiting in its event loop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QObject, Signal, SignalInstance
from PySide6.QtWidgets import QApplication

from desktop import appearance, settings
from desktop.appearance import Appearance
from desktop.main_window import MainWindow


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


def wait_for(ended: SignalInstance, *, timeout_s: float) -> None:
    """Let the event loop run until a signal comes; it is not woken to look.

    Raises:
        TimeoutError: it did not come in time.
    """
    bell, loop = _Bell(), QEventLoop()
    bell.rung.connect(lambda: loop.exit(1))
    ended.connect(loop.quit)
    timer = threading.Timer(timeout_s, bell.rung.emit)
    timer.start()
    late = loop.exec()
    timer.cancel()
    timer.join()
    ended.disconnect(loop.quit)
    if late:
        raise TimeoutError(f"waited {timeout_s:.0f} s in vain")
