"""Runs the built-in solver on a sample in a real window, then leaves the window alone.

`python -m benchmarks.window.session SAMPLE IDLE_SECONDS` prints a `Watched`.
"""

import sys
import time
from pathlib import Path

import msgspec
from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject
from PySide6.QtWidgets import QApplication

from agent_core.events import SessionStopped
from benchmarks.window.opened import application, main_window, wait, wait_until
from desktop.main_window import MainWindow
from desktop.workspace_view import WorkspaceView
from runners.environment import close_to_others

RUN_S = 300.0
SETTLE_S = 2.0


class Idle(msgspec.Struct, frozen=True):
    """What happened in an idle window: paint and timer events of all widgets, and CPU seconds."""

    seconds: float
    paints: int
    timers: int
    cpu_s: float


class Watched(msgspec.Struct, frozen=True):
    """A session as the window's thread lived it.

    open_s: CPU seconds of that thread to open the folder. turns_s: those of each turn of its event
    loop, from the start of the task until every page was looked at. verdict: how it ended.
    """

    verdict: str
    open_s: float
    turns_s: tuple[float, ...]
    painted: int
    idle: Idle


class Turns(QObject):
    """Notes what each turn of the event loop costs the window's thread."""

    def __init__(self) -> None:
        super().__init__()
        self.costs: list[float] = []
        self._before = time.thread_time()
        self._loop = QAbstractEventDispatcher.instance()
        # Once a turn, when all that was to be done is done; waiting costs nothing.
        self._loop.aboutToBlock.connect(self._ended)

    def close(self) -> None:
        """Note no more."""
        self._loop.aboutToBlock.disconnect(self._ended)

    def _ended(self) -> None:
        now = time.thread_time()
        self.costs.append(now - self._before)
        self._before = time.thread_time()


class Events(QObject):
    """Counts paints and timers of everything in the window's thread."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.paints = self.timers = 0
        self._app = app
        app.installEventFilter(self)

    def close(self) -> None:
        """Count no more."""
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  (Qt's name)
        """Look at an event, and let it pass."""
        self.paints += event.type() == QEvent.Type.Paint
        self.timers += event.type() == QEvent.Type.Timer
        return super().eventFilter(watched, event)


def watch(sample: str, idle_seconds: float) -> Watched:
    """Open the sample, start the task, look at all pages, and go away."""
    app, look = application()
    with main_window(app, look) as window:
        wait(SETTLE_S)
        began = time.thread_time()
        window.open_sample(sample)
        opened = time.thread_time() - began
        wait(SETTLE_S)
        turns = Turns()
        workspace = _run(window)
        _look_around(workspace)
        turns.close()
        painted = _all_painted(app, window)
        wait(SETTLE_S)
        idle = _idle(app, idle_seconds)
        stopped = workspace.link.history.last(SessionStopped)
        verdict = stopped.verdict.state if stopped and stopped.verdict else "none"
    return Watched(verdict, opened, tuple(turns.costs), painted, idle)


def _run(window: MainWindow) -> WorkspaceView:
    workspace = window.workspace
    if workspace is None:
        raise RuntimeError("the sample was not opened")
    window.registry.run("agent.start")
    link = workspace.link
    wait_until(
        lambda: link.bridge.state == "idle" and link.history.last(SessionStopped) is not None,
        timeout_s=RUN_S,
        what="the session came to its stop",
    )
    return workspace


def _look_around(workspace: WorkspaceView) -> None:
    for page in (workspace.tests, workspace.candidates, workspace.review):
        workspace.show_page(page)
        wait(0.3)
    for path in workspace.link.history.events and _edited(workspace):
        workspace.tabs.open_file(path)
        wait(0.3)
    workspace.composer.setFocus()
    wait(0.3)


def _edited(workspace: WorkspaceView) -> list[str]:
    return [str(Path(diff.path)) for diff in workspace.review._change]


def _all_painted(app: QApplication, window: MainWindow) -> int:
    """Paint everything once more: how many paints were seen, which shows that they would be."""
    events = Events(app)
    window.update()
    wait(0.3)
    events.close()
    return events.paints


def _idle(app: QApplication, seconds: float) -> Idle:
    events, cpu = Events(app), time.process_time()
    wait(seconds)
    events.close()
    return Idle(seconds, events.paints, events.timers, time.process_time() - cpu)


if __name__ == "__main__":
    close_to_others()
    watched = watch(sys.argv[1], float(sys.argv[2]))
    print(msgspec.json.encode(watched).decode())
