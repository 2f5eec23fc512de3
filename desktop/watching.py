"""Notices what changes below a folder, in threads of its own, and tells it in batches."""

import logging
import os
from pathlib import Path
from threading import Lock
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from desktop.background import Background
from editors.files import is_stray_name


class Changes(msgspec.Struct, frozen=True):
    """What happened below a folder; paths are relative to it, and "" stands for all.

    paths: files that came, went or have another content; ".git" for git's index and names.
    folders: those in which names came or went.
    """

    paths: frozenset[str]
    folders: frozenset[str]


_BATCH_MS: Final = 150
_MOST_PATHS: Final = 5_000
_TOLD: Final[list[type[FileSystemEvent]]] = [
    DirCreatedEvent, DirDeletedEvent, DirMovedEvent, FileClosedEvent, FileCreatedEvent,
    FileDeletedEvent, FileModifiedEvent, FileMovedEvent,
]  # fmt: skip
"""Reading a file is none of them: else a look at a big folder would drown in its own noise."""


class FolderWatch(QObject):
    """Watches one folder at a time. Where the system has no watches left, `limited` is true."""

    changed = Signal(object)
    """`Changes`."""
    _noticed = Signal()

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.limited = False
        self.starting = False
        self._background = background
        self._observer: BaseObserver | None = None
        self._turn = 0  # how often something else was to be watched
        self._paths: set[str] = set()
        self._folders: set[str] = set()
        self._lock = Lock()
        self._timer = QTimer(self, singleShot=True, interval=_BATCH_MS)
        self._timer.timeout.connect(self._tell)
        self._noticed.connect(self._timer.start)

    def watch(self, root: Path) -> None:
        """Watch another folder. Setting it up walks the folder, in a thread."""
        self.close()
        self.starting = True
        turn = self._turn
        self._background.submit(lambda: self._started(root, turn), self._take)

    def close(self) -> None:
        """Stop watching and join the threads; a watch being set up stops itself."""
        with self._lock:
            self._turn += 1
            observer, self._observer = self._observer, None
        if observer is not None:
            _stop(observer)
        self._timer.stop()
        self._paths, self._folders = set(), set()

    def notice(self, path: str, *, names: bool) -> None:
        """Remember a path that has changed, or has come or gone; from any thread."""
        with self._lock:
            first = not self._paths
            if len(self._paths) < _MOST_PATHS:
                self._paths.add(path)
            else:
                self._paths = {""}
            if names:
                self._folders.add(path.rpartition("/")[0])
        if first:
            self._noticed.emit()

    def _started(self, root: Path, turn: int) -> BaseObserver | None:
        # It reports races of its own when it stops; nothing a user could do anything about.
        logging.getLogger("watchdog").setLevel(logging.CRITICAL)
        try:
            observer = Observer()
        except OSError:  # no inotify instances left: looked at on focus instead
            return None
        observer.schedule(_Handler(self, root), str(root), recursive=True, event_filter=_TOLD)
        try:
            observer.start()
        except OSError:  # no watches left, or the folder has gone
            observer.stop()
            return None
        with self._lock:
            wanted = turn == self._turn
            if wanted:
                self._observer = observer
        if not wanted:
            _stop(observer)
        return observer

    def _take(self, observer: BaseObserver | None) -> None:
        self.starting = False
        self.limited = observer is None

    def _tell(self) -> None:
        with self._lock:
            told = Changes(frozenset(self._paths), frozenset(self._folders))
            self._paths, self._folders = set(), set()
        self.changed.emit(told)


def _stop(observer: BaseObserver) -> None:
    observer.stop()
    observer.join()


class _Handler(FileSystemEventHandler):
    def __init__(self, watch: FolderWatch, root: Path) -> None:
        self._watch = watch
        self._above = f"{root}{os.sep}"

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass on what is not noise."""
        names = not isinstance(event, FileModifiedEvent | FileClosedEvent)
        for place in (event.src_path, event.dest_path):
            path = os.fsdecode(place).removeprefix(self._above).replace(os.sep, "/")
            if not place or path.startswith(os.sep):
                continue
            if path == ".git" or path.startswith(".git/"):
                # What git writes while it works says nothing; where it has got to does.
                if path.endswith(("/index", "/HEAD")) or path.startswith(".git/refs/heads"):
                    self._watch.notice(".git", names=False)
            elif "/.git/" not in path and not is_stray_name(path.rpartition("/")[2]):
                self._watch.notice(path, names=names)
