"""Screens candidate patches against the failing tests, in fork servers in the user's interpreter.

Two servers share the work. The *warm* one has collected the tests once and swaps function code in
forks of itself; the *cold* one, started when it is first needed, runs the framework anew per patch
with the patched file in memory, for patches that a code swap cannot show. No file of the workspace
is written. A server that dies is started again and goes on behind the patch that killed it.
"""

import functools
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runners.patches import Patch, PatchOutcome
from runners.problems import UserProblem
from runners.server import Server, ServerDied, Way
from runners.suite import Suite

SLICE = 192
"""Patches sent to a server at once: what a stop after a survivor may waste."""

GREEN_QUIET_S = 60.0
"""Seconds that one passing test may take in `broken`."""


class Screener:
    """Tries patches for one set of failing tests. Made by `start`; an async context manager.

    `failing` are the tests that patches are judged by. `unusable` are those of the wanted ones
    that do not fail when only the failing tests run: they tell nothing about a patch. `cpu_s`
    counts the CPU time of the servers and their forks, from their start on.
    """

    def __init__(self, suite: Suite, failing: Sequence[str], scratch: Path) -> None:
        self._suite = suite
        self._scratch = scratch
        self._servers: dict[Way, Server] = {}
        self._digests: dict[str, str] = {}
        self._warm = True
        self._counted: dict[Way, float] = {}
        self.cpu_s = 0.0
        self.failing = tuple(failing)
        self.unusable: tuple[str, ...] = ()

    @classmethod
    async def start(
        cls, suite: Suite, *, failing: Sequence[str], scratch: Path, deadline_s: float
    ) -> Self:
        """Collect the tests and see how each failing one fails. Raises UserProblem."""
        if not failing:
            raise ValueError("screening needs at least one failing test")
        screener = cls(suite, failing, scratch)
        deadline = time.monotonic() + deadline_s
        try:
            await screener._calibrate(deadline)
        except BaseException:
            await screener.close()
            raise
        return screener

    async def _calibrate(self, deadline: float) -> None:
        try:
            hello = (await self._server("warm", deadline)).hello
            suspect = {*hello["missing"], *hello["green"]}
        except ServerDied:
            suspect = set(self.failing)
        if not suspect:
            return
        # Such as a file that cannot be collected, or a test that minds the fuel ticks.
        green = set((await self._server("cold", deadline)).hello["green"])
        self._warm = suspect <= green
        self.unusable = tuple(test for test in self.failing if test in suspect & green)
        self.failing = tuple(test for test in self.failing if test not in self.unusable)
        if not self._warm or self.unusable:
            await self._drop("warm")
        if self.unusable:
            await self._drop("cold")
        if not self.failing:
            raise UserProblem(
                "The failing tests pass when they run alone",
                why="they depend on the tests before them",
                hint="run the whole suite twice to see whether it wavers",
            )

    async def _server(self, way: Way, deadline: float) -> Server:
        server = self._servers.get(way)
        if server is None:
            seconds = max(0.0, deadline - time.monotonic())
            server = await Server.start(
                self._suite, way, failing=self.failing, scratch=self._scratch, deadline_s=seconds
            )
            self._servers[way] = server
        return server

    async def _drop(self, way: Way) -> None:
        server = self._servers.pop(way, None)
        self._counted.pop(way, None)
        if server is not None:
            await server.close()

    async def screen(
        self,
        patches: Sequence[Patch],
        *,
        stop_after: int | None = None,
        deadline_s: float,
        fuel_factor: float = 1.0,
        on_outcome: Callable[[PatchOutcome], None] | None = None,
    ) -> list[PatchOutcome]:
        """Try patches; the outcomes of as many of the first ones as there was time for.

        Ends behind the `stop_after`-th survivor. Every patch is tried on the three cheapest failing
        tests; one that mends any of them runs all, until eight are left red. An *exhausted* patch
        with `fixed` mended those and needs more than its fuel for the rest: try it again with a
        higher `fuel_factor`, which multiplies fuel and time.
        """
        deadline = time.monotonic() + deadline_s
        outcomes: list[PatchOutcome] = []
        survivors = 0
        for at in range(0, len(patches), SLICE):
            part = patches[at : at + SLICE]
            found = await self._slice(part, deadline, fuel_factor)
            for patch in part:
                outcome = found.get(patch.id)
                if outcome is None:
                    return outcomes
                outcomes.append(outcome)
                if on_outcome is not None:
                    on_outcome(outcome)
                survivors += outcome.status == "survivor"
                if stop_after is not None and survivors >= stop_after:
                    return outcomes
        return outcomes

    async def _slice(
        self, patches: Sequence[Patch], deadline: float, fuel_factor: float
    ) -> dict[str, PatchOutcome]:
        found: dict[str, PatchOutcome] = {}
        left = patches
        if self._warm:
            live = [patch for patch in patches if not patch.at_import]
            left = await self._try("warm", live, found, deadline, fuel_factor=fuel_factor)
            left = [*left, *(patch for patch in patches if patch.at_import)]
        await self._try("cold", left, found, deadline, fuel_factor=fuel_factor)
        return found

    async def _try(
        self,
        way: Way,
        patches: Sequence[Patch],
        found: dict[str, PatchOutcome],
        deadline: float,
        *,
        fuel_factor: float,
    ) -> list[Patch]:
        """Fill `found`; the patches that this way cannot show."""
        elsewhere: list[Patch] = []
        ask = functools.partial(
            self._ask,
            way,
            found=found,
            elsewhere=elsewhere,
            deadline=deadline,
            fuel_factor=fuel_factor,
        )
        try:
            await ask(patches)
        except ServerDied:
            known = {patch.id for patch in elsewhere}
            doubtful = [each for each in patches if each.id not in found and each.id not in known]
            for patch in doubtful:
                await self._drop(way)
                try:
                    await ask([patch])
                except ServerDied:
                    if time.monotonic() < deadline:
                        found[patch.id] = PatchOutcome(patch=patch.id, status="crashed", way=way)
            await self._drop(way)
        return elsewhere

    async def _ask(
        self,
        way: Way,
        patches: Sequence[Patch],
        *,
        found: dict[str, PatchOutcome],
        elsewhere: list[Patch],
        deadline: float,
        fuel_factor: float,
    ) -> None:
        if not patches or time.monotonic() >= deadline:
            return
        server = await self._server(way, deadline)
        request = {
            "do": "screen",
            "fuel_factor": fuel_factor,
            "seen": self._digests if server.fresh else {},
            "patches": [
                {"number": number, "id": patch.id, "edits": _edits(patch)}
                for number, patch in enumerate(patches)
            ],
        }
        async for message in server.ask(request, deadline):
            if "digest" in message:
                self._digests.setdefault(message["digest"], message["patch"])
            elif message["status"] == "cold":
                elsewhere.append(patches[message["number"]])
            else:
                patch = patches[message["number"]]
                found[patch.id] = PatchOutcome(
                    patch=patch.id,
                    status=message["status"],
                    fixed=tuple(message.get("fixed", ())),
                    way=way,
                    duration_s=round(message.get("seconds", 0.0), 6),
                )
        now = float(server.last.get("cpu_s", 0.0))
        self.cpu_s += max(0.0, now - self._counted.get(way, 0.0))
        self._counted[way] = now

    async def broken(self, patch: Patch, tests: Sequence[str], *, deadline_s: float) -> str:
        """Run passing tests with a patch in a fork; the first that fails now, "" for none.

        A test that was not reached before the deadline is not named.
        """
        deadline = time.monotonic() + deadline_s
        statuses: dict[str, str] = {}
        request = {
            "do": "still_green",
            "edits": _edits(patch),
            "tests": list(tests),
            "quiet_s": GREEN_QUIET_S,
        }
        for way in self._ways():
            try:
                server = await self._server(way, deadline)
                async for message in server.ask(request, deadline):
                    statuses[message["test"]] = message["status"]
            except ServerDied:
                await self._drop(way)
            else:
                if not server.last.get("cold"):
                    break
        bad = {test for test, status in statuses.items() if status in {"failed", "error"}}
        return next((test for test in tests if test in bad), "")

    def _ways(self) -> tuple[Way, ...]:
        return ("warm", "cold") if self._warm else ("cold",)

    async def close(self) -> None:
        """End the servers with everything they started."""
        for way in list(self._servers):
            await self._drop(way)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _edits(patch: Patch) -> list[list[Any]]:
    return [[edit.file, edit.start, edit.end, edit.text] for edit in patch.edits]
