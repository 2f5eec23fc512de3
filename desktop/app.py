"""The program with its window: set up once, and ended in order by whatever ends it."""

import logging
import logging.handlers
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from agent_core import places
from desktop import appearance, settings
from desktop.dialogs.message import tell
from desktop.main_window import MainWindow
from runners.environment import close_to_others

NAME: Final = "Journeyman"
LOG: Final = "window.log"
LOG_BYTES: Final = 1_000_000

_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] = ()) -> int:
    """Show the window, with the folder named first if one is; returns the exit code."""
    close_to_others()
    _log_to_file()
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication([NAME])
    app.setApplicationName(NAME)
    app.setDesktopFileName(NAME.lower())
    keeper = settings.Keeper(settings.load())
    look = appearance.install(app, keeper.current)
    app.setWindowIcon(look.icon("journeyman"))
    window = MainWindow(app, look, keeper)
    sys.excepthook = Mishaps(window).tell
    ending = Ending(window)
    window.show()
    if arguments:
        window.open_folder(Path(arguments[0]))
    try:
        return app.exec()
    finally:
        ending.close()
        sys.excepthook = sys.__excepthook__


class Mishaps:
    """What no slot expected: logged, and told in a dialog, one at a time."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._telling = False

    def tell(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Take what Python would print."""
        _log.error("an error that nobody expected", exc_info=(kind, error, trace))
        if issubclass(kind, KeyboardInterrupt):
            self._window.close()
        elif not self._telling:
            self._telling = True
            more = f"Nothing acknowledged is lost. The details are in {places.home() / LOG}."
            box = tell(self._window, f"Something broke: {kind.__name__}: {error}", more)
            box.finished.connect(self._told)

    def _told(self) -> None:
        self._telling = False


class Ending(QObject):
    """Closes the window in order when the system or a terminal asks the program to end."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        # Qt's loop runs no Python while idle; a byte in this pipe wakes it, without a timer.
        self._reads, self._writes = socket.socketpair()
        for end in (self._reads, self._writes):
            end.settimeout(0)
        self._before = signal.set_wakeup_fd(self._writes.fileno(), warn_on_full_buffer=False)
        self._handlers = {
            number: signal.signal(number, _noted) for number in (signal.SIGINT, signal.SIGTERM)
        }
        self._notifier = QSocketNotifier(self._reads.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._woken)

    def close(self) -> None:
        """Put everything back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._reads.close()
        self._writes.close()

    def _woken(self) -> None:
        if self._reads.recv(64):
            self._window.close()


def _noted(number: int, frame: FrameType | None) -> None:
    """The byte in the pipe says it."""


def _log_to_file() -> None:
    """Keep warnings in the data folder besides printing them; a full disk costs only the file."""
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    try:
        places.home().mkdir(parents=True, exist_ok=True)
        handlers.append(
            logging.handlers.RotatingFileHandler(
                places.home() / LOG, maxBytes=LOG_BYTES, backupCount=1, delay=True
            )
        )
    except OSError as error:
        _log.warning("no log file: %s", error)
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.WARNING, format=form, handlers=handlers, force=True)
