"""The cold server: tries patches by starting the test framework anew in a fork.

For what a swap of live code cannot show: decorators, defaults, class bodies, module constants,
imports. The process holds the framework and third-party modules, but nothing of the workspace; the
patched text is given to the import system in memory.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from . import forks, sources
from .bench import own_modules
from .overrides import replacements
from .spread import spread
from .start import Start

WIDTH = 2
QUIET_FLOOR_S = 5.0
FUEL_FLOOR = 300_000
FUEL_CEILING = 200_000_000
MEASURE_FUEL = 5_000_000
"""Ticks after which a failing test of the original counts as one that never ends."""

TRIED_FIRST = 3
"""Failing tests that a patch is tried on first: collecting the files of all takes long."""


class ColdServer:
    """Answers requests by new starts of the framework."""

    def __init__(self, config: dict[str, Any], collect: Callable[[Any, Any], int]) -> None:
        self.config = config
        self._collect = collect
        self.root = os.path.realpath(config["root"])
        self._failing: list[str] = config["failing"]
        self._seen: dict[str, str] = {}
        self._first: list[str] = []
        self._reached: set[str] = set()
        self._reference = self._run_reference()
        if config["preload"]:
            self._preload()
        self._choose_first()

    def _run_reference(self) -> Start:
        return self._run_original(self._failing, measure=True)

    def _run_original(
        self, tests: Sequence[str], *, measure: bool = False, keep: bool = False
    ) -> Start:
        start = Start(
            self._collect,
            self.config,
            {},
            tests,
            fuel=MEASURE_FUEL,
            quiet_s=60.0,
            measure=measure,
            keep=keep,
        )
        deadline = time.monotonic() + self.config["seconds"]
        forks.Minder(width=1, deadline=deadline).run([start])
        return start

    def _preload(self) -> None:
        for name in self._reference.modules:
            if _may_preload(name):
                try:
                    importlib.import_module(name)
                except BaseException:  # noqa: S112, BLE001  (other people's modules; the trial imports it in time)
                    continue
        gc.collect()
        gc.freeze()
        again = self._run_reference()
        alike = again.statuses == self._reference.statuses
        self.config["preload"] = alike and not own_modules(self.root)
        self._reference.seconds = again.seconds

    def _choose_first(self) -> None:
        """Find a few tests that fail without the others too; the run keeps its bytecode."""
        seen = self._reference
        red = [test for test in self._failing if seen.statuses.get(test, "passed") != "passed"]
        red.sort(key=lambda test: (seen.statuses[test] == "exhausted", seen.costs[test]))
        # What cannot be collected has no tests yet: only a run of everything speaks of it.
        known = all("::" in test for test in self._failing)
        first = spread([(test, seen.kinds[test]) for test in red if known], TRIED_FIRST)
        if self.config["preload"]:
            # Without that, what others installed would be compiled anew in each start.
            sys.pycache_prefix = os.path.join(self.config["scratch"], "bytecode")
        alone = self._run_original(first or self._failing, keep=True)
        if not alone.ended_early and not any(map(alone.green, first)):
            self._first, self._reached = first, set(alone.served)

    def hello(self) -> dict[str, Any]:
        """What the server knows after its start."""
        reference = self._reference
        return {
            "green": [test for test in self._failing if reference.green(test)],
            "preload": self.config["preload"],
        }

    def screen(self, request: dict[str, Any], answer: Any) -> None:
        """Try the patches of one request; `answer` gets one message a patch."""
        factor = float(request["fuel_factor"])
        minder = forks.Minder(width=WIDTH, deadline=time.monotonic() + request["seconds"])
        self._seen.update(request["seen"])
        trials = []
        for patch in request["patches"]:
            made = self._replaced(patch["edits"])
            if made is None:
                answer({"number": patch["number"], "status": "inapplicable"})
                continue
            if self._seen.setdefault(made[1], patch["id"]) != patch["id"]:
                answer({"number": patch["number"], "status": "duplicate"})
                continue
            answer({"digest": made[1], "patch": patch["id"]})
            trials.append(Trial(self, patch["number"], made[0], factor))
        complete = minder.run([trial.start for trial in trials])
        complete = complete and minder.run(
            [trial.run_all() for trial in trials if trial.is_promising()]
        )
        if complete:
            for trial in trials:
                answer(self._outcome(trial.number, trial.start))
        answer({"done": complete, "cpu_s": forks.cpu_s()})

    def still_green(self, request: dict[str, Any], answer: Any) -> None:
        """Run passing tests with a patch until one fails; answers each test's status."""
        made = self._replaced(request["edits"])
        if made is None:
            answer({"done": True, "cold": True})
            return
        # What passing tests burn is not known, and may be far more than a failing one does.
        start = Start(
            self._collect,
            self.config,
            made[0],
            request["tests"],
            fuel=sys.maxsize,
            quiet_s=request["quiet_s"],
        )
        start.enough = 1
        minder = forks.Minder(width=1, deadline=time.monotonic() + request["seconds"])
        complete = minder.run([start])
        for test in request["tests"]:
            if test in start.statuses:
                status = "passed" if start.green(test) else "failed"
                answer({"test": test, "status": status})
        missing = [test for test in request["tests"] if test not in start.statuses]
        if complete and missing:
            # It was not collected, or one before it failed and counts first.
            answer({"test": missing[0], "status": "failed"})
        answer({"done": complete})

    def first_tests(self, replaced: dict[str, bytes]) -> list[str]:
        """The tests that patched files are tried on first: all where a few do not load them."""
        few = self._first and replaced.keys() <= self._reached
        return self._first if few else self._failing

    def all_tests(self) -> list[str]:
        """All tests that patches are judged by."""
        return self._failing

    def start(self, replaced: dict[str, bytes], tests: Sequence[str], factor: float) -> Start:
        fuel = min(FUEL_CEILING, max(FUEL_FLOOR, 20 * self._reference.ticks) * factor)
        hung = "exhausted" in self._reference.statuses.values()
        quiet_s = (QUIET_FLOOR_S + 10 * (0.0 if hung else self._reference.seconds)) * factor
        return Start(self._collect, self.config, replaced, tests, fuel=int(fuel), quiet_s=quiet_s)

    def _replaced(self, edits: Sequence[Sequence[Any]]) -> tuple[dict[str, bytes], str] | None:
        """The patched files and a digest of what they do; None where they are no Python."""
        digest = hashlib.sha256()
        try:
            replaced = replacements(self.root, edits)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for path in sorted(replaced):
                    code = compile(replaced[path], path, "exec", dont_inherit=True)
                    digest.update(repr((path, sources.fingerprint(code))).encode())
        except (OSError, *sources.NOT_PYTHON):
            return None
        return replaced, digest.hexdigest()

    def _outcome(self, number: int, start: Start) -> dict[str, Any]:
        fixed = [test for test in self._failing if start.green(test)]
        return {
            "number": number,
            "status": _status(start, fixed, len(self._failing)),
            "fixed": fixed,
            "seconds": start.seconds,
        }


class Trial:
    """One patch under trial: on a few tests, and on all if it mends any of those."""

    def __init__(
        self, server: ColdServer, number: int, replaced: dict[str, bytes], factor: float
    ) -> None:
        self._server = server
        self._replaced = replaced
        self._factor = factor
        self._tests = server.first_tests(replaced)
        self.number = number
        self.start = server.start(replaced, self._tests, factor)

    def is_promising(self) -> bool:
        """Whether there are further tests, and reason to run them."""
        more = len(self._tests) < len(self._server.all_tests())
        return more and any(map(self.start.green, self._tests))

    def run_all(self) -> Start:
        """The start that decides from now on."""
        self.start = self._server.start(self._replaced, self._server.all_tests(), self._factor)
        return self.start


def _status(start: Start, fixed: Sequence[str], wanted: int) -> str:
    if not start.ended_early and not start.served:
        return "inapplicable"
    if len(fixed) == wanted and not start.ended_early:
        return "survivor"
    if fixed:
        return "partial"
    if start.timed_out or "exhausted" in start.statuses.values():
        return "exhausted"
    return "crashed" if start.ended_early else "failed"


def _may_preload(name: str) -> bool:
    """Whether a module may be there before the framework starts: no plugin, no test helper."""
    top = name.partition(".")[0]
    return not (
        top.startswith(("_journeyman", "pytest_", "_pytest", "conftest", "__m")) or top == "xdist"
    )


def serve(config: dict[str, Any], channel: Any, collect: Callable[[Any, Any], int]) -> int:
    """Answer requests until the other side closes."""
    server = ColdServer(config, collect)
    channel.answer({"hello": server.hello()})
    for request in channel.requests():
        if request["do"] == "screen":
            server.screen(request, channel.answer)
        else:
            server.still_green(request, channel.answer)
    return 0
