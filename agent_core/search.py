"""What a search keeps between calls so that the next one need not begin anew.

Nothing here decides anything: every entry can be made again from the log and the workspace.
"""

from collections.abc import Sequence
from pathlib import Path

from agent_core.repair.candidates import Candidates
from runners.screening import Screener
from runners.suite import Suite


class Search:
    """The screening server and the generated candidates of the tree being worked on."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._key: tuple[str, tuple[str, ...]] | None = None
        self._screener: Screener | None = None
        self.generated: dict[str, Candidates] = {}

    async def screener(
        self, suite: Suite, *, snapshot: str, failing: Sequence[str], deadline_s: float
    ) -> Screener:
        """A screener for these failing tests on this snapshot, started when there is none."""
        key = (snapshot, tuple(failing))
        if self._screener is None or self._key != key:
            await self.close()
            self._screener = await Screener.start(
                suite, failing=failing, scratch=self._scratch, deadline_s=deadline_s
            )
            self._key = key
        return self._screener

    async def close(self) -> None:
        """End the server and everything it started."""
        if self._screener is not None:
            await self._screener.close()
        self._screener, self._key = None, None
