import fcntl
import os
import sqlite3
import subprocess
import sys
import textwrap
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent_core.events import FORMAT, SessionStarted, Steered
from agent_core.store import EventLog, SessionStore, StoreFull
from agent_core.task import Task
from runners.problems import UserProblem


def started(name: str = "20261124-abcdef") -> SessionStarted:
    return SessionStarted(format=FORMAT, session=name, origin="/project", task=Task(goal="mend it"))


def test_events_come_back_in_order_and_equal(tmp_path: Path) -> None:
    with SessionStore.open(tmp_path / "s", write=True) as store:
        log = EventLog(store)
        log.append(started(), durable=True)
        for number in range(20):
            log.append(Steered(text=f"word {number}"))
        written = list(log.records)
    with SessionStore.open(tmp_path / "s", write=False) as store:
        assert store.records() == written
    assert [record.seq for record in written] == list(range(1, 22))


def test_threads_append_side_by_side(tmp_path: Path) -> None:
    heard: list[int] = []
    with SessionStore.open(tmp_path / "s", write=True) as store:
        log = EventLog(store, listeners=[lambda record: heard.append(record.seq)])

        def speak(name: int) -> None:
            for number in range(20):
                log.append(Steered(text=f"{name}: {number}"), durable=True)

        with ThreadPoolExecutor() as pool:
            list(pool.map(speak, range(4)))
        assert store.records() == log.records
    assert heard == list(range(1, 81))


def test_listeners_hear_what_is_already_on_disk(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    seen: list[int] = []
    with SessionStore.open(folder, write=True) as store:
        log = EventLog(store)

        def reads_it_back(_: object) -> None:
            with SessionStore.open(folder, write=False) as reader:
                seen.append(len(reader.records()))

        log.listeners.append(reads_it_back)
        log.append(started())
        log.append(Steered(text="on"))
    assert seen == [1, 2]


def test_a_second_writer_is_refused_and_a_reader_is_not(tmp_path: Path) -> None:
    with SessionStore.open(tmp_path / "s", write=True) as store:
        EventLog(store).append(started())
        with pytest.raises(UserProblem, match="in use"):
            SessionStore.open(tmp_path / "s", write=True)
        with SessionStore.open(tmp_path / "s", write=False) as reader:
            assert len(reader.records()) == 1


def test_a_look_at_whether_it_is_in_use_refuses_no_writer(tmp_path: Path) -> None:
    SessionStore.open(tmp_path / "s", write=True).close()
    with (tmp_path / "s/lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        ends = threading.Timer(0.03, fcntl.flock, (looking, fcntl.LOCK_UN))
        ends.start()
        SessionStore.open(tmp_path / "s", write=True).close()
        ends.join()


def test_an_unknown_event_stops_the_opening_and_names_itself(tmp_path: Path) -> None:
    with SessionStore.open(tmp_path / "s", write=True) as store:
        EventLog(store).append(started())
    database = sqlite3.connect(tmp_path / "s" / "session.db")
    body = zlib.compress(b'{"type": "ParityChecked"}')
    database.execute("INSERT INTO events VALUES (2, 0.0, 'ParityChecked', ?)", (body,))
    database.commit()
    database.close()
    with (
        SessionStore.open(tmp_path / "s", write=False) as store,
        pytest.raises(UserProblem, match=r"event 2 of type 'ParityChecked'"),
    ):
        store.records()


def test_a_session_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    newer = SessionStarted(format=FORMAT + 1, session="x", origin="/", task=Task(goal="g"))
    with SessionStore.open(tmp_path / "s", write=True) as store:
        store.append(newer)
        with pytest.raises(UserProblem, match="newer version"):
            store.records()


def test_blobs_are_kept_once_under_their_content(tmp_path: Path) -> None:
    with SessionStore.open(tmp_path / "s", write=True) as store:
        first, second = store.put_blob(b"report" * 100), store.put_blob(b"report" * 100)
        assert first == second
        assert store.blob(first) == b"report" * 100
        with pytest.raises(KeyError):
            store.blob("0" * 32)


def test_a_killed_writer_loses_no_acknowledged_event(tmp_path: Path) -> None:
    script = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from agent_core.events import Steered
        from agent_core.store import SessionStore
        store = SessionStore.open(Path(sys.argv[1]), write=True)
        for number in range(1, 200):
            store.append(Steered(text=str(number)))
            print(number, flush=True)
            if number == int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    for at in (1, 7, 63):
        folder = tmp_path / str(at)
        done = subprocess.run(
            [sys.executable, "-c", script, str(folder), str(at)],
            capture_output=True,
            text=True,
            check=False,
        )
        acknowledged = [int(line) for line in done.stdout.split()]
        with SessionStore.open(folder, write=False) as store:
            kept = [e.event.text for e in store.records() if isinstance(e.event, Steered)]
        assert acknowledged == list(range(1, at + 1))
        assert kept == [str(number) for number in acknowledged]


def test_a_full_disk_is_named_and_keeps_what_was_written(tmp_path: Path) -> None:
    with SessionStore.open(tmp_path / "s", write=True) as store:
        log = EventLog(store)
        log.append(started())
        pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
        store._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(StoreFull, match="journeyman resume s"):
            store.put_blob(os.urandom(50_000))
        assert store.records() == log.records
