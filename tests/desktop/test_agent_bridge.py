"""The agent behind the window: real sessions in its thread, and nothing of it left."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agent_core import places, review
from agent_core.events import (
    HunksAccepted,
    Record,
    SessionStarted,
    SessionStopped,
    Steered,
    ToolIntended,
)
from agent_core.history import History
from agent_core.models.choice import ModelChoice
from agent_core.session import Session
from agent_core.task import Budget, Task
from desktop.agent_bridge import AgentBridge
from desktop.models.agent_files import suspicion
from desktop.models.candidates_rows import candidates
from runners.problems import UserProblem
from tests.agent_core.projects import PYTHON, RIGHT, TESTS, shop, write
from tests.guards import children

TASK = Task(goal="Make the failing tests pass.")
LONG_MS = 60_000
SLOW = "import time\n\n\ndef test_slow():\n    time.sleep(60)\n"


class Watcher:
    """A bridge with everything it has said."""

    def __init__(self) -> None:
        self.bridge = AgentBridge()
        self.records: list[Record] = []
        self.states: list[str] = []
        self.opened: list[str] = []
        self.problems: list[Exception] = []
        self.results: list[object] = []
        self.bridge.recorded.connect(self.records.extend)
        self.bridge.state_changed.connect(self.states.append)
        self.bridge.opened.connect(self.opened.append)
        self.bridge.problem.connect(self.problems.append)
        self.bridge.accepted.connect(self.results.append)

    def has(self, kind: type) -> bool:
        return any(isinstance(record.event, kind) for record in self.records)

    @property
    def last(self) -> object:
        return self.records[-1].event if self.records else None


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    watcher = Watcher()
    yield watcher
    assert watcher.bridge.close()


def settled(qtbot: QtBot, watcher: Watcher) -> None:
    """Wait until nothing is under way; the timer that looks for news has stopped by then."""
    qtbot.waitUntil(lambda: not watcher.bridge._drain.isActive(), timeout=LONG_MS)


def test_a_task_is_fixed_accepted_and_nothing_of_it_is_left(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    threads, processes = threading.active_count(), children()
    folder = shop(tmp_path / "shop")
    watcher.bridge.start(folder, TASK, ModelChoice(), PYTHON)
    settled(qtbot, watcher)
    stopped = watcher.last
    assert isinstance(stopped, SessionStopped)
    assert stopped.verdict.state == "fixed"
    assert watcher.states == ["running", "idle"]
    assert [record.seq for record in watcher.records] == list(range(1, len(watcher.records) + 1))
    assert (folder / "shop/prices.py").read_text() != RIGHT
    watcher.bridge.act(partial(review.accept, hunks=None, force=False))
    settled(qtbot, watcher)
    assert isinstance(watcher.results[0], HunksAccepted)
    assert (folder / "shop/prices.py").read_text() == RIGHT
    report = watcher.bridge.blob(_baseline_blob(watcher))
    assert b"test_total" in report
    history = History([record.event for record in watcher.records])
    tried = candidates(history, watcher.bridge.blob)
    assert tried[0].status == "survivor"
    assert len(tried) == history.tried
    assert "shop/prices.py" in suspicion(history.events)
    assert watcher.problems == []
    assert watcher.bridge.close()
    assert (threading.active_count(), children()) == (threads, processes)


def _baseline_blob(watcher: Watcher) -> str:
    with Session.open(watcher.bridge.session, write=False).store as store:
        events = [record.event for record in store.records()]
    return next(e.baseline.run.blob for e in events if hasattr(e, "baseline"))


def test_closing_stops_the_run_and_keeps_the_session_to_go_on_with(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    processes = children()
    folder = shop(tmp_path / "shop", **{"tests/test_slow.py": SLOW})
    watcher.bridge.start(folder, TASK, ModelChoice(), PYTHON)
    qtbot.waitUntil(lambda: children() != processes, timeout=LONG_MS)
    qtbot.wait(500)
    began = time.monotonic()
    assert watcher.bridge.close()
    assert time.monotonic() - began < 5
    assert children() == processes
    assert isinstance(watcher.last, SessionStopped)
    again = Watcher()
    again.bridge.open(watcher.opened[0])
    settled(qtbot, again)
    assert again.records == watcher.records
    write(folder, {"tests/test_slow.py": TESTS})
    again.bridge.go_on(ModelChoice(), Budget(minutes=0.01))
    settled(qtbot, again)
    assert again.records[: len(watcher.records)] == watcher.records
    assert isinstance(again.last, SessionStopped)
    assert again.bridge.close()


def test_pausing_holds_before_a_step_and_stopping_ends_a_pause(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    watcher.bridge.start(shop(tmp_path / "shop"), TASK, ModelChoice(), PYTHON)
    qtbot.waitUntil(lambda: watcher.bridge.state == "running", timeout=LONG_MS)
    watcher.bridge.pause()
    qtbot.waitUntil(lambda: type(watcher.last).__name__ == "Paused", timeout=LONG_MS)
    assert not watcher.has(ToolIntended)
    assert watcher.bridge.state == "paused"
    watcher.bridge.unpause()
    qtbot.waitUntil(lambda: watcher.has(ToolIntended), timeout=LONG_MS)
    watcher.bridge.stop()
    settled(qtbot, watcher)
    assert watcher.states[:3] == ["running", "paused", "running"]
    assert watcher.states[-1] == "idle"


def test_looking_at_a_session_takes_nothing_from_who_writes_it(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    folder = shop(tmp_path / "shop")
    with Session.create(folder, TASK, choice=ModelChoice(), python=PYTHON).store as store:
        watcher.bridge.open(store.folder.name)
        settled(qtbot, watcher)
        assert watcher.has(SessionStarted)
        watcher.bridge.go_on(ModelChoice())
        settled(qtbot, watcher)
    assert "in use" in str(watcher.problems[0])
    assert len(watcher.records) == 1


def test_a_log_that_breaks_while_it_is_shown_is_told_and_shown_no_longer(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    folder = shop(tmp_path / "shop")
    session = Session.create(folder, TASK, choice=ModelChoice(), python=PYTHON)
    session.close()
    watcher.bridge.open(session.folder.name)
    settled(qtbot, watcher)
    (session.folder / "session.db").write_bytes(b"no database" * 1000)
    watcher.bridge.go_on(ModelChoice())
    settled(qtbot, watcher)
    assert watcher.opened == [session.folder.name, ""]
    (problem,) = watcher.problems
    assert "cannot be used" in str(problem)
    assert "hint: " in str(problem)
    watcher.bridge.go_on(ModelChoice())
    settled(qtbot, watcher)
    assert "No session is open" in str(watcher.problems[-1])


def test_going_on_with_another_session_shows_it_and_tells_one_problem_at_most(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    folder = shop(tmp_path / "shop")
    session = Session.create(folder, TASK, choice=ModelChoice(), python=PYTHON)
    session.close()
    watcher.bridge.go_on(ModelChoice(), session=session.folder.name)
    qtbot.waitUntil(lambda: watcher.bridge.state == "running", timeout=LONG_MS)
    watcher.bridge.go_on(ModelChoice(), session=session.folder.name)
    settled(qtbot, watcher)
    assert watcher.opened == [session.folder.name]
    assert [str(problem).partition("\n")[0] for problem in watcher.problems] == [
        "The agent is at work"
    ]
    assert isinstance(watcher.last, SessionStopped)


def test_what_is_done_to_a_session_can_stop_it_first(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    watcher.bridge.start(shop(tmp_path / "shop"), TASK, ModelChoice(), PYTHON)
    qtbot.waitUntil(lambda: watcher.bridge.state == "running", timeout=LONG_MS)
    done: list[object] = []
    watcher.bridge.accepted.connect(done.append)
    watcher.bridge.act(lambda session: session.history.running, stop=True)
    qtbot.waitUntil(lambda: done == [False], timeout=LONG_MS)
    settled(qtbot, watcher)
    assert watcher.problems == []
    assert isinstance(watcher.last, SessionStopped)


def test_problems_arrive_with_a_hint(qtbot: QtBot, watcher: Watcher, tmp_path: Path) -> None:
    bridge = watcher.bridge
    speaks = ModelChoice("openai:kimi")
    asked: tuple[Callable[[], None], ...] = (
        lambda: bridge.open("20260101-abcdef"),
        lambda: bridge.go_on(ModelChoice()),
        lambda: bridge.steer("hello"),
        lambda: bridge.start(tmp_path, TASK, speaks, PYTHON),
    )
    for ask in asked:
        ask()
        settled(qtbot, watcher)
        problem = watcher.problems.pop()
        assert isinstance(problem, UserProblem)
        assert problem.hint


def test_a_folder_without_tests_leaves_no_session_behind(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    write(tmp_path, {"empty.py": ""})
    watcher.bridge.start(tmp_path, TASK, ModelChoice(), PYTHON)
    settled(qtbot, watcher)
    assert isinstance(watcher.problems[0], UserProblem)
    assert watcher.opened[-1] == ""
    assert list(places.sessions().iterdir()) == []


def test_what_is_found_out_beside_is_dropped_for_a_newer_question(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    folder = shop(tmp_path / "shop")
    Session.create(folder, TASK, choice=ModelChoice(), python=PYTHON).close()
    name = next(places.sessions().iterdir()).name
    found: list[object] = []
    watcher.bridge.judged.connect(found.append)
    watcher.bridge.open(name)
    watcher.bridge.judge(_never)
    watcher.bridge.judge(_seven)
    settled(qtbot, watcher)
    assert found == [7]


def test_closing_waits_for_what_is_being_written_and_asks_for_nothing_more(
    qtbot: QtBot, watcher: Watcher, tmp_path: Path
) -> None:
    threads, written = threading.active_count(), threading.Event()
    Session.create(shop(tmp_path / "shop"), TASK, choice=ModelChoice(), python=PYTHON).close()
    name = next(places.sessions().iterdir()).name

    def write_down(session: Session) -> str:
        written.set()
        time.sleep(0.5)
        session.steer("written")
        return "done"

    watcher.bridge.accepted.connect(lambda _: watcher.bridge.act(write_down))
    watcher.bridge.open(name)
    watcher.bridge.act(write_down)
    qtbot.waitUntil(written.is_set, timeout=LONG_MS)
    assert watcher.bridge.close()
    assert watcher.results == ["done"]
    assert watcher.has(Steered)
    assert watcher.problems == []
    assert threading.active_count() == threads


async def _never(_: Session) -> object:
    await asyncio.sleep(3600)
    return None


async def _seven(_: Session) -> object:
    return 7
