"""Runs tests under a tracer in the user's interpreter: which lines each ran, and types seen."""

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runners import process
from runners.frameworks.sealed import SealedLines
from runners.observations import Observations, TestTrace
from runners.reports import Status
from runners.suite import Suite
from runners.suite_runs import configuration, launch_command

MIN_SECONDS = 0.2


class _Seen:
    """Gathers the tracer's lines over one or more processes."""

    def __init__(self, plain: Mapping[str, Status]) -> None:
        self._plain = plain
        self._tables: dict[str, dict[Any, Any]] = {"value": {}, "return": {}, "attribute": {}}
        self.traces: dict[str, TestTrace] = {}
        self.imported: dict[str, set[int]] = {}
        self.hanging: list[str] = []
        self.running: str | None = None
        self.ended = False

    def take(self, written: SealedLines) -> None:
        """Read one process's results; an unfinished last line is left out."""
        self.running, self.ended = None, False
        for line in written.read():
            event = json.loads(line)
            if event["event"] == "begin":
                self.running = event["id"]
            elif event["event"] == "trace":
                self.running = None
                self._trace(event)
            elif event["event"] == "imported":
                for file, lines in event["lines"].items():
                    self.imported.setdefault(file, set()).update(lines)
            else:
                self.ended = True

    def _trace(self, event: dict[str, Any]) -> None:
        test = event["test"]
        self.traces[test] = TestTrace(
            test=test,
            status=self._plain.get(test, event["status"]),
            lines={file: tuple(lines) for file, lines in sorted(event["lines"].items())},
            duration_s=event["duration_s"],
        )
        if event["hanging"]:
            self.hanging.append(test)
        for kind, where, at, name, type_name in event["seen"]:
            table = self._tables[kind].setdefault(where, {})
            names = (
                table.setdefault(at, {}).setdefault(name, set())
                if name
                else table.setdefault(at, set())
            )
            names.add(type_name)

    def observations(self, tests: Sequence[str]) -> Observations:
        """All of it, in an order that does not depend on that of the events."""
        order = {test: place for place, test in enumerate(tests)}
        values = self._tables["value"]
        return Observations(
            traces=tuple(
                sorted(self.traces.values(), key=lambda each: (order.get(each.test, 0), each.test))
            ),
            values={
                file: {line: _sorted(values[file][line]) for line in sorted(values[file])}
                for file in sorted(values)
            },
            returns=_two_levels(self._tables["return"]),
            attributes=_two_levels(self._tables["attribute"]),
            hanging=tuple(self.hanging),
            imported={file: tuple(sorted(self.imported[file])) for file in sorted(self.imported)},
        )


def _sorted(table: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(table[name])) for name in sorted(table)}


def _two_levels(
    table: Mapping[str, Mapping[str, set[str]]],
) -> dict[str, dict[str, tuple[str, ...]]]:
    return {where: _sorted(table[where]) for where in sorted(table)}


async def observe(
    suite: Suite,
    *,
    tests: Sequence[str],
    deadline_s: float,
    per_test_s: float,
    values: bool,
    scratch: Path,
    plain: Mapping[str, Status] | None = None,
) -> Observations:
    """Trace tests in the order given, until the deadline; what was seen by then is returned.

    A test that runs longer than `per_test_s` is interrupted and named in `hanging`. `plain` are
    statuses of a run without tracing: they win, for tracing may change how a test ends. A process
    that dies is started again behind the test that killed it.
    """
    deadline = time.monotonic() + deadline_s
    seen = _Seen(plain or {})
    left = list(tests)
    while left and deadline - time.monotonic() > MIN_SECONDS:
        await _trace(
            suite, left, seen, scratch, deadline=deadline, per_test_s=per_test_s, values=values
        )
        if seen.ended or seen.running is None:
            break
        if time.monotonic() < deadline:
            seen.hanging.append(seen.running)
        gone = {*seen.traces, seen.running}
        left = [test for test in left if test not in gone]
    return seen.observations(tests)


async def _trace(
    suite: Suite,
    tests: Sequence[str],
    seen: _Seen,
    scratch: Path,
    *,
    deadline: float,
    per_test_s: float,
    values: bool,
) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="trace-", dir=scratch) as own,
        tempfile.TemporaryDirectory(prefix="journeyman-", ignore_cleanup_errors=True) as temporary,
    ):
        folder = Path(own)
        results = folder / "results.jsonl"
        config = configuration(suite, mode="trace", results=results, scratch=folder)
        config |= {"tests": list(tests), "values": values, "per_test_s": per_test_s}
        seconds = deadline - time.monotonic()
        await process.run(
            launch_command(suite, config, temporary=temporary, deadline_s=max(MIN_SECONDS, seconds))
        )
        seen.take(SealedLines(results, config["key"]))
