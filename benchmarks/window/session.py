"""Runs the built-in solver on a sample in a real window, then leaves the window alone.

`python -m benchmarks.window.session SAMPLE IDLE_SECONDS` prints a `Watched`.
"""

import sys
import time

import msgspec
from PySide6.QtCore import QAbstractEventDispatcher, QEvent, QObject
from PySide6.QtWidgets import QApplication

from benchmarks.window.opened import application, main_window, wait, wait_for
from desktop.main_window import MainWindow
from runners.environment import close_to_others

RUN_S = 300.0
SETTLE_S = 2.0
LOOK_S = 0.3
RESTS = 20


class Idle(msgspec.Struct, frozen=True):
    """What happened in an idle window: paint and timer events of all widgets, and CPU seconds."""

    seconds: float
    paints: int
    timers: int
    cpu_s: float


class Watched(msgspec.Struct, frozen=True):
    """A session as the window's thread lived it.

    opening_s: CPU seconds of that thread in each turn of its event loop while the folder is opened.
    turns_s: the same from the start of the task until every page was looked at. verdict: how it
    ended.
    """

    verdict: str
    opening_s: tuple[float, ...]
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
        opening = Turns()
        window.open_sample(sample)
        wait(SETTLE_S)
        opening.close()
        turns = Turns()
        verdict = _run(window)
        turns.close()
        painted = _all_painted(app, window)
        _come_to_rest(app)
        idle = _idle(app, idle_seconds)
    return Watched(verdict, tuple(opening.costs), tuple(turns.costs), painted, idle)


def _run(window: MainWindow) -> str:
    """Let the task be done with the tests in view, then look at the rest; the verdict's state."""
    # Not before the folder is opened: what that loads is a part of its cost.
    from agent_core.events import SessionStopped  # noqa: PLC0415
    from desktop.models.agent_files import agent_files  # noqa: PLC0415

    workspace = window.workspace
    if workspace is None:
        raise RuntimeError("the sample was not opened")
    workspace.show_page(workspace.tests)
    window.registry.run("agent.start")
    wait_for(workspace.link.settled, timeout_s=RUN_S)
    for page in (workspace.candidates, workspace.review, workspace.tests):
        workspace.show_page(page)
        wait(LOOK_S)
    for path in agent_files(workspace.link.history.events):
        workspace.tabs.open_file(path)
        wait(LOOK_S)
    workspace.composer.setFocus()
    wait(LOOK_S)
    stopped = workspace.link.history.last(SessionStopped)
    return stopped.verdict.state if stopped and stopped.verdict else "none"


def _all_painted(app: QApplication, window: MainWindow) -> int:
    """Paint everything once more: how many paints were seen, which shows that they would be."""
    events = Events(app)
    window.update()
    wait(0.3)
    events.close()
    return events.paints


def _come_to_rest(app: QApplication) -> None:
    """Wait for what was asked of git or of a parser beside the window; what recurs goes on."""
    for _ in range(RESTS):
        idle = _idle(app, SETTLE_S)
        if not idle.paints and not idle.timers:
            return


def _idle(app: QApplication, seconds: float) -> Idle:
    events, cpu = Events(app), time.process_time()
    wait(seconds)
    events.close()
    return Idle(seconds, events.paints, events.timers, time.process_time() - cpu)


if __name__ == "__main__":
    close_to_others()
    watched = watch(sys.argv[1], float(sys.argv[2]))
    print(msgspec.json.encode(watched).decode())
