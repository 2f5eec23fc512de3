"""Screening patches and looking at what became of them."""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

from runners.patches import Patch, PatchOutcome
from runners.screening import Screener
from runners.suite import Suite

COUNTING = ("test_counting.py::test_two", "test_counting.py::test_half")
START_S = 30.0


async def screened(
    suite: Suite,
    failing: Sequence[str],
    patches: Sequence[Patch],
    scratch: Path,
    *,
    stop_after: int | None = None,
    fuel_factor: float = 1.0,
) -> list[PatchOutcome]:
    started = await Screener.start(suite, failing=failing, scratch=scratch, deadline_s=START_S)
    async with started as screener:
        return await screener.screen(
            patches, stop_after=stop_after, deadline_s=START_S, fuel_factor=fuel_factor
        )


def judged(
    suite: Suite, failing: Sequence[str], patches: Sequence[Patch], scratch: Path
) -> list[tuple[str, str]]:
    outcomes = asyncio.run(screened(suite, failing, patches, scratch))
    return [(outcome.patch, outcome.status) for outcome in outcomes]


def fingerprint(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
