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
from .fuel import Fuel
from .overrides import Overrides, replacements
from .trials import ENOUGH_FAILURES

WIDTH = 2
QUIET_FLOOR_S = 5.0
FUEL_FLOOR = 300_000
FUEL_CEILING = 200_000_000
MEASURE_FUEL = 5_000_000
"""Ticks after which a failing test of the original counts as one that never ends."""


class Start:
    """One start of the framework in a fork, with some files replaced; the failing tests run.

    `statuses` are what the tests ended as; `passed`, `exhausted`, or anything else.
    """

    def __init__(
        self,
        server: ColdServer,
        replaced: dict[str, bytes],
        tests: Sequence[str],
        *,
        fuel: int,
        quiet_s: float,
        measure: bool = False,
    ) -> None:
        self._server = server
        self._replaced = replaced
        self._tests = list(tests)
        self._fuel = fuel
        self._measure = measure
        self.quiet_s = quiet_s
        self.statuses: dict[str, str] = {}
        self.served: list[str] = []
        self.modules: list[str] = []
        self.ticks = 0
        self.seconds = 0.0
        self.ended_early = True
        self.timed_out = False
        self.enough = ENOUGH_FAILURES if replaced else len(self._tests) + 1

    def work(self, report: Callable[[object], None]) -> None:
        """In the fork."""
        overrides = Overrides(self._server.root, self._replaced, measure=self._measure)
        overrides.install()
        fuel = Fuel()
        fuel.fill(self._fuel)
        before = set(sys.modules)
        failures = [0]

        def end() -> None:
            loaded = set(sys.modules) - before if self._measure else set()
            foreign = sorted(name for name in loaded if _is_foreign(name, self._server.root))
            report({"served": sorted(overrides.served), "modules": foreign})

        def begun(_test: str) -> None:
            fuel.fill(self._fuel)

        def finished(test: str, status: str, _place: Any) -> None:
            green = status in {"passed", "xfailed"} and not fuel.empty
            verdict = "exhausted" if fuel.empty else "passed" if green else "failed"
            report({"test": test, "verdict": verdict, "ticks": fuel.used})
            failures[0] += not green
            if failures[0] >= self.enough:
                end()
                os._exit(0)

        def use(tests: Any) -> None:
            tests.protocol(tests.ids, finished, begun)

        self._server.collect({**self._server.config, "tests": self._tests}, use)
        end()

    def heard(self, message: Any) -> None:
        """A test's verdict, or the end."""
        if "test" in message:
            self.statuses[message["test"]] = message["verdict"]
            # One that never ends tells nothing of what the others need.
            if message["verdict"] != "exhausted":
                self.ticks = max(self.ticks, message["ticks"])
        else:
            self.served = message["served"]
            self.modules = message["modules"]
            self.ended_early = False

    def ended(self, fork: forks.Fork) -> list[Any]:
        """Note how."""
        self.timed_out = fork.timed_out
        self.seconds = fork.seconds
        return []

    def green(self, test: str) -> bool:
        """Whether this test passed; for a file, whether all its tests did."""
        if "::" in test:
            return self.statuses.get(test) == "passed"
        inside = [
            verdict for name, verdict in self.statuses.items() if name.partition("::")[0] == test
        ]
        return bool(inside) and all(verdict == "passed" for verdict in inside)


class ColdServer:
    """Answers requests by new starts of the framework."""

    def __init__(self, config: dict[str, Any], collect: Callable[[Any, Any], int]) -> None:
        self.config = config
        self.collect = collect
        self.root = os.path.realpath(config["root"])
        self._failing: list[str] = config["failing"]
        self._seen: dict[str, str] = {}
        self._reference = self._run_reference()
        if config["preload"]:
            self._preload()

    def _run_reference(self) -> Start:
        start = Start(self, {}, self._failing, fuel=MEASURE_FUEL, quiet_s=60.0, measure=True)
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
        starts = []
        for patch in request["patches"]:
            made = self._replaced(patch["edits"])
            if made is None:
                answer({"number": patch["number"], "status": "inapplicable"})
                continue
            if self._seen.setdefault(made[1], patch["id"]) != patch["id"]:
                answer({"number": patch["number"], "status": "duplicate"})
                continue
            answer({"digest": made[1], "patch": patch["id"]})
            starts.append((patch, self._start(made[0], self._failing, factor)))
        complete = minder.run([start for _, start in starts])
        if complete:
            for patch, start in starts:
                answer(self._outcome(patch, start))
        answer({"done": complete, "cpu_s": forks.cpu_s()})

    def still_green(self, request: dict[str, Any], answer: Any) -> None:
        """Run passing tests with a patch; answers each test's status."""
        made = self._replaced(request["edits"])
        if made is None:
            answer({"done": True, "cold": True})
            return
        start = self._start(made[0], request["tests"], 1.0)
        start.enough = len(request["tests"]) + 1
        minder = forks.Minder(width=1, deadline=time.monotonic() + request["seconds"])
        complete = minder.run([start])
        for test in request["tests"]:
            if test in start.statuses or complete:
                status = "passed" if start.green(test) else "failed"
                answer({"test": test, "status": status})
        answer({"done": complete})

    def _start(self, replaced: dict[str, bytes], tests: Sequence[str], factor: float) -> Start:
        fuel = min(FUEL_CEILING, max(FUEL_FLOOR, 20 * self._reference.ticks) * factor)
        hung = "exhausted" in self._reference.statuses.values()
        quiet_s = (QUIET_FLOOR_S + 10 * (0.0 if hung else self._reference.seconds)) * factor
        return Start(self, replaced, tests, fuel=int(fuel), quiet_s=quiet_s)

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

    def _outcome(self, patch: dict[str, Any], start: Start) -> dict[str, Any]:
        fixed = [test for test in self._failing if start.green(test)]
        return {
            "number": patch["number"],
            "status": _status(start, fixed, len(self._failing)),
            "fixed": fixed,
            "seconds": start.seconds,
        }


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


def _is_foreign(name: str, root: str) -> bool:
    path = getattr(sys.modules[name], "__file__", None)
    if not isinstance(path, str):
        return False
    return not os.path.realpath(path).startswith(root + os.sep) or "site-packages" in path


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
