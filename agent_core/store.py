"""The append-only log of one session in SQLite, with big outputs as content-addressed blobs."""

import errno
import fcntl
import hashlib
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from agent_core import places
from agent_core.events import FORMAT, Event, Record, SessionStarted
from runners.problems import JourneymanError, UserProblem

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, type TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS blobs (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
"""
_DATABASE = "session.db"
_MOMENT_S = 0.1


class StoreFull(JourneymanError):  # noqa: N818  (a state of the disk, not a mistake)
    """The disk took no more; everything acknowledged before is kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The disk that holds {folder} is full; everything up to here is kept. "
            f"Free some space, then: {places.command()} resume {folder.name}"
        )


class SessionStore:
    """One session's database. A second writer is refused; readers need no lock.

    An event is on disk when `append` returns: against a killed program always, against a power
    cut where `durable` is set.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: int | None) -> None:
        self.folder = folder
        self._connection = connection
        self._lock = lock
        self._encoder = msgspec.json.Encoder()
        self._decoder: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
        self._next = 1 + (_scalar(connection, "SELECT max(seq) FROM events") or 0)

    @classmethod
    def open(cls, folder: Path, *, write: bool) -> Self:
        """Open, and create when writing.

        Raises:
            UserProblem: no session there, or another program is writing to it.
        """
        path = folder / _DATABASE
        if not write and not path.exists():
            raise UserProblem(
                f"There is no session in {folder}",
                hint=f"`{places.command()} sessions` lists them.",
            )
        lock = _take_lock(folder) if write else None
        address = f"{path.resolve().as_uri()}{'' if write else '?mode=ro'}"
        connection = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            if write:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
            return cls(folder, connection, lock)
        except sqlite3.Error as error:
            connection.close()
            if lock is not None:
                os.close(lock)
            raise _translated(error, folder) from error

    def append(self, event: Event, *, durable: bool = False) -> Record:
        """Write one event and return it with its number."""
        record = Record(seq=self._next, at=time.time(), event=event)
        body = zlib.compress(self._encoder.encode(event), 1)
        with _translating(self.folder):
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?)",
                (record.seq, record.at, type(event).__name__, body),
            )
        self._next += 1
        return record

    def records(self) -> list[Record]:
        """Every event so far, in order.

        Raises:
            UserProblem: an event is of a kind this version does not know; nothing is skipped.
        """
        with _translating(self.folder):
            rows = self._connection.execute(
                "SELECT seq, at, type, body FROM events ORDER BY seq"
            ).fetchall()
        return [self._record(row) for row in rows]

    def _record(self, row: tuple[int, float, str, bytes]) -> Record:
        seq, at, kind, body = row
        try:
            event = self._decoder.decode(zlib.decompress(body))
        except (msgspec.DecodeError, zlib.error) as error:
            raise UserProblem(
                f"Session {self.folder.name} cannot be opened: event {seq} of type {kind!r} "
                f"is not readable by this version (format {FORMAT})",
                why=str(error),
                hint="Nothing was changed. Open it with the version that wrote it.",
            ) from error
        if isinstance(event, SessionStarted) and event.format > FORMAT:
            raise UserProblem(
                f"Session {self.folder.name} was written by a newer version "
                f"(format {event.format}, this one reads up to {FORMAT})",
                hint="Nothing was changed. Open it with the version that wrote it.",
            )
        return Record(seq=seq, at=at, event=event)

    def put_blob(self, body: bytes) -> str:
        """Keep bytes under the hash of their content and return that name."""
        name = hashlib.sha256(body).hexdigest()[:32]
        with _translating(self.folder):
            self._connection.execute(
                "INSERT OR IGNORE INTO blobs VALUES (?, ?)", (name, zlib.compress(body, 1))
            )
        return name

    def blob(self, name: str) -> bytes:
        """The bytes kept under a name.

        Raises:
            KeyError: there are none.
        """
        row = self._connection.execute("SELECT body FROM blobs WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise KeyError(name)
        return zlib.decompress(row[0])

    def close(self) -> None:
        """Release the database and the lock."""
        self._connection.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class EventLog:
    """A session's events in memory and on disk at once; the only door through which they enter.

    Threads may append side by side: one decides of hunks while another finds out a verdict.
    """

    def __init__(self, store: SessionStore, *, listeners: Iterable[Callable[[Record], None]] = ()):
        self.store = store
        self.records = store.records()
        self._events = [record.event for record in self.records]
        self.listeners = list(listeners)
        self._appending = threading.RLock()

    def append(self, event: Event, *, durable: bool = False) -> Record:
        """Store an event, then tell every listener."""
        with self._appending:
            record = self.store.append(event, durable=durable)
            self.records.append(record)
            self._events.append(event)
            for listener in self.listeners:
                listener(record)
        return record

    @property
    def events(self) -> list[Event]:
        """The events without their places, as of now."""
        return self._events.copy()


@contextmanager
def _translating(folder: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, folder) from error


def _translated(error: sqlite3.Error, folder: Path) -> JourneymanError:
    code = getattr(error, "sqlite_errorcode", None)
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC}:
        return StoreFull(folder)
    return UserProblem(
        f"The log of session {folder.name} cannot be used",
        why=str(error),
        hint=f"Nothing was changed. The file is {folder / _DATABASE}.",
    )


def _take_lock(folder: Path) -> int:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreFull(folder) from error
        raise UserProblem(
            f"The session's folder {folder} cannot be written",
            why=error.strerror or str(error),
            hint="Set JOURNEYMAN_HOME to a folder that can be.",
        ) from error
    if not _locked(lock):
        os.close(lock)
        raise UserProblem(
            f"Session {folder.name} is in use by another Journeyman",
            hint=f"Stop that one first, or look on with `{places.command()} show`.",
        )
    return lock


def _locked(lock: int) -> bool:
    """Take the lock, if it comes free within the moment for which a list of sessions tries it."""
    until = time.monotonic() + _MOMENT_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_MOMENT_S / 10)
        else:
            return True


def _scalar(connection: sqlite3.Connection, query: str) -> int | None:
    row: tuple[int | None] = connection.execute(query).fetchone()
    return row[0]
