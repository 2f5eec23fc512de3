"""Work beside the window's thread, with its result brought back into it."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

T = TypeVar("T")

THREADS: Final = 2


class Background(QObject):
    """A few threads for reading and listing. Close it before its window goes."""

    _landed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="journeyman-window")
        self.stopping = Event()
        """Set when results are wanted no more: long work looks at it now and then."""
        self._landed.connect(self._hand_over)

    def submit(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do `work` in a thread, then `done` with its result in the window's thread.

        What `work` raises is raised in the window's thread, as from any slot. Nothing is done for
        an object of Qt's that is gone by then.
        """
        if self.stopping.is_set():
            return
        future = self._pool.submit(work)
        future.add_done_callback(lambda ended: self._tell(ended, done))

    def close(self) -> None:
        """Wait for what is under way; its results are dropped."""
        self.stopping.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _tell(self, ended: "Future[Any]", done: Callable[[Any], None]) -> None:
        if not self.stopping.is_set() and not ended.cancelled():
            self._landed.emit(ended, done)

    def _hand_over(self, ended: "Future[Any]", done: Callable[[Any], None]) -> None:
        owner = getattr(done, "__self__", None)
        gone = isinstance(owner, QObject) and not isValid(owner)
        if not self.stopping.is_set() and not gone:
            done(ended.result())
