"""The lines of a results file, typed, and what they add up to while the run goes on."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from runners.frameworks.sealed import SealedLines
from runners.reports import Failure, LoadedModule, Status, TestCase


class Watched(msgspec.Struct, frozen=True, tag_field="event", tag="watched"):
    """On this signal the process writes down where its threads are."""

    pid: int
    signal: int


class Collected(msgspec.Struct, frozen=True, tag_field="event", tag="collected"):
    """What the framework is about to run, in order."""

    tests: tuple[str, ...]


class Begin(msgspec.Struct, frozen=True, tag_field="event", tag="begin"):
    """A test starts."""

    id: str


class Case(msgspec.Struct, frozen=True, tag_field="event", tag="case"):
    """A test ended; a later case of the same id replaces an earlier one."""

    id: str
    status: Status
    duration_s: float
    failure: Failure | None


class Interrupted(msgspec.Struct, frozen=True, tag_field="event", tag="interrupted"):
    """The session was ended by an exception that is meant to end it."""

    exception: str
    message: str


class InternalError(msgspec.Struct, frozen=True, tag_field="event", tag="internal_error"):
    """The framework or a plugin failed outside every test."""

    failure: Failure


class Modules(msgspec.Struct, frozen=True, tag_field="event", tag="modules"):
    """What the run loaded of the workspace's modules."""

    modules: tuple[LoadedModule, ...]


class End(msgspec.Struct, frozen=True, tag_field="event", tag="end"):
    """The framework came to its end and will exit with this code."""

    exit_code: int


Event = Watched | Collected | Begin | Case | Interrupted | InternalError | Modules | End

_DECODER: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class Results:
    """Reads a results file as it grows and keeps the sum of its events."""

    def __init__(
        self, path: Path, key: str, on_case: Callable[[TestCase], None] | None = None
    ) -> None:
        self._lines = SealedLines(path, key)
        self._on_case = on_case
        self.watched: Watched | None = None
        self.collected: tuple[str, ...] = ()
        self.cases: dict[str, TestCase] = {}
        self.running: str | None = None
        self.interrupted: Interrupted | None = None
        self.internal_error: Failure | None = None
        self.modules: tuple[LoadedModule, ...] = ()
        self.exit_code: int | None = None

    @property
    def tampered(self) -> bool:
        """Whether somebody else than the test run wrote into the file."""
        return self._lines.tampered

    def read(self) -> None:
        """Take in the whole lines that were added since the last call."""
        for line in self._lines.read():
            self._add(_DECODER.decode(line))

    def _add(self, event: Event) -> None:
        match event:
            case Watched():
                self.watched = event
            case Collected(tests=tests):
                self.collected = tests
            case Begin(id=test):
                self.running = test
            case Case():
                self._add_case(event)
            case Interrupted():
                self.interrupted = event
            case InternalError(failure=failure):
                self.internal_error = failure
            case Modules(modules=modules):
                self.modules = modules
            case End(exit_code=code):
                self.exit_code = code

    def _add_case(self, event: Case) -> None:
        case = TestCase(event.id, event.status, event.duration_s, event.failure)
        if self.running == event.id:
            self.running = None
        self.cases[event.id] = case
        if self._on_case is not None:
            self._on_case(case)
